//! Reading a CV: the bytes of a file in, its sections out. Pure, and bounded whatever the bytes are, but for PDF files, whose
//! library is not: `reader` runs all of it in a process of its own.
//!
//! ```text
//! bytes -> lines (pdf, docx, plain) -> sections (headings, dates, header)
//! ```

mod dates;
mod docx;
mod header;
pub mod headings;
pub mod line;
mod pdf;
mod plain;
pub mod sections;
pub mod unreadable;

use line::{LINES_MAX, Line, TEXT_MAX};
use unreadable::Unreadable;

/// The lines of a file that somebody sent as their CV.
///
/// # Errors
/// When it has none that can be read; says what to do.
pub fn lines(file: Vec<u8>) -> Result<Vec<Line>, Unreadable> {
    let lines = match kind_of(&file)? {
        Format::Pdf => pdf::lines(file)?,
        Format::Docx => docx::lines(&file)?,
        Format::Plain => plain::lines(&file)?,
    };
    bounded(lines)
}

/// Lines that are a CV by their number and length.
fn bounded(lines: Vec<Line>) -> Result<Vec<Line>, Unreadable> {
    let length: usize = lines.iter().map(|line| line.text.chars().count()).sum();
    match length {
        0 => Err(Unreadable::NoText),
        length if length > TEXT_MAX || lines.len() > LINES_MAX => Err(Unreadable::TooLong),
        _ => Ok(lines),
    }
}

enum Format {
    Pdf,
    Docx,
    Plain,
}

/// Goes by what is in the file: names of files and what browsers say about them are often wrong.
fn kind_of(file: &[u8]) -> Result<Format, Unreadable> {
    const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
    let head = &file[..file.len().min(1024)];
    match file {
        [] => Err(Unreadable::Empty),
        _ if head.windows(5).any(|window| window == b"%PDF-") => Ok(Format::Pdf),
        // All four bytes: a text may begin with the name of somebody called PK.
        _ if file.starts_with(b"PK\x03\x04") => Ok(Format::Docx),
        _ if file.starts_with(OLE) => Err(Unreadable::OldWord),
        _ if file.starts_with(b"{\\rtf") => Err(Unreadable::WrongType),
        _ => Ok(Format::Plain),
    }
}

/// The lines of a text that somebody pasted.
///
/// # Errors
/// When there is nothing in it, or more than a CV has.
pub fn pasted(text: &str) -> Result<Vec<Line>, Unreadable> {
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    if text.chars().count() > TEXT_MAX {
        return Err(Unreadable::TooLong);
    }
    bounded(plain::of_text(text))
}

#[cfg(test)]
mod tests;
