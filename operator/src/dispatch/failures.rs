//! Which apps are left to claim for themselves, because claims on their requests fail one after the other.
//!
//! What refuses a claim is mostly of one namespace: a policy, a webhook, a quota. So each app is judged by its own claims,
//! and none takes all writes from the others while its answers do not come.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Claims in a row that fail before an app is left to itself.
const FAILURES_MAX: u32 = 3;
/// How long an app is left to itself at first. Each further time is twice as long: a claim that is refused costs its letter
/// a moment.
const REST_FIRST: Duration = Duration::from_secs(10);
/// Longest time before an app is tried again. Until then, those who mended what refused claims lack turns, not letters.
const REST_LONGEST: Duration = Duration::from_mins(1);
/// Most writes for one app at the same time.
const IN_FLIGHT_MAX: usize = 32;

/// What became of the last claims of each app, by namespace and name.
#[derive(Debug, Default)]
pub struct Failures(BTreeMap<(String, String), Record>);

#[derive(Debug, Default)]
struct Record {
    /// Claims that failed since one succeeded.
    failures: u32,
    in_flight: usize,
    /// Until when the app is left to itself, and for how long in all.
    rest: Option<(Instant, Duration)>,
}

impl Failures {
    /// Notes that so many claims are being written.
    pub fn begin(&mut self, app: &(String, String), count: usize) {
        if count > 0 {
            self.0.entry(app.clone()).or_default().in_flight += count;
        }
    }

    /// Notes that a claim was made.
    pub fn succeeded(&mut self, app: &(String, String)) {
        let record = self.end(app);
        (record.failures, record.rest) = (0, None);
    }

    /// Notes that somebody else was quicker, which says nothing of what would have become of the claim.
    pub fn undecided(&mut self, app: &(String, String)) {
        self.end(app);
    }

    /// Notes that a claim was refused, or that no answer came. Whether the app is left to itself because of it.
    pub fn failed(&mut self, app: &(String, String), now: Instant) -> bool {
        let record = self.end(app);
        record.failures = record.failures.saturating_add(1);
        if record.failures < FAILURES_MAX || record.is_resting(now) {
            return false;
        }
        let length = record.rest.map_or(REST_FIRST, |(_, length)| (length * 2).min(REST_LONGEST));
        record.rest = Some((now + length, length));
        true
    }

    /// Whether the workers of an app claim for themselves.
    #[must_use]
    pub fn is_resting(&self, app: &(String, String), now: Instant) -> bool {
        self.0.get(app).is_some_and(|record| record.is_resting(now))
    }

    /// How many of `free` writes an app may have now.
    #[must_use]
    pub fn limit(&self, app: &(String, String), free: usize, now: Instant) -> usize {
        let Some(record) = self.0.get(app) else { return free.min(IN_FLIGHT_MAX) };
        let most = match record.failures {
            _ if record.is_resting(now) => 0,
            // After a rest one letter shows whether claims are accepted again.
            FAILURES_MAX.. => 1,
            _ => IN_FLIGHT_MAX,
        };
        most.saturating_sub(record.in_flight).min(free)
    }

    /// Forgets the apps for which `exists` is false.
    pub fn retain(&mut self, exists: impl Fn(&(String, String)) -> bool) {
        self.0.retain(|app, record| record.in_flight > 0 || exists(app));
    }

    fn end(&mut self, app: &(String, String)) -> &mut Record {
        let record = self.0.entry(app.clone()).or_default();
        record.in_flight = record.in_flight.saturating_sub(1);
        record
    }
}

impl Record {
    fn is_resting(&self, now: Instant) -> bool {
        self.rest.is_some_and(|(until, _)| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &str) -> (String, String) {
        ("namespace".to_owned(), name.to_owned())
    }

    /// Fails once more at `now`.
    fn fail(failures: &mut Failures, now: Instant) -> bool {
        failures.begin(&app("a"), 1);
        failures.failed(&app("a"), now)
    }

    #[test]
    fn an_app_whose_claims_fail_is_left_to_itself_whatever_becomes_of_the_others() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        for is_last in [false, false, true] {
            failures.begin(&app("b"), 1);
            failures.succeeded(&app("b"));
            assert_eq!(fail(&mut failures, now), is_last);
        }
        assert!(failures.is_resting(&app("a"), now) && !failures.is_resting(&app("b"), now));
        assert_eq!((failures.limit(&app("a"), 64, now), failures.limit(&app("b"), 64, now)), (0, 32));
    }

    #[test]
    fn it_is_tried_again_with_one_letter_after_longer_and_longer_times_until_a_claim_is_made() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..3 {
            fail(&mut failures, at(0));
        }
        let mut until = 0;
        for rest in [10, 20, 40, 60, 60] {
            assert!(failures.is_resting(&app("a"), at(until + rest - 1)));
            until += rest;
            assert!(!failures.is_resting(&app("a"), at(until)));
            assert_eq!(failures.limit(&app("a"), 64, at(until)), 1);
            failures.begin(&app("a"), 1);
            assert_eq!(failures.limit(&app("a"), 64, at(until)), 0);
            assert!(failures.failed(&app("a"), at(until)));
        }
        failures.begin(&app("a"), 1);
        failures.succeeded(&app("a"));
        assert_eq!(failures.limit(&app("a"), 64, at(until)), 32);
        assert!(!fail(&mut failures, at(until)), "one failure is not three");
    }

    #[test]
    fn a_claim_that_somebody_else_was_quicker_to_make_says_nothing() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        for is_last in [false, false, true] {
            failures.begin(&app("a"), 1);
            failures.undecided(&app("a"));
            assert_eq!(fail(&mut failures, now), is_last);
        }
    }

    #[test]
    fn an_app_whose_answers_do_not_come_leaves_writes_to_the_others() {
        let (mut failures, now) = (Failures::default(), Instant::now());
        failures.begin(&app("a"), 30);
        assert_eq!((failures.limit(&app("a"), 34, now), failures.limit(&app("b"), 34, now)), (2, 32));
        failures.retain(|_| false);
        assert_eq!(failures.limit(&app("a"), 34, now), 2, "what is under way counts");
    }
}
