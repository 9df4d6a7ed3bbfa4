//! Composes a letter of a completion while it is written: salutation first, the program's signature last.
//!
//! Text that has been shown cannot be taken back. So text that may not belong in the letter, such as a closing by the
//! model, is held back until that is known.

mod closing;
mod opening;

use crds::CoverLetterRequestSpec;
use crds::request::Tone;

use crate::facts::nothing::says_nothing;
use crate::facts::spell;
use closing::Verdict;
use opening::Opening;

/// Longest letter, in bytes: what the status of a request has room for.
pub const LETTER_BYTES_MAX: usize = 16 * 1024;
/// Kept free for the signature: a closing and a name.
const SIGNATURE_BYTES_MAX: usize = 1024;

/// Longest name, in characters, as the resource allows it.
const NAME_MAX: usize = 200;

/// The model wrote nothing that could be a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to write the letter: the model wrote nothing")]
pub struct EmptyLetter;

/// Turns pieces of a completion into pieces of a letter, which put together are the letter.
#[derive(Clone, Debug, Default)]
pub struct Composer {
    signature: String,
    state: State,
    /// Text not looked at yet: a line, or its beginning.
    held: String,
    /// Line breaks that are only written if more text follows.
    breaks: usize,
    letter: String,
    has_body: bool,
    is_full: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Nothing written yet; the salutation is to come.
    #[default]
    Opening,
    /// At the beginning of a line, which may be a closing.
    LineStart,
    /// Within a line that belongs to the letter.
    Line,
    /// The model has closed its letter; the rest is dropped.
    Closed,
}

impl Composer {
    /// Begins a letter in `tone`, to be signed with `name` (just the closing line when empty).
    #[must_use]
    pub fn new(tone: Tone, name: &str) -> Self {
        Self { signature: signature(tone, name), ..Self::default() }
    }

    /// Takes the next piece of the completion and returns the letter's next text, possibly none.
    pub fn push(&mut self, piece: &str) -> String {
        let before = self.letter.len();
        self.held.extend(piece.chars().filter_map(printable));
        self.advance(false);
        self.letter[before..].to_owned()
    }

    /// Ends the letter; returns its last text and the whole.
    ///
    /// # Errors
    /// [`EmptyLetter`] when there is nothing but a salutation.
    pub fn finish(mut self) -> Result<(String, String), EmptyLetter> {
        let before = self.letter.len();
        self.advance(true);
        if !self.has_body {
            return Err(EmptyLetter);
        }
        self.letter += "\n\n";
        self.letter += &self.signature;
        Ok((self.letter[before..].to_owned(), self.letter))
    }

    /// Decides on as much of the held text as can be decided; on all of it when `last`.
    fn advance(&mut self, last: bool) {
        loop {
            let going = match self.state {
                State::Opening => self.open(last),
                State::LineStart => self.start_line(last),
                State::Line => self.continue_line(),
                State::Closed => {
                    self.held.clear();
                    false
                }
            };
            if !going {
                return;
            }
        }
    }

    fn open(&mut self, last: bool) -> bool {
        match opening::read(&self.held, last) {
            Opening::Undecided => false,
            Opening::Skip(length) => {
                self.held.drain(..length);
                true
            }
            Opening::Salutation { text, length } => {
                self.held.drain(..length);
                self.write(&text);
                self.breaks = 2;
                self.state = State::LineStart;
                true
            }
            Opening::None => {
                self.write(opening::DEFAULT_SALUTATION);
                self.breaks = 2;
                self.state = State::LineStart;
                true
            }
        }
    }

    fn start_line(&mut self, last: bool) -> bool {
        let blank = self.held.len() - self.held.trim_start().len();
        let breaks = self.held[..blank].matches('\n').count();
        self.held.drain(..blank);
        // At most one empty line.
        self.breaks = (self.breaks + breaks).min(2);
        if self.held.is_empty() {
            return false;
        }
        let verdict = match self.held.split_once('\n') {
            Some((line, _)) => closing::judge(line, true),
            None => closing::judge(&self.held, last),
        };
        match verdict {
            Verdict::Undecided => false,
            Verdict::Closing => {
                self.state = State::Closed;
                true
            }
            Verdict::Text => {
                self.state = State::Line;
                true
            }
        }
    }

    fn continue_line(&mut self) -> bool {
        let (line, rest) = match self.held.find('\n') {
            Some(end) => (self.held[..end].to_owned(), Some(self.held[end + 1..].to_owned())),
            None => (std::mem::take(&mut self.held), None),
        };
        // Trailing blanks are held back, and dropped if the line ends.
        let text = line.trim_end();
        if !text.is_empty() {
            let breaks = "\n".repeat(std::mem::take(&mut self.breaks));
            self.write(&(breaks + text));
            self.has_body = true;
        }
        let Some(rest) = rest else {
            line[text.len()..].clone_into(&mut self.held);
            return false;
        };
        self.held = rest;
        self.breaks = 1;
        self.state = State::LineStart;
        true
    }

    /// Appends as much text as the letter has room for.
    fn write(&mut self, text: &str) {
        let room = (LETTER_BYTES_MAX - SIGNATURE_BYTES_MAX).saturating_sub(self.letter.len());
        if self.is_full {
            return;
        }
        if text.len() > room {
            self.is_full = true;
            self.letter += text[..text.floor_char_boundary(room)].trim_end();
            return;
        }
        self.letter += text;
    }
}

/// A text with the salutation and the signature of `request`.
///
/// # Errors
/// [`EmptyLetter`] when there is nothing but a salutation.
pub fn signed(request: &CoverLetterRequestSpec, text: &str) -> Result<String, EmptyLetter> {
    let mut composer = Composer::new(request.letter.tone, &request.applicant.name);
    composer.push(text);
    composer.finish().map(|(_, letter)| letter)
}

/// Tabs become spaces; other control characters are dropped.
fn printable(character: char) -> Option<char> {
    match character {
        '\n' => Some('\n'),
        '\t' => Some(' '),
        other if other.is_control() => None,
        other => Some(other),
    }
}

/// The closing line and the name.
fn signature(tone: Tone, name: &str) -> String {
    let closing = match tone {
        Tone::Professional => "Sincerely,",
        Tone::Warm => "Kind regards,",
        Tone::Direct => "Regards,",
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = name.chars().filter(|character| !character.is_control()).take(NAME_MAX).collect();
    let is_plain = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.'));
    let name = if says_nothing(&name) {
        String::new()
    } else if is_plain {
        spell::person(&name)
    } else {
        name
    };
    if name.is_empty() { closing.to_owned() } else { format!("{closing}\n{name}") }
}

#[cfg(test)]
mod tests;
