//! Which passwords are accepted: the documented rule (8 characters of four classes) or a passphrase of 15 characters, and
//! nothing that is guessed first. Pure.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

/// Shortest password of mixed classes.
const MIXED_MIN: usize = 8;
/// Shortest passphrase; it may be of any composition.
const PASSPHRASE_MIN: usize = 15;
/// Longest password; hashing a longer one costs time and adds nothing.
pub const LENGTH_MAX: usize = 128;
/// Distinct characters that a passphrase must have at least.
const DISTINCT_MIN: usize = 5;
/// Names shorter than this stand in good passwords by chance.
const CONTEXT_MIN: usize = 4;

/// Words that attackers try first, in letters only: digits and signs that stand for letters are replaced.
static COMMON: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("blocklist.txt").lines().filter(|line| !line.is_empty()).collect());

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Neither four classes of characters nor a passphrase.
    Composition,
    /// Longer than 128 characters.
    TooLong,
    /// Made of words that attackers try first.
    Common,
    /// Contains the user's name or address, or this site's name.
    Context,
}

impl Weakness {
    /// What must change, for the user.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Composition => {
                "Password must be at least 8 characters with an upper-case letter, a lower-case letter, a digit and a \
                 special character, or a passphrase of at least 15 characters"
            }
            Self::TooLong => "Password must be at most 128 characters",
            Self::Common => "Password must not be one that is easily guessed",
            Self::Context => "Password must not contain your username, your e-mail or the name of this site",
        }
    }
}

/// Why this user may not have this password; `None` when it is accepted.
#[must_use]
pub fn weakness(password: &str, username: &str, email: &str) -> Option<Weakness> {
    let password: String = password.nfkc().collect();
    let length = password.chars().count();
    if length > LENGTH_MAX {
        return Some(Weakness::TooLong);
    }
    if !(length >= MIXED_MIN && has_four_classes(&password)) && length < PASSPHRASE_MIN {
        return Some(Weakness::Composition);
    }
    if is_common(&password) {
        return Some(Weakness::Common);
    }
    let lower = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let context = [username, local, "coverletter", "cover letter"].map(str::to_lowercase);
    let mut context = context.iter().filter(|word| word.chars().count() >= CONTEXT_MIN);
    context.any(|word| lower.contains(word.as_str())).then_some(Weakness::Context)
}

fn has_four_classes(password: &str) -> bool {
    password.chars().any(char::is_uppercase)
        && password.chars().any(char::is_lowercase)
        && password.chars().any(|c| c.is_ascii_digit())
        && password.chars().any(|c| !c.is_alphanumeric() && !c.is_whitespace())
}

/// Whether it consists of well-known words, digits and signs, or repeats a few characters.
fn is_common(password: &str) -> bool {
    let mut distinct: Vec<char> = password.to_lowercase().chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < DISTINCT_MIN {
        return true;
    }
    let plain: String = password.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let folded: String = password.to_lowercase().chars().map(unfold).filter(|c| c.is_alphabetic()).collect();
    [plain, folded].iter().any(|word| is_made_of_common_words(word))
}

/// The letter that a digit or sign usually stands for.
const fn unfold(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn is_made_of_common_words(word: &str) -> bool {
    // A trailing "1!" unfolds to "ii"; the word is what stands before it.
    let word = word.trim_end_matches('i');
    let whole = |candidate: &str| candidate.len() >= 3 && COMMON.contains(&candidate);
    whole(word) || (4..word.len()).any(|at| word.is_char_boundary(at) && whole(&word[..at]) && whole(&word[at..]))
}
