//! Many schedules under the laws of the real API server, and some under laws that miss a rule.

use std::time::Instant;

use super::*;
use checker::Tally;
use schedule::play;
use server::Laws;

/// Plays the schedules of `seeds` on two threads.
fn play_all(seeds: std::ops::Range<u64>, laws: &Laws) -> Tally {
    let play_half = |half: u64| {
        let (base, mut sum) = (Instant::now(), Tally::default());
        for seed in seeds.clone().filter(|seed| seed % 2 == half) {
            let tally = play(seed, laws, base).unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
            sum.add(&tally);
        }
        sum
    };
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| scope.spawn(move || play_half(half)));
        let mut sum = Tally::default();
        for half in halves {
            sum.add(&half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        sum
    })
}

#[test]
fn no_promise_is_broken_in_a_hundred_thousand_schedules() {
    let count = std::env::var("SCHEDULES").map_or(100_000, |count| count.parse().expect("SCHEDULES is a number"));
    let begun = Instant::now();
    let tally = play_all(0..count, &Laws::real());
    println!("{count} schedules in {:?}: {tally:?}", begun.elapsed());
    // Promises that nothing puts to the test are no promises.
    let Tally { ends: [succeeded, failed, cancelled], lost, released, faults, .. } = tally;
    assert!([succeeded, failed, cancelled, lost, released, faults].iter().all(|count| *count > 0), "{tally:?}");
}

#[test]
fn the_same_seed_is_the_same_schedule() {
    let (laws, base) = (Laws::real(), Instant::now());
    for seed in 0..300 {
        let later = base + std::time::Duration::from_secs(seed);
        assert_eq!(play(seed, &laws, base), play(seed, &laws, later), "seed {seed}");
    }
}

/// Seeds within which a law that is missing must be noticed.
const NOTICED_WITHIN: u64 = 2_000;

/// Plays schedules until one breaks the promise `expected` under `laws` and none under `kept`. Tells of it.
fn check_without(what: &str, laws: &Laws, kept: &Laws, expected: &str) {
    let base = Instant::now();
    let found = (0..NOTICED_WITHIN).find_map(|seed| {
        let broken = play(seed, laws, base).err()?;
        let promise = broken.lines().next().filter(|promise| promise.contains(expected))?.to_owned();
        play(seed, kept, base).is_ok().then_some((seed, promise))
    });
    let (seed, promise) = found.unwrap_or_else(|| panic!("nobody notices: {what}: {expected}"));
    println!("{what}: seed {seed}: {promise}");
}

#[test]
fn whoever_takes_a_law_away_breaks_a_promise() {
    let real = Laws::real();
    let versions = Laws { compares_versions: false, ..real.clone() };
    check_without("versions are not compared", &versions, &real, "nothing is claimed that shall be stopped");
    let watches = Laws { watches_tell_all: false, ..real.clone() };
    check_without("watches lose changes", &watches, &real, "this still waits");
    let reads = Laws { reads_are_current: false, ..real.clone() };
    check_without("reads are old", &reads, &real, "no worker loses its claim");
    let taken = Laws { shows_taken: false, ..real.clone() };
    check_without("Leases do not show what was taken", &taken, &real, "no worker loses as untaken");
    // The rules are the second line: they hold where versions are not compared. The others hold back strangers.
    let grows = "the number of attempts grows";
    let rules: [(&[&str], &str); 3] = [
        (&["a finished request is frozen"], "nothing changes after the end"),
        (&["status.attempt must stay or grow by one"], grows),
        (&["a claimed request must be released before", "a new claim must be a new attempt"], grows),
    ];
    for (rules, promise) in rules {
        let admission = rules.iter().fold(versions.admission.clone(), |all, rule| all.without(rule));
        let laws = Laws { admission, ..versions.clone() };
        check_without(rules[0], &laws, &versions, promise);
    }
}
