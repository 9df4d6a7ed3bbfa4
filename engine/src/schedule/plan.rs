//! Which rows take part in the next step, and with how many tokens.

use std::time::Instant;

/// Tokens of prompts that are read in one step. Enough to keep the arithmetic busy, few enough that rows which are
/// writing do not stand still for a noticeable time.
const PROMPT_TOKENS: usize = 128;

/// A pass of so many tokens takes little longer than one of a single token, since both read all weights. Beyond that the
/// arithmetic takes the time, and drafts pay no more.
const DRAFTED_TOKENS: usize = 8;

/// How much is done at a time.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Rows: completions that are computed at the same time; at least one.
    pub slots: usize,
    /// Tokens of prompts that are read in one step; at least one.
    pub prompt_tokens: usize,
    /// Tokens of a step that only writes up to which rows draft what comes next, their last tokens included; 0 for no
    /// drafts. Completions are the same with any number.
    pub drafted_tokens: usize,
}

impl Schedule {
    /// The usual schedule for so many completions at a time.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self { slots: slots.max(1), prompt_tokens: PROMPT_TOKENS, drafted_tokens: DRAFTED_TOKENS }
    }
}

/// What a row can be fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The rest of its prompt: this many tokens.
    Prompt(usize),
    /// The last token that it wrote, but not before this moment.
    Token(Instant),
}

/// What bounds a step, so that rows that write never stand still for longer than it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Most tokens of prompts in one step; a fixed chunk that is longer goes alone.
    pub(super) prompt_tokens: usize,
    /// The one size in which a prompt may be cut, for models that need it.
    pub(super) fixed_chunk: Option<usize>,
}

/// How many tokens each of `rows` (in order of arrival) is fed in the next step; 0 when it does not take part.
///
/// Every row that writes goes on if its pace allows it. Prompts share what the limits leave, the oldest first.
pub(super) fn plan(rows: &[Next], now: Instant, limits: Limits) -> Vec<usize> {
    let mut budget = limits.prompt_tokens.max(1);
    let mut is_untouched = true;
    let tokens = rows.iter().map(|next| match *next {
        Next::Token(due) => usize::from(due <= now),
        Next::Prompt(left) => {
            let part = match limits.fixed_chunk {
                None => left.min(budget),
                Some(chunk) => Some(left.min(chunk.max(1))).filter(|part| *part <= budget || is_untouched).unwrap_or(0),
            };
            is_untouched &= part == 0;
            budget = budget.saturating_sub(part);
            part
        }
    });
    tokens.collect()
}

/// How many tokens each row may draft in a step in which `rows` rows write and `prompt_tokens` tokens of prompts are read.
pub(super) const fn drafts(rows: usize, prompt_tokens: usize, most: usize) -> usize {
    if prompt_tokens > 0 || rows == 0 { 0 } else { most.saturating_sub(rows) / rows }
}

/// When the next row may be stepped; `None` without rows.
pub(super) fn due(rows: &[Next], now: Instant) -> Option<Instant> {
    let moments = rows.iter().map(|next| match *next {
        Next::Prompt(_) => now,
        Next::Token(due) => due,
    });
    moments.min()
}

#[cfg(test)]
mod tests;
