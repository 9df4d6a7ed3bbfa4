//! Puts letters on a page together to words and lines.
//!
//! Lines are in the order in which the file draws them: writers draw a column after the other, and a date at the right
//! margin right after what stands to the left of it.

use unicode_normalization::UnicodeNormalization as _;

use super::super::line::{Line, is_lone_mark};
use super::shapes::Bounds;

/// Room between letters, in parts of their size, from which there is a space, and from which there is a column.
const SPACE_MIN: f64 = 0.17;
const COLUMN_MIN: f64 = 1.8;
/// Letters whose feet differ by less, in parts of their size, stand on one line.
const LINE_MAX: f64 = 0.35;
/// Lines farther apart than this, in parts of their size, have a gap between them.
const GAP_MIN: f64 = 1.75;
/// Most characters that are kept: beyond, the file is refused.
const CHARACTERS_MAX: usize = 200_000;

/// Room behind a mark of an item, in parts of its size, from which it stands apart as no word does.
const MARK_MIN: f64 = 0.5;
/// Room between a mark that is a shape and its item, in parts of the size of letters.
const BESIDE_MAX: f64 = 2.5;
/// Sizes of letters whose marks are looked for.
const SIZE_MIN: f64 = 6.0;
const SIZE_MAX: f64 = 16.0;
/// Most lines and shapes of a page whose marks are looked for; there are fifty.
const MARKED_MAX: usize = 1_000;

/// What is on the pages so far.
#[derive(Default)]
pub struct Layout {
    lines: Vec<Line>,
    page: Vec<Drawn>,
    /// Small shapes of the page.
    shapes: Vec<Bounds>,
    present: Option<Present>,
    /// Foot and size of the line before.
    before: Option<(f64, f64)>,
    known: usize,
    unknown: usize,
}

/// The line that is being drawn.
struct Present {
    text: String,
    foot: f64,
    start: f64,
    end: f64,
    size: f64,
    bold: usize,
    /// Letters before all others that no font named, as those of marks often are.
    unknown: usize,
}

/// A line of a page, with where it stands.
struct Drawn {
    line: Line,
    foot: f64,
    start: f64,
    end: f64,
    size: f64,
}

impl Layout {
    /// Puts a letter with its foot at a point; `look` is size and weight.
    pub fn put(&mut self, text: &str, (x, y): (f64, f64), width: f64, (size, is_bold): (f64, bool)) {
        self.unknown += usize::from(text.is_empty());
        if self.known > CHARACTERS_MAX || !(size.is_finite() && x.is_finite() && y.is_finite() && width.is_finite()) {
            return;
        }
        self.known += text.chars().filter(|c| !c.is_whitespace()).count();
        let goes_on = |present: &Present| {
            let size = present.size.max(size);
            (present.foot - y).abs() < LINE_MAX * size && x > present.end - size
        };
        if !self.present.as_ref().is_some_and(goes_on) {
            if !text.is_empty() && text.trim().is_empty() {
                return;
            }
            self.end_line();
            self.present = Some(Present { text: String::new(), foot: y, start: x, end: x, size, bold: 0, unknown: 0 });
        }
        let Some(present) = &mut self.present else { return };
        if text.is_empty() {
            present.put_unknown(x, width);
        } else {
            present.put(text, x, width);
            present.bold += usize::from(is_bold);
            if !text.trim().is_empty() {
                present.size = present.size.max(size);
            }
        }
    }

    /// Puts a shape, which may be the mark of an item.
    pub fn put_shape(&mut self, shape: Option<Bounds>) {
        if let Some(shape) = shape.filter(|shape| shape.is_mark_of(SIZE_MAX) || shape.is_mark_of(SIZE_MIN))
            && self.shapes.len() < MARKED_MAX
        {
            self.shapes.push(shape);
        }
    }

    fn end_line(&mut self) {
        let Some(present) = self.present.take().filter(|present| !present.text.is_empty()) else { return };
        let is_bold = present.bold * 10 > present.text.chars().filter(|c| !c.is_whitespace()).count() * 9;
        let far = |(foot, size): (f64, f64)| {
            foot - present.foot > GAP_MIN * size.min(present.size) || present.foot > foot + size
        };
        let after_gap = self.before.is_some_and(far);
        self.before = Some((present.foot, present.size));
        let halves = (present.size * 2.0).round().clamp(0.0, 4_000.0) as u16;
        let line = Line { text: present.text, style: halves << 1 | u16::from(is_bold), after_gap };
        let Present { foot, start, end, size, .. } = present;
        self.page.push(Drawn { line, foot, start, end, size });
    }

    /// Ends the page.
    pub fn end_page(&mut self) {
        self.end_line();
        self.before = None;
        let mut page = std::mem::take(&mut self.page);
        let shapes = std::mem::take(&mut self.shapes);
        if page.len() <= MARKED_MAX {
            put_marks(&mut page);
            put_shapes(&mut page, &shapes);
        }
        self.lines.extend(page.into_iter().map(|drawn| drawn.line));
    }

    /// Letters that were read, and those that no font named.
    #[must_use]
    pub const fn known_and_unknown(&self) -> (usize, usize) {
        (self.known, self.unknown)
    }

    /// The lines of all pages.
    #[must_use]
    pub fn into_lines(mut self) -> Vec<Line> {
        self.end_page();
        self.lines
    }
}

impl Present {
    /// Puts a letter that no font named.
    fn put_unknown(&mut self, x: f64, width: f64) {
        if self.text.is_empty() {
            self.unknown += 1;
            self.end = x + width;
        }
    }

    /// Puts a letter behind the others.
    fn put(&mut self, text: &str, x: f64, width: f64) {
        let room = (x - self.end) / self.size.max(0.1);
        let is_space = text.trim().is_empty();
        if self.text.is_empty() {
            // One unknown letter, and then room: such is a mark, and no word.
            if self.unknown == 1 && (is_space || room > SPACE_MIN) {
                self.text.push_str("•\t");
            }
        } else if room > COLUMN_MIN || room > MARK_MIN && is_lone_mark(&self.text) {
            self.text.push('\t');
        } else if room > SPACE_MIN && !self.text.ends_with([' ', '\t']) {
            self.text.push(' ');
        }
        // A letter that is drawn twice for a heavier weight is one letter.
        if x < self.end - width * 0.7 && self.text.ends_with(text) && text != " " {
            return;
        }
        if x < self.end - width * 0.2 && put_below_mark(&mut self.text, text) {
            self.end = x + width;
            return;
        }
        self.text.push_str(text);
        self.end = x + width;
    }
}

/// Puts marks that were drawn before or after all other lines before those that they stand beside.
fn put_marks(page: &mut Vec<Drawn>) {
    let mut at = 0;
    while at < page.len() {
        if !is_lone_mark(&page[at].line.text) {
            at += 1;
            continue;
        }
        let mark = page.remove(at);
        let is_beside = |drawn: &&mut Drawn| {
            let size = drawn.size.max(mark.size);
            (drawn.foot - mark.foot).abs() < LINE_MAX * size && drawn.start > mark.end - size * 0.2
        };
        let beside = page.iter_mut().filter(is_beside).min_by(|a, b| a.start.total_cmp(&b.start));
        if let Some(drawn) = beside {
            drawn.line = drawn.line.marked(&mark.line);
        } else {
            page.insert(at, mark);
            at += 1;
        }
    }
}

/// Puts marks that are shapes before the lines that they stand beside.
fn put_shapes(page: &mut [Drawn], shapes: &[Bounds]) {
    for shape in shapes {
        let is_beside = |drawn: &&mut Drawn| {
            let (room, height) = (drawn.start - shape.right, shape.middle() - drawn.foot);
            let is_near = (0.0..BESIDE_MAX * drawn.size).contains(&room) && (0.0..drawn.size * 0.7).contains(&height);
            is_near && shape.is_mark_of(drawn.size)
        };
        let beside = page.iter_mut().filter(is_beside).min_by(|a, b| a.start.total_cmp(&b.start));
        if let Some(drawn) = beside.filter(|drawn| !drawn.line.text.split('\t').next().is_some_and(is_lone_mark)) {
            drawn.line = drawn.line.marked(&Line::default());
        }
    }
}

/// Puts a letter below the mark that was drawn before it at the same place, as older typesetters do. Whether there is one.
fn put_below_mark(text: &mut String, letter: &str) -> bool {
    const MARKS: [(char, char); 9] = [
        ('¨', '\u{308}'),
        ('´', '\u{301}'),
        ('`', '\u{300}'),
        ('ˆ', '\u{302}'),
        ('˜', '\u{303}'),
        ('˚', '\u{30a}'),
        ('¸', '\u{327}'),
        ('ˇ', '\u{30c}'),
        ('¯', '\u{304}'),
    ];
    let mark = MARKS.iter().find(|(mark, _)| text.ends_with(*mark)).map(|(_, mark)| *mark);
    let Some(mark) = mark.filter(|_| letter.chars().all(char::is_alphabetic)) else { return false };
    text.pop();
    text.extend(letter.chars().chain([mark]).nfc());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(letters: &[(&str, f64, f64)]) -> Vec<Line> {
        let mut layout = Layout::default();
        for (text, x, y) in letters {
            layout.put(text, (*x, *y), 5.0, (10.0, false));
        }
        layout.into_lines()
    }

    #[test]
    fn letters_become_words_columns_and_lines() {
        let found =
            lines(&[("a", 0.0, 90.0), ("b", 5.0, 90.0), ("c", 13.0, 90.0), ("d", 60.0, 90.0), ("e", 0.0, 78.0)]);
        let texts: Vec<_> = found.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["ab c\td", "e"]);
        assert!(!found[1].after_gap && lines(&[("a", 0.0, 90.0), ("b", 0.0, 60.0)])[1].after_gap);
    }

    #[test]
    fn marks_of_items_are_found_whenever_they_are_drawn_and_whatever_they_are() {
        let texts = |letters: &[(&str, f64, f64)]| lines(letters).into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(texts(&[("•", 0.0, 90.0), ("a", 12.0, 90.0)]), ["•\ta"]);
        assert_eq!(texts(&[("o", 0.0, 90.0), ("A", 12.0, 90.0)]), ["o\tA"]);
        assert_eq!(texts(&[("o", 0.0, 90.0), ("a", 8.0, 90.0)]), ["o a"], "a word of a language");
        assert_eq!(texts(&[("", 0.0, 90.0), ("a", 12.0, 90.0)]), ["•\ta"]);
        assert_eq!(texts(&[("", 0.0, 90.0), ("a", 5.0, 90.0)]), ["a"], "a letter that no font named");
        assert_eq!(
            texts(&[("a", 12.0, 90.0), ("b", 12.0, 78.0), ("•", 0.0, 90.0), ("•", 0.0, 78.0)]),
            ["•\ta", "•\tb"]
        );
        assert_eq!(
            texts(&[("•", 0.0, 90.0), ("•", 0.0, 78.0), ("a", 12.0, 90.0), ("b", 12.0, 78.0)]),
            ["•\ta", "•\tb"]
        );
        assert_eq!(texts(&[("•", 0.0, 90.0), ("a", 12.0, 70.0)]), ["•", "a"], "whose it is, its text does not tell");
    }

    #[test]
    fn marks_stand_above_the_letters_that_are_drawn_below_them() {
        assert_eq!(lines(&[("Z", 0.0, 9.0), ("¨", 5.0, 9.0), ("e", 5.0, 9.0), ("b", 10.0, 9.0)])[0].text, "Zëb");
        assert_eq!(lines(&[("a", 0.0, 9.0), ("a", 0.2, 9.0)])[0].text, "a", "drawn twice for a heavier weight");
    }
}
