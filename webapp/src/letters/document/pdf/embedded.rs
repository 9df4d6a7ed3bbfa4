//! The face of a PDF: the part of it that the letter uses, and what each of its glyphs says.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use super::packed::compressed;
use crate::letters::document::faces::Face;

const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The glyphs that a letter uses. Each has a code of its own for each text that it shows, so that who copies or reads the
/// letter gets exactly its characters.
pub struct Embedded {
    face: &'static Face,
    kept: GlyphRemapper,
    codes: BTreeMap<(u16, String), u16>,
    /// For each code its glyph in the file, its width and its text; code 0 shows nothing.
    glyphs: Vec<(u16, f32, String)>,
}

/// Numbers of the objects of a font.
struct Objects {
    cid_font: Ref,
    descriptor: Ref,
    file: Ref,
    texts: Ref,
    glyphs: Ref,
}

impl Embedded {
    /// A face without glyphs yet.
    #[must_use]
    pub fn new(face: &'static Face) -> Self {
        Self {
            face,
            kept: GlyphRemapper::new(),
            codes: BTreeMap::new(),
            glyphs: vec![(0, face.em(hor_advance(face, 0)), String::new())],
        }
    }

    /// The code of this glyph where it shows this text.
    pub fn code(&mut self, glyph: u16, text: &str) -> u16 {
        if let Some(code) = self.codes.get(&(glyph, text.to_owned())) {
            return *code;
        }
        let code = self.glyphs.len() as u16;
        let width = self.face.em(hor_advance(self.face, glyph));
        self.glyphs.push((self.kept.remap(glyph), width, text.to_owned()));
        self.codes.insert((glyph, text.to_owned()), code);
        code
    }

    /// How far this code takes the next one, at size 1.
    #[must_use]
    pub fn width(&self, code: u16) -> f32 {
        self.glyphs[usize::from(code)].1
    }

    /// Writes the font as object `id`.
    ///
    /// # Errors
    /// When the face cannot be cut down to its glyphs.
    pub fn write(&self, file: &mut Pdf, id: Ref, next: &mut Ref) -> Result<(), subsetter::Error> {
        let part = subsetter::subset(self.face.data, 0, &self.kept)?;
        let name = format!("AAAAAA+{}", self.face.name);
        let name = Name(name.as_bytes());
        let objects = Objects {
            cid_font: next.bump(),
            descriptor: next.bump(),
            file: next.bump(),
            texts: next.bump(),
            glyphs: next.bump(),
        };
        let mut font = file.type0_font(id);
        font.base_font(name).encoding_predefined(Name(b"Identity-H"));
        font.descendant_font(objects.cid_font).to_unicode(objects.texts);
        font.finish();
        self.write_metrics(file, name, &objects);
        let data = compressed(&part);
        file.stream(objects.file, &data).filter(Filter::FlateDecode).pair(Name(b"Length1"), part.len() as i32);
        let data = compressed(&self.glyphs.iter().flat_map(|(glyph, ..)| glyph.to_be_bytes()).collect::<Vec<u8>>());
        file.stream(objects.glyphs, &data).filter(Filter::FlateDecode);
        let mut texts = UnicodeCmap::new(Name(b"Custom"), IDENTITY);
        for (code, (.., text)) in self.glyphs.iter().enumerate().skip(1) {
            texts.pair_with_multiple(code as u16, text.chars());
        }
        file.cmap(objects.texts, &compressed(texts.finish().as_slice())).filter(Filter::FlateDecode);
        Ok(())
    }

    fn write_metrics(&self, file: &mut Pdf, name: Name<'_>, objects: &Objects) {
        let font = &self.face.font;
        let thousandths = |units: i16| self.face.em(units.into()) * 1000.0;
        let mut cid_font = file.cid_font(objects.cid_font);
        cid_font.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY);
        cid_font.font_descriptor(objects.descriptor).cid_to_gid_map_stream(objects.glyphs).default_width(0.0);
        cid_font.widths().consecutive(0, self.glyphs.iter().map(|(_, width, _)| width * 1000.0));
        cid_font.finish();
        let bounds = font.global_bounding_box();
        let mut descriptor = file.font_descriptor(objects.descriptor);
        descriptor.name(name).flags(FontFlags::SYMBOLIC).italic_angle(0.0).stem_v(80.0);
        descriptor.bbox(Rect::new(
            thousandths(bounds.x_min),
            thousandths(bounds.y_min),
            thousandths(bounds.x_max),
            thousandths(bounds.y_max),
        ));
        descriptor.ascent(thousandths(font.ascender())).descent(thousandths(font.descender()));
        descriptor.cap_height(thousandths(font.capital_height().unwrap_or(font.ascender()))).font_file2(objects.file);
    }
}

fn hor_advance(face: &Face, glyph: u16) -> i32 {
    face.font.glyph_hor_advance(rustybuzz::ttf_parser::GlyphId(glyph)).unwrap_or_default().into()
}
