//! A document as PDF: tagged, so that it can be read aloud and copied (PDF/UA-1).

mod embedded;
mod packed;
mod structure;

use askama::Template;
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::faces::{self, Face};
use super::lines::{self, SetLine, SetWord};
use super::{Document, Sheet};
use embedded::Embedded;
use packed::compressed;
use structure::Structure;

/// Margins on all sides: 2.5 cm.
const MARGIN: f32 = 70.87;
/// Size of the text in points.
const SIZE: f32 = 11.0;
/// From one baseline to the next.
const LEADING: f32 = 16.5;
/// From a paragraph to the next, in addition.
const SKIP: f32 = 8.25;
/// Name of the only font in the pages.
const FONT: Name<'static> = Name(b"F");
/// Shifts below this many thousandths of the size are not seen.
const SHIFT: f32 = 0.5;
/// Characters that a message names; a letter in an alphabet that no face has has hundreds.
const NAMED: usize = 8;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// No face has these characters.
    #[error("no face has {0:?}")]
    Missing(Vec<char>),
    /// The face could not be cut down to what is used.
    #[error("failed to embed a face")]
    Embedded(#[from] subsetter::Error),
    /// The metadata could not be rendered.
    #[error("failed to render the metadata of a PDF")]
    Rendered(#[from] askama::Error),
}

/// A line with its baseline from the top of its page, and the number of its paragraph.
struct Placed {
    line: SetLine,
    baseline: f32,
    paragraph: usize,
}

/// What programs read about the file, in XMP.
#[derive(Template)]
#[template(path = "pdf/metadata.xml")]
struct Metadata<'a> {
    title: &'a str,
    author: &'a str,
}

/// Why there is no PDF with these characters, and what to do.
#[must_use]
pub fn without(characters: &[char]) -> String {
    let named: Vec<String> = characters.iter().take(NAMED).map(char::to_string).collect();
    let more = if characters.len() > NAMED { " and more" } else { "" };
    format!(
        "A PDF from here cannot show {}{more}. Download the letter for Word, or print this page to a PDF.",
        named.join(" ")
    )
}

/// The characters of a document that no face has.
#[must_use]
pub fn missing(document: &Document) -> Vec<char> {
    faces::of(&document.lines()).err().unwrap_or_default()
}

/// The file.
///
/// # Errors
/// When the text has characters that no face has, or the file cannot be written.
pub fn write(document: &Document) -> Result<Vec<u8>, PdfError> {
    let face = faces::of(&document.lines()).map_err(PdfError::Missing)?;
    let mut font = Embedded::new(face);
    let (mut file, mut next) = (Pdf::new(), Ref::new(1));
    let (catalog, tree, metadata, font_id) = (next.bump(), next.bump(), next.bump(), next.bump());
    let pages = paged(document, face);
    let page_ids: Vec<Ref> = pages.iter().map(|_| next.bump()).collect();
    let mut structure = Structure::new(document.paragraphs.len(), &mut next);
    for (number, (lines, id)) in pages.iter().zip(&page_ids).enumerate() {
        let content = next.bump();
        let drawn = compressed(&draw(lines, document.sheet, &mut font));
        file.stream(content, &drawn).filter(Filter::FlateDecode);
        let mut page = file.page(*id);
        page.parent(tree).media_box(Rect::new(0.0, 0.0, document.sheet.width, document.sheet.height));
        page.contents(content).struct_parents(number as i32);
        page.resources().fonts().pair(FONT, font_id);
        page.finish();
        structure.page(*id, lines.iter().map(|line| line.paragraph));
    }
    font.write(&mut file, font_id, &mut next)?;
    structure.write(&mut file, &document.language, &mut next);
    file.pages(tree).count(page_ids.len() as i32).kids(page_ids);
    let about = Metadata { title: &document.title, author: &document.author }.render()?;
    file.metadata(metadata, about.as_bytes());
    file.document_info(next.bump())
        .title(TextStr(&document.title))
        .author(TextStr(&document.author))
        .creator(TextStr("Cover Letter Writer"));
    let is_rtl = document.paragraphs.first().is_some_and(|paragraph| paragraph.is_rtl);
    let mut root = file.catalog(catalog);
    root.pages(tree).metadata(metadata).lang(TextStr(&document.language));
    structure.refer(&mut root, is_rtl);
    root.finish();
    Ok(file.finish())
}

/// The lines of each page; there is at least one page.
fn paged(document: &Document, face: &Face) -> Vec<Vec<Placed>> {
    let Sheet { width, height } = document.sheet;
    let column = (width - 2.0 * MARGIN) / SIZE;
    let (mut pages, mut page, mut baseline) = (Vec::new(), Vec::new(), MARGIN + SIZE);
    for (number, paragraph) in document.paragraphs.iter().enumerate() {
        for line in lines::set(paragraph, face, column) {
            if baseline > height - MARGIN {
                pages.push(std::mem::take(&mut page));
                baseline = MARGIN + SIZE;
            }
            page.push(Placed { line, baseline, paragraph: number });
            baseline += LEADING;
        }
        baseline += SKIP;
    }
    pages.push(page);
    pages
}

/// The content of a page: each line is marked with its number.
fn draw(lines: &[Placed], sheet: Sheet, font: &mut Embedded) -> Vec<u8> {
    let mut content = Content::new();
    for (mark, placed) in lines.iter().enumerate() {
        content.begin_marked_content_with_properties(Name(b"P")).properties().identify(mark as i32);
        content.begin_text().set_font(FONT, SIZE);
        for word in &placed.line {
            draw_word(&mut content, word, sheet.height - placed.baseline, font);
        }
        content.end_text().end_marked_content();
    }
    content.finish().to_vec()
}

/// Shows a word. In the file its glyphs follow one another as they are read, wherever they stand.
fn draw_word(content: &mut Content, word: &SetWord, baseline: f32, font: &mut Embedded) {
    let mut x = MARGIN + word.x * SIZE;
    let mut glyphs: Vec<(u16, f32, f32)> = Vec::new();
    for glyph in &word.glyphs {
        let code = font.code(glyph.id, &word.text[glyph.text.clone()]);
        glyphs.push((code, x + glyph.right * SIZE, baseline + glyph.up * SIZE));
        x += glyph.advance * SIZE;
    }
    if word.is_rtl {
        glyphs.reverse();
    }
    // Several glyphs for one character would be read as so many.
    let is_split = word.glyphs.windows(2).any(|pair| pair[0].text == pair[1].text);
    if is_split {
        content.begin_marked_content_with_properties(Name(b"Span")).properties().actual_text(TextStr(&word.text));
    }
    for level in glyphs.chunk_by(|one, other| one.2.to_bits() == other.2.to_bits()) {
        let (_, first, y) = level[0];
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, first, y]);
        let mut at = first;
        let mut shown = content.show_positioned();
        let mut items = shown.items();
        for (code, x, _) in level {
            let shift = ((at - x) * 1000.0 / SIZE).round();
            if shift.abs() > SHIFT {
                items.adjust(shift);
                at -= shift * SIZE / 1000.0;
            }
            items.show(Str(&code.to_be_bytes()));
            at += font.width(*code) * SIZE;
        }
    }
    if is_split {
        content.end_marked_content();
    }
}
