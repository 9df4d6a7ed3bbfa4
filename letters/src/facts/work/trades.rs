//! Roles that name their own employer, or that need none: "Screwfix, postman 11 years" is two jobs.

use crate::facts::lexicon::bare;
use crate::words::list;

list!(OWN_TRADES = "facts/own_trades");

/// Whether a role with a time of its own is no role at the shop that was named before it.
pub fn is_own(role: &str, has_time: bool) -> bool {
    let lower = role.to_lowercase();
    let words: Vec<String> = lower.split(' ').map(bare).collect();
    has_time && OWN_TRADES.iter().any(|trade| words.join(" ").ends_with(trade))
}
