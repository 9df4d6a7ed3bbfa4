use half::f16;
use proptest::prelude::*;

use super::*;

/// A row whose keys and values are a wave, as the cache keeps them.
fn memory(positions: usize, head_dim: usize, phase: f32) -> (Vec<u16>, Vec<u16>) {
    let room = positions.next_multiple_of(POSITIONS) * head_dim;
    let (mut keys, mut values) = (vec![0; room], vec![0; room]);
    for position in 0..positions {
        for dim in 0..head_dim {
            let wave = ((position * head_dim + dim) as f32 * 0.37 + phase).sin() * 2.0;
            keys[(position / POSITIONS * head_dim + dim) * POSITIONS + position % POSITIONS] =
                f16::from_f32(wave).to_bits();
            values[position * head_dim + dim] = f16::from_f32(wave * 0.5 + 0.1).to_bits();
        }
    }
    (keys, values)
}

/// Softmax attention by its definition, in 64 bits.
fn expected(query: &[f32], keys: &[u16], values: &[u16], positions: usize) -> Vec<f64> {
    let head_dim = query.len();
    let key = |position: usize, dim: usize| {
        f16::from_bits(keys[(position / POSITIONS * head_dim + dim) * POSITIONS + position % POSITIONS]).to_f64()
    };
    let score = |position| (0..head_dim).map(|dim| f64::from(query[dim]) * key(position, dim)).sum::<f64>();
    let weights: Vec<f64> = (0..positions).map(|position| score(position).exp()).collect();
    let total: f64 = weights.iter().sum();
    let value = |position: usize, dim: usize| f16::from_bits(values[position * head_dim + dim]).to_f64();
    (0..head_dim).map(|dim| (0..positions).map(|at| weights[at] / total * value(at, dim)).sum()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn attention_meets_its_definition_with_every_instruction_set(
        positions in 1usize..300, dims in 1usize..5, heads in 1..=TILE, phase in 0f32..6.0,
    ) {
        let head_dim = dims * LANES;
        let (keys, values) = memory(positions, head_dim, phase);
        let memory = Memory { keys: &keys, values: &values, positions, head_dim };
        let queries: Vec<f32> = (0..heads * head_dim).map(|i| (i as f32 * 0.73 + phase).cos() * 0.3).collect();
        let mut scalar = vec![f32::NAN; queries.len()];
        attend(Isa::SCALAR, &queries, memory, &mut scalar);
        for (query, found) in queries.chunks(head_dim).zip(scalar.chunks(head_dim)) {
            for (found, expected) in found.iter().zip(expected(query, &keys, &values, positions)) {
                prop_assert!((f64::from(*found) - expected).abs() < 2e-5, "{found} is not {expected}");
            }
        }
        for isa in Isa::available() {
            let mut out = vec![f32::NAN; queries.len()];
            attend(isa, &queries, memory, &mut out);
            prop_assert_eq!(&out, &scalar, "{}", isa);
        }
    }
}
