use half::f16;

use super::*;

/// One lane of what `function` computes in plain Rust.
fn of(function: impl Fn(Scalar, Lanes) -> Lanes, x: f32) -> f32 {
    function(Scalar, [x; LANES])[0]
}

#[test]
fn exp_is_within_two_ten_millionths() {
    for step in -87_000..88_000 {
        let x = step as f32 / 1000.0;
        let expected = f64::from(x).exp();
        let error = (f64::from(of(exp, x)) - expected).abs() / expected;
        assert!(error < 2e-7, "e^{x} is off by {error}");
    }
}

#[test]
fn exp_beyond_its_range_is_that_of_the_bound() {
    assert_eq!(of(exp, -1e9).to_bits(), of(exp, -87.0).to_bits());
    assert_eq!(of(exp, 1e9).to_bits(), of(exp, 88.0).to_bits());
    assert_eq!(of(exp, f32::NEG_INFINITY).to_bits(), of(exp, -87.0).to_bits());
}

#[test]
fn exp_of_nothing_is_one() {
    assert_eq!(of(exp, 0.0).to_bits(), 1f32.to_bits());
}

#[test]
fn silu_meets_its_definition() {
    for step in -4_000..4_000 {
        let x = step as f32 / 100.0;
        let expected = f64::from(x) / (1.0 + f64::from(-x).exp());
        assert!((f64::from(of(silu, x)) - expected).abs() <= 4e-7 * expected.abs().max(1e-30), "silu({x})");
    }
}

#[test]
fn every_finite_half_is_converted_exactly() {
    for bits in 0..=u16::MAX {
        let half = f16::from_bits(bits);
        if half.is_finite() {
            assert_eq!(from_f16(bits).to_bits(), half.to_f32().to_bits(), "{half}");
        }
    }
}

#[test]
fn sum_adds_every_lane() {
    let values = std::array::from_fn(|lane| (1 << lane) as f32);
    assert_eq!(sum(values), 65_535.0);
}
