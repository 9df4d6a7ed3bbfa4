//! Places in line, and how long it takes until a letter is begun. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use crds::CoverLetterRequest;
use crds::request::State;
use jiff::SignedDuration;

/// Letters of the recent past whose times count.
const RECENT: usize = 32;

/// How fast the line moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Letters that are being written at this moment.
    pub running: usize,
    /// How long a letter takes once it is begun, as measured; `None` before one was finished.
    pub service: Option<SignedDuration>,
}

/// A place in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Letters before it.
    pub ahead: usize,
    /// About how long it is until the letter is begun; `None` where nobody can know.
    pub wait: Option<SignedDuration>,
}

impl Pace {
    /// The pace that these requests show.
    #[must_use]
    pub fn of(requests: &[Arc<CoverLetterRequest>]) -> Self {
        let running = requests.iter().filter(|request| request.state() == State::Running).count();
        let mut written: Vec<_> = requests.iter().filter_map(|request| took(request)).collect();
        written.sort_unstable_by_key(|(completed, _)| std::cmp::Reverse(*completed));
        written.truncate(RECENT);
        let sum: i64 = written.iter().map(|(_, took)| took).sum();
        let service = (!written.is_empty()).then(|| SignedDuration::from_millis(sum / written.len() as i64));
        Self { running, service }
    }

    /// The place behind `ahead` letters. Those that are being written leave one after the other, at equal distances on
    /// average; each makes room for the next in line.
    #[must_use]
    pub fn place(self, ahead: usize) -> Place {
        let turns = i32::try_from(ahead + 1).unwrap_or(i32::MAX);
        let running = i32::try_from(self.running).unwrap_or(i32::MAX);
        let wait = self.service.filter(|_| running > 0).map(|service| service.saturating_mul(turns) / running);
        Place { ahead, wait }
    }
}

/// When a request was completed, and how many milliseconds its letter took once it was claimed.
fn took(request: &CoverLetterRequest) -> Option<(jiff::Timestamp, i64)> {
    let status = request.status.as_ref().filter(|_| request.state() == State::Succeeded)?;
    let timings = status.timings.as_ref()?;
    Some((status.completion_time.as_ref()?.0, (timings.total - timings.queued).max(0)))
}

/// The place of each waiting request by its name, from 0.
#[must_use]
pub fn places_of(requests: &[Arc<CoverLetterRequest>]) -> HashMap<String, usize> {
    let mut waiting: Vec<_> = requests
        .iter()
        .filter(|request| request.state() == State::Queued)
        .map(|request| (request.created(), request.metadata.name.clone().unwrap_or_default()))
        .collect();
    waiting.sort_unstable();
    waiting.into_iter().enumerate().map(|(place, (_, name))| (name, place)).collect()
}

impl Place {
    /// One or two sentences.
    #[must_use]
    pub fn words(self) -> String {
        let place = match self.ahead {
            0 => "You are next in line.".to_owned(),
            1 => "One letter is before yours.".to_owned(),
            ahead => format!("{ahead} letters are before yours."),
        };
        match self.wait {
            None => place,
            Some(wait) => format!("{place} Writing begins in {}.", about(wait)),
        }
    }
}

/// A wait in words, rounded up so that it is rarely too short, and so that the words change rarely.
fn about(wait: SignedDuration) -> String {
    match wait.as_secs().max(0) {
        0..10 => "a few seconds".to_owned(),
        seconds @ 10..=90 => format!("about {} seconds", (seconds + 9) / 10 * 10),
        seconds => format!("about {} minutes", (seconds + 59) / 60),
    }
}

#[cfg(test)]
mod tests {
    use crds::CoverLetterRequestSpec;
    use crds::request::{AppRef, Applicant, CoverLetterRequestStatus, Job, LetterOptions, Timings};
    use jiff::Timestamp;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

    use super::*;

    fn request(name: &str, created: &str) -> CoverLetterRequest {
        let spec = CoverLetterRequestSpec {
            app_ref: AppRef::default(),
            job: Job::default(),
            applicant: Applicant::default(),
            letter: LetterOptions::default(),
            seed: None,
            requested_by: None,
            cancel_requested: false,
        };
        let mut request = CoverLetterRequest::new(name, spec);
        request.metadata.creation_timestamp = serde_json::from_value(created.into()).expect("a time");
        request
    }

    fn waiting(name: &str, created: &str) -> Arc<CoverLetterRequest> {
        Arc::new(request(name, created))
    }

    fn with(state: State, took: i64) -> Arc<CoverLetterRequest> {
        let mut request = request("one", "2026-11-23T12:00:00Z");
        request.status = Some(CoverLetterRequestStatus {
            state: Some(state),
            completion_time: Some(Time(Timestamp::UNIX_EPOCH)),
            timings: Some(Timings { queued: 700, total: 700 + took, ..Timings::default() }),
            ..CoverLetterRequestStatus::default()
        });
        Arc::new(request)
    }

    #[test]
    fn places_follow_the_time_of_creation_and_then_the_name() {
        let early = "2026-11-23T12:00:00Z";
        let places = places_of(&[waiting("b", early), waiting("late", "2026-11-23T12:00:01Z"), waiting("a", early)]);
        assert_eq!((places["a"], places["b"], places["late"]), (0, 1, 2));
    }

    #[test]
    fn the_wait_follows_from_the_letters_before_and_the_letters_at_work() {
        let running = with(State::Running, 0);
        let written = [with(State::Succeeded, 10_000), with(State::Succeeded, 14_000), with(State::Failed, 99_000)];
        let pace = Pace::of(&[written.to_vec(), vec![running.clone(), running.clone(), running]].concat());
        assert_eq!(pace, Pace { running: 3, service: Some(SignedDuration::from_secs(12)) });
        assert_eq!(pace.place(0).wait, Some(SignedDuration::from_secs(4)));
        assert_eq!(pace.place(29).wait, Some(SignedDuration::from_mins(2)));
        assert_eq!(Pace { running: 0, ..pace }.place(0).wait, None, "nobody writes, so nobody knows");
        assert_eq!(Pace::of(&[]).place(3), Place { ahead: 3, wait: None });
    }

    #[test]
    fn waits_are_told_in_round_numbers() {
        let words = |ahead, seconds: i64| Place { ahead, wait: Some(SignedDuration::from_secs(seconds)) }.words();
        assert_eq!(words(0, 9), "You are next in line. Writing begins in a few seconds.");
        assert_eq!(words(1, 31), "One letter is before yours. Writing begins in about 40 seconds.");
        assert_eq!(words(512, 181), "512 letters are before yours. Writing begins in about 4 minutes.");
        assert_eq!(Place { ahead: 2, wait: None }.words(), "2 letters are before yours.");
    }
}
