//! Puts right how a piece of a form is spelt, so that it can stand inside a sentence: shorthand is written out, names
//! get their capitals, stray capitals go, and small counts are words.
//!
//! ```text
//!   "3yrs maint @ tesco, leeds" ──▶ tokens ──▶ shorthand and names ──▶ numbers ──▶ capitals
//!                                                       "three years maintenance at Tesco, Leeds"
//! ```
//!
//! What is put right stays as it is when it is put right again.

mod capitals;
mod names;
mod numbers;
mod shorthand;
mod tokens;

pub use capitals::is_ordinary;
pub use names::{is_employer, name, person, with_the};
pub use shorthand::{is_language, is_name, is_place, software};

pub use tokens::MONTHS;

use tokens::Tokens;

/// The text with shorthand written out and its capitals put right; what is not known stays as typed.
///
/// A piece of a field is meant, on one line. It begins with a small letter unless its first word is a name, or not
/// surely an everyday word.
#[must_use]
pub fn put_right(text: &str) -> String {
    let mut tokens = Tokens::of(&shorthand::plain_marks(text));
    capitals::quieten(&mut tokens);
    shorthand::write_out(&mut tokens);
    numbers::in_words(&mut tokens);
    capitals::settle(&mut tokens);
    tokens.text()
}

/// As [`put_right`], but every capital that was typed stays: for names of schools, courses and journals.
#[must_use]
pub fn put_names_right(text: &str) -> String {
    let mut tokens = Tokens::of(&shorthand::plain_marks(text));
    capitals::quieten(&mut tokens);
    shorthand::write_out(&mut tokens);
    numbers::in_words(&mut tokens);
    tokens.text()
}

#[cfg(test)]
mod tests;
