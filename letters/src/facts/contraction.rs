//! Writes contractions out.

use crate::words::list;

list!(CONTRACTIONS = "spell/contractions");

/// The text with its contractions written out and "i" as "I". "I'd" stays: it may be "I would" or "I had".
#[must_use]
pub fn written_out(text: &str) -> String {
    let plain = text.replace('’', "'");
    plain.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

fn word(typed: &str) -> String {
    let bare = typed.trim_end_matches([',', '.']);
    let long = CONTRACTIONS.pair_of(&bare.to_lowercase());
    long.map_or_else(|| typed.to_owned(), |long| format!("{long}{}", &typed[bare.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contractions_are_written_out_and_their_stops_stay() {
        assert_eq!(written_out("I’ve led it, and i don't, so far"), "I have led it, and I do not, so far");
        assert_eq!(written_out("I'd say it's fine."), "I'd say it is fine.");
    }
}
