//! A line of a CV, as every kind of file gives it.

use unicode_normalization::UnicodeNormalization as _;

/// A line of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The text; what stands in columns has a tab between.
    pub text: String,
    /// Equal for lines that look alike: a paragraph style, or a size and weight of letters. 0 where nothing is known.
    pub style: u16,
    /// Whether there is more room before it than between other lines.
    pub after_gap: bool,
}

/// Most characters of a CV; twenty pages have as many.
pub const TEXT_MAX: usize = 60_000;
/// Most lines of a CV; a page has fifty.
pub const LINES_MAX: usize = 5_000;

/// Letters that faces join, and that no reader of text looks for.
const LIGATURES: [(char, &str); 7] = [
    ('\u{fb00}', "ff"),
    ('\u{fb01}', "fi"),
    ('\u{fb02}', "fl"),
    ('\u{fb03}', "ffi"),
    ('\u{fb04}', "ffl"),
    ('\u{fb05}', "st"),
    ('\u{fb06}', "st"),
];

/// Marks that begin an item of a list, and are hardly used otherwise.
const MARKS: &[char] = &[
    '•', '●', '▪', '■', '◦', '○', '‣', '⁃', '∙', '⦁', '⚫', '◾', '◼', '▫', '□', '❑', '❒', '❖', '◆', '◇', '◊', '➢',
    '➤', '►', '▶', '▸', '▹', '➔', '➜', '✓', '✔', '✗', '✘', '☐', '☑', '☒',
];
/// Marks that stand between words as well.
const OTHER_MARKS: &[char] = &['·', '*', '–', '—', '-', '−', '→', '»'];
/// Marks of symbol faces, which are in the private area: theirs have no other place.
const PRIVATE_MARKS: &[char] = &[
    '\u{f0b7}', '\u{f0a7}', '\u{f0a8}', '\u{f0d8}', '\u{f0fc}', '\u{f0fb}', '\u{f0fe}', '\u{f076}', '\u{f06c}',
    '\u{f06e}', '\u{f06f}', '\u{f071}', '\u{f072}', '\u{f075}', '\u{f077}', '\u{f09f}', '\u{f0a1}', '\u{f0e8}',
];
/// Letters that such marks become where the face is lost.
const LETTERS_OF_MARKS: [&str; 4] = ["§", "Ø", "ü", "Ÿ"];

impl Line {
    /// A line of which nothing but its text is known.
    #[cfg(test)]
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// The same line behind this mark.
    #[must_use]
    pub fn marked(&self, mark: &Self) -> Self {
        let text = format!("•\t{}", self.text);
        Self { text, after_gap: self.after_gap || mark.after_gap, ..*self }
    }

    /// Whether it is an item of a list.
    #[must_use]
    pub fn is_item(&self) -> bool {
        self.text.starts_with("- ")
    }

    /// The same line with one space between words, one bar between columns and one mark before an item. `None` when
    /// nothing is left.
    #[must_use]
    pub fn tidied(&self) -> Option<Self> {
        let columns = self.text.split('\t').map(words).filter(|column| !column.is_empty());
        let columns: Vec<_> = columns.collect();
        let (mark, columns) = match columns.split_first() {
            Some((first, rest)) if is_mark(first) && !rest.is_empty() => (true, rest.join(" | ")),
            _ => (false, columns.join(" | ")),
        };
        let bare = columns.strip_prefix(begins_item).map(|rest| rest.trim_start_matches(begins_item));
        let text = match bare {
            Some(rest) if rest.starts_with(' ') || mark => format!("- {}", rest.trim_start()),
            Some(rest) if !columns.starts_with(|c| "*–—-−→»".contains(c)) => format!("- {rest}"),
            _ if mark => format!("- {columns}"),
            _ => without_letter(&columns).map_or(columns.clone(), |rest| format!("- {rest}")),
        };
        let has_text = text.chars().any(char::is_alphanumeric);
        has_text.then_some(Self { text, ..self.clone() })
    }
}

/// The same lines. A mark that stands alone is before the line that follows it, whose mark it is.
#[must_use]
pub fn with_their_marks(lines: &[Line]) -> Vec<Line> {
    let mut marked = Vec::with_capacity(lines.len());
    let mut mark: Option<&Line> = None;
    for line in lines {
        if is_lone_mark(&line.text) {
            mark = Some(line);
            continue;
        }
        let mark = mark.take().filter(|_| !line.after_gap);
        marked.push(mark.map_or_else(|| line.clone(), |mark| line.marked(mark)));
    }
    marked
}

/// Whether a text is nothing but the mark of an item, which is one of those that are hardly used otherwise.
#[must_use]
pub fn is_lone_mark(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 12 && is_mark(&words(text)) && !text.starts_with(OTHER_MARKS)
}

fn begins_item(c: char) -> bool {
    MARKS.contains(&c) || OTHER_MARKS.contains(&c)
}

fn is_mark(column: &str) -> bool {
    column == "o" || LETTERS_OF_MARKS.contains(&column) || !column.is_empty() && column.chars().all(begins_item)
}

/// The text behind a letter that is a mark: what follows begins as an item does. An `o` is a word of some languages.
fn without_letter(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once(' ')?;
    let begins = rest.chars().next()?;
    let is_letter =
        first == "o" && begins.is_uppercase() || LETTERS_OF_MARKS.contains(&first) && begins.is_alphabetic();
    is_letter.then_some(rest)
}

fn words(text: &str) -> String {
    let hidden = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}');
    let text = text.chars().filter(hidden).filter(|c| c.is_whitespace() || !c.is_control()).map(|c| match c {
        _ if PRIVATE_MARKS.contains(&c) => '•',
        // A picture, such as of a telephone.
        '\u{e000}'..='\u{f8ff}' => ' ',
        _ => c,
    });
    let text: String = text.nfc().collect();
    let text = LIGATURES.iter().fold(text, |text, (ligature, letters)| text.replace(*ligature, letters));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Line, with_their_marks};

    #[test]
    fn lines_are_tidied() {
        let check = |text: &str, tidy: &str| {
            let line = Line::plain(text).tidied().map(|line| line.text).unwrap_or_default();
            assert_eq!(line, tidy, "{text}");
        };
        check("  Staff  Nurse\t\t 2019 ", "Staff Nurse | 2019");
        check("•Led a team", "- Led a team");
        check("–  Led a team", "- Led a team");
        check("\u{f0b7}\tLed a team", "- Led a team");
        check("o\tLed a team", "- Led a team");
        check("-5 degrees", "-5 degrees");
        check("o Led a team", "- Led a team");
        check("o que fiz", "o que fiz");
        check("\u{f06c} Led a team", "- Led a team");
        check("\u{f095} 020 7946 0123", "020 7946 0123");
        check("§ Led a team", "- Led a team");
        check("§ 34a GewO", "§ 34a GewO");
        check("Ø\tLed a team", "- Led a team");
        check("→ Led a team", "- Led a team");
        check("❖Led a team", "- Led a team");
        check("———", "");
        check("co\u{ad}operation", "cooperation");
        check("Re\u{301}sume\u{301}", "R\u{e9}sum\u{e9}");
        check(
            "\u{fb01}rst a\u{fb03}davit, sta\u{fb00}, \u{fb02}at, ra\u{fb04}e, \u{fb06}ore",
            "first affidavit, staff, flat, raffle, store",
        );
    }

    #[test]
    fn a_mark_on_a_line_of_its_own_is_that_of_the_next_line() {
        let lines = ["Skills", "•", "first aid", "o", "sewing", "\u{f0b7}", "–", "2019", "•"].map(Line::plain);
        let gap = Line { after_gap: true, ..Line::plain("Education") };
        let lines = with_their_marks(&[&lines[..], &[gap]].concat());
        let texts: Vec<_> = lines.iter().filter_map(Line::tidied).map(|line| line.text).collect();
        assert_eq!(texts, ["Skills", "- first aid", "- sewing", "2019", "Education"]);
    }
}
