//! What the end of the model's work on a letter means for its request.

use crds::RequestReason;
use crds::life::Written;
use crds::request::{Model, Usage};
use engine::CompleteError;
use engine::schedule::SubmitError;
use letters::{Letter, WriteError};

use crate::report::Outcome;

/// The outcome of a finished letter, whose first token came `first_token` milliseconds after the claim.
pub(super) fn written(letter: Letter, model: Model, first_token: Option<i64>) -> Outcome {
    Outcome::Written(Box::new(Written {
        letter: letter.text,
        checks: letter.checks,
        usage: Usage { prompt_tokens: letter.prompt_tokens as i32, completion_tokens: letter.completion_tokens as i32 },
        model,
        first_token,
        plain: letter.plain,
    }))
}

/// The outcome of a letter that could not be written.
pub(super) fn failed(error: &WriteError<CompleteError>) -> Outcome {
    match error {
        WriteError::Model(CompleteError::TooLong(too_long)) => Outcome::Refused(
            RequestReason::InvalidRequest,
            format!(
                "The request takes {} tokens and the model reads at most {}. Shorten the job description or the \
                 experience and create the request again.",
                too_long.tokens, too_long.limit
            ),
        ),
        // The same request, seed and model would write the same again.
        WriteError::Empty(_) => Outcome::Refused(
            RequestReason::EmptyLetter,
            "The model wrote nothing usable. Create the request again with more about the job and yourself.".to_owned(),
        ),
        // The model's thread ended before it took the letter: the request is not to blame.
        WriteError::Model(CompleteError::Cancelled | CompleteError::Submit(SubmitError::Stopped)) => Outcome::Released,
        WriteError::Model(_) => Outcome::Failed("The model could not write the letter.".to_owned()),
    }
}

/// Whether the model's thread has ended by itself, so that only a new process can write again.
pub(super) fn is_fatal(error: &WriteError<CompleteError>) -> bool {
    matches!(error, WriteError::Model(CompleteError::Interrupted | CompleteError::Submit(SubmitError::Stopped)))
}
