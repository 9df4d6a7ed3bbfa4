//! Chooses the indefinite article.

use unicode_normalization::UnicodeNormalization as _;

use crate::words::list;

list!(DETERMINERS = "facts/determiners");
list!(CONSONANT_SOUNDS = "facts/consonant_sounds");
list!(VOWEL_SOUNDS = "facts/vowel_sounds");

/// `a` or `an`, by the sound that the text begins with.
#[must_use]
pub fn article(text: &str) -> &'static str {
    let word: String = text.chars().skip_while(|c| !c.is_alphanumeric()).take_while(|c| c.is_alphanumeric()).collect();
    let lower = word.to_lowercase();
    let capitals = word
        .chars()
        .skip_while(char::is_ascii_digit)
        .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        .count();
    let has_vowel = word.chars().take(3).any(|c| "AEIOU".contains(c));
    // `MSc` and `NHS` are spelt out, `ANALYST` is a word in capitals.
    // "M.Sc." is spelt out as well.
    let is_dotted = word.chars().count() == 1 && word.starts_with(char::is_uppercase) && text.contains('.');
    let is_spelt_out = is_dotted || capitals > 1 && (capitals < word.len() || word.len() <= 3 || !has_vowel);
    let vowel = if is_spelt_out {
        // The names of letters decide: an "ef", an "aitch", but a "you".
        word.starts_with(['A', 'E', 'F', 'H', 'I', 'L', 'M', 'N', 'O', 'R', 'S', 'X', '8'])
    } else if word.starts_with(|c: char| c.is_ascii_digit()) {
        word.starts_with('8') || word.starts_with("11") || word.starts_with("18")
    } else if CONSONANT_SOUNDS.beginning_of(&lower).is_some() {
        false
    } else {
        VOWEL_SOUNDS.beginning_of(&lower).is_some() || lower.nfd().next().is_some_and(|letter| "aeiou".contains(letter))
    };
    if vowel { "an" } else { "a" }
}

/// The text with an article, unless it begins with a word that takes its place.
#[must_use]
pub fn with_article(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    if DETERMINERS.has(&first) { text.to_owned() } else { format!("{} {text}", article(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sound_decides() {
        for text in [
            "Analyst",
            "intern",
            "HR assistant",
            "MSc",
            "8th grader",
            "11-year-old",
            "hourly worker",
            "IT apprentice",
            "NVQ",
            "RSPCA volunteer",
            "A-level student",
            "école assistant",
        ] {
            assert_eq!(article(text), "an", "{text}");
        }
        for text in [
            "Data Scientist",
            "university student",
            "UX designer",
            "BSc",
            "PhD",
            "one-off",
            "18th",
            "European",
            "UK citizen",
            "18",
            "CAD technician",
        ] {
            let expect = if text.starts_with("18") { "an" } else { "a" };
            assert_eq!(article(text), expect, "{text}");
        }
    }

    #[test]
    fn a_determiner_is_enough() {
        assert_eq!(with_article("the captain"), "the captain");
        assert_eq!(with_article("barista"), "a barista");
        assert_eq!(with_article("2nd year student"), "a 2nd year student");
    }
}
