//! The scripts of the backups, run against a real Postgres: dump, destroy, restore.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use fixtures::postgres::Postgres;
use jiff::Timestamp;
use operator::desired::{BACKUP, RESTORE, ROTATE};
use serde_json::Value;

use crate::cluster::eventually;

const PASSWORD: &str = "a password that nobody may read";

/// A database with some rows, a volume for its backups and one for a new database.
struct Place {
    postgres: &'static Postgres,
    database: String,
    folder: PathBuf,
    keep: &'static str,
}

impl Place {
    async fn with(hint: &str, sql: &str) -> Self {
        let postgres = Postgres::shared().await.expect("a server");
        let url = postgres.database(hint).await.expect("a database");
        let database =
            url.rsplit('/').next().and_then(|path| path.split('?').next()).expect("it has a name").to_owned();
        postgres.query(&database, sql).await.expect("it is accepted");
        let folder = postgres.folder().join(&database);
        let place = Self { postgres, database, folder, keep: "2" };
        place.run("mkdir -p \"$BACKUPS\" \"$VOLUME\" \"$SCRATCH\"", &[]).await;
        place
    }

    async fn run(&self, script: &str, more: &[(&str, &str)]) -> Output {
        let path = |name: &str| self.folder.join(name).display().to_string();
        let (backups, scratch, report) = (path("backups"), path("tmp"), path("report"));
        let (volume, data, port) = (path("volume"), path("volume/pgdata"), self.postgres.port().to_string());
        let variables = [
            ("BACKUPS", backups.as_str()),
            ("SCRATCH", &scratch),
            ("REPORT", &report),
            ("KEEP", self.keep),
            ("POD_NAME", "this"),
            ("LONGEST", "3600"),
            ("PGHOST", "127.0.0.1"),
            ("PGPORT", &port),
            ("PGUSER", "postgres"),
            ("PGDATABASE", &self.database),
            ("PGPASSWORD", PASSWORD),
        ];
        let restore = [
            ("VOLUME", volume.as_str()),
            ("PGDATA", &data),
            ("BACKUP", ""),
            ("POSTGRES_USER", "postgres"),
            ("POSTGRES_DB", &self.database),
            ("POSTGRES_PASSWORD", PASSWORD),
        ];
        let output = self.postgres.script(script, &[&variables[..], &restore, more].concat()).await.expect("it runs");
        let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
        assert!(!said.contains(PASSWORD) && !self.report().contains(PASSWORD), "{said}");
        output
    }

    async fn back_up(&self, more: &[(&str, &str)]) -> Result<Value, String> {
        let output = self.run(BACKUP, more).await;
        self.outcome(&output)
    }

    async fn restore(&self, more: &[(&str, &str)]) -> Result<Value, String> {
        // The pod of a new database reaches no server.
        let output = self.run(RESTORE, &[&[("PGHOST", "/nowhere"), ("PGPORT", "5432")], more].concat()).await;
        self.outcome(&output)
    }

    fn outcome(&self, output: &Output) -> Result<Value, String> {
        let report = self.report();
        if output.status.success() {
            return Ok(serde_json::from_str(&report).expect("a report is JSON"));
        }
        assert!(String::from_utf8_lossy(&output.stderr).contains(report.trim()), "the log says the same");
        Err(report.trim().to_owned())
    }

    fn report(&self) -> String {
        fs::read_to_string(self.folder.join("report")).unwrap_or_default()
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join(folder)).expect("it is a folder").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn dump(&self, name: &Value) -> PathBuf {
        self.folder.join("backups").join(format!("{}.dump", name.as_str().expect("it has a name")))
    }

    /// What `sql` gives in the restored database, on a server that has no other port than the one of this server.
    async fn restored(&self, sql: &str) -> String {
        let script = "pg_ctl -D \"$PGDATA\" -w -s -l \"$SCRATCH/log\" -o \"-c listen_addresses= -c unix_socket_directories=$SCRATCH\" start >/dev/null \
            && psql -XAtq -h \"$SCRATCH\" -c \"$SQL\"; pg_ctl -D \"$PGDATA\" -s -m fast stop";
        let output = self.run(script, &[("SQL", sql), ("PGPORT", "5432")]).await;
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

const ROWS: &str = "create table users (id serial primary key, email text unique); \
    insert into users (email) select 'jane' || n || '@example.com' from generate_series(1, 500) n; \
    create table letters (id int primary key, user_id int references users, body text); \
    insert into letters select id, id, repeat(md5(id::text), 50) from users";
const SUM: &str =
    "select count(*), md5(string_agg(email || body, ',' order by email)) from users join letters on user_id = users.id";

#[tokio::test]
async fn what_was_backed_up_is_restored_to_the_last_row() {
    let place = Place::with("backup", ROWS).await;
    let backup = place.back_up(&[]).await.expect("it is made");
    let size = fs::metadata(place.dump(&backup["name"])).expect("it is there").len();
    assert_eq!((backup["bytes"].as_u64(), backup["kept"].as_u64()), (Some(size), Some(1)));
    let before = place.postgres.query(&place.database, SUM).await.expect("it answers");
    let restored = place.restore(&[]).await.expect("it is restored");
    assert_eq!(restored["restored"], backup["name"]);
    assert_eq!(place.restored(SUM).await, before);
    assert_eq!(place.restored("insert into users (email) values ('new') returning id").await, "501");
    assert!(place.files("tmp").iter().all(|file| file == "log"), "{:?}", place.files("tmp"));
}

#[tokio::test]
async fn nothing_is_restored_over_data() {
    let place = Place::with("keep", ROWS).await;
    let backup = place.back_up(&[]).await.expect("it is made");
    place.restore(&[]).await.expect("it is restored");
    place.restored("delete from letters").await;
    let again = place.restore(&[]).await.expect("there is nothing to do");
    assert_eq!((&again["restored"], &again["kept"]), (&backup["name"], &Value::from(true)));
    assert_eq!(place.restored("select count(*) from letters").await, "0");
    // A database that was never restored.
    place.run("rm \"$PGDATA/.restored\"", &[]).await;
    assert_eq!(place.restore(&[]).await.expect("there is nothing to do")["restored"], "");
    // Files of something else.
    place.run("rm -r \"$PGDATA\"; mkdir \"$PGDATA\"; echo mine >\"$PGDATA/thesis\"", &[]).await;
    let error = place.restore(&[]).await.expect_err("it is refused");
    assert!(error.contains("holds files that are no database"), "{error}");
    assert_eq!(place.files("volume/pgdata"), ["thesis"]);
    // What an image began and did not finish is nothing.
    place.run("rm \"$PGDATA/thesis\"; mkdir \"$PGDATA/.initializing\"", &[]).await;
    place.restore(&[]).await.expect("it is restored");
}

/// Waits until a backup gets another name than this one, which begins with its second.
async fn a_second_after(name: &str) {
    eventually("a later second", async || {
        let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        (now.as_str() > &name[..now.len()]).then_some(()).ok_or(now)
    })
    .await;
}

#[tokio::test]
async fn the_newest_stay_and_those_of_a_lost_database_do_not_give_way() {
    let place = Place::with("prune", "create table one (id int)").await;
    place.run("for day in 01 02 03; do touch \"$BACKUPS/202601${day}T030000Z-77.dump\"; done; touch \"$BACKUPS/.partial-live\"; touch -d '2 hours ago' \"$BACKUPS/.partial-killed\"", &[]).await;
    let mut names = Vec::new();
    for _ in 0..3 {
        let backup = place.back_up(&[]).await.expect("it is made");
        let name = backup["name"].as_str().expect("it has a name");
        names.push(format!("{name}.dump"));
        a_second_after(name).await;
    }
    let lost = ["20260102T030000Z-77.dump", "20260103T030000Z-77.dump"].map(str::to_owned);
    // What another run writes stays, and what a killed one left goes.
    let live = [".partial-live".to_owned()];
    assert_eq!(place.files("backups"), [&live[..], &lost, &names[1..]].concat());
}

#[tokio::test]
async fn a_chosen_backup_is_restored_and_one_that_is_not_there_is_named() {
    let place = Place::with("choose", ROWS).await;
    let error = place.restore(&[]).await.expect_err("there is none");
    assert!(error.starts_with("The backup volume holds no backup. Remove `restoreFrom`"), "{error}");
    let first = place.back_up(&[]).await.expect("it is made")["name"].as_str().expect("a name").to_owned();
    place.postgres.query(&place.database, "delete from letters").await.expect("it is accepted");
    a_second_after(&first).await;
    place.back_up(&[]).await.expect("it is made");
    let error = place.restore(&[("BACKUP", "20200101T000000Z-1")]).await.expect_err("it is not there");
    assert!(error.starts_with("The backup volume holds no backup of this name.") && error.contains(&first), "{error}");
    assert!(place.files("volume").is_empty(), "{:?}", place.files("volume"));
    assert_eq!(place.restore(&[("BACKUP", &first)]).await.expect("it is restored")["restored"], first);
    assert_eq!(place.restored("select count(*) from letters").await, "500");
}

#[tokio::test]
async fn a_torn_dump_is_neither_kept_nor_restored() {
    let place = Place::with("torn", ROWS).await;
    let good = place.back_up(&[]).await.expect("it is made");
    let before = place.files("backups");
    // A pg_dump that loses the end of what it writes, and says that all is well.
    let torn = "mkdir -p \"$SCRATCH/bin\"; real=$(command -v pg_dump); cat >\"$SCRATCH/bin/pg_dump\" <<END
#!/bin/sh
\"$real\" \"\\$@\" && size=\\$(wc -c <\"\\$PARTIAL\") && truncate -s \\$((size * 2 / 3)) \"\\$PARTIAL\"
END
chmod +x \"$SCRATCH/bin/pg_dump\"; PATH=$SCRATCH/bin:$PATH; ";
    let output = place.run(&format!("{torn}{BACKUP}"), &[]).await;
    let error = place.outcome(&output).expect_err("it is torn");
    assert!(error.starts_with("The dump cannot be"), "{error}");
    assert_eq!(place.files("backups"), before);
    // The same on the way back.
    let file = place.dump(&good["name"]);
    let bytes = fs::read(&file).expect("it is there");
    fs::write(&file, &bytes[..bytes.len() / 2]).expect("it can be written");
    let error = place.restore(&[]).await.expect_err("it is torn");
    assert!(error.contains("cannot be restored"), "{error}");
    assert!(place.files("volume").is_empty(), "{:?}", place.files("volume"));
}

#[tokio::test]
async fn a_full_volume_costs_no_earlier_backup() {
    let mut place = Place::with("full", ROWS).await;
    place.keep = "1";
    place.back_up(&[]).await.expect("it is made");
    let before = place.files("backups");
    // Files end after 8 KiB, in the middle of a write, as on a volume that is full.
    let output = place.run(&format!("trap '' XFSZ; ulimit -f 16; {BACKUP}"), &[]).await;
    let error = place.outcome(&output).expect_err("there is no room");
    assert!(error.starts_with("The database cannot be dumped: could not write to output file"), "{error}");
    assert_eq!(place.files("backups"), before);
}

#[tokio::test]
async fn a_dump_that_cannot_be_restored_is_no_backup_and_no_row_is_told() {
    // A check that looks at another table holds in the database, but not while tables are filled one after the other.
    let place = Place::with(
        "unrestorable",
        "create table z (n int); insert into z values (1); create function has_z() returns bool language sql as \
         'select exists (select from public.z)'; create table a (email text check (has_z())); \
         insert into a values ('jane@example.com')",
    )
    .await;
    let error = place.back_up(&[]).await.expect_err("it cannot be restored");
    assert_eq!(error, "The dump cannot be restored: COPY failed for table \"a\"");
    assert!(place.files("backups").is_empty());
}

#[tokio::test]
async fn two_backups_at_once_are_both_made() {
    let place = Place::with("twice", ROWS).await;
    let (one, two) = (place.folder.join("one").display().to_string(), place.folder.join("two").display().to_string());
    let first = [("REPORT", "/dev/null"), ("POD_NAME", "one"), ("SCRATCH", one.as_str())];
    let second = [("REPORT", "/dev/null"), ("POD_NAME", "two"), ("SCRATCH", two.as_str())];
    let (first, second) = tokio::join!(place.run(BACKUP, &first), place.run(BACKUP, &second));
    assert!(first.status.success() && second.status.success(), "{first:?} {second:?}");
    // They are one file where both began within the same second.
    assert!((1..=2).contains(&place.files("backups").len()));
}

#[test]
fn kubernetes_leaves_the_scripts_as_they_are() {
    for script in [BACKUP, RESTORE, ROTATE] {
        // In arguments it reads `$$` as `$`, and `$(NAME)` as the value of a variable of the pod.
        assert!(!script.contains("$$"));
        let mut commands = script.split("$(").skip(1).filter_map(|text| text.split(')').next());
        assert!(commands.all(|command| command.contains(' ') || command.starts_with('(')));
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_told() {
    let place = Place::with("silent", "create table one (id int)").await;
    let error = place.back_up(&[("PGPORT", "1")]).await.expect_err("nobody answers");
    assert!(error.contains("cannot be dumped: connection to server at \"127.0.0.1\", port 1 failed"), "{error}");
    let error = place.back_up(&[("PGDATABASE", "nowhere")]).await.expect_err("it is not there");
    assert!(error.contains("database \"nowhere\" does not exist"), "{error}");
    let error = place.back_up(&[("BACKUPS", "/proc")]).await.expect_err("it cannot be written to");
    assert!(error.contains("cannot write to the backup volume"), "{error}");
    assert!(Path::new("/proc/self").exists());
}
