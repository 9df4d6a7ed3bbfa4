use super::*;

fn wave() -> [f32; BLOCK] {
    std::array::from_fn(|column| (column as f32 * 1.3).sin() * 0.05)
}

/// The largest error of a round trip, in units of the largest weight.
fn error<B: WeightBlock>() -> f32 {
    let weights = wave();
    let mut block = B::zeroed();
    for lane in 0..LANES {
        block.set(lane, &B::round(&weights.map(|weight| weight * (lane + 1) as f32)));
    }
    let mut worst = 0f32;
    for lane in 0..LANES {
        for (found, weight) in block.get(lane).iter().zip(weights) {
            worst = worst.max((found / (lane + 1) as f32 - weight).abs() / 0.05);
        }
    }
    worst
}

#[test]
fn weights_come_back_as_exactly_as_their_kind_can_hold_them() {
    // Half a step, but a whole one at +8, which four bits do not have.
    assert!(error::<Q4Block>() < 1.0 / 8.0 + 0.001, "{}", error::<Q4Block>());
    // Half of a fifteenth of the range, which is twice the largest weight.
    assert!(error::<Q4MinBlock>() < 1.0 / 15.0 + 0.002, "{}", error::<Q4MinBlock>());
    // Half a step, but a whole one at +16.
    assert!(error::<Q5Block>() < 1.0 / 16.0 + 0.001, "{}", error::<Q5Block>());
    assert!(error::<Q8Block>() < 0.5 / 127.0 * 1.01 + 0.001, "{}", error::<Q8Block>());
    assert!(error::<F16Block>() < 1.0 / 2048.0);
    assert!(error::<F32Block>() < 1e-6);
}

#[test]
fn the_farthest_weight_is_kept_by_four_bits() {
    let mut weights = [0.01; BLOCK];
    weights[5] = 0.5;
    let mut block = Q4Block::zeroed();
    block.set(3, &Q4Block::round(&weights));
    assert_eq!(block.get(3)[5], 0.5);
}

#[test]
fn a_lane_of_five_bits_leaves_the_others_as_they_are() {
    let mut block = Q5Block::zeroed();
    let row = |first: usize| RowBlock {
        scale: f16::ONE,
        minimum: f16::ZERO,
        values: std::array::from_fn(|column| ((first + column * 7) % 32) as f32 - 16.0),
    };
    for lane in (0..LANES).chain(0..LANES) {
        block.set(lane, &row(lane));
    }
    for lane in 0..LANES {
        assert_eq!(block.get(lane), row(lane).values);
    }
}

#[test]
fn zeros_stay_zero() {
    let mut block = Q4Block::zeroed();
    block.set(0, &Q4Block::round(&[0.0; BLOCK]));
    assert_eq!(block.get(0), [0.0; BLOCK]);
}
