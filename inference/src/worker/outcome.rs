//! What the end of the model's work on a letter means for its request.

use crds::RequestReason;
use crds::life::Written;
use crds::request::{Model, Usage};
use engine::CompleteError;
use engine::schedule::SubmitError;
use letters::{Letter, WriteError};

use crate::claim::Claimed;
use crate::model::ModelError;
use crate::report::Outcome;
use crate::server::ServerError;

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
pub(super) fn failed(error: &WriteError<ModelError>) -> Outcome {
    match error {
        WriteError::Model(ModelError::Local(error)) => failed_here(error),
        WriteError::Model(ModelError::Server(error)) => failed_there(error),
        // The same request, seed and model would write the same again.
        WriteError::Empty(_) => Outcome::Refused(
            RequestReason::EmptyLetter,
            "The model wrote nothing usable. Create the request again with more about the job and yourself.".to_owned(),
        ),
    }
}

fn failed_here(error: &CompleteError) -> Outcome {
    match error {
        CompleteError::TooLong(too_long) => Outcome::Refused(
            RequestReason::InvalidRequest,
            format!(
                "The request takes {} tokens and the model reads at most {}. Shorten the job description or the \
                 experience and create the request again.",
                too_long.tokens, too_long.limit
            ),
        ),
        // The model's thread ended before it took the letter: the request is not to blame.
        CompleteError::Cancelled | CompleteError::Submit(SubmitError::Stopped) => Outcome::Released,
        _ => Outcome::Failed("The model could not write the letter.".to_owned()),
    }
}

fn failed_there(error: &ServerError) -> Outcome {
    let why = match error {
        ServerError::TooLong => {
            let advice = "The request is longer than the model reads. Shorten the job description or the experience and \
                          create the request again.";
            return Outcome::Refused(RequestReason::InvalidRequest, advice.to_owned());
        }
        ServerError::Unreachable { .. } => "The model server could not be reached.",
        ServerError::Busy { .. } => "The model server was busy for too long.",
        ServerError::BrokeOff { .. } | ServerError::Failed { .. } => "The model server broke off in the letter.",
        ServerError::Token { .. } => "The model server refused the token.",
        ServerError::UnknownModel { .. } => "The model server does not have the model.",
        _ => "The model server answered with an error.",
    };
    Outcome::Failed(why.to_owned())
}

/// What becomes of the last permitted attempt, which failed for this reason: the letter in the plain form, which no model
/// writes.
pub(super) fn stood_in_for(claimed: &Claimed, why: &str, model: Model) -> Option<Outcome> {
    let why = format!("{} after {} attempts", why.trim_end_matches('.'), claimed.attempt());
    let letter = letters::in_plain_form(&claimed.request().spec, lower(&why)).ok()?;
    Some(written(letter, model, None))
}

/// Whether the model's thread has ended by itself, so that only a new process can write again.
pub(super) fn is_fatal(error: &WriteError<ModelError>) -> bool {
    matches!(
        error,
        WriteError::Model(ModelError::Local(CompleteError::Interrupted | CompleteError::Submit(SubmitError::Stopped)))
    )
}

/// A sentence as a part of another.
fn lower(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
