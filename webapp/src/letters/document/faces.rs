//! The faces that letters are set in, and how a word becomes glyphs of one.
//!
//! The faces are `DejaVu`, which are free to embed: the serif one for Latin, Greek and Cyrillic text, the sans one, which
//! has Hebrew and Arabic too, for what the other does not have. A letter is in one face from its first word to its last.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use rustybuzz::{BufferClusterLevel, Direction, UnicodeBuffer, shape};

/// Characters that the first face has; most letters have no others, and need not be shaped to know that.
const PLAIN: [RangeInclusive<char>; 4] =
    ['\u{20}'..='\u{7e}', '\u{a1}'..='\u{ac}', '\u{ae}'..='\u{17f}', '\u{2018}'..='\u{201d}'];

/// A face.
pub struct Face {
    /// The font file.
    pub data: &'static [u8],
    /// Its name in a PDF.
    pub name: &'static str,
    /// What can be read from it.
    pub font: rustybuzz::Face<'static>,
}

/// A glyph of a word; lengths are those at size 1.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// Its number in the font.
    pub id: u16,
    /// The bytes of the word that it shows.
    pub text: Range<usize>,
    /// How far it takes the next one.
    pub advance: f32,
    /// Where it stands from there to the right.
    pub right: f32,
    /// And upward.
    pub up: f32,
}

static FACES: LazyLock<[Face; 2]> = LazyLock::new(|| {
    [
        Face::new("DejaVuSerifCondensed", dejavu::serif_condensed::regular()),
        Face::new("DejaVuSansCondensed", dejavu::sans_condensed::regular()),
    ]
});

/// The first face that has every character of these lines.
///
/// # Errors
/// Characters that the last face does not have, each once.
pub fn of<'a>(lines: &(impl Iterator<Item = &'a str> + Clone)) -> Result<&'static Face, Vec<char>> {
    let mut missing = Vec::new();
    for face in FACES.iter() {
        missing = face.missing(lines.clone());
        if missing.is_empty() {
            return Ok(face);
        }
    }
    Err(missing)
}

impl Face {
    fn new(name: &'static str, data: &'static [u8]) -> Self {
        Self { data, name, font: rustybuzz::Face::from_slice(data, 0).expect("the face is a font") }
    }

    /// A length in units of the font at size 1.
    #[must_use]
    pub fn em(&self, units: i32) -> f32 {
        units as f32 / self.font.units_per_em() as f32
    }

    /// Characters of these lines that this face does not have, each once.
    fn missing<'a>(&self, lines: impl Iterator<Item = &'a str>) -> Vec<char> {
        let is_plain = |word: &&str| word.chars().all(|c| PLAIN.iter().any(|range| range.contains(&c)));
        let mut missing = Vec::new();
        for word in lines.flat_map(|line| line.split(' ')).filter(|word| !is_plain(word)) {
            let glyphs = self.shape(word, false).into_iter().filter(|glyph| glyph.id == 0);
            missing.extend(glyphs.flat_map(|glyph| word[glyph.text].chars()));
        }
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// The glyphs of a word, which is written in one direction, from left to right.
    #[must_use]
    pub fn shape(&self, word: &str, is_rtl: bool) -> Vec<Glyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.set_cluster_level(BufferClusterLevel::MonotoneCharacters);
        buffer.push_str(word);
        buffer.guess_segment_properties();
        buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = shape(&self.font, &[], buffer);
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).map(|(info, position)| Glyph {
            id: info.glyph_id as u16,
            text: cluster(&starts, info.cluster as usize, word.len()),
            advance: self.em(position.x_advance),
            right: self.em(position.x_offset),
            up: self.em(position.y_offset),
        });
        glyphs.collect()
    }
}

/// The bytes of the cluster that begins at `start`: up to where the next one begins.
fn cluster(starts: &[usize], start: usize, end: usize) -> Range<usize> {
    start..starts.iter().copied().filter(|other| *other > start).min().unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::{FACES, PLAIN};

    #[test]
    fn the_first_face_has_what_every_letter_has() {
        for c in PLAIN.into_iter().flatten() {
            let glyphs = FACES[0].shape(&c.to_string(), false);
            assert!(glyphs.iter().all(|glyph| glyph.id != 0), "{c:?}");
        }
    }
}
