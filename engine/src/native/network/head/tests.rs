use super::*;
use crate::native::format::pack::{Label, Part, Plan, pack_memory};
use crate::native::format::source::Source;
use crate::native::format::tensor::of_floats;
use crate::native::kernels::isa::Isa;
use crate::native::kernels::operand::{Quantized, quantize};
use crate::native::kernels::pool::Pool;
use crate::native::kernels::weight::WeightKind;

const ROWS: usize = 16 * (EXACT_GROUPS + 70);
const COLUMNS: usize = 64;
/// The last rows fill up a group, and belong to no token.
const VOCABULARY: usize = ROWS - 3;

/// Numbers between -1 and 1 that look random.
fn noise(seed: u32, count: usize) -> Vec<f32> {
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let states = std::iter::successors(Some(seed), next);
    states.skip(1).map(|state| f32::from((state >> 16) as u16) / 32768.0 - 1.0).take(count).collect()
}

/// The same weights, held as `kind`.
fn head(kind: WeightKind) -> Matrix {
    let tensor = of_floats(ROWS, COLUMNS, &noise(3, ROWS * COLUMNS));
    let plan = Plan { name: "head".into(), kind, is_matrix: true, parts: vec![Part { tensor, rows: ROWS }] };
    let source = Source { sha256: String::new(), files: Vec::new() };
    let label = Label { source, quantization: String::new(), parameters: 0 };
    pack_memory(&[plan], &label, &mut Pool::new(1)).expect("packs").matrix("head").expect("it is there")
}

fn operands(tokens: usize) -> Vec<Quantized> {
    let mut operands = vec![Quantized::default(); tokens * COLUMNS / BLOCK];
    quantize(Isa::SCALAR, &noise(7, tokens * COLUMNS), &mut operands);
    operands
}

/// Logits of every token, in order.
fn logits(isa: Isa, threads: usize, kind: WeightKind, operands: &[Quantized], tokens: usize) -> Vec<Vec<f32>> {
    let mut machine = Machine { isa, pool: Pool::new(threads) };
    let mut out = vec![f32::NAN; VOCABULARY * tokens];
    super::logits(&mut machine, &head(kind), Operands::Quantized(operands), tokens, &mut out);
    out.chunks(VOCABULARY).map(<[f32]>::to_vec).collect()
}

#[test]
fn the_likeliest_tokens_have_the_logits_of_all_eight_bits() {
    let operands = operands(3);
    let whole = logits(Isa::detect(), 2, WeightKind::Q8, &operands, 3);
    let split = logits(Isa::detect(), 2, WeightKind::Q8Split, &operands, 3);
    for (whole, split) in whole.iter().zip(&split) {
        let mut order: Vec<usize> = (0..VOCABULARY).collect();
        order.sort_by(|a, b| whole[*b].total_cmp(&whole[*a]));
        for token in &order[..EXACT_GROUPS / 2] {
            assert_eq!(split[*token].to_bits(), whole[*token].to_bits(), "token {token}");
        }
        let estimated = whole.iter().zip(split).filter(|(whole, split)| whole != split).count();
        assert!(estimated > 500, "the others are estimated, {estimated} of them to another number");
    }
}

#[test]
fn the_other_logits_are_as_near_as_half_the_bits_can_tell() {
    let operands = operands(1);
    let whole = &logits(Isa::SCALAR, 1, WeightKind::Q8, &operands, 1)[0];
    let split = &logits(Isa::SCALAR, 1, WeightKind::Q8Split, &operands, 1)[0];
    // A weight is at most 8 of its 254 steps from the middle of its sixteen, and the steps span -1 to 1.
    let activations: f32 = operands
        .iter()
        .map(|block| block.steps.iter().map(|step| f32::from(*step).abs()).sum::<f32>() * block.scale)
        .sum();
    let bound = activations * 8.0 / 127.0;
    let errors: Vec<f32> = whole.iter().zip(split).map(|(whole, split)| (whole - split).abs()).collect();
    let worst = errors.iter().fold(0f32, |a, b| a.max(*b));
    assert!(worst <= bound, "{worst} is more than {bound}");
    let spread = (whole.iter().map(|logit| logit * logit).sum::<f32>() / VOCABULARY as f32).sqrt();
    let error = (errors.iter().map(|error| error * error).sum::<f32>() / VOCABULARY as f32).sqrt();
    assert!(error < spread / 14.0, "on average {error}, the logits vary by {spread}");
}

#[test]
fn a_token_gets_the_same_logits_alone_and_among_others() {
    let operands = operands(5);
    let expected = logits(Isa::SCALAR, 1, WeightKind::Q8Split, &operands, 5);
    for isa in Isa::available() {
        assert_eq!(logits(isa, 3, WeightKind::Q8Split, &operands, 5), expected, "{isa}");
        for (alone, expected) in operands.chunks(COLUMNS / BLOCK).zip(&expected) {
            assert_eq!(&logits(isa, 2, WeightKind::Q8Split, alone, 1)[0], expected, "{isa}");
        }
    }
}

#[test]
fn of_equal_groups_the_first_are_chosen() {
    let mut found = likeliest(&[1.0; 2 * EXACT_GROUPS]);
    found.sort_unstable();
    assert_eq!(found, (0..EXACT_GROUPS).collect::<Vec<_>>());
}
