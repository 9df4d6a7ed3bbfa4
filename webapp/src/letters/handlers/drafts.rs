//! Keeping a form that is not sent yet, and clearing it.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::accounts::session::Signed;
use crate::db::drafts::{self, Unsent};
use crate::letters::Letters;
use crate::letters::forms::start::{self, PROFILE, START};
use crate::letters::forms::{LetterForm, SUBMISSION};
use crate::letters::pages::asked::AskedMap;
use crate::web::error::AppError;
use crate::web::negotiate::{self, Wants};
use crate::web::reply;

/// Keeps the form as it was typed. A page is shown again; the script gets the map of what is asked and answered.
pub async fn save_draft(
    State(state): State<Letters>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let draft = draft_of(&signed);
    if !drafts::save(&state.db, signed.user.id, &draft, state.clock.now()).await? {
        return Err(AppError::NotFound);
    }
    match negotiate::wanted(reply::header_text(&headers, "accept")) {
        Wants::Page => {
            let path = drafts::path(draft.about);
            let start = start::asked(&signed.fields);
            if !start.is_empty() {
                let and = if path.contains('?') { '&' } else { '?' };
                let start = utf8_percent_encode(&start, NON_ALPHANUMERIC);
                return Ok(reply::see_other(&format!("{path}{and}{PROFILE}={start}#about-you")));
            }
            let place = if signed.fields.raw("show").is_some() { "#asked" } else { "" };
            Ok(reply::see_other(&format!("{path}{place}")))
        }
        Wants::Data | Wants::Events => {
            let map = AskedMap::of(&LetterForm::typed(&signed.fields).draft());
            Ok(reply::json(StatusCode::OK, &map))
        }
    }
}

/// Forgets the draft and shows the form without it.
pub async fn discard_draft(State(state): State<Letters>, signed: Signed) -> Result<Response<Body>, AppError> {
    let about = draft_of(&signed).about;
    drafts::delete(&state.db, signed.user.id, about).await?;
    Ok(reply::see_other(&drafts::path(about)))
}

/// The form of this request as a draft. It gets a new key when it is shown: whoever edits it sends something new.
pub(super) fn draft_of(signed: &Signed) -> Unsent {
    const PASSING: [&str; 5] = [SUBMISSION, "csrf_token", "show", PROFILE, START];
    let kept = signed.fields.pairs().filter(|(name, _)| !PASSING.contains(name));
    Unsent::typed(kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
