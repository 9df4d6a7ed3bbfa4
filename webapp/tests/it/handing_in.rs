//! Handing in as impatient people and programs do: the same submission again until it is taken, and once more after that.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::browser::{Browser, EXAMPLE, Reply, send};
use crate::site::Site;
use crate::waiting::{PATIENCE, eventually};
use crate::worker;

/// What came of one submission.
#[derive(Debug, Default)]
pub struct HandedIn {
    /// The letters that its answers named.
    pub letters: BTreeSet<String>,
    /// Its other answers.
    pub refusals: Vec<Reply>,
}

/// Sends one submission until it is taken, twice at a time, and once more after that.
pub async fn insist(student: &Browser, key: &str) -> HandedIn {
    let mut handed_in = HandedIn::default();
    let ask = || send(student.query(&EXAMPLE).header("prefer", "respond-async").header("idempotency-key", key));
    let insist = async {
        let mut every = tokio::time::interval(Duration::from_millis(300));
        while handed_in.letters.is_empty() {
            every.tick().await;
            let (one, other) = tokio::join!(ask(), ask());
            handed_in.take(one);
            handed_in.take(other);
        }
        handed_in.take(ask().await);
    };
    tokio::time::timeout(PATIENCE, insist).await.expect("it is taken in time");
    handed_in
}

impl HandedIn {
    fn take(&mut self, reply: Reply) {
        if reply.status == 202 {
            self.letters.insert(reply.location().trim_start_matches("/letters/").to_owned());
        } else {
            self.refusals.push(reply);
        }
    }
}

/// Each of these submissions is one letter, and there is no other.
pub async fn assert_one_each(site: &Site, all: &[HandedIn]) {
    assert!(all.iter().all(|one| one.letters.len() == 1), "{all:?}");
    let letters: BTreeSet<_> = all.iter().flat_map(|one| &one.letters).collect();
    assert_eq!(letters.len(), all.len());
    assert_eq!(site.count("SELECT count(*) FROM letters").await, all.len() as i64);
}

/// There are so many requests, each of a letter of its own.
pub async fn assert_requests(site: &Site, count: usize) {
    let names = async || {
        let all = worker::all(&site.requests).await;
        all.into_iter().filter_map(|request| request.metadata.name).collect::<BTreeSet<_>>()
    };
    eventually("a request for each letter", async || (names().await.len() >= count).then_some(())).await;
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT 'letter-' || id FROM letters").fetch_all(&site.db).await.expect("selects");
    assert_eq!(names().await, kept.into_iter().collect(), "requests and letters");
}
