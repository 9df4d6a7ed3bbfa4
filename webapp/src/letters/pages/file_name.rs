//! The name of a downloaded letter: as its owner writes it, and a plain one for old programs (RFC 6266).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::letter::Letter;

/// Words of each part; recruiters see the beginning.
const WORDS: usize = 6;
/// Characters of each part; file systems take 255 bytes for a whole name.
const CHARACTERS: usize = 40;

/// Name and company around `CoverLetter`, without an extension.
#[must_use]
pub fn of(letter: &Letter) -> String {
    joined(&[&letter.draft.applicant.name, "CoverLetter", &letter.draft.job.company])
}

fn joined(parts: &[&str]) -> String {
    let word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let part = |text: &&str| {
        let kept: String = text.nfc().map(|c| if word(c) { c } else { ' ' }).collect();
        let words = kept.split_whitespace().take(WORDS).collect::<Vec<_>>().join("_");
        words.chars().take(CHARACTERS).collect::<String>()
    };
    parts.iter().map(part).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// The header `Content-Disposition` for a file of this name.
#[must_use]
pub fn disposition(name: &str, extension: &str) -> String {
    let plain: String = name.nfkd().map(latin).filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let plain = plain.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    format!("attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{}.{extension}", escaped(name))
}

/// The nearest plain letter of those that do not come apart.
fn latin(c: char) -> char {
    match c {
        'ß' => 's',
        'æ' | 'Æ' => 'a',
        'ø' => 'o',
        'Ø' => 'O',
        'ł' => 'l',
        'Ł' => 'L',
        'đ' | 'ð' => 'd',
        'ı' => 'i',
        c => c,
    }
}

/// Percent-encoded as RFC 8187 asks.
fn escaped(name: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || byte == b'_' { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    name.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, company: &str, expect: &str, plain: &str, encoded: &str) {
        let joined = joined(&[name, "CoverLetter", company]);
        assert_eq!(joined, expect);
        let disposition = disposition(&joined, "pdf");
        assert_eq!(disposition, format!("attachment; filename=\"{plain}.pdf\"; filename*=UTF-8''{encoded}.pdf"));
    }

    #[test]
    fn names_of_any_alphabet_are_kept() {
        let plain = "John_CoverLetter_google";
        check("John", "google", plain, plain, plain);
        check(
            "Zoë Ångström",
            "Škoda",
            "Zoë_Ångström_CoverLetter_Škoda",
            "Zoe_Angstrom_CoverLetter_Skoda",
            "Zo%C3%AB_%C3%85ngstr%C3%B6m_CoverLetter_%C5%A0koda",
        );
        check(
            "山田花子",
            "",
            "山田花子_CoverLetter",
            "CoverLetter",
            "%E5%B1%B1%E7%94%B0%E8%8A%B1%E5%AD%90_CoverLetter",
        );
        let arabic = joined(&["ليلى", "CoverLetter", "Example Ltd"]);
        assert_eq!(arabic, "ليلى_CoverLetter_Example_Ltd");
    }

    #[test]
    fn nothing_leaves_the_header_or_the_folder() {
        let attack = joined(&["../a\"\r\nSet-Cookie: x", "CoverLetter", "b/c\\d;e"]);
        assert_eq!(attack, "a_Set_Cookie_x_CoverLetter_b_c_d_e");
        assert!(disposition(&"é".repeat(100), "txt").is_ascii());
    }
}
