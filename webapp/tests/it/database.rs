//! The database restarts, has no room, or answers late: nothing that was handed in is lost or doubled, and people are told in
//! plain words.

use std::time::{Duration, Instant};

use fixtures::postgres::Postgres;
use futures::future::join_all;
use reqwest::Method;

use crate::browser::{Browser, EXAMPLE, PASSWORD, send};
use crate::handing_in::{HandedIn, assert_one_each, assert_requests, insist};
use crate::site::{Site, site_with_own_database};
use crate::waiting::eventually;

const AWAY: &str = "The database does not answer. Nothing was changed.";
const FULL: &str = "The database of this site has no room left. Nothing was changed.";
/// Every statement that would add to a table fails as it does on a full disk.
const FILL: &str = r#"
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file "base/5/16384": No space left on device'
            USING ERRCODE = 'disk_full', HINT = 'Check free disk space.';
    END $$;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON %I EXECUTE FUNCTION full_disk()', name);
        END LOOP;
    END $$"#;
const DATABASE: &str = "postgres";

/// Some students.
async fn students(site: &Site, count: usize) -> Vec<Browser> {
    join_all((0..count).map(async |at| site.student(&format!("student{at}")).await)).await
}

/// Each of them hands in some letters at the same time.
async fn hand_in(students: &[Browser], letters: usize) -> Vec<HandedIn> {
    let keys: Vec<_> = (0..letters).map(|at| at.to_string()).collect();
    join_all(students.iter().flat_map(|student| keys.iter().map(move |key| insist(student, key)))).await
}

/// So long that letters are handed in before and after.
async fn a_while() {
    let mut pause = tokio::time::interval(Duration::from_millis(400));
    pause.tick().await;
    pause.tick().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_handed_in_while_the_database_restarts_is_one_letter_each() {
    let (site, postgres) = site_with_own_database().await;
    let students = students(&site, 4).await;
    let restarts = async {
        for _ in 0..3 {
            a_while().await;
            postgres.stop().await.expect("stops");
            postgres.resume().await.expect("comes back");
        }
    };
    let (handed_in, more, ()) = tokio::join!(hand_in(&students, 6), late(&students), restarts);
    let all: Vec<_> = handed_in.into_iter().chain(more).collect();
    for refusal in all.iter().flat_map(|one| &one.refusals) {
        assert!(refusal.status == 503 && refusal.body.contains(AWAY), "{refusal:?}");
    }
    assert_one_each(&site, &all).await;
    assert_requests(&site, all.len()).await;
    assert_eq!(students[0].get("/letters").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_page_after_a_restart_of_the_database_meets_a_connection_from_before_it() {
    let (site, postgres) = site_with_own_database().await;
    let students = students(&site, 12).await;
    for _ in 0..3 {
        // All at once, so that several connections stay open for the next pages.
        let pages = join_all(students.iter().map(|student| student.get("/letters"))).await;
        assert!(pages.iter().all(|page| page.status == 200), "{pages:?}");
        postgres.stop().await.expect("stops");
        postgres.resume().await.expect("comes back");
    }
    let pages = join_all(students.iter().map(|student| student.get("/letters"))).await;
    assert!(pages.iter().all(|page| page.status == 200), "{pages:?}");
}

/// Letters that are handed in a little later, some of them while the database is away.
async fn late(students: &[Browser]) -> Vec<HandedIn> {
    let mut all = Vec::new();
    for number in 0..6 {
        a_while().await;
        let key = format!("late-{number}");
        all.extend(join_all(students.iter().map(|student| insist(student, &key))).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_room_keeps_showing_what_is_there_and_gives_every_form_back() {
    let (site, postgres) = site_with_own_database().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    postgres.query(DATABASE, FILL).await.expect("is accepted");

    let path = format!("/letters/{letter}");
    for (page, shown) in
        [("/letters", "Data Scientist"), (path.as_str(), "google"), ("/user/profile", "foo@example.org")]
    {
        student.open(page).await.assert_page(200, &[shown]);
    }
    // After a minute the last use of a session would be noted.
    postgres
        .query(DATABASE, "SET session_replication_role = replica; UPDATE sessions SET last_used_at = 'epoch'")
        .await
        .expect("updates");
    student.open("/letters").await.assert_page(200, &["Data Scientist"]);

    let mut fields = EXAMPLE.to_vec();
    fields[0].1 = "Deep-sea diver";
    fields.push(("submission", "f1f0e0d0-0000-4000-8000-000000000001"));
    student.submit("/model/query", &fields).await.assert_page(503, &[FULL, "Deep-sea diver"]);
    let refused = send(student.query(&EXAMPLE).header("prefer", "respond-async")).await;
    refused.assert_problem(
        503,
        "The database of this site has no room left. Nothing was changed. Tell whoever runs the site.",
    );
    let registration = [("username", "new"), ("email", "n@example.org"), ("password", PASSWORD)];
    student.submit("/auth/register", &registration).await.assert_page(503, &[FULL, "Your text is still here"]);
    let log_in = site.browser().ask(Method::POST, "/auth/login").form(&[("username", "foo"), ("password", PASSWORD)]);
    send(log_in.header("accept", "text/html")).await.assert_page(503, &[FULL]);

    postgres.query(DATABASE, "DROP FUNCTION full_disk CASCADE").await.expect("there is room again");
    let taken = student.submit("/model/query", &fields).await;
    assert_eq!((taken.status, student.submit("/model/query", &fields).await.location()), (303, taken.location()));
    assert_requests(&site, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_that_answers_after_three_seconds_is_waited_for_and_takes_every_letter_once() {
    let (site, postgres) = site_with_own_database().await;
    let students = students(&site, 4).await;
    let locked = "BEGIN; LOCK TABLE letters IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT";
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    // From before the lock: what waits for it ends three seconds later at least, however late its request began.
    let start = Instant::now();
    let asked = async {
        eventually("the lock", async || is_locked(&postgres).await.then_some(())).await;
        let (handed_in, page) = tokio::join!(hand_in(&students, 2), students[0].open("/letters"));
        (handed_in, page, start.elapsed())
    };
    let (held, (handed_in, page, took)) = tokio::join!(postgres.query(DATABASE, locked), asked);
    held.expect("the lock is held and given back");
    page.assert_page(200, &["Your letters"]);
    assert!(took >= Duration::from_secs(3), "nobody waited: {took:?}");
    assert!(handed_in.iter().all(|one| one.refusals.is_empty()), "{handed_in:?}");
    assert_one_each(&site, &handed_in).await;
    assert_requests(&site, handed_in.len()).await;
    assert_eq!(postgres.query(DATABASE, waiting).await.expect("selects"), "0");
}

/// Whether somebody has the whole table of letters.
async fn is_locked(postgres: &Postgres) -> bool {
    let held = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = 'letters'::regclass";
    postgres.query(DATABASE, held).await.expect("selects") != "0"
}
