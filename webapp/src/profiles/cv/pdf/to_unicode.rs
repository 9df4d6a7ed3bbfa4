//! The table by which a font says which characters its codes show (`ToUnicode`).

use std::collections::HashMap;

/// Most codes of a table; a font has at most as many.
const CODES_MAX: usize = 70_000;
/// Longest text of a code, in characters.
const TEXT_MAX: usize = 8;

/// Characters by code.
#[derive(Default)]
pub struct ToUnicode {
    texts: HashMap<u32, String>,
    /// Bytes of a code, where the table says so.
    pub width: Option<usize>,
}

impl ToUnicode {
    /// Reads a table. What is not one has no codes.
    #[must_use]
    pub fn read(table: &[u8]) -> Self {
        let mut read = Self::default();
        let mut tokens = Tokens { rest: table };
        let mut waiting: Vec<Token<'_>> = Vec::new();
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(b"endcodespacerange") => {
                    read.width = waiting.first().map(Token::len).filter(|len| *len > 0);
                }
                Token::Word(b"endbfchar") => read.add_characters(&waiting),
                Token::Word(b"endbfrange") => read.add_ranges(&waiting),
                Token::Word(word) if !word.starts_with(b"begin") => continue,
                Token::Word(_) => {}
                value => {
                    if waiting.len() < CODES_MAX {
                        waiting.push(value);
                    }
                    continue;
                }
            }
            waiting.clear();
        }
        read
    }

    /// The text of a code.
    #[must_use]
    pub fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(&code).map(String::as_str)
    }

    fn add_characters(&mut self, values: &[Token<'_>]) {
        for pair in values.chunks_exact(2) {
            if let (Some(code), Some(text)) = (pair[0].code(), pair[1].text()) {
                self.add(code, &text);
            }
        }
    }

    fn add_ranges(&mut self, values: &[Token<'_>]) {
        let mut values = values.iter();
        while let (Some(first), Some(last)) = (values.next(), values.next()) {
            let (Some(first), Some(last)) = (first.code(), last.code()) else { return };
            match values.next() {
                Some(Token::Open) => {
                    let texts = values.by_ref().take_while(|value| !matches!(value, Token::Close));
                    for (code, text) in (first..=last).zip(texts) {
                        self.add(code, &text.text().unwrap_or_default());
                    }
                }
                Some(start) => {
                    let Some(start) = start.text() else { continue };
                    for code in (first..=last).take(CODES_MAX) {
                        self.add(code, &shifted(&start, code - first));
                    }
                }
                None => return,
            }
        }
    }

    fn add(&mut self, code: u32, text: &str) {
        if self.texts.len() < CODES_MAX && !text.is_empty() {
            self.texts.insert(code, text.chars().take(TEXT_MAX).collect());
        }
    }
}

/// The text whose last character is so many places farther.
fn shifted(text: &str, by: u32) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let last = characters.pop().and_then(|last| char::from_u32(u32::from(last).checked_add(by)?));
    characters.into_iter().chain(last).collect()
}

#[derive(Clone)]
enum Token<'t> {
    Hex(&'t [u8]),
    Word(&'t [u8]),
    Open,
    Close,
}

impl Token<'_> {
    fn bytes(&self) -> Vec<u8> {
        let Self::Hex(digits) = self else { return Vec::new() };
        let digits = digits.iter().filter_map(|digit| char::from(*digit).to_digit(16));
        let digits: Vec<u8> = digits.take(64).map(|digit| digit as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
    }

    fn len(&self) -> usize {
        self.bytes().len()
    }

    fn code(&self) -> Option<u32> {
        let bytes = self.bytes();
        let is_code = (1..=4).contains(&bytes.len());
        is_code.then(|| bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)))
    }

    fn text(&self) -> Option<String> {
        let bytes = self.bytes();
        let units: Vec<u16> = match bytes.as_slice() {
            [] => return None,
            [one] => vec![u16::from(*one)],
            _ => bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
        };
        Some(String::from_utf16_lossy(&units).replace(['\0', '\u{fffd}'], ""))
    }
}

struct Tokens<'t> {
    rest: &'t [u8],
}

impl<'t> Tokens<'t> {
    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let first = *self.rest.first()?;
            match first {
                b'<' if self.rest.get(1) != Some(&b'<') => return Some(Token::Hex(self.until(|byte| byte == b'>', 1))),
                b'%' => drop(self.until(|byte| matches!(byte, b'\n' | b'\r'), 1)),
                b'[' | b']' => {
                    self.rest = &self.rest[1..];
                    return Some(if first == b'[' { Token::Open } else { Token::Close });
                }
                byte if byte.is_ascii_alphabetic() => {
                    let end = self.rest.iter().position(|byte| !byte.is_ascii_alphanumeric());
                    let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                    self.rest = rest;
                    return Some(Token::Word(word));
                }
                b'/' => drop(self.until(|byte| byte.is_ascii_whitespace(), 1)),
                _ => self.rest = &self.rest[1..],
            }
        }
    }

    /// What is before `end`, which is passed over too.
    fn until(&mut self, end: impl Fn(u8) -> bool, from: usize) -> &'t [u8] {
        let inner = &self.rest[from..];
        let length = inner.iter().position(|byte| end(*byte)).unwrap_or(inner.len());
        self.rest = &inner[(length + 1).min(inner.len())..];
        &inner[..length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_ranges_and_lists_are_read() {
        let table = b"/CIDInit /ProcSet findresource begin 1 begincodespacerange <0000> <FFFF> endcodespacerange\n\
            2 beginbfchar <0003> <0020> <0010> <00660069> endbfchar\n\
            2 beginbfrange <0024> <0026> <0041> <0030> <0031> [<0061> <D83DDE00>] endbfrange endcmap";
        let read = ToUnicode::read(table);
        let text = |code| read.text(code).unwrap_or_default();
        assert_eq!(read.width, Some(2));
        assert_eq!((text(3), text(0x10), text(0x24), text(0x26)), (" ", "fi", "A", "C"));
        assert_eq!((text(0x30), text(0x31), text(0x99)), ("a", "😀", ""));
        assert!(ToUnicode::read(b"<< <00 beginbfchar <").texts.is_empty());
        assert!(ToUnicode::read(b"beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange").texts.len() <= CODES_MAX);
    }
}
