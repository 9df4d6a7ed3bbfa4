//! A document as DOCX: the few parts of Office Open XML (ECMA-376) that a letter needs.

use std::io::{Cursor, Write as _};

use askama::Template;
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use super::{Document, Run, Sheet};

/// Twentieths of a point, the unit of the format.
const TWIPS: f32 = 20.0;

/// Parts that are the same for every letter.
const PARTS: [(&str, &str); 4] = [
    ("[Content_Types].xml", include_str!("docx/content_types.xml")),
    ("_rels/.rels", include_str!("docx/package_rels.xml")),
    ("word/_rels/document.xml.rels", include_str!("docx/document_rels.xml")),
    ("word/settings.xml", include_str!("docx/settings.xml")),
];

#[derive(Template)]
#[template(path = "docx/document.xml")]
struct Body {
    paragraphs: Vec<Block>,
    width: u32,
    height: u32,
}

/// A paragraph with the pieces of its lines.
struct Block {
    is_rtl: bool,
    lines: Vec<Vec<Run>>,
}

#[derive(Template)]
#[template(path = "docx/styles.xml")]
struct Styles<'a> {
    language: &'a str,
}

#[derive(Template)]
#[template(path = "docx/core.xml")]
struct Core<'a> {
    title: &'a str,
    author: &'a str,
    language: &'a str,
}

/// Why there is no DOCX.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// A part could not be rendered.
    #[error("failed to render a part of a DOCX")]
    Rendered(#[from] askama::Error),
    /// The package could not be written.
    #[error("failed to write a DOCX")]
    Written(#[from] zip::result::ZipError),
}

/// The file.
///
/// # Errors
/// When it cannot be written.
pub fn write(document: &Document) -> Result<Vec<u8>, DocxError> {
    let Document { title, author, language, sheet, .. } = document;
    let Sheet { width, height } = sheet;
    let block = |paragraph: &super::Paragraph| Block {
        is_rtl: paragraph.is_rtl,
        lines: paragraph.lines.iter().map(|line| paragraph.runs(line)).collect(),
    };
    let body = Body {
        paragraphs: document.paragraphs.iter().map(block).collect(),
        width: (width * TWIPS).round() as u32,
        height: (height * TWIPS).round() as u32,
    };
    let own = [
        ("word/document.xml", body.render()?),
        ("word/styles.xml", Styles { language }.render()?),
        ("docProps/core.xml", Core { title, author, language }.render()?),
    ];
    let fixed = PARTS.iter().map(|(path, part)| (*path, *part));
    Ok(package(fixed.chain(own.iter().map(|(path, part)| (*path, part.as_str()))))?)
}

fn package<'a>(parts: impl Iterator<Item = (&'a str, &'a str)>) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, part) in parts {
        zip.start_file(path, SimpleFileOptions::default())?;
        zip.write_all(part.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}
