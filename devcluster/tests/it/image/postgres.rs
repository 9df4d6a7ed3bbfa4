//! The PostgreSQL image: its entrypoint runs in a root made of the image alone, as the image's user.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use devcluster::arch::Arch;
use devcluster::image;
use devcluster::ports::free_port;
use devcluster::process::{Guard, Process, tail};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use nix::unistd::{Pid, Uid};
use tempfile::TempDir;

use super::layout::Layout;
use crate::waiting::wait_for;

const USER: u32 = 999;
const STOPS_WITHIN: Duration = Duration::from_secs(20);
const PASSWORD: (&str, &str) = ("POSTGRES_PASSWORD", "it's \"a\" password");

#[tokio::test]
async fn server_keeps_the_contract_of_the_official_image() {
    let Some(root) = Root::new().await else { return };
    fs::write(root.path.join("tmp/password"), format!("{}\n", PASSWORD.1)).unwrap();
    let settings = [
        ("POSTGRES_PASSWORD_FILE", "/tmp/password"),
        ("POSTGRES_USER", "writer"),
        ("POSTGRES_DB", "cover \"letters\""),
        ("POSTGRES_INITDB_ARGS", "--data-checksums --no-sync"),
    ];
    let mut server = root.start(&settings);
    let sql = "select current_user, current_database(), current_setting('data_checksums'), 'é' ~ '^.$'";
    let address = |password: &str| {
        let password = password.replace(' ', "%20").replace('"', "%22");
        format!("postgres://writer:{password}@127.0.0.1:{}/cover%20%22letters%22", root.port)
    };
    assert_eq!(root.answer(&mut server, &address(PASSWORD.1), sql), "writer|cover \"letters\"|on|t");
    let refused = root.psql(&address("wrong"), "select 1");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("password authentication failed"), "{refused:?}");

    let outside = root.psql(&address(PASSWORD.1), "create table kept as select 42 as answer");
    assert!(outside.status.success(), "{outside:?}");
    // An open connection does not delay the end, because the image sets the signal of a fast shutdown.
    let mut client =
        root.command("psql").arg(address(PASSWORD.1)).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    root.stop(&mut server).await;
    drop(client.stdin.take());
    client.wait().unwrap();

    let mut again = root.start(&[]);
    assert_eq!(root.answer(&mut again, &address(PASSWORD.1), "select answer from kept"), "42");
    root.stop(&mut again).await;
}

#[tokio::test]
async fn database_cut_short_is_made_again() {
    let Some(root) = Root::new().await else { return };
    let mut server = root.start(&[PASSWORD]);
    let half = root.data().join(".initializing/PG_VERSION");
    wait_for("a half made database", || half.exists().then_some(()));
    // As when a pod is deleted now: the first process gets SIGTERM, and ends after its current step.
    kill(Pid::from_raw(server.id().cast_signed()), Signal::SIGTERM).unwrap();
    assert_eq!(server.wait().await.code(), Some(143));
    assert!(half.exists() && !root.data().join("PG_VERSION").exists(), "it was already whole");
    // What a later interruption leaves: part of the database was moved up.
    let moved = root.data().join("base");
    fs::create_dir(&moved).unwrap();
    chown(&moved, Some(USER), Some(USER)).unwrap();

    let mut server = root.start(&[PASSWORD]);
    assert_eq!(root.answer(&mut server, &root.local(), "select 1"), "1");
    assert!(fs::read_to_string(server.log()).unwrap().contains("making it again"));
    assert!(!root.data().join(".initializing").exists());
    root.stop(&mut server).await;
}

#[tokio::test]
async fn wrong_settings_are_named_and_nothing_is_touched() {
    let Some(root) = Root::new().await else { return };
    let both = [PASSWORD, ("POSTGRES_PASSWORD_FILE", "/tmp/password")];
    let missing = [PASSWORD, ("POSTGRES_USER_FILE", "/tmp/none")];
    for (settings, expect) in [(&[][..], "set POSTGRES_PASSWORD"), (&both, "not both"), (&missing, "/tmp/none")] {
        let output = root.entrypoint(settings).output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains(expect), "{expect}: {output:?}");
    }
    fs::write(root.data().join("somebody's file"), "").unwrap();
    let output = root.entrypoint(&[PASSWORD]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("not empty"), "{output:?}");
    assert!(root.data().join("somebody's file").exists());
}

/// The image's files, unpacked. They are removed with all processes in them.
struct Root {
    path: PathBuf,
    port: u16,
    guard: Guard,
    _scratch: TempDir,
}

impl Root {
    /// None, and a line that says why, where the machine does not permit `chroot`.
    async fn new() -> Option<Self> {
        if !Uid::effective().is_root() {
            eprintln!("Not run: chroot into the image needs root");
            return None;
        }
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("root");
        Layout::read(&image::postgres(&[Arch::OWN], scratch.path()).await.unwrap()).unpack(&path);
        let mode = Mode::from_bits_truncate(0o666);
        if let Err(error) = mknod(&path.join("dev/null"), SFlag::S_IFCHR, mode, makedev(1, 3)) {
            eprintln!("Not run: /dev/null cannot be made for the image's root: {error}");
            return None;
        }
        fs::set_permissions(path.join("dev/null"), PermissionsExt::from_mode(0o666)).unwrap();
        fs::create_dir(path.join("dev/shm")).unwrap();
        fs::set_permissions(path.join("dev/shm"), PermissionsExt::from_mode(0o1777)).unwrap();
        let guard = Guard::start().unwrap();
        guard.remove_folder(scratch.path());
        let root = Self { path, port: free_port().unwrap(), guard, _scratch: scratch };
        chown(root.data(), Some(USER), Some(USER)).unwrap();
        Some(root)
    }

    fn data(&self) -> PathBuf {
        self.path.join("var/lib/postgresql/data")
    }

    fn local(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?host=/tmp", self.port)
    }

    /// A program of the image, run as the image's user with only the image's environment.
    fn command(&self, program: &str) -> Command {
        let bin = find_bin(&self.path);
        let mut command = Command::new("chroot");
        command.arg(format!("--userspec={USER}:{USER}")).arg(&self.path).arg(program).env_clear();
        command.env("PATH", format!("/usr/local/bin:{bin}:/bin:/usr/bin:/usr/sbin")).env("LANG", "C.UTF-8");
        command.stdin(Stdio::null());
        command
    }

    fn entrypoint(&self, settings: &[(&str, &str)]) -> Command {
        let mut command = self.command("/usr/local/bin/entrypoint");
        command.args(["-c", &format!("port={}", self.port), "-c", "fsync=off"]).envs(settings.iter().copied());
        command
    }

    fn start(&self, settings: &[(&str, &str)]) -> Process {
        self.guard.spawn("postgres", &self.entrypoint(settings), &self.path.join("log")).unwrap()
    }

    async fn stop(&self, server: &mut Process) {
        server.signal(Signal::SIGINT);
        let ended = tokio::time::timeout(STOPS_WITHIN, server.wait()).await;
        assert!(ended.expect("a fast shutdown").success(), "{}", tail(server.log()));
    }

    fn psql(&self, address: &str, sql: &str) -> Output {
        self.command("psql").args(["-X", "-A", "-t", "-c", sql]).arg(address).output().unwrap()
    }

    /// The answer of the server, once it accepts connections.
    fn answer(&self, server: &mut Process, address: &str, sql: &str) -> String {
        wait_for("an answer of the server", || {
            if let Err(error) = server.check() {
                panic!("{error}");
            }
            let output = self.psql(address, sql);
            output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
        })
    }
}

/// The folder of the server's programs inside the image.
fn find_bin(root: &Path) -> String {
    let versions = fs::read_dir(root.join("usr/lib/postgresql")).unwrap();
    let version = versions.flatten().next().unwrap().file_name().into_string().unwrap();
    format!("/usr/lib/postgresql/{version}/bin")
}
