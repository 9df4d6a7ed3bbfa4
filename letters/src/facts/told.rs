//! For tests: what a reader makes of a field, in the order in which it was typed.

use super::fact::{Fact, LeftOut};

/// Each fact as `word` says it, and each piece left out as its reason.
pub fn told((facts, left_out): (Vec<Fact>, Vec<LeftOut>), word: impl Fn(Fact) -> String) -> Vec<String> {
    let mut told: Vec<(usize, String)> = facts.into_iter().map(|fact| (fact.source.span.start, word(fact))).collect();
    told.extend(left_out.into_iter().map(|piece| (piece.source.span.start, format!("{:?}", piece.why))));
    told.sort_by_key(|(at, _)| *at);
    told.into_iter().map(|(_, text)| text).collect()
}
