use proptest::prelude::*;

use super::*;

fn draw(logits: &[f32], temperature: f64, top_p: f64, seed: u64, count: usize) -> Vec<u32> {
    let mut sampler = sampler(temperature, top_p, seed);
    (0..count).map(|_| sample(&mut sampler, logits)).collect()
}

fn sampler(temperature: f64, top_p: f64, seed: u64) -> Sampler {
    Sampler::new(Sampling { temperature, top_p, seed, ..Sampling::GREEDY }, None)
}

fn sample(sampler: &mut Sampler, logits: &[f32]) -> u32 {
    sampler.sample(logits).expect("finite logits").expect("nothing is forbidden")
}

#[test]
fn zero_temperature_takes_the_likeliest_and_of_equals_the_first() {
    assert_eq!(draw(&[0.0, 2.0, 2.0, 1.0], 0.0, 1.0, 7, 3), [1, 1, 1]);
}

#[test]
fn the_same_seed_draws_the_same_tokens_on_every_version() {
    let logits = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    assert_eq!(draw(&logits, 1.0, 1.0, 42, 12), [6, 2, 7, 5, 6, 4, 1, 4, 1, 7, 4, 6]);
}

#[test]
fn top_p_leaves_out_the_tail() {
    // Probabilities 0.5, 0.25, 0.125, 0.125: three quarters are reached by the first two.
    let logits = [8f32.ln(), 4f32.ln(), 2f32.ln(), 2f32.ln()];
    let drawn = draw(&logits, 1.0, 0.7, 1, 200);
    assert!(drawn.iter().all(|id| *id <= 1));
    assert!(drawn.contains(&1));
    assert!(draw(&logits, 1.0, 0.5, 1, 50).iter().all(|id| *id == 0));
}

#[test]
fn min_p_leaves_out_what_is_much_less_likely_than_the_likeliest() {
    let logits = [8f32.ln(), 4f32.ln(), 2f32.ln(), 1f32.ln()];
    for (min_p, most) in [(0.0, 3), (0.2, 2), (0.3, 1), (1.0, 0)] {
        let sampling = Sampling { temperature: 1.0, min_p, seed: 5, ..Sampling::GREEDY };
        let mut sampler = Sampler::new(sampling, None);
        let drawn: Vec<u32> = (0..300).map(|_| sample(&mut sampler, &logits)).collect();
        assert_eq!(drawn.iter().max(), Some(&most), "{min_p}");
    }
}

/// What a greedy sampler draws that always sees the same logits, of which token 0 is the likeliest by `lead`.
fn greedy(lead: f32, repetition: Option<Repetition>) -> Vec<u32> {
    let mut sampler = Sampler::new(Sampling { repetition, ..Sampling::GREEDY }, None);
    (0..60).map(|_| sample(&mut sampler, &[lead, 0.0, -1.0])).collect()
}

#[test]
fn repetitions_become_less_likely_the_longer_they_are() {
    assert_eq!(greedy(5.0, None), [0; 60]);
    let drawn = greedy(5.0, Some(Repetition { strength: 1.0, growth: 2.0, allowed: 2 }));
    let first = drawn.iter().position(|token| *token != 0).expect("something else is drawn");
    assert!((4..8).contains(&first), "{drawn:?}");
    assert!(!repetition::is_in_loop(&drawn), "{drawn:?}");
}

#[test]
fn a_passage_that_follows_itself_again_and_again_is_a_loop() {
    let check = |passage: &[u32], turns: usize, expect: bool| {
        let mut drawn: Vec<u32> = (1_000..1_020).collect();
        drawn.extend(passage.iter().copied().cycle().take(passage.len() * turns));
        assert_eq!(repetition::is_in_loop(&drawn), expect, "{} tokens {turns} times", passage.len());
    };
    check(&[7], 47, false);
    check(&[7], 48, true);
    let sentence: Vec<u32> = (0..20).collect();
    check(&sentence, 2, false);
    check(&sentence, 3, true);
    let varied: Vec<u32> = (0..90).map(|index| index * index % 37).collect();
    check(&varied, 1, false);
}

#[test]
fn a_constraint_is_asked_before_and_told_after_every_token() {
    /// Forbids the token that came last.
    struct NeverTwice(Option<u32>);
    impl Constraint for NeverTwice {
        fn limit(&mut self, logits: &mut [f32]) {
            if let Some(last) = self.0 {
                logits[last as usize] = f32::NEG_INFINITY;
            }
        }

        fn accept(&mut self, token: u32) {
            self.0 = Some(token);
        }
    }
    let mut sampler = Sampler::new(Sampling::GREEDY, Some(Box::new(NeverTwice(None))));
    let drawn: Vec<u32> = (0..4).map(|_| sample(&mut sampler, &[3.0, 2.0, 1.0])).collect();
    assert_eq!(drawn, [0, 1, 0, 1]);
    assert_eq!(sampler.sample(&[1.0, f32::NEG_INFINITY]).expect("numbers"), Some(0));
    assert_eq!(sampler.sample(&[1.0]).expect("numbers"), None, "nothing is left");
    assert!(sampler.sample(&[f32::NAN, 1.0]).is_err());
}

#[test]
fn draws_follow_the_probabilities() {
    let logits = [3f32.ln(), 1f32.ln()];
    let zeros = draw(&logits, 1.0, 1.0, 3, 4000).iter().filter(|id| **id == 0).count();
    assert!((2850..3150).contains(&zeros), "{zeros} of 4000");
}

/// Nucleus sampling as it is defined: everything sorted, then cut, then drawn from.
fn by_sorting(logits: &[f32], temperature: f64, top_p: f64, uniform: f64) -> u32 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weight = |logit: &f32| ((f64::from(*logit) - f64::from(highest)) / temperature).exp();
    let mut weights: Vec<(usize, f64)> = logits.iter().map(weight).enumerate().collect();
    weights.retain(|(_, weight)| weight.ln() > -20.0);
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (total, mut sum) = (weights.iter().map(|(_, weight)| weight).sum::<f64>(), 0.0);
    let kept = weights.iter().take_while(|(_, weight)| {
        sum += weight;
        sum - weight < top_p * total
    });
    let kept: Vec<_> = kept.collect();
    let mut left = uniform * kept.iter().map(|(_, weight)| weight).sum::<f64>();
    let found = kept.iter().find(|(_, weight)| {
        left -= weight;
        left < 0.0
    });
    found.or(kept.last()).expect("the likeliest is kept").0 as u32
}

#[test]
fn refuses_values_that_are_not_numbers() {
    let mut sampler = sampler(0.7, 0.9, 0);
    assert!(sampler.sample(&[0.0, f32::NAN]).is_err());
    assert!(sampler.sample(&[f32::INFINITY, 0.0]).is_err());
    assert!(sampler.sample(&[]).is_err());
}

proptest! {
    #[test]
    fn always_draws_a_token_that_exists(
        logits in prop::collection::vec(-50f32..50.0, 1..64),
        temperature in 0.0..2.0f64,
        top_p in 0.001..1.0f64,
        seed: u64,
    ) {
        let mut sampler = sampler(temperature, top_p, seed);
        for _ in 0..8 {
            prop_assert!((sample(&mut sampler, &logits) as usize) < logits.len());
        }
    }

    #[test]
    fn drawing_by_classes_gives_what_sorting_everything_gives(
        logits in prop::collection::vec(-9f32..9.0, 1..400),
        temperature in 0.05..2.0f64,
        top_p in 0.001..1.0f64,
        uniform in 0.0..1.0f64,
    ) {
        let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let drawn = Nucleus::new(&logits, highest, temperature, 0.0).draw(top_p, uniform);
        prop_assert_eq!(drawn, Some(by_sorting(&logits, temperature, top_p, uniform)));
    }
}
