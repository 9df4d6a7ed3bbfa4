//! Tells sentences that raise what was typed: "basic Excel" is not "Excel", "English ok" is not "good English", and an award
//! whose "practical is left" is not held.

use super::super::qualification::missing::lacks_part;
use super::align::UNFINISHED;
use super::support::{NUMBERS, says};
use super::token::Token;
use crate::words::list;

list!(HEDGES = "noted/hedges");
list!(RAISING = "noted/raising");

/// Degrees that are just enough: nobody needs to say them, but nothing more may be said.
const JUST: [&str; 5] = ["alright", "ok", "okay", "passable", "so"];

/// Words by which a sentence says that something is missing.
const LEFT: [&str; 7] = ["almost", "half", "left", "nearly", "outstanding", "partly", "remaining"];

/// Whether a sentence says no more than the words that it says: `typed` are they and those beside them, as text and as words.
pub fn keeps_degree(typed: &str, near: &[Token], sentence: &[Token]) -> bool {
    let is_hedge = |word: &Token| HEDGES.has(&word.key);
    let is_hedged = near.iter().any(is_hedge);
    let is_low = is_hedged || near.iter().any(|word| JUST.contains(&word.key.as_str()));
    let raises = |word: &&Token| RAISING.has(&word.key) && !near.iter().any(|typed| says(typed, &word.key));
    let is_unfinished = |word: &Token| UNFINISHED.has(&word.key) || LEFT.contains(&word.key.as_str());
    // "Two of four units".
    let is_count = |word: &Token| {
        word.key.starts_with(|c: char| c.is_ascii_digit()) || NUMBERS.pairs().any(|(name, _)| name == word.key)
    };
    let is_share = |words: &[Token]| is_count(&words[0]) && words[1].key == "of" && is_count(&words[2]);
    let tells_rest = sentence.iter().any(is_unfinished) || sentence.windows(3).any(is_share);
    (!is_hedged || sentence.iter().any(is_hedge))
        && !(is_low && sentence.iter().any(|word| raises(&word)))
        && (!lacks_part(typed) || tells_rest)
}
