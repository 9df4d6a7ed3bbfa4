//! Rows: a cache changes nothing, and rows do not see each other.

use candle_core::DType;
use inference::model::{Model, ModelError};

use super::{VOCABULARY, load, load_built_in, logits, random_model, step};

fn random(seed: u64) -> Box<dyn Model> {
    load(random_model(seed, DType::F32).path()).expect("loads").model
}

fn tokens(count: u32) -> Vec<u32> {
    (0..count).map(|index| (index * 977 + 13) % 4000).collect()
}

#[test]
fn cached_logits_equal_uncached_ones() {
    let mut model = random(1);
    let tokens = tokens(40);
    let whole = logits(model.as_mut(), &tokens, &[40]);
    assert_eq!(whole.len(), VOCABULARY);
    for chunks in [&[39, 1][..], &[16, 16, 8], &[1; 40]] {
        let cached = logits(model.as_mut(), &tokens, chunks);
        let error = whole.iter().zip(&cached).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(error < 1e-3, "chunks {chunks:?} differ by {error}");
    }
}

#[test]
fn a_row_says_the_same_alone_and_among_others() {
    let mut model = random(2);
    let tokens = tokens(24);
    let alone = logits(model.as_mut(), &tokens, &[8, 8, 8]);
    let rows: Vec<_> = (0..8).map(|_| model.open()).collect();
    let mut last = Vec::new();
    for turn in 0..3 {
        for (index, row) in rows.iter().enumerate() {
            let shifted: Vec<u32> = tokens[turn * 8..][..8].iter().map(|token| (token + index as u32) % 4000).collect();
            let logits = step(model.as_mut(), *row, &shifted).expect("steps");
            if index == 0 {
                last = logits;
            }
        }
    }
    assert_eq!(last, alone, "bit for bit");
}

#[test]
fn a_closed_row_leaves_nothing_behind() {
    let mut model = random(3);
    let first = logits(model.as_mut(), &tokens(12), &[12]);
    logits(model.as_mut(), &tokens(30), &[30]);
    assert_eq!(logits(model.as_mut(), &tokens(12), &[12]), first);
}

#[test]
fn steps_that_cannot_be_taken_are_refused() {
    let mut model = random(4);
    let row = model.open();
    assert!(matches!(step(model.as_mut(), row, &[]), Err(ModelError::InvalidTokens)));
    assert!(matches!(step(model.as_mut(), row, &[VOCABULARY as u32]), Err(ModelError::InvalidTokens)));
    let full = vec![1; model.context_length()];
    assert!(step(model.as_mut(), row, &full).is_ok());
    assert!(matches!(
        step(model.as_mut(), row, &[1]),
        Err(ModelError::ContextFull { tokens: 257, context_length: 256 })
    ));
    model.close(row);
    assert!(matches!(step(model.as_mut(), row, &[1]), Err(ModelError::UnknownRow(_))));
}

#[test]
fn the_built_in_model_knows_how_a_letter_begins() {
    let mut loaded = load_built_in();
    let prompt = "<|im_start|>system\nYou write cover letters.<|im_end|>\n<|im_start|>user\nJob Title: Data Scientist\n\
                  Hiring Company: google\nTone: professional\nLength: standard<|im_end|>\n<|im_start|>assistant\n";
    let ids = loaded.tokens.encode_control(prompt).expect("encodes");
    let logits = logits(loaded.model.as_mut(), &ids, &[ids.len()]);
    let best = (0u32..).zip(&logits).max_by(|a, b| a.1.total_cmp(b.1)).expect("logits").0;
    assert_eq!(loaded.tokens.decode(&[best]).expect("decodes"), "Dear");
}
