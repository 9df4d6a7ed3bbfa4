//! Takes a field apart at the marks that people put between facts, and remembers where each piece stood.

use std::ops::Range;

use super::tidy;

/// A piece of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes of the field.
    pub span: Range<usize>,
    /// What they say, on one line, without mark-up, bullets and stops at its end.
    pub text: String,
}

/// The pieces of a field between line breaks, semicolons, bars, bullets, slashes between spaces, and ends of sentences.
/// Commas stay within a piece.
#[must_use]
pub fn blocks(field: &str) -> Vec<Piece> {
    parted(field, 0..field.len(), |text, at, mark| match mark {
        '\n' | '\r' | ';' | '•' | '·' | '▪' | '●' => true,
        // `<|im_end|>` is no list.
        '|' => !text[..at].ends_with('<') && !text[at + 1..].starts_with('>'),
        '/' => text[..at].ends_with(' ') && text[at + 1..].starts_with(' '),
        '.' | '!' | '?' => ends_sentence(text, at),
        _ => false,
    })
}

/// The pieces of a field between line breaks and ends of sentences.
#[must_use]
pub fn sentences(field: &str) -> Vec<Piece> {
    parted(field, 0..field.len(), |text, at, mark| match mark {
        '\n' | '\r' | '•' | '·' | '▪' | '●' => true,
        '.' | '!' | '?' => ends_sentence(text, at),
        _ => false,
    })
}

/// The pieces of `field[span]` between commas as well, but not within brackets or numbers.
#[must_use]
pub fn entries(field: &str, span: Range<usize>) -> Vec<Piece> {
    parted(field, span, |text, at, mark| match mark {
        ',' => !is_in_number(text, at),
        '\n' | '\r' | ';' | '•' | '·' | '▪' | '●' => true,
        // `<|im_end|>` is no list.
        '|' => !text[..at].ends_with('<') && !text[at + 1..].starts_with('>'),
        '/' => text[..at].ends_with(' ') && text[at + 1..].starts_with(' '),
        '.' | '!' | '?' => ends_sentence(text, at),
        _ => false,
    })
}

fn parted(field: &str, span: Range<usize>, parts: impl Fn(&str, usize, char) -> bool) -> Vec<Piece> {
    let mut found = Vec::new();
    let (mut start, mut depth) = (span.start, 0_usize);
    for (offset, mark) in field[span.clone()].char_indices() {
        let at = span.start + offset;
        match mark {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            // A bracket that is never closed ends with its line.
            '\n' => depth = 0,
            _ => {}
        }
        if depth == 0 && parts(field, at, mark) {
            found.extend(piece(field, start..at));
            start = at + mark.len_utf8();
        }
    }
    found.extend(piece(field, start..span.end));
    found
}

fn piece(field: &str, span: Range<usize>) -> Option<Piece> {
    let raw = &field[span.clone()];
    let text = tidy::lines(raw).join(" ");
    let text = tidy::without_stop(tidy::unquoted(&text)).to_owned();
    let start = span.start + (raw.len() - raw.trim_start().len());
    let end = span.start + raw.trim_end().len();
    text.chars().any(char::is_alphanumeric).then_some(Piece { span: start..end, text })
}

/// Whether the stop at `at` ends a sentence: what follows begins with a capital letter, and what precedes is neither an
/// abbreviation nor an initial.
fn ends_sentence(text: &str, at: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + 1..]);
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    // "J. Smith", but "maths B. Full licence".
    let before_word = before[..before.len() - word.len()].trim_end();
    let is_initial = word.chars().count() == 1 && (before_word.is_empty() || before_word.ends_with(['.', ',', '&']));
    let is_word = ["up", "in", "on", "it", "me", "us", "so", "to", "go", "at", "yr", "by", "uk"]
        .contains(&word.to_lowercase().as_str());
    let is_short = !word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().count() == 2
        && !is_word
        && !word.chars().all(|c| c.is_ascii_digit() || c.is_uppercase());
    let is_short = is_initial || is_short || word.contains('.');
    let next = after.trim_start().chars().next();
    let is_spaced = after.starts_with(char::is_whitespace);
    is_spaced && next.is_some_and(char::is_alphanumeric) && !is_short && !tidy::is_abbreviation(word)
}

/// Whether the comma at `at` separates thousands.
fn is_in_number(text: &str, at: usize) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    digit(text[..at].chars().next_back()) && digit(text[at + 1..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_taken_apart_and_each_piece_knows_its_place() {
        let field = "- cdp on sauce, 3.5 yrs\n- do fish (cod, hake) orders; kp / runs the pass. Has 2,000 covers";
        let found = blocks(field);
        let texts: Vec<&str> = found.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(
            texts,
            ["cdp on sauce, 3.5 yrs", "do fish (cod, hake) orders", "kp", "runs the pass", "Has 2,000 covers"]
        );
        assert_eq!(&field[found[2].span.clone()], "kp");
        let parts = entries(field, found[0].span.clone());
        assert_eq!(parts.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(), ["cdp on sauce", "3.5 yrs"]);
    }
}
