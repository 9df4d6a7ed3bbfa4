//! Plays schedules: `cargo run --release --example play -- FIRST COUNT`. A promise that is broken is told with its seed.

use std::time::Instant;

use rehearsal::checker::Tally;
use rehearsal::schedule::play;
use rehearsal::server::Laws;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|argument| argument.parse::<u64>().expect("a number"));
    let (first, count) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(1));
    let (laws, begun) = (Laws::real(), Instant::now());
    let (mut sum, mut broken) = (Tally::default(), 0);
    for seed in first..first + count {
        match play(seed, &laws, begun) {
            Ok(tally) => sum.add(&tally),
            Err(promise) => {
                broken += 1;
                if broken <= 3 {
                    println!("seed {seed}: {promise}");
                } else {
                    println!("seed {seed}: {}", promise.lines().next().unwrap_or_default());
                }
            }
        }
    }
    println!("{count} schedules in {:?}, {broken} broken: {sum:?}", begun.elapsed());
}
