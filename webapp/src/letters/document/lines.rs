//! How a paragraph becomes lines of a width: where it is broken, and where each word stands.

use std::ops::Range;

use unicode_bidi::ParagraphBidiInfo;
use unicode_segmentation::UnicodeSegmentation as _;

use super::Paragraph;
use super::faces::{Face, Glyph};

/// One line on paper: its words in the order in which they are read, each with the spaces behind it.
pub type SetLine = Vec<SetWord>;

/// A word with its place.
#[derive(Clone, Debug)]
pub struct SetWord {
    /// The word.
    pub text: String,
    /// Its glyphs, from left to right.
    pub glyphs: Vec<Glyph>,
    /// Where its left end is, at size 1.
    pub x: f32,
    /// Whether it is read from right to left.
    pub is_rtl: bool,
}

impl SetWord {
    fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.advance).sum()
    }
}

/// The lines of this paragraph on a column of this width, at size 1.
#[must_use]
pub fn set(paragraph: &Paragraph, face: &Face, width: f32) -> Vec<SetLine> {
    let mut lines = Vec::new();
    let last = paragraph.lines.len() - 1;
    for (at, line) in paragraph.lines.iter().enumerate() {
        // Who reads the file aloud, or copies from it, gets a space between two lines of one paragraph.
        let line = if at < last { format!("{line} ") } else { line.clone() };
        let info = ParagraphBidiInfo::new(&line, Some(paragraph.level()));
        let measure = |range| words(&info, range, face).iter().map(|(_, word)| word.width()).sum();
        lines.extend(broken(&line, width, measure).into_iter().map(|range| placed(&info, range, face, width)));
    }
    lines
}

/// The words of a line from left to right, cut where the direction changes too, each with where it begins in the text.
fn words(info: &ParagraphBidiInfo<'_>, line: Range<usize>, face: &Face) -> Vec<(usize, SetWord)> {
    if line.is_empty() {
        return Vec::new();
    }
    let (levels, runs) = info.visual_runs(line);
    let mut words = Vec::new();
    for run in runs {
        let (is_rtl, mut start) = (levels[run.start].is_rtl(), run.start);
        let first = words.len();
        for word in info.text[run].split_inclusive(' ') {
            let glyphs = face.shape(word, is_rtl);
            words.push((start, SetWord { text: word.to_owned(), glyphs, x: 0.0, is_rtl }));
            start += word.len();
        }
        if is_rtl {
            words[first..].reverse();
        }
    }
    words
}

/// The words of a line with their places. A paragraph begins at the side from which it is written.
fn placed(info: &ParagraphBidiInfo<'_>, line: Range<usize>, face: &Face, width: f32) -> SetLine {
    let mut words = words(info, line, face);
    let whole: f32 = words.iter().map(|(_, word)| word.width()).sum();
    let mut x = if info.paragraph_level.is_rtl() { width - whole } else { 0.0 };
    for (_, word) in &mut words {
        word.x = x;
        x += word.width();
    }
    words.sort_by_key(|(start, _)| *start);
    words.into_iter().map(|(_, word)| word).collect()
}

/// Where a line is broken so that no part is wider than `width`: at the last opportunity that fits, else, within a word
/// that is wider than a whole line, at any character.
fn broken(line: &str, width: f32, measure: impl Fn(Range<usize>) -> f32) -> Vec<Range<usize>> {
    let (mut parts, mut start, mut end, mut used) = (Vec::new(), 0, 0, 0.0);
    for piece in pieces(line) {
        let wide = measure(trimmed(line, piece.clone())) > width;
        for piece in if wide { characters(line, piece) } else { vec![piece] } {
            if end > start && used + measure(trimmed(line, piece.clone())) > width {
                parts.push(start..end);
                (start, used) = (end, 0.0);
            }
            used += measure(piece.clone());
            end = piece.end;
        }
    }
    parts.push(start..end);
    parts
}

/// The pieces between which a line may be broken: after spaces, and after a hyphen or dash between letters.
fn pieces(line: &str) -> Vec<Range<usize>> {
    let (mut pieces, mut start, mut before) = (Vec::new(), 0, [' '; 2]);
    for (at, c) in line.char_indices() {
        let [earlier, last] = before;
        let after_space = last == ' ' && c != ' ';
        let after_dash = matches!(last, '-' | '‐' | '–' | '—') && earlier.is_alphabetic() && c.is_alphabetic();
        if at > start && (after_space || after_dash) {
            pieces.push(start..at);
            start = at;
        }
        before = [last, c];
    }
    pieces.push(start..line.len());
    pieces
}

fn characters(line: &str, piece: Range<usize>) -> Vec<Range<usize>> {
    let characters = line[piece.clone()].grapheme_indices(true);
    characters.map(|(at, text)| piece.start + at..piece.start + at + text.len()).collect()
}

/// The same without the spaces at its end, which may stand beyond the edge.
fn trimmed(line: &str, piece: Range<usize>) -> Range<usize> {
    piece.start..piece.start + line[piece.clone()].trim_end_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::broken;

    /// Breaks a line whose characters are one wide.
    fn check(line: &str, width: f32, expect: &[&str]) {
        let parts = broken(line, width, |range| line[range].chars().count() as f32);
        let parts: Vec<&str> = parts.into_iter().map(|part| &line[part]).collect();
        assert_eq!(parts, expect, "{line}");
    }

    #[test]
    fn lines_break_at_spaces_and_hyphens_and_within_words_that_are_too_wide() {
        check("I work at Sony.", 9.0, &["I work at ", "Sony."]);
        check("I work at Sony.", 15.0, &["I work at Sony."]);
        check("two  spaces", 6.0, &["two  ", "spaces"]);
        check("a well-known firm", 8.0, &["a well-", "known ", "firm"]);
        check("2024-2025 and -5", 9.0, &["2024-2025 ", "and -5"]);
        check("see https://example.org", 10.0, &["see https:", "//example.", "org"]);
        check("naïve", 2.0, &["na", "ïv", "e"]);
        check("x", 0.5, &["x"]);
    }
}
