//! The finished letter.

use crds::CoverLetterRequestSpec;
use crds::request::Check;

use crate::checks;
use crate::complete::Finish;
use crate::compose;
use crate::plain;

pub use crate::compose::EmptyLetter;

/// A finished letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The text from salutation to signature.
    pub text: String,
    /// Why the letter is in the plain form, in words; `None` when the model wrote it.
    pub plain: Option<String>,
    /// What every rule says about the letter; before them, that it is in the plain form.
    pub checks: Vec<Check>,
    /// Why the model stopped.
    pub finish: Finish,
    /// Tokens of the prompt; 0 when the model was not asked.
    pub prompt_tokens: usize,
    /// Tokens written, for all candidates together.
    pub completion_tokens: usize,
}

impl Letter {
    /// A letter that the model wrote, with its checks.
    pub(crate) fn by_model(request: &CoverLetterRequestSpec, text: String, finish: Finish) -> Self {
        let checks = checks::check(request, &text);
        Self { text, plain: None, checks, finish, prompt_tokens: 0, completion_tokens: 0 }
    }

    /// A letter in the plain form, for this reason.
    pub(crate) fn in_plain_form(request: &CoverLetterRequestSpec, why: String) -> Result<Self, EmptyLetter> {
        let text = compose::signed(request, &plain::letter(request))?;
        let mut letter = Self::by_model(request, text, Finish::Stop);
        letter.checks.insert(0, checks::plain_form(&why));
        letter.plain = Some(why);
        Ok(letter)
    }

    /// The number of rules that the letter fails.
    pub(crate) fn failed(&self) -> usize {
        self.checks.iter().filter(|check| !check.passed).count()
    }
}

/// The letter for `request` in the plain form, which no model writes, for the reason `why`.
///
/// # Errors
/// When the form leaves nothing to say.
pub fn in_plain_form(request: &CoverLetterRequestSpec, why: String) -> Result<Letter, EmptyLetter> {
    Letter::in_plain_form(request, why)
}
