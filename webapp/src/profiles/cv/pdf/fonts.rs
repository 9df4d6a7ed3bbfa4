//! What the codes of a font show, and how wide.

use std::collections::HashMap;

use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream};

use super::super::plain::windows;
use super::glyph_names::text_of;
use super::objects::{decoded, six};
use super::to_unicode::ToUnicode;

/// Width of a letter of which nothing is known, in parts of its size.
const WIDTH: f64 = 0.5;
/// Codes of the standard encoding that differ from ASCII and are in use.
const STANDARD: [(u8, char); 16] = [
    (0x27, '’'),
    (0x60, '‘'),
    (0xa3, '£'),
    (0xa9, '\''),
    (0xaa, '“'),
    (0xb1, '–'),
    (0xb7, '•'),
    (0xba, '”'),
    (0xbc, '…'),
    (0xd0, '—'),
    (0xe1, 'Æ'),
    (0xf1, 'æ'),
    (0xf8, 'ł'),
    (0xf9, 'ø'),
    (0xfa, 'œ'),
    (0xfb, 'ß'),
];
/// The upper half of the encoding of old Macintoshes, with spaces for its space that does not break and its apple.
const MAC: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";

/// A font.
pub struct Font {
    /// Whether its letters are heavy.
    pub is_bold: bool,
    /// Whether it has pictures in place of letters, which are the marks of lists.
    is_of_marks: bool,
    to_unicode: ToUnicode,
    /// Bytes of a code.
    width_of_code: usize,
    /// Texts of codes of one byte.
    simple: Option<Vec<Option<String>>>,
    widths: HashMap<u32, f64>,
    width: f64,
}

/// A letter of a text.
pub struct Glyph {
    /// What it shows; empty where the font does not say.
    pub text: String,
    /// How far the next one is, in parts of the size.
    pub width: f64,
    /// Whether it is the code of a space.
    pub is_space: bool,
}

impl Font {
    /// Reads what a PDF says about a font.
    #[must_use]
    pub fn new(font: &Dict<'_>) -> Self {
        let table = font.get::<Stream<'_>>("ToUnicode").and_then(|stream| decoded(&stream)).unwrap_or_default();
        let to_unicode = ToUnicode::read(&table);
        let is_wide = font.get::<Name<'_>>("Subtype").is_some_and(|kind| &*kind == b"Type0");
        let name = font.get::<Name<'_>>("BaseFont").map(|name| String::from_utf8_lossy(&name).to_lowercase());
        let is_named = |words: &[&str]| name.as_ref().is_some_and(|name| words.iter().any(|word| name.contains(word)));
        let is_bold = is_named(&["bold", "black", "heavy", "cmbx"]);
        let is_of_marks = is_named(&["wingdings", "webdings", "dingbats"]);
        let descendant = font.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let (widths, width) = match &descendant {
            Some(descendant) => wide_widths(descendant),
            None => (simple_widths(font), WIDTH),
        };
        let width_of_code = if is_wide { bytes_of_code(font).or(to_unicode.width).unwrap_or(2).clamp(1, 4) } else { 1 };
        Self {
            is_bold,
            is_of_marks,
            simple: (!is_wide).then(|| encoding(font)),
            to_unicode,
            width_of_code,
            widths,
            width,
        }
    }

    /// The letters of a text.
    pub fn glyphs(&self, text: &[u8]) -> Vec<Glyph> {
        let code = |bytes: &[u8]| bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
        text.chunks(self.width_of_code).map(|bytes| self.glyph(code(bytes))).collect()
    }

    fn glyph(&self, code: u32) -> Glyph {
        let simple = self.simple.as_ref().and_then(|texts| texts.get(code as usize)?.clone());
        let text = self.to_unicode.text(code).map(str::to_owned).or(simple).unwrap_or_default();
        let text = text.replace('\u{a0}', " ");
        let text = if self.is_of_marks && text != " " { "•".to_owned() } else { text };
        let is_space = self.width_of_code == 1 && code == 32;
        Glyph { text, width: self.widths.get(&code).copied().unwrap_or(self.width), is_space }
    }
}

/// Bytes of a code of a font with wide ones, where its encoding tells. Tables of characters are less careful.
fn bytes_of_code(font: &Dict<'_>) -> Option<usize> {
    if let Some(own) = font.get::<Stream<'_>>("Encoding").and_then(|stream| decoded(&stream)) {
        return ToUnicode::read(&own).width;
    }
    let name = font.get::<Name<'_>>("Encoding").map(|name| String::from_utf8_lossy(&name).into_owned())?;
    ["Identity", "UCS2", "UTF16"].iter().any(|kind| name.contains(kind)).then_some(2)
}

/// The texts of the 256 codes of a font of one byte.
fn encoding(font: &Dict<'_>) -> Vec<Option<String>> {
    let named = font.get::<Name<'_>>("Encoding").map(|name| name.to_vec());
    let own = font.get::<Dict<'_>>("Encoding");
    let base = own.as_ref().and_then(|own| own.get::<Name<'_>>("BaseEncoding")).map(|name| name.to_vec()).or(named);
    let of_code = |code: u8| match base.as_deref() {
        Some(b"WinAnsiEncoding") => windows(code),
        Some(b"MacRomanEncoding") if code >= 128 => MAC.chars().nth(usize::from(code - 128)).unwrap_or(' '),
        Some(b"MacRomanEncoding") => char::from(code),
        _ if code.is_ascii() => standard(code).unwrap_or(char::from(code)),
        _ => standard(code).unwrap_or('\0'),
    };
    let text = |code: u8| Some(of_code(code)).filter(|c| !c.is_control()).map(String::from);
    let mut texts: Vec<_> = (0..=u8::MAX).map(text).collect();
    let mut code = 0;
    for part in own
        .and_then(|own| own.get::<Array<'_>>("Differences"))
        .iter()
        .flat_map(hayro_syntax::object::Array::iter::<Object<'_>>)
    {
        match part {
            Object::Number(number) => code = number.as_f64().clamp(0.0, 255.0) as usize,
            Object::Name(name) => {
                if let Some(place) = texts.get_mut(code) {
                    *place = text_of(&String::from_utf8_lossy(&name));
                }
                code += 1;
            }
            _ => {}
        }
    }
    texts
}

fn standard(code: u8) -> Option<char> {
    STANDARD.iter().find(|(known, _)| *known == code).map(|(_, character)| *character)
}

fn simple_widths(font: &Dict<'_>) -> HashMap<u32, f64> {
    let first = font.get::<Number>("FirstChar").map_or(0, |first| first.as_f64().clamp(0.0, 65_535.0) as u32);
    let widths = font.get::<Array<'_>>("Widths");
    let is_type_3 = font.get::<Name<'_>>("Subtype").is_some_and(|kind| &*kind == b"Type3");
    let scale = if is_type_3 { type_3_scale(font) } else { 0.001 };
    let widths = widths.iter().flat_map(hayro_syntax::object::Array::iter::<Number>);
    (first..).zip(widths.take(256)).map(|(code, width)| (code, width.as_f64() * scale)).collect()
}

fn type_3_scale(font: &Dict<'_>) -> f64 {
    let matrix = font.get::<Array<'_>>("FontMatrix").and_then(|matrix| six(&matrix));
    matrix.map_or(0.001, |matrix| matrix[0].abs())
}

/// The widths of a font with codes of two bytes: `code [w w w]` or `first last w`.
fn wide_widths(font: &Dict<'_>) -> (HashMap<u32, f64>, f64) {
    const CODES_MAX: usize = 70_000;
    let default = font.get::<Number>("DW").map_or(1.0, |width| width.as_f64() / 1000.0);
    let mut widths = HashMap::new();
    let parts: Vec<_> = font
        .get::<Array<'_>>("W")
        .iter()
        .flat_map(hayro_syntax::object::Array::iter::<Object<'_>>)
        .take(CODES_MAX)
        .collect();
    let number = |part: &Object<'_>| match part {
        Object::Number(number) => Some(number.as_f64()),
        _ => None,
    };
    let mut parts = parts.iter();
    while let Some(first) = parts.next().and_then(number) {
        let first = first.clamp(0.0, 65_535.0) as u32;
        match parts.next() {
            Some(Object::Array(list)) => {
                let list = list.iter::<Number>().take(CODES_MAX);
                widths.extend((first..).zip(list).map(|(code, width)| (code, width.as_f64() / 1000.0)));
            }
            Some(last) => {
                let last = number(last).unwrap_or_default().clamp(0.0, 65_535.0) as u32;
                let width = parts.next().and_then(number).unwrap_or_default() / 1000.0;
                widths.extend((first..=last).map(|code| (code, width)));
            }
            None => break,
        }
    }
    (widths, default)
}

#[cfg(test)]
mod tests {
    use super::MAC;

    /// The upper half of `MacRoman`, as its standard numbers it.
    const NUMBERS: [u32; 128] = [
        0x00c4, 0x00c5, 0x00c7, 0x00c9, 0x00d1, 0x00d6, 0x00dc, 0x00e1, 0x00e0, 0x00e2, 0x00e4, 0x00e3, 0x00e5, 0x00e7,
        0x00e9, 0x00e8, 0x00ea, 0x00eb, 0x00ed, 0x00ec, 0x00ee, 0x00ef, 0x00f1, 0x00f3, 0x00f2, 0x00f4, 0x00f6, 0x00f5,
        0x00fa, 0x00f9, 0x00fb, 0x00fc, 0x2020, 0x00b0, 0x00a2, 0x00a3, 0x00a7, 0x2022, 0x00b6, 0x00df, 0x00ae, 0x00a9,
        0x2122, 0x00b4, 0x00a8, 0x2260, 0x00c6, 0x00d8, 0x221e, 0x00b1, 0x2264, 0x2265, 0x00a5, 0x00b5, 0x2202, 0x2211,
        0x220f, 0x03c0, 0x222b, 0x00aa, 0x00ba, 0x03a9, 0x00e6, 0x00f8, 0x00bf, 0x00a1, 0x00ac, 0x221a, 0x0192, 0x2248,
        0x2206, 0x00ab, 0x00bb, 0x2026, 0x00a0, 0x00c0, 0x00c3, 0x00d5, 0x0152, 0x0153, 0x2013, 0x2014, 0x201c, 0x201d,
        0x2018, 0x2019, 0x00f7, 0x25ca, 0x00ff, 0x0178, 0x2044, 0x20ac, 0x2039, 0x203a, 0xfb01, 0xfb02, 0x2021, 0x00b7,
        0x201a, 0x201e, 0x2030, 0x00c2, 0x00ca, 0x00c1, 0x00cb, 0x00c8, 0x00cd, 0x00ce, 0x00cf, 0x00cc, 0x00d3, 0x00d4,
        0xf8ff, 0x00d2, 0x00da, 0x00db, 0x00d9, 0x0131, 0x02c6, 0x02dc, 0x00af, 0x02d8, 0x02d9, 0x02da, 0x00b8, 0x02dd,
        0x02db, 0x02c7,
    ];

    #[test]
    fn the_table_of_macintoshes_is_that_of_the_standard() {
        assert_eq!(MAC.chars().nth(0xd0 - 0x80), Some('–'));
        assert_eq!(MAC.chars().nth(0xd5 - 0x80), Some('’'));
        assert_eq!(MAC.chars().nth(0xc9 - 0x80), Some('…'));
        let shown = |number: u32| if matches!(number, 0xa0 | 0xf8ff) { u32::from(' ') } else { number };
        let table: Vec<u32> = MAC.chars().map(u32::from).collect();
        assert_eq!(table, NUMBERS.map(shown));
    }
}
