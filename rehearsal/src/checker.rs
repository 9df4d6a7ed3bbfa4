//! What must hold of every history, whatever went wrong: it reads what the watches of the API server told, from the first
//! change to the last, and knows nothing of how programs decide.

mod ends;
mod evidence;
mod promise;
mod terms;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crds::names::ERASE_ANNOTATION;
use crds::request::{Attempt, Outcome, State};
use crds::{CoverLetterRequest, CoverLetterRequestStatus, RequestReason, life, limits};

use crate::server::{Change, Server};
use promise::promise;
use terms::Known;
pub use terms::Terms;

/// What a schedule was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events that happened.
    pub events: usize,
    /// Requests that came to each end, in the order Succeeded, Failed, Cancelled.
    pub ends: [usize; 3],
    /// Attempts of all requests.
    pub attempts: i32,
    /// Attempts that were lost or failed.
    pub counted: usize,
    /// Attempts that were lost.
    pub lost: usize,
    /// Attempts that went back to the queue and do not count.
    pub released: usize,
    /// Things that went wrong.
    pub faults: usize,
}

impl Tally {
    /// Adds what another schedule was.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.attempts += other.attempts;
        self.counted += other.counted;
        self.lost += other.lost;
        self.released += other.released;
        self.faults += other.faults;
        self.ends.iter_mut().zip(other.ends).for_each(|(sum, more)| *sum += more);
    }
}

/// Checks all histories of `server`, which came about under `terms`.
///
/// # Errors
/// The first promise that was broken, and where.
pub fn check(server: &Server<'_>, terms: Terms<'_>, tally: &mut Tally) -> Result<(), String> {
    let mut last: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for change in server.requests.history() {
        let uid = change.object.metadata.uid.as_deref().unwrap_or_default();
        let before = last.get(uid);
        let broken = match before {
            None => first(&change.object),
            Some(before) if change.is_removal => removal(before.request, &change.object),
            Some(before) => step(before, change, terms, server),
        };
        if let Err(promise) = broken {
            let status = |request: &CoverLetterRequest| format!("{:#?}", request.status);
            let before = before.map(|before| status(before.request)).unwrap_or_default();
            let name = change.object.metadata.name.as_deref().unwrap_or_default();
            return Err(format!(
                "{promise}: {name} at {} ms by {}\nbefore: {before}\nafter: {}",
                change.time,
                change.by,
                status(&change.object)
            ));
        }
        let is_claimed = before.is_some_and(|before| life::attempt(before.request) < life::attempt(&change.object));
        let claimed_at = before.filter(|_| !is_claimed).map_or(change.time, |before| before.claimed_at);
        last.insert(uid, Known { request: &change.object, claimed_at });
    }
    last.values().try_for_each(|known| end(known.request, terms, tally))
}

fn first(request: &CoverLetterRequest) -> Result<(), String> {
    promise(request.status.is_none(), "a new request has no status")
}

fn removal(before: &CoverLetterRequest, last: &CoverLetterRequest) -> Result<(), String> {
    let erased = last.metadata.annotations.as_ref().is_some_and(|notes| notes.contains_key(ERASE_ANNOTATION));
    promise(before.state() != State::Running, "no request is removed while a worker writes it")?;
    promise(before.is_terminal() || erased, "no request is removed before its end, unless its owner wants that")
}

/// The end of one request.
fn end(request: &CoverLetterRequest, terms: Terms<'_>, tally: &mut Tally) -> Result<(), String> {
    let status = request.status.clone().unwrap_or_default();
    match request.state() {
        State::Succeeded => tally.ends[0] += 1,
        State::Failed => tally.ends[1] += 1,
        State::Cancelled => tally.ends[2] += 1,
        // It was erased before anybody took it up.
        State::Queued | State::Running => {}
    }
    tally.attempts += life::attempt(request);
    tally.counted += life::counted(&status.attempts) as usize;
    let ended = |outcome| status.attempts.iter().filter(|attempt| attempt.outcome == outcome).count();
    tally.lost += ended(Outcome::Lost);
    tally.released += ended(Outcome::Released);
    if request.reason() == Some(RequestReason::AttemptsExhausted) {
        promise(life::counted(&status.attempts) == terms.limits.max_attempts, "nothing fails before its last attempt")?;
    }
    if terms.is_calm {
        let succeeds = request.state() == State::Succeeded && life::attempt(request) == 1;
        promise(
            succeeds || request.spec.cancel_requested,
            "when nothing goes wrong the first attempt writes the letter",
        )?;
    }
    Ok(())
}

/// One change to a request.
fn step(
    known: &Known<'_>,
    change: &Change<CoverLetterRequest>,
    terms: Terms<'_>,
    server: &Server<'_>,
) -> Result<(), String> {
    let (before, after, max_attempts) = (known.request, &change.object, terms.limits.max_attempts);
    let empty = CoverLetterRequestStatus::default();
    let (old, new) = (before.status.as_ref().unwrap_or(&empty), after.status.as_ref().unwrap_or(&empty));
    promise(!before.is_terminal() || old == new, "nothing changes after the end")?;
    promise(before.spec.job == after.spec.job, "no spec changes")?;
    promise(!before.spec.cancel_requested || after.spec.cancel_requested, "no wish to stop is taken back")?;
    let grown = life::attempt(after) - life::attempt(before);
    let is_claimed = new.claim.is_some() && new.claim != old.claim;
    promise(
        grown == i32::from(is_claimed),
        "the number of attempts grows by one with each claim, and by nothing else",
    )?;
    if is_claimed {
        promise(old.claim.is_none(), "no claim is taken from somebody who holds it")?;
        let is_own = new.claim.as_ref().is_some_and(|claim| claim.boot_id == change.by);
        promise(is_own || change.by.starts_with("system:"), "nobody but the operator claims in the name of another")?;
        promise(before.state() == State::Queued && after.state() == State::Running, "what is claimed has waited")?;
        promise(!before.spec.cancel_requested, "nothing is claimed that shall be stopped")?;
        promise(life::counted(&old.attempts) < max_attempts, "no attempt begins after the last one")?;
    }
    remembered(old, new)?;
    ends::check(known, change, terms, server)?;
    promise(life::counted(&new.attempts) <= max_attempts, "no more attempts count than are permitted")
}

/// What is on record stays there, as long as there is room.
fn remembered(old: &CoverLetterRequestStatus, new: &CoverLetterRequestStatus) -> Result<(), String> {
    let is_full = old.attempts.len() >= limits::ATTEMPTS_MAX;
    let counts = |attempts: &[Attempt]| {
        let counted = attempts.iter().filter(|attempt| attempt.outcome != Outcome::Released).cloned();
        counted.collect::<Vec<_>>()
    };
    let (old, new) = if is_full {
        (counts(&old.attempts), counts(&new.attempts))
    } else {
        (old.attempts.clone(), new.attempts.clone())
    };
    promise(new.starts_with(&old) && new.len() <= old.len() + 1, "no attempt on record is lost or changed")
}
