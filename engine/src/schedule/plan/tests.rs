use std::time::Duration;

use proptest::prelude::*;

use super::*;

const FREE: Limits = Limits { prompt_tokens: 128, fixed_chunk: None };
const FIXED: Limits = Limits { prompt_tokens: 128, fixed_chunk: Some(64) };

fn check(rows: &[Next], limits: Limits, expect: &[usize]) {
    assert_eq!(plan(rows, Instant::now(), limits), expect, "{rows:?}");
}

#[test]
fn rows_write_on_when_their_pace_allows_it() {
    let now = Instant::now();
    let later = now + Duration::from_millis(1);
    assert_eq!(plan(&[Next::Token(now), Next::Token(later)], now, FREE), [1, 0]);
    assert_eq!(due(&[Next::Token(later)], now), Some(later));
    assert_eq!(due(&[Next::Token(later), Next::Prompt(3)], now), Some(now));
    assert_eq!(due(&[], now), None);
}

#[test]
fn prompts_share_the_budget_in_order_of_arrival() {
    check(&[Next::Prompt(300)], FREE, &[128]);
    check(&[Next::Prompt(72), Next::Prompt(300), Next::Prompt(10)], FREE, &[72, 56, 0]);
    let token = Next::Token(Instant::now());
    check(&[token, Next::Prompt(300), token], FREE, &[1, 128, 1]);
}

#[test]
fn fixed_chunks_are_never_cut() {
    check(&[Next::Prompt(300)], FIXED, &[64]);
    check(&[Next::Prompt(300), Next::Prompt(70), Next::Prompt(70)], FIXED, &[64, 64, 0]);
    check(&[Next::Prompt(300), Next::Prompt(30), Next::Prompt(70), Next::Prompt(34)], FIXED, &[64, 30, 0, 34]);
    check(&[Next::Prompt(300)], Limits { prompt_tokens: 16, fixed_chunk: Some(64) }, &[64]);
}

fn rows() -> impl Strategy<Value = Vec<Option<usize>>> {
    prop::collection::vec(prop::option::of(1_usize..500), 0..9)
}

proptest! {
    #[test]
    fn every_step_is_bounded_and_the_oldest_prompt_moves(
        rows in rows(), prompt_tokens in 1_usize..300, chunk in prop::option::of(1_usize..300)
    ) {
        let now = Instant::now();
        let limits = Limits { prompt_tokens, fixed_chunk: chunk };
        let next: Vec<Next> = rows.iter().map(|row| row.map_or(Next::Token(now), Next::Prompt)).collect();
        let plan = plan(&next, now, limits);
        prop_assert_eq!(plan.len(), rows.len());
        let prompts: Vec<(usize, usize)> =
            rows.iter().zip(&plan).filter_map(|(row, part)| row.map(|left| (left, *part))).collect();
        prop_assert!(prompts.iter().all(|(left, part)| part <= left));
        prop_assert!(prompts.iter().map(|(_, part)| part).sum::<usize>() <= prompt_tokens.max(chunk.unwrap_or(0)));
        prop_assert!(prompts.first().is_none_or(|(_, part)| *part > 0), "the oldest prompt never waits");
        if let Some(chunk) = chunk {
            prop_assert!(prompts.iter().all(|(left, part)| *part == 0 || *part == chunk.min(*left)));
        }
        prop_assert!(rows.iter().zip(&plan).all(|(row, part)| row.is_some() || *part == 1), "rows that write always go on");
    }
}
