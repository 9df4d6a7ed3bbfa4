//! Splits texts into words, and compares words.

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it is written.
    pub(super) text: &'a str,
    /// Where it begins, in bytes.
    pub(super) at: usize,
    /// In lower case, with straight apostrophes.
    pub(super) lower: String,
    /// The word without its ending: `licences` and `licence` have the same stem.
    pub(super) stem: String,
}

impl Word<'_> {
    /// Where it ends, in bytes.
    pub(super) fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// Whether it begins with a capital letter.
    pub(super) fn is_capitalised(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}

/// The words of a text: runs of letters and digits, with apostrophes and stops within (`driver's`, `B.Sc`) and the signs
/// of `C++` and `C#`. Offsets count from `base`.
pub(super) fn words(text: &str, base: usize) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let belongs = character.is_alphanumeric()
            || start.is_some()
                && ("+#".contains(character) || "'’.".contains(character) && next.is_some_and(char::is_alphanumeric));
        match (start, belongs) {
            (None, true) => start = Some(at),
            (Some(begun), false) => {
                found.push(word(&text[begun..at], base + begun));
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|begun| word(&text[begun..], base + begun)));
    found
}

fn word(text: &str, at: usize) -> Word<'_> {
    let lower = text.to_lowercase().replace('’', "'");
    let stem = stem(&lower);
    Word { text, at, lower, stem }
}

/// A word without its ending. The rules are rough, but both sides of a comparison follow them.
pub(super) fn stem(lower: &str) -> String {
    let bare = lower.replace('.', "").replace("licens", "licenc").replace("iz", "is");
    let bare = bare.replace("certification", "certificate").replace("certified", "certificate");
    let bare = bare.strip_suffix("'s").unwrap_or(&bare).trim_end_matches('\'');
    let without = |suffix: &str, least: usize| {
        let root = bare.strip_suffix(suffix)?;
        (root.chars().count() >= least).then(|| root.to_owned())
    };
    if let Some(root) = without("ies", 2) {
        return root + "y";
    }
    let root = without("ing", 3)
        .or_else(|| without("ed", 3))
        .or_else(|| {
            if bare.ends_with("ss") || bare.ends_with("us") {
                None
            } else {
                without("es", 3).or_else(|| without("s", 3))
            }
        })
        .unwrap_or_else(|| bare.to_owned());
    match root.strip_suffix('e') {
        Some(shorter) if shorter.chars().count() >= 3 => shorter.to_owned(),
        _ => root,
    }
}

/// Whether two stems may be related (`driv` and `driver`, `comp` and `computer`). Used only in favour of the applicant.
pub(super) fn akin(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let shared = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    shared >= 4 && shared + 3 >= one.chars().count().min(other.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_out_with_their_places() {
        let check = |text: &str, expect: &[(&str, usize)]| {
            let found: Vec<(&str, usize)> = words(text, 0).iter().map(|word| (word.text, word.at)).collect();
            assert_eq!(found, expect);
        };
        check("I've a B.Sc. in C++.", &[("I've", 0), ("a", 5), ("B.Sc", 7), ("in", 13), ("C++", 16)]);
        check("part-qualified, “yes”", &[("part", 0), ("qualified", 5), ("yes", 19)]);
        check(" – ", &[]);
    }

    #[test]
    fn endings_do_not_make_another_word() {
        let same = |one: &str, other: &str| assert_eq!(stem(one), stem(other));
        same("licence", "licenses");
        same("organisation", "organizations");
        same("managed", "managing");
        same("studies", "study");
        same("b.sc", "bsc");
        assert_ne!(stem("glass"), stem("glad"));
    }

    #[test]
    fn relatives_are_known_by_their_beginning() {
        let check = |one: &str, other: &str, expect: bool| assert_eq!(akin(&stem(one), &stem(other)), expect);
        check("driving", "driver's", true);
        check("comp", "computer", true);
        check("welding", "woodwork", false);
        check("acute", "care", false);
    }
}
