//! The script that sets a password, run against a real Postgres that asks for passwords.

use std::fs;
use std::process::Output;

use fixtures::postgres::Postgres;
use operator::desired::ROTATE;

pub const FIRST: &str = "coverletter";
pub const SECOND: &str = "coverletter_second";
/// A password with all that a shell, a URL or SQL could misread.
const NEXT: &str = "t'wo $x \\ \"2";

/// A server that asks both logins for a password, with a database of the first.
pub struct Server {
    pub postgres: Postgres,
}

impl Server {
    pub async fn start(password: &str) -> Self {
        let postgres = Postgres::start().await.expect("a server");
        let sql = async |sql: &str| postgres.query("postgres", sql).await.expect("it is accepted");
        sql(&format!("create role {FIRST} superuser login password '{password}'")).await;
        sql(&format!("create database {FIRST} owner {FIRST}")).await;
        sql("alter system set log_statement = 'all'").await;
        let file = sql("show hba_file").await;
        let rules = fs::read_to_string(&file).expect("it can be read");
        let asked = format!("host all {FIRST},{SECOND} all scram-sha-256\n");
        fs::write(&file, asked + &rules).expect("it can be written");
        sql("select pg_reload_conf()").await;
        let server = Self { postgres };
        crate::cluster::eventually("passwords are asked for", async || {
            server.query(FIRST, "no password", "select 1").await.map_or(Ok(()), Err)
        })
        .await;
        server
    }

    /// What `sql` gives to `login`, in its database.
    pub async fn query(&self, login: &str, password: &str, sql: &str) -> Result<String, String> {
        let port = self.postgres.port().to_string();
        let variables = [("PGPASSWORD", password), ("PGUSER", login), ("PGPORT", &port), ("SQL", sql)];
        let query = format!("PGHOST=127.0.0.1 PGDATABASE={FIRST} psql -XAtq -v ON_ERROR_STOP=1 -c \"$SQL\"");
        let output = self.postgres.script(&query, &variables).await.expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Runs the script. Its last words are in the result, and no password is.
    pub async fn rotate(&self, login: &str, password: &str, next: &str, more: &[(&str, &str)]) -> Result<(), String> {
        let folder = self.postgres.folder();
        let (scratch, report) = (folder.display().to_string(), folder.join("report").display().to_string());
        let port = self.postgres.port().to_string();
        let variables = [
            ("PGHOST", "127.0.0.1"),
            ("PGPORT", port.as_str()),
            ("PGUSER", FIRST),
            ("PGDATABASE", FIRST),
            ("PASSWORD", password),
            ("NEXT_PASSWORD", next),
            ("LOGIN", login),
            ("SCRATCH", &scratch),
            ("REPORT", &report),
        ];
        let output: Output = self.postgres.script(ROTATE, &[&variables[..], more].concat()).await.expect("it runs");
        let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat();
        let log = fs::read_to_string(folder.join("log")).expect("the server has a log");
        // A log would double the quotes.
        let is_told = |part: &str| part.len() > 3 && (said.contains(part) || log.contains(part));
        assert!(!next.split('\'').any(is_told), "{said}");
        if output.status.success() {
            return Ok(());
        }
        Err(fs::read_to_string(report).expect("it leaves a report").trim().to_owned())
    }
}

#[tokio::test]
async fn a_password_goes_over_by_way_of_a_second_login_that_acts_as_the_first() {
    let server = Server::start("one").await;
    server.query(FIRST, "one", "create table letters (n int)").await.expect("it is accepted");

    server.rotate(SECOND, "one", NEXT, &[]).await.expect("it is set");
    // Both are let in, and what one makes belongs to the other.
    for (login, password) in [(FIRST, "one"), (SECOND, NEXT)] {
        let sql = format!("insert into letters values (1); create table of_{login} (n int)");
        server.query(login, password, &sql).await.expect("it is let in");
    }
    let owners = "select distinct tableowner from pg_tables where schemaname = 'public'";
    assert_eq!(server.query(SECOND, NEXT, owners).await.as_deref(), Ok(FIRST));

    server.rotate(FIRST, "one", NEXT, &[]).await.expect("it is set");
    assert!(server.query(FIRST, "one", "select 1").await.is_err());
    assert_eq!(server.query(FIRST, NEXT, "select count(*) from letters").await.as_deref(), Ok("2"));
    // Again, as after a run whose end nobody saw; and the second login for the next rotation.
    server.rotate(FIRST, "one", NEXT, &[]).await.expect("it is set already");
    server.rotate(SECOND, NEXT, "three", &[]).await.expect("it is set");
    assert!(server.query(SECOND, NEXT, "select 1").await.is_err());
    assert_eq!(server.query(SECOND, "three", "select current_user").await.as_deref(), Ok(FIRST));
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_is_told_and_keeps_its_password() {
    let server = Server::start("one").await;
    let error = server.rotate(SECOND, "neither", "nor that one", &[]).await.expect_err("both are wrong");
    assert!(error.ends_with("password authentication failed for user \"coverletter\""), "{error}");
    let error = server.rotate(SECOND, "one", "number two", &[("PGPORT", "1")]).await.expect_err("nobody answers");
    assert!(error.starts_with("The database cannot be asked: connection to server at"), "{error}");
    server
        .query(FIRST, "one", "alter role coverletter set default_transaction_read_only = on")
        .await
        .expect("it is set");
    let error = server.rotate(SECOND, "one", "number two", &[]).await.expect_err("it is read-only");
    assert_eq!(error, "The password cannot be set: cannot execute CREATE ROLE in a read-only transaction");
    assert_eq!(server.query(FIRST, "one", "select 1").await.as_deref(), Ok("1"));
}
