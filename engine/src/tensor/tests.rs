//! Against candle's readers for the types that it has, and by definition for the others.

use candle_core::Device;
use candle_core::quantized::GgmlDType;
use candle_core::quantized::ggml_file::qtensor_from_ggml;
use half::f16;
use proptest::prelude::*;

use super::*;

/// What candle calls a kind.
fn known(kind: TensorKind) -> Option<GgmlDType> {
    Some(match kind {
        TensorKind::Q4_0 => GgmlDType::Q4_0,
        TensorKind::Q4_1 => GgmlDType::Q4_1,
        TensorKind::Q5_0 => GgmlDType::Q5_0,
        TensorKind::Q5_1 => GgmlDType::Q5_1,
        TensorKind::Q8_0 => GgmlDType::Q8_0,
        TensorKind::Q2_K => GgmlDType::Q2K,
        TensorKind::Q3_K => GgmlDType::Q3K,
        TensorKind::Q4_K => GgmlDType::Q4K,
        TensorKind::Q5_K => GgmlDType::Q5K,
        TensorKind::Q6_K => GgmlDType::Q6K,
        _ => return None,
    })
}

/// Places of the 16-bit floats of a block.
fn scales(kind: TensorKind) -> &'static [usize] {
    match kind {
        TensorKind::Q4_0 | TensorKind::Q5_0 | TensorKind::Q8_0 | TensorKind::IQ4_NL | TensorKind::IQ4_XS => &[0],
        TensorKind::Q4_1 | TensorKind::Q5_1 | TensorKind::Q4_K | TensorKind::Q5_K => &[0, 2],
        TensorKind::Q2_K => &[80, 82],
        TensorKind::Q3_K => &[108],
        TensorKind::Q6_K => &[208],
        _ => &[],
    }
}

/// Two rows of 512 values of any bits, with scales that are numbers.
fn tensor(kind: TensorKind, noise: &[u8]) -> Tensor<'static> {
    let length = 2 * kind.row_bytes(512).expect("whole blocks");
    let mut bytes: Vec<u8> = noise.iter().copied().cycle().take(length).collect();
    for (number, block) in bytes.chunks_mut(kind.block_bytes()).enumerate() {
        for at in scales(kind) {
            let scale = f16::from_f32((number as f32 + *at as f32).sin() * 0.1);
            block[*at..at + 2].copy_from_slice(&scale.to_le_bytes());
        }
    }
    Tensor { dims: vec![2, 512], kind, bytes: bytes.into(), order: RowOrder::Plain, delta: None }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_type_is_read_as_candle_reads_it(noise in prop::collection::vec(any::<u8>(), 509)) {
        for (kind, dtype) in TensorKind::ALL.into_iter().filter_map(|kind| Some((kind, known(kind)?))) {
            let tensor = tensor(kind, &noise);
            let theirs = qtensor_from_ggml(dtype, &tensor.bytes, vec![2, 512], &Device::Cpu)
                .and_then(|tensor| tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>())
                .expect("candle reads it");
            for (index, (ours, theirs)) in tensor.values().expect("reads").into_iter().zip(theirs).enumerate() {
                prop_assert!((ours - theirs).abs() <= 1e-5 * (1.0 + theirs.abs()), "{kind:?} {index}: {ours}, {theirs}");
            }
        }
    }

    #[test]
    fn steps_are_the_values(noise in prop::collection::vec(any::<u8>(), 509)) {
        for kind in TensorKind::ALL.into_iter().filter(|kind| !kind.is_float()) {
            let tensor = tensor(kind, &noise);
            for index in 0..16 {
                let Some(Steps { scale, minimum, values }) = kind.steps(&tensor.bytes, index) else { continue };
                let floats = kind.floats(&tensor.bytes, index);
                for (step, float) in values.into_iter().zip(floats) {
                    let range = if minimum == 0.0 { -128.0..=127.0 } else { 0.0..=15.0 };
                    prop_assert!(step.fract() == 0.0 && range.contains(&step));
                    prop_assert_eq!(step * scale + minimum, float);
                }
            }
        }
    }
}

#[test]
fn a_codebook_of_sixteen_values_is_looked_up() {
    let mut block = f16::from_f32(0.5).to_le_bytes().to_vec();
    block.extend((0..16).map(|i| i | (15 - i) << 4));
    let values = TensorKind::IQ4_NL.floats(&block, 0);
    assert_eq!((values[0], values[15], values[16], values[31]), (-63.5, 56.5, 56.5, -63.5));

    // A scale of 2, then eight scales of 6 bits of which each counts from -32: here 33, 1 more, up to 40.
    let mut block = f16::from_f32(2.0).to_le_bytes().to_vec();
    block.extend([0xaa, 0xaa, 0x21, 0x43, 0x65, 0x87]);
    block.extend([0x80; 128]);
    for part in 0..8 {
        let values = TensorKind::IQ4_XS.floats(&block, part);
        assert_eq!(values[0], -127.0 * 2.0 * (part + 1) as f32);
        assert_eq!(values[16], 2.0 * (part + 1) as f32);
    }
}

#[test]
fn floats_of_every_width_are_widened_exactly() {
    for (kind, bytes) in [
        (TensorKind::F16, f16::from_f32(-1.5).to_le_bytes().to_vec()),
        (TensorKind::BF16, half::bf16::from_f32(-1.5).to_le_bytes().to_vec()),
        (TensorKind::F32, (-1.5f32).to_le_bytes().to_vec()),
    ] {
        assert_eq!(kind.floats(&bytes, 0)[..2], [-1.5, 0.0], "and zeros beyond the row");
        assert_eq!(kind.floats(&bytes, 1), [0.0; SUB]);
    }
}

#[test]
fn rows_that_stand_in_pairs_are_put_half_a_head_apart() {
    // Two heads of six rows: in the file 0 3 1 4 2 5.
    let values: Vec<u8> = (0..12u8).flat_map(|row| f32::from(row).to_le_bytes()).collect();
    let tensor = Tensor {
        dims: vec![12, 1],
        kind: TensorKind::F32,
        bytes: values.into(),
        order: RowOrder::Pairs(6),
        delta: None,
    };
    assert_eq!(tensor.values().expect("reads"), [0., 2., 4., 1., 3., 5., 6., 8., 10., 7., 9., 11.]);
}

#[test]
fn a_tensor_of_another_size_than_its_shape_is_refused() {
    let tensor = |dims| {
        Tensor { dims, kind: TensorKind::F16, bytes: vec![0; 8].into(), order: RowOrder::Plain, delta: None }.values()
    };
    assert!(tensor(vec![2, 2]).is_ok() && tensor(vec![2, 3]).is_err() && tensor(vec![usize::MAX, 2]).is_err());
}
