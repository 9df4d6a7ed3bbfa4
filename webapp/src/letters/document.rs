//! A letter as a document: the paragraphs that each kind of file sets. Pure.
//!
//! ```text
//! Letter -> Document -> PDF    pdf, with faces and lines
//!                    -> DOCX   docx
//! ```

pub mod docx;
mod faces;
mod lines;
pub mod pdf;
#[cfg(test)]
mod tests;

use unicode_bidi::{Level, ParagraphBidiInfo};

use crate::letter::Letter;

/// A letter that can be set on paper.
#[derive(Clone, Debug)]
pub struct Document {
    /// What programs show as its name.
    pub title: String,
    /// Who signs it.
    pub author: String,
    /// Language, as a tag.
    pub language: String,
    /// Size of a sheet in points.
    pub sheet: Sheet,
    /// What is between empty lines.
    pub paragraphs: Vec<Paragraph>,
}

/// Size of a sheet in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sheet {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

const A4: Sheet = Sheet { width: 595.28, height: 841.89 };
const US_LETTER: Sheet = Sheet { width: 612.0, height: 792.0 };

/// Lines that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Lines as they were written, none of them empty.
    pub lines: Vec<String>,
    /// Direction of the paragraph: that of its first letter, as browsers take it.
    pub is_rtl: bool,
}

/// A piece of a line that is written in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The piece.
    pub text: String,
    /// Whether it is written from right to left.
    pub is_rtl: bool,
}

impl Document {
    /// The document of this letter with this text.
    #[must_use]
    pub fn new(letter: &Letter, text: &str) -> Self {
        let (job, language) = (&letter.draft.job, letter.draft.letter.language.clone());
        Self {
            title: printable(&format!("Cover letter: {} at {}", job.title, job.company)),
            author: printable(&letter.draft.applicant.name),
            sheet: if language == "en-US" { US_LETTER } else { A4 },
            language,
            paragraphs: paragraphs(text),
        }
    }

    /// Every line, from the first to the last.
    fn lines(&self) -> impl Iterator<Item = &str> + Clone {
        self.paragraphs.iter().flat_map(|paragraph| &paragraph.lines).map(String::as_str)
    }
}

/// The paragraphs of a text.
fn paragraphs(text: &str) -> Vec<Paragraph> {
    // A form feed and Unicode's separators end lines too.
    let lines = text.split(['\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']).map(printable);
    let mut paragraphs: Vec<Vec<String>> = vec![Vec::new()];
    for line in lines {
        match paragraphs.last_mut() {
            Some(paragraph) if !line.is_empty() => paragraph.push(line),
            Some(paragraph) if paragraph.is_empty() => {}
            _ => paragraphs.push(Vec::new()),
        }
    }
    paragraphs.into_iter().filter(|lines| !lines.is_empty()).map(Paragraph::new).collect()
}

/// The same line without what no file may hold or no reader sees: control characters and white space at its ends.
fn printable(line: &str) -> String {
    let line: String = line.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !is_unprintable(*c)).collect();
    line.trim().to_owned()
}

/// Controls, and what Unicode says is no character.
fn is_unprintable(c: char) -> bool {
    c.is_control() || c == '\u{feff}' || u32::from(c) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

impl Paragraph {
    fn new(lines: Vec<String>) -> Self {
        let whole = lines.join(" ");
        let is_rtl = ParagraphBidiInfo::new(&whole, None).paragraph_level.is_rtl();
        Self { lines, is_rtl }
    }

    /// The embedding level of its lines.
    fn level(&self) -> Level {
        if self.is_rtl { Level::rtl() } else { Level::ltr() }
    }

    /// The pieces of a line of this paragraph, in the order in which they are read.
    #[must_use]
    pub fn runs(&self, line: &str) -> Vec<Run> {
        let levels = ParagraphBidiInfo::new(line, Some(self.level())).levels;
        let mut runs: Vec<Run> = Vec::new();
        for (at, c) in line.char_indices() {
            let is_rtl = levels[at].is_rtl();
            match runs.last_mut() {
                Some(run) if run.is_rtl == is_rtl => run.text.push(c),
                _ => runs.push(Run { text: c.into(), is_rtl }),
            }
        }
        runs
    }
}
