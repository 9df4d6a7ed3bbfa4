use std::time::{Duration, Instant};

use super::*;

fn sleeper() -> Command {
    let mut command = Command::new("sh");
    // A child of the child, to see that the whole group goes.
    command.args(["-c", "sleep 600 & echo started; wait"]);
    command
}

fn runs(id: u32) -> bool {
    // A zombie has ended; its parent has not waited for it yet.
    fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Generous, because the machine may be building at the same time.
const PATIENCE: Duration = Duration::from_secs(90);

fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

/// Processes of the group `group`.
fn members(group: u32) -> Vec<u32> {
    let in_group = |id: &u32| {
        fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| {
            let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            fields.next() != Some("Z") && fields.nth(1) == Some(&group.to_string())
        })
    };
    let ids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    ids.filter(in_group).collect()
}

fn folder() -> PathBuf {
    tempfile::Builder::new().prefix("devcluster guard ").tempdir().unwrap().keep()
}

#[test]
fn dropping_a_guard_ends_processes_and_removes_folders() {
    let folder = folder();
    let guard = Guard::start().unwrap();
    guard.remove_folder(&folder);
    let log = folder.join("log");
    let process = guard.spawn("sleeper", &sleeper(), &log).unwrap();
    let group = process.id();
    assert!(eventually(|| fs::read_to_string(&log).is_ok_and(|text| text == "started\n")));
    assert_eq!(members(group).len(), 2);
    // Leaked on purpose: the guard must end it.
    std::mem::forget(process);
    drop(guard);
    assert_eq!(members(group), Vec::<u32>::new());
    assert!(!folder.exists());
}

#[test]
fn a_vanished_owner_is_noticed() {
    let folder = folder();
    let mut guard = Guard::start().unwrap();
    guard.remove_folder(&folder);
    let process = guard.spawn("sleeper", &sleeper(), &folder.join("log")).unwrap();
    let (group, shell) = (process.id(), guard.id());
    // What the kernel does when the owner is killed: every end of the pipe that the owner holds is closed.
    process.abandon();
    guard.orders = Orders(Arc::new(io::pipe().unwrap().1));
    assert!(eventually(|| !folder.exists() && members(group).is_empty() && !runs(shell)));
}

#[test]
fn a_process_that_ended_is_forgotten() {
    let folder = folder();
    let guard = Guard::start().unwrap();
    guard.remove_folder(&folder);
    let others = [1, 2, 3].map(|_| guard.spawn("sleeper", &sleeper(), &folder.join("log")).unwrap());
    let groups = others.each_ref().map(Process::id);
    drop(others);
    for group in groups {
        assert!(eventually(|| members(group).is_empty()), "{:?}", members(group));
    }
    drop(guard);
    assert!(!folder.exists());
}

#[test]
fn a_program_that_does_not_exist_is_named_with_its_log() {
    let folder = folder();
    let guard = Guard::start().unwrap();
    guard.remove_folder(&folder);
    let mut process = guard.spawn("nothing", &Command::new("/no/such/program"), &folder.join("log")).unwrap();
    let mut error = None;
    assert!(eventually(|| {
        error = process.check().err();
        error.is_some()
    }));
    let text = error.unwrap().to_string();
    assert!(text.contains("nothing") && text.contains("/no/such/program") && text.contains("/log"), "{text}");
}

#[test]
fn a_tail_is_the_last_thirty_lines() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let text: Vec<_> = (1..=100).map(|line| format!("line {line}")).collect();
    fs::write(&log, text.join("\n")).unwrap();
    assert_eq!(tail(&log), text[70..].join("\n"));
    fs::write(&log, "only\n").unwrap();
    assert_eq!(tail(&log), "only");
    assert!(tail(&folder.path().join("none")).contains("No such file"));
}
