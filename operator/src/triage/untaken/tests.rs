//! Whatever the pace of renewals and the lag of watches: who takes in time keeps its claim, and who never does loses it.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

const TOKEN: &str = "uid/1";
/// Milliseconds within which every claim must have gone back that its worker does not take: six renewals, every other one
/// of which may be lost, and the lag.
const FREED_WITHIN: u64 = 65_000;

/// A renewal of a Lease: when it is made, when this process sees it, and whether it names the claim.
struct Renewal {
    made: u64,
    shown: u64,
    names: bool,
}

fn chance(rng: &mut StdRng, share: f64) -> bool {
    rng.random_range(0.0..1.0) < share
}

/// A minute and a half of renewals by a worker that takes the claim `taken` milliseconds after it was written, or never.
fn renewals(rng: &mut StdRng, taken: Option<u64>) -> Vec<Renewal> {
    let (lag, mut made, mut all, mut lost) = (rng.random_range(0..2_000), 0, Vec::new(), false);
    // The claim is written, and seen, somewhere between two renewals.
    let written = rng.random_range(0..10_000);
    while made < 90_000 {
        lost = !lost && chance(rng, 0.1);
        if !lost {
            let names = taken.is_some_and(|taken| made >= written + taken);
            all.push(Renewal { made, shown: (made + lag + rng.random_range(0..500)).saturating_sub(written), names });
        }
        made += 10_000 + rng.random_range(0..1_000);
    }
    all
}

/// When the claim goes back, in milliseconds after it was seen; `None` when it does not for longer than
/// it may.
fn freed(rng: &mut StdRng, taken: Option<u64>) -> Option<u64> {
    let (mut untaken, start) = (Untaken::default(), Instant::now());
    let renewals = renewals(rng, taken);
    let mut now = 0;
    while now < 80_000 {
        if let Some(last) = renewals.iter().filter(|renewal| renewal.shown <= now).max_by_key(|last| last.made) {
            let lease = LeaseLife {
                boot_id: "boot".into(),
                // The clock of the worker is nobody's business.
                renewed: Timestamp::from_millisecond(77_000 + last.made as i64).ok(),
                silent_for: Duration::ZERO,
                taken: Some(last.names.then(|| TOKEN.to_owned()).into_iter().collect()),
            };
            let overdue = untaken.observe([(TOKEN.to_owned(), &lease)], start + Duration::from_millis(now));
            if overdue.contains(TOKEN) {
                return Some(now);
            }
        }
        now += rng.random_range(50..1_000);
    }
    None
}

#[test]
fn a_claim_that_is_never_taken_goes_back_in_time_and_one_that_is_taken_never_does() {
    for seed in 0..5_000 {
        let mut rng = StdRng::seed_from_u64(seed);
        let taken = rng.random_range(0..6_000);
        assert_eq!(freed(&mut rng, Some(taken)), None, "seed {seed}: taken after {taken} ms");
        let freed = freed(&mut rng, None);
        let limits = UNTAKEN_MAX.as_millis() as u64..FREED_WITHIN;
        assert!(freed.is_some_and(|freed| limits.contains(&freed)), "seed {seed}: {freed:?}");
    }
}

#[test]
fn a_worker_that_says_nothing_of_what_it_takes_keeps_its_claims() {
    let (mut untaken, start) = (Untaken::default(), Instant::now());
    for second in 0..120 {
        let renewed = Timestamp::from_second(second as i64).ok();
        let lease = LeaseLife { boot_id: "boot".into(), renewed, silent_for: Duration::ZERO, taken: None };
        let overdue = untaken.observe([(TOKEN.to_owned(), &lease)], start + Duration::from_secs(second));
        assert!(overdue.is_empty());
    }
}

#[test]
fn after_a_gap_the_time_begins_anew() {
    let (mut untaken, start) = (Untaken::default(), Instant::now());
    let look = |untaken: &mut Untaken, second: u64| {
        let renewed = Timestamp::from_second(second as i64 / 10).ok();
        let taken = Some(BTreeSet::new());
        let lease = LeaseLife { boot_id: "boot".into(), renewed, silent_for: Duration::ZERO, taken };
        !untaken.observe([(TOKEN.to_owned(), &lease)], start + Duration::from_secs(second)).is_empty()
    };
    assert!((0..19).all(|second| !look(&mut untaken, second)));
    untaken.restart();
    assert!((19..39).all(|second| !look(&mut untaken, second)));
    assert!((39..45).any(|second| look(&mut untaken, second)));
}
