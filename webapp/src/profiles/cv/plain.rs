//! The lines of plain text, in the encodings that programs save it in.

use super::line::Line;
use super::unreadable::Unreadable;

/// What Windows has where Latin-1 has control characters.
const WINDOWS: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// One byte in this many is zero in a text of two bytes a character, at least: there are spaces and ends of lines.
const WIDE_PART: usize = 64;

/// The lines of a text.
///
/// # Errors
/// When it is something else than text.
pub fn lines(file: &[u8]) -> Result<Vec<Line>, Unreadable> {
    let text = decoded(file);
    let is_none = |c: &char| c.is_control() && !c.is_whitespace() && *c != '\u{c}' || *c == '\u{fffd}';
    if text.chars().filter(is_none).count() * 50 > text.chars().count() {
        return Err(Unreadable::WrongType);
    }
    Ok(of_text(&text))
}

/// The lines of a text that is known to be one.
#[must_use]
pub fn of_text(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut after_gap = false;
    for text in text.replace("\r\n", "\n").split(['\n', '\r', '\u{c}']) {
        if text.trim().is_empty() {
            after_gap = true;
            continue;
        }
        lines.push(Line { text: columns(text), style: 0, after_gap });
        after_gap = false;
    }
    lines
}

/// Columns that are made with spaces, three or more between two of them.
fn columns(text: &str) -> String {
    let (indent, text) = text.split_at(text.len() - text.trim_start().len());
    let columns = text.split("   ").map(str::trim).filter(|column| !column.is_empty());
    indent.to_owned() + &columns.collect::<Vec<_>>().join("\t")
}

fn decoded(file: &[u8]) -> String {
    match file {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => narrow(rest),
        _ if is_wide(file, 1) => wide(file, u16::from_le_bytes),
        _ if is_wide(file, 0) => wide(file, u16::from_be_bytes),
        _ => narrow(file),
    }
}

/// A text of two bytes a character, in the order of some processor.
fn wide(file: &[u8], order: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = file.chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// Whether a file without a mark is such a text, whose upper bytes are at `upper` of each pair: those of spaces, digits and
/// Latin letters are zero in every language, and hardly a lower one is.
fn is_wide(file: &[u8], upper: usize) -> bool {
    let zeros = |at: usize| file.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    zeros(upper) > file.len() / WIDE_PART && zeros(upper) > 4 * zeros(1 - upper)
}

/// A text in UTF-8, or else in Windows' western encoding. A few bytes that are no UTF-8 do not make it the other one:
/// programs cut texts between the bytes of a character, and people paste from elsewhere.
fn narrow(file: &[u8]) -> String {
    let (mut characters, mut others) = (0, 0);
    for chunk in file.utf8_chunks() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        others += chunk.invalid().len();
    }
    if others > characters {
        return file.iter().map(|byte| windows(*byte)).collect();
    }
    let mut text = String::with_capacity(file.len());
    for chunk in file.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| windows(*byte)));
    }
    text
}

/// A byte of Windows' western encoding.
#[must_use]
pub fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_each_encoding() {
        let texts = |file: &[u8]| lines(file).map(|lines| lines.into_iter().map(|line| line.text).collect::<Vec<_>>());
        let expected = Ok(vec!["Zoë’s CV".to_owned()]);
        assert_eq!(texts("\u{feff}Zoë’s CV\n".as_bytes()), expected);
        assert_eq!(texts(b"Zo\xeb\x92s CV\r\n"), expected);
        let wide = |order: fn(u16) -> [u8; 2]| "\u{feff}Zoë’s CV".encode_utf16().flat_map(order).collect::<Vec<u8>>();
        assert_eq!(texts(&wide(u16::to_le_bytes)), expected);
        assert_eq!(texts(&wide(u16::to_be_bytes)), expected);
        assert_eq!(texts(&[0, 1, 2, 3, 4, 5]), Err(Unreadable::WrongType));
    }

    #[test]
    fn a_byte_that_is_no_character_does_not_change_the_others() {
        let text = |file: &[u8]| lines(file).map(|lines| lines.into_iter().map(|line| line.text).collect::<String>());
        let whole = "Zoë’s CV — Köln, Zürich";
        let check = |file: Vec<u8>, expected: &str| assert_eq!(text(&file).as_deref(), Ok(expected));
        check([whole.as_bytes(), b", caf\xe9"].concat(), "Zoë’s CV — Köln, Zürich, café");
        check([b"\xef\xbb\xbf", whole.as_bytes(), b" \x96 5"].concat(), "Zoë’s CV — Köln, Zürich – 5");
        check([whole.as_bytes(), &"ü".as_bytes()[..1]].concat(), "Zoë’s CV — Köln, ZürichÃ");
        // In the western encoding, a capital with a mark before a quote looks like a character of UTF-8.
        check(b"CAF\xc9\xbb, d\xe9j\xe0 vu".to_vec(), "CAFÉ», déjà vu");
    }

    #[test]
    fn text_of_two_bytes_a_character_needs_no_mark() {
        let text = |file: &[u8]| lines(file).map(|lines| lines.into_iter().map(|line| line.text).collect::<Vec<_>>());
        for cv in ["Zoë’s CV\nNurse", "Анна Петрова\nМедсестра, больница № 5", "王小明\n護理師，臺北醫院"]
        {
            let expected: Vec<_> = cv.lines().map(str::to_owned).collect();
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                assert_eq!(text(&cv.encode_utf16().flat_map(order).collect::<Vec<u8>>()), Ok(expected.clone()));
            }
        }
        assert_eq!(text(b"\0P\0N\0G\0\x01\0\x02\0\x03"), Err(Unreadable::WrongType));
    }

    #[test]
    fn empty_lines_are_gaps_and_runs_of_spaces_are_columns() {
        let lines = of_text("  Skills\n\nNurse      2019\n");
        assert_eq!(lines[0], Line::plain("  Skills"));
        assert!(lines[1].after_gap && lines[1].text.contains('\t'), "{lines:?}");
    }
}
