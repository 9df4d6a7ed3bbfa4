//! A real PostgreSQL server: it answers, survives an outage, and leaves nothing behind however its owner ends.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use devcluster::postgres::Postgres;

/// Set for the copy of this test binary that is killed.
const OWNER: &str = "DEVCLUSTER_TEST_POSTGRES_OWNER";

#[tokio::test]
async fn server_answers_and_databases_are_apart() {
    let postgres = Postgres::shared().await.unwrap();
    assert_eq!(postgres.query("postgres", "select 1").await.unwrap(), "1");
    let (a, b) = tokio::join!(postgres.database("letters"), postgres.database("letters"));
    let names: HashSet<String> = [a.unwrap(), b.unwrap()].into_iter().map(|url| name_of(&url)).collect();
    assert_eq!(names.len(), 2, "two databases of their own: {names:?}");
    for name in names {
        postgres.query(&name, "create table only_here (id int)").await.unwrap();
    }
    let error = postgres.query("postgres", "select * from only_here").await.unwrap_err();
    assert!(error.to_string().contains("only_here"), "{error}");
}

#[tokio::test]
async fn data_survives_an_outage() {
    let postgres = Postgres::start().await.unwrap();
    postgres.query("postgres", "create table kept as select 42 as answer").await.unwrap();
    postgres.stop().await.unwrap();
    assert!(postgres.query("postgres", "select 1").await.is_err(), "a stopped server answers");
    postgres.resume().await.unwrap();
    assert_eq!(postgres.query("postgres", "select answer from kept").await.unwrap(), "42");
}

#[tokio::test]
async fn dropped_server_leaves_nothing() {
    let postgres = Postgres::start().await.unwrap();
    let (folder, server) = (postgres.folder(), server_of(&postgres.folder()));
    let segment = shared_memory_of(&folder);
    assert!(shared_memory().contains(&segment), "the server has its segment");
    drop(postgres);
    assert!(!folder.exists(), "the folder is still there");
    assert!(!Path::new(&format!("/proc/{server}")).exists(), "the server still runs");
    assert!(!shared_memory().contains(&segment), "its shared memory segment is still there");
}

#[tokio::test]
async fn killed_owner_leaves_nothing() {
    if let Some(note) = env::var_os(OWNER) {
        let postgres = Postgres::start().await.unwrap();
        fs::write(note, postgres.folder().to_str().unwrap()).unwrap();
        std::future::pending::<()>().await;
    }
    let scratch = tempfile::tempdir().unwrap();
    let note = scratch.path().join("folder");
    let mut owner = Command::new(env::current_exe().unwrap())
        .args(["--exact", "postgres::killed_owner_leaves_nothing"])
        .env(OWNER, &note)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let folder = wait_for("the owner's server", || fs::read_to_string(&note).ok().filter(|path| !path.is_empty()));
    let server = server_of(Path::new(&folder));
    owner.kill().unwrap();
    owner.wait().unwrap();
    wait_for("the folder to go", || (!Path::new(&folder).exists()).then_some(()));
    wait_for("the server to end", || (!Path::new(&format!("/proc/{server}")).exists()).then_some(()));
}

#[tokio::test]
async fn unpacked_server_answers_in_utf8_and_utc() {
    let postgres = Postgres::start_unpacked().await.unwrap();
    let shown =
        postgres.query("postgres", "set timezone = 'UTC'; select 'é', current_setting('server_encoding')").await;
    assert_eq!(shown.unwrap(), "é|UTF8");
}

fn name_of(url: &str) -> String {
    let path = url.rsplit('/').next().unwrap();
    path.split('?').next().unwrap().to_owned()
}

fn server_of(folder: &Path) -> u32 {
    let text = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

/// The id of the System V segment that marks a data folder as served: the second word of the pid file's seventh line.
fn shared_memory_of(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    text.lines().nth(6).unwrap().split_whitespace().nth(1).unwrap().to_owned()
}

/// The ids of all System V segments of the machine.
fn shared_memory() -> Vec<String> {
    let text = fs::read_to_string("/proc/sysvipc/shm").unwrap();
    text.lines().skip(1).map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect()
}

pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited 60 s for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
