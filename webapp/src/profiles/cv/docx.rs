//! The lines of a Word file: the paragraphs of its main part.

use std::io::{Cursor, Read as _};

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::{CompressionMethod, ZipArchive};

use super::line::{LINES_MAX, Line};
use super::unreadable::Unreadable;

/// Largest main part, unpacked. A CV has a tenth of it.
const PART_MAX: usize = 16 * 1024 * 1024;
/// Files in such a file, at most.
const FILES_MAX: usize = 2_000;
const MAIN_PART: &str = "word/document";

/// The lines of a Word file.
///
/// # Errors
/// When it is none, is locked or damaged, or holds too much.
pub fn lines(file: &[u8]) -> Result<Vec<Line>, Unreadable> {
    let part = main_part(file)?;
    let part = String::from_utf8(part).map_err(|_| Unreadable::Broken)?;
    let mut document = Document::default();
    document.read(&part)?;
    Ok(document.lines)
}

fn main_part(file: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut zip = ZipArchive::new(Cursor::new(file)).map_err(|_| Unreadable::Broken)?;
    if zip.len() > FILES_MAX {
        return Err(Unreadable::TooMuch);
    }
    let is_main = |name: &str| name.strip_prefix(MAIN_PART).is_some_and(|rest| rest.strip_suffix(".xml").is_some());
    let number = (0..zip.len())
        .find(|number| zip.by_index_raw(*number).is_ok_and(|file| file.name().is_ok_and(|name| is_main(&name))));
    let mut entry = zip.by_index_raw(number.ok_or(Unreadable::WrongType)?).map_err(|_| Unreadable::Broken)?;
    if entry.encrypted() {
        return Err(Unreadable::Locked);
    }
    let is_stored = entry.compression() == CompressionMethod::Stored;
    let mut packed = Vec::new();
    // No more than the file has, whatever its directory says.
    entry.by_ref().take(file.len() as u64).read_to_end(&mut packed).map_err(|_| Unreadable::Broken)?;
    if is_stored {
        return Ok(packed);
    }
    decompress_to_vec_with_limit(&packed, PART_MAX).map_err(|error| match error.status {
        miniz_oxide::inflate::TINFLStatus::HasMoreOutput => Unreadable::TooMuch,
        _ => Unreadable::Broken,
    })
}

/// What is read of a document so far.
#[derive(Default)]
struct Document {
    lines: Vec<Line>,
    /// The paragraphs that are open: a box of text stands in one.
    open: Vec<Paragraph>,
    /// Depth below something that is shown in another way already, or not at all.
    skipped: usize,
    in_text: bool,
    /// What the letters of the present run are.
    run: Run,
    is_gap: bool,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    style: String,
    is_item: bool,
    bold: usize,
    is_spaced: bool,
}

#[derive(Clone, Copy, Default)]
struct Run {
    is_bold: bool,
    is_hidden: bool,
}

impl Document {
    fn read(&mut self, part: &str) -> Result<(), Unreadable> {
        let mut reader = Reader::from_str(part);
        loop {
            match reader.read_event().map_err(|_| Unreadable::Broken)? {
                Event::Start(tag) => self.start(&tag, false),
                Event::Empty(tag) => self.start(&tag, true),
                Event::End(tag) => self.end(tag.local_name().as_ref()),
                Event::Text(text) => self.write(&text),
                Event::CData(text) => self.write(&text),
                Event::GeneralRef(name) => self.write(&character(&name).to_string()),
                Event::Eof => return Ok(()),
                _ => {}
            }
            if self.lines.len() > LINES_MAX {
                return Err(Unreadable::TooMuch);
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, is_empty: bool) {
        let name = tag.local_name();
        let name: &str = name.as_ref();
        if self.skipped > 0 || matches!(name, "Fallback" | "del" | "moveFrom") {
            self.skipped += usize::from(!is_empty);
            return;
        }
        match name {
            "p" if is_empty => self.is_gap = true,
            "p" => self.open.push(Paragraph::default()),
            "r" => self.run = Run::default(),
            "t" => self.in_text = !is_empty,
            "b" => self.run.is_bold = is_on(tag),
            "vanish" => self.run.is_hidden = is_on(tag),
            "tab" | "ptab" => self.put('\t'),
            "br" | "cr" => self.put('\n'),
            "noBreakHyphen" => self.put('-'),
            "sym" => self.put('•'),
            _ => self.describe(name, tag),
        }
    }

    /// What a paragraph looks like.
    fn describe(&mut self, name: &str, tag: &BytesStart<'_>) {
        let Some(paragraph) = self.open.last_mut() else { return };
        match name {
            "pStyle" => paragraph.style = value(tag, "val"),
            "outlineLvl" if paragraph.style.is_empty() => paragraph.style = format!("level {}", value(tag, "val")),
            "numPr" => paragraph.is_item = true,
            "numId" if value(tag, "val") == "0" => paragraph.is_item = false,
            "spacing" => paragraph.is_spaced = value(tag, "before").parse::<u32>().is_ok_and(|twips| twips >= 120),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match name {
            "t" => self.in_text = false,
            "p" => self.close(),
            "tbl" => self.is_gap = true,
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if self.in_text && self.skipped == 0 && !self.run.is_hidden {
            let bold = self.run.is_bold;
            if let Some(paragraph) = self.open.last_mut() {
                paragraph.text.push_str(text);
                paragraph.bold += if bold { text.len() } else { 0 };
            }
        }
    }

    /// Puts a character that is an element.
    fn put(&mut self, character: char) {
        if let Some(paragraph) = self.open.last_mut() {
            paragraph.text.push(character);
        }
    }

    fn close(&mut self) {
        let Some(paragraph) = self.open.pop() else { return };
        if paragraph.text.trim().is_empty() {
            self.is_gap = true;
            return;
        }
        let is_heading = paragraph.style.to_lowercase().contains("heading") || paragraph.style.starts_with("level");
        let is_item = paragraph.is_item && !is_heading;
        let style = style(&paragraph, is_item);
        let mut after_gap = self.is_gap || paragraph.is_spaced || is_heading;
        for text in paragraph.text.split('\n').filter(|text| !text.trim().is_empty()) {
            let text = if is_item && !has_mark(text) { format!("• {text}") } else { text.to_owned() };
            self.lines.push(Line { text, style, after_gap });
            after_gap = false;
        }
        self.is_gap = false;
    }
}

/// Whether an item has a mark of its own.
fn has_mark(text: &str) -> bool {
    text.trim_start().starts_with(['•', '-', '–'])
}

/// A number for the look of a paragraph; 0 for plain text.
fn style(paragraph: &Paragraph, is_item: bool) -> u16 {
    let is_bold = paragraph.bold * 10 > paragraph.text.trim().len() * 9;
    let capitals = paragraph.text.chars().any(char::is_alphabetic) && !paragraph.text.chars().any(char::is_lowercase);
    if is_item {
        return 0;
    }
    let name = paragraph.style.bytes().fold(0_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    (name & 0x1fff) << 2 | u16::from(is_bold) << 1 | u16::from(capitals)
}

/// Whether a switch is on: without a value it is.
fn is_on(tag: &BytesStart<'_>) -> bool {
    !matches!(value(tag, "val").as_str(), "0" | "false" | "off" | "none")
}

/// The value of an attribute, whatever its namespace is called.
fn value(tag: &BytesStart<'_>, name: &str) -> String {
    let attribute = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name);
    attribute.map(|attribute| attribute.value.into_owned()).unwrap_or_default()
}

/// The character that `&name;` stands for.
fn character(name: &str) -> char {
    let number = |text: &str| match text.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => name.strip_prefix('#').and_then(number).and_then(char::from_u32).unwrap_or(' '),
    }
}

#[cfg(test)]
pub mod tests;
