//! Reading CVs in a process of their own, with bounds on its memory and time: whatever a file does to it, the site goes on.
//! It has no environment, so no secret, and keeps nothing.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::warn;

use crate::letters::seats::{Seat, Seats};
use crate::profiles::cv;
use crate::profiles::cv::line::Line;
use crate::profiles::cv::unreadable::Unreadable;

/// The verb by which the program reads a CV: a file goes in, its lines come out.
pub const VERB: &str = "read-cv";

/// CVs that are read at the same time.
const READERS: usize = 2;
/// Files that are received at the same time; each is held in memory.
const UPLOADS: usize = 16;
/// Those of one user, who may take two minutes to send one.
const UPLOADS_OF_USER: usize = 2;
/// Longest wait for a place.
const PLACE_WITHIN: Duration = Duration::from_secs(10);
/// A CV takes some hundredths of a second.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// Most memory of a process that reads; a CV of many pages takes a tenth. Both together leave room in the pod.
const MEMORY_MAX_KIB: u64 = 96 * 1024;
/// How often the process looks at its memory.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Beginning of an answer without lines.
const UNREADABLE: &str = "unreadable ";
/// End of one with lines: a process that ends early writes half of its answer.
const END: &str = "\n.\n";

/// What reads CVs.
#[derive(Clone)]
pub struct CvReader {
    /// The program; this one unless it is set.
    program: Option<PathBuf>,
    places: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    users: Seats,
}

/// A place for a file that is received. It is given back when dropped.
pub struct Place {
    _upload: OwnedSemaphorePermit,
    _seat: Seat,
}

impl CvReader {
    /// A reader that starts `program`, or else the program that runs.
    #[must_use]
    pub fn new(program: Option<PathBuf>) -> Self {
        let [places, uploads] = [READERS, UPLOADS].map(|places| Arc::new(Semaphore::new(places)));
        Self { program, places, uploads, users: Seats::new(UPLOADS_OF_USER, usize::MAX) }
    }

    /// A place for a file that this user sends; `None` when they send as many as they may, or others keep all places.
    pub async fn upload(&self, user_id: i64) -> Option<Place> {
        let seat = self.users.take(user_id)?;
        let upload = tokio::time::timeout(PLACE_WITHIN, Arc::clone(&self.uploads).acquire_owned()).await;
        Some(Place { _upload: upload.ok()?.ok()?, _seat: seat })
    }

    /// The lines of a file.
    ///
    /// # Errors
    /// When it has none that can be read; says what to do.
    pub async fn read(&self, file: Vec<u8>) -> Result<Vec<Line>, Unreadable> {
        let place = tokio::time::timeout(PLACE_WITHIN, self.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or(Unreadable::Busy)?;
        let process = self.start().map_err(|error| {
            // The site has no room for a process: the file is not to blame.
            warn!(%error, "Failed to start a process that reads a CV");
            Unreadable::Busy
        })?;
        let answer = tokio::time::timeout(READ_WITHIN, ask(process, file)).await;
        // No answer, half of one, or none in time: the process met a bound.
        let answer = answer.ok().and_then(Result::ok).ok_or(Unreadable::TooMuch)?;
        understood(&answer).unwrap_or(Err(Unreadable::TooMuch))
    }

    fn start(&self) -> io::Result<Child> {
        let program = self.program.clone().map_or_else(std::env::current_exe, Ok)?;
        let mut command = Command::new(program);
        command.arg(VERB).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.kill_on_drop(true).spawn()
    }
}

/// What the process answers to this file.
async fn ask(mut process: Child, file: Vec<u8>) -> io::Result<String> {
    let mut stdin = process.stdin.take();
    let write = async move {
        if let Some(stdin) = &mut stdin {
            // It may have ended already; its answer says so.
            let _ = stdin.write_all(&file).await;
        }
        drop(stdin);
    };
    let ((), output) = tokio::join!(write, process.wait_with_output());
    String::from_utf8(output?.stdout).map_err(io::Error::other)
}

/// Reads a CV from standard input and writes its lines: what the process does that [`CvReader`] starts.
///
/// # Errors
/// When its input or output ends.
pub fn read_for_another() -> io::Result<()> {
    std::thread::spawn(watch_memory);
    let mut file = Vec::new();
    io::stdin().lock().read_to_end(&mut file)?;
    let answer = said(&cv::lines(file));
    io::stdout().lock().write_all(answer.as_bytes())
}

/// Ends the process when it has too much memory, or lives for too long.
fn watch_memory() {
    let start = Instant::now();
    while start.elapsed() < READ_WITHIN && resident_kib().is_none_or(|kib| kib < MEMORY_MAX_KIB) {
        std::thread::sleep(LOOK_EVERY);
    }
    std::process::exit(1);
}

/// Memory of this process, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// An answer as text: how many lines, then each with its look.
fn said(answer: &Result<Vec<Line>, Unreadable>) -> String {
    let lines = match answer {
        Ok(lines) => lines,
        Err(unreadable) => return format!("{UNREADABLE}{}", unreadable.name()),
    };
    let mut said = format!("{}\n", lines.len());
    for line in lines {
        let text = line.text.replace('\n', " ");
        let _ = writeln!(said, "{} {} {text}", line.style, u8::from(line.after_gap));
    }
    said + &END[1..]
}

/// The answer that this text is; `None` when it is none, or not a whole one.
fn understood(said: &str) -> Option<Result<Vec<Line>, Unreadable>> {
    if let Some(name) = said.strip_prefix(UNREADABLE) {
        return Unreadable::named(name).map(Err);
    }
    let (count, rest) = said.strip_suffix(END)?.split_once('\n')?;
    let line = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let style = parts.next()?.parse().ok()?;
        let after_gap = parts.next()? == "1";
        Some(Line { text: parts.next()?.to_owned(), style, after_gap })
    };
    let lines: Option<Vec<Line>> = rest.split('\n').map(line).collect();
    lines.filter(|lines| count.parse() == Ok(lines.len())).map(Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_does_not_start_is_no_fault_of_the_file() {
        let reader = CvReader::new(Some(PathBuf::from("/no/such/program")));
        assert_eq!(reader.read(b"Ann Lee".to_vec()).await, Err(Unreadable::Busy));
    }

    /// Takes a file, and answers with the line that comes through a gate beside it.
    const WAITS: &str = "cd \"$0\" && mkfifo gate && cat > reader && chmod +x reader";
    const WAITING: &str =
        "#!/bin/sh\ncat > /dev/null\nread line < \"${0%/*}/gate\"\nprintf '1\\n0 0 %s\\n.\\n' \"$line\"\n";

    #[tokio::test]
    async fn the_only_thread_of_a_site_goes_on_while_a_cv_is_read() {
        let folder = tempfile::tempdir().expect("is made");
        // Another program writes the script: one that this process has open for writing cannot be started.
        let mut maker = std::process::Command::new("sh")
            .arg("-c")
            .arg(WAITS)
            .arg(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("starts");
        maker.stdin.take().expect("has one").write_all(WAITING.as_bytes()).expect("is read");
        assert!(maker.wait().expect("ends").success());
        let reader = CvReader::new(Some(folder.path().join("reader")));
        let read = reader.read(vec![b'x'; 1 << 20]);
        let others = async {
            // Open for both, so that it waits for no reader.
            let gate = std::fs::File::options().read(true).write(true).open(folder.path().join("gate"));
            let mut gate = gate.expect("is there");
            gate.write_all(b"Ann Lee\n").expect("is taken");
            gate
        };
        let (lines, _gate) = tokio::join!(read, others);
        assert_eq!(lines, Ok(vec![Line::plain("Ann Lee")]));
    }

    #[tokio::test]
    async fn one_user_leaves_places_for_others() {
        let reader = CvReader::new(None);
        let mine = (reader.upload(1).await, reader.upload(1).await);
        assert!(mine.0.is_some() && mine.1.is_some());
        assert!(reader.upload(1).await.is_none() && reader.upload(2).await.is_some());
        drop(mine);
        assert!(reader.upload(1).await.is_some());
    }

    #[test]
    fn an_answer_is_understood_or_refused_whole() {
        let line = |text: &str, style| Line { text: text.to_owned(), style, after_gap: style > 0 };
        let lines = Ok(vec![line("Staff  Nurse\t2019", 0), line("", 7), line("é 1 2", 65_535)]);
        assert_eq!(understood(&said(&lines)), Some(lines.clone()));
        let locked = Err(Unreadable::Locked);
        assert_eq!(understood(&said(&locked)), Some(locked));
        let whole = said(&lines);
        for end in 0..whole.len() {
            assert_eq!(whole.get(..end).and_then(understood), None, "{end}");
        }
    }
}
