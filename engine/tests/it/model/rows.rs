//! Rows: a cache changes nothing, rows do not see each other, and a fork is as good as reading again. For every backend.

use candle_core::DType;
use engine::{Backend, BackendError, RowId, Span, Wants};

use super::random::{self, CONTEXT, VOCABULARY};
use super::{KINDS, feed, load_built_in, load_with, logits, step};

/// A check on a random model of every kind.
fn on_every_kind(seed: u64, check: impl Fn(&mut dyn Backend)) {
    for (architecture, backend) in KINDS {
        println!("{architecture} on {backend:?}");
        let folder = random::model(architecture, seed, DType::F32);
        check(load_with(folder.path(), backend, 2).backend.as_mut());
    }
}

fn tokens(count: u32) -> Vec<u32> {
    (0..count).map(|index| (index * 977 + 13) % 4000).collect()
}

/// Largest difference, relative to the largest value.
fn error(expect: &[f32], found: &[f32]) -> f32 {
    let largest = |values: &mut dyn Iterator<Item = f32>| values.fold(0.0, |most: f32, value| most.max(value.abs()));
    largest(&mut expect.iter().zip(found).map(|(a, b)| a - b)) / largest(&mut expect.iter().copied())
}

#[test]
fn cached_logits_equal_uncached_ones() {
    on_every_kind(1, |model| {
        let tokens = tokens(40);
        let whole = logits(model, &tokens, &[40]);
        assert_eq!(whole.len(), VOCABULARY);
        for chunks in [&[39, 1][..], &[16, 16, 8], &[1; 40]] {
            let cached = logits(model, &tokens, chunks);
            let most = if model.fixed_chunk().is_some() { 1e-4 } else { 0.0 };
            let error = error(&whole, &cached);
            assert!(error <= most, "chunks {chunks:?} differ by {error}");
        }
    });
}

#[test]
fn a_row_says_the_same_alone_and_among_others() {
    on_every_kind(2, |model| {
        let tokens = tokens(24);
        let alone = logits(model, &tokens, &[8, 8, 8]);
        let rows: Vec<RowId> = (0..8).map(|_| model.open()).collect();
        let mut last = Vec::new();
        for turn in 0..3 {
            let texts: Vec<Vec<u32>> =
                (0..8).map(|row| tokens[turn * 8..][..8].iter().map(|token| (token + row) % 4000).collect()).collect();
            // All lengths at once, and the row in question at another place each time.
            let mut spans: Vec<Span<'_>> = rows
                .iter()
                .zip(&texts)
                .enumerate()
                .map(|(index, (row, text))| Span {
                    row: *row,
                    tokens: &text[..if index == 0 { 8 } else { index }],
                    wants: if index % 2 == 0 { Wants::Last } else { Wants::Nothing },
                })
                .collect();
            spans.rotate_left(turn * 2);
            let place = spans.iter().filter(|span| span.wants == Wants::Last).position(|span| span.row == rows[0]);
            let all = model.step(&spans).expect("steps");
            assert_eq!(all.len(), 4 * VOCABULARY, "only logits that were asked for");
            last = all.chunks(VOCABULARY).nth(place.expect("it wants logits")).expect("logits").to_vec();
        }
        assert_eq!(last, alone, "bit for bit");
    });
}

#[test]
fn a_fork_is_as_good_as_reading_again() {
    on_every_kind(3, |model| {
        let tokens = tokens(60);
        let other: Vec<u32> = tokens[40..].iter().map(|token| token + 1).collect();
        let again =
            |model: &mut dyn Backend, end: &[u32]| logits(model, &[&tokens[..40], end].concat(), &[24, 16, 12, 8]);
        let expect = [again(model, &tokens[40..]), again(model, &other)];
        let prefix = model.open();
        feed(model, prefix, &tokens[..40], &[24, 16]);
        let forks = [model.fork(prefix).expect("forks"), model.fork(prefix).expect("forks")];
        // In turns, so that one would be seen to write into the cache of the other.
        let first = step(model, forks[0], &tokens[40..52]).expect("steps");
        assert_eq!(first.len(), VOCABULARY);
        step(model, forks[1], &other[..12]).expect("steps");
        assert_eq!(step(model, forks[0], &tokens[52..]).expect("steps"), expect[0]);
        assert_eq!(step(model, forks[1], &other[12..]).expect("steps"), expect[1]);
        model.close(forks[0]);
        assert_eq!(feed(model, prefix, &other, &[12, 8]), expect[1], "the row that was forked goes on itself");
        let fork = model.fork(forks[1]).expect("forks");
        model.close(forks[1]);
        assert!(step(model, fork, &[1]).is_ok(), "a fork outlives what it comes from");
        assert!(matches!(model.fork(forks[0]), Err(BackendError::UnknownRow(_))));
    });
}

#[test]
fn a_closed_row_leaves_nothing_behind() {
    on_every_kind(4, |model| {
        let first = logits(model, &tokens(12), &[12]);
        logits(model, &tokens(30), &[30]);
        assert_eq!(logits(model, &tokens(12), &[12]), first);
    });
}

#[test]
fn steps_that_cannot_be_taken_change_nothing() {
    on_every_kind(5, |model| {
        let expect = logits(model, &tokens(12), &[8, 4]);
        let (row, other, closed) = (model.open(), model.open(), model.open());
        model.close(closed);
        feed(model, row, &tokens(8), &[8]);
        let beyond = [VOCABULARY as u32];
        let full = vec![1; CONTEXT + 1];
        let wrong: [(RowId, &[u32]); 5] = [(other, &[]), (other, &beyond), (other, &full), (closed, &[1]), (row, &[1])];
        for (wrong, tokens) in wrong {
            let good = Span { row, tokens: &[7, 7], wants: Wants::Last };
            let error = model.step(&[good, Span { row: wrong, tokens, wants: Wants::Last }]).expect_err("is refused");
            assert!(error.is_of_input(), "{error}");
        }
        assert_eq!(feed(model, row, &tokens(12)[8..], &[4]), expect);
    });
}

#[test]
fn a_row_can_be_filled_to_its_last_token() {
    on_every_kind(6, |model| {
        assert_eq!(model.context_length(), CONTEXT);
        let row = model.open();
        let nearly = feed(model, row, &vec![1; CONTEXT - 1], &[CONTEXT - 1]);
        assert!(nearly.iter().all(|logit| logit.is_finite()));
        step(model, row, &[1]).expect("one more fits");
        let error = step(model, row, &[1]).expect_err("the row is full");
        assert!(matches!(error, BackendError::ContextFull { tokens: 257, context_length: CONTEXT }), "{error}");
    });
}

#[test]
fn the_built_in_model_knows_how_its_texts_begin() {
    let mut loaded = load_built_in();
    let prompt = "<|im_start|>system\nYou write cover letters.<|im_end|>\n<|im_start|>user\n<direct>\n<greet>\n\
                  <open><role><company>\n<close><thanks><|im_end|>\n<|im_start|>assistant\n";
    let ids = loaded.tokens.encode_control(prompt).expect("encodes");
    let logits = logits(loaded.backend.as_mut(), &ids, &[ids.len()]);
    let best = (0u32..).zip(&logits).max_by(|a, b| a.1.total_cmp(b.1)).expect("logits").0;
    assert_eq!(loaded.tokens.decode(&[best]).expect("decodes"), "<greet>");
}
