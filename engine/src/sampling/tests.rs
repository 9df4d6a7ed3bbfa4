use proptest::prelude::*;

use super::*;

fn draw(logits: &[f32], temperature: f64, top_p: f64, seed: u64, count: usize) -> Vec<u32> {
    let mut sampler = Sampler::new(Sampling { temperature, top_p, seed });
    (0..count).map(|_| sampler.sample(logits).expect("finite logits")).collect()
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
    let mut sampler = Sampler::new(Sampling { temperature: 0.7, top_p: 0.9, seed: 0 });
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
        let mut sampler = Sampler::new(Sampling { temperature, top_p, seed });
        for _ in 0..8 {
            prop_assert!((sampler.sample(&logits).expect("finite logits") as usize) < logits.len());
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
        let drawn = Nucleus::new(&logits, highest, temperature).draw(top_p, uniform);
        prop_assert_eq!(drawn, Some(by_sorting(&logits, temperature, top_p, uniform)));
    }
}
