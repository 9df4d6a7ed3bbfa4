//! Keeping a form that is not sent yet, and clearing it.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;

use crate::accounts::session::Signed;
use crate::db::drafts::{self, Unsent};
use crate::letters::Letters;
use crate::letters::forms::SUBMISSION;
use crate::web::error::AppError;
use crate::web::negotiate::{self, Wants};
use crate::web::reply;

/// Keeps the form as it was typed. A page is shown again; the script gets nothing.
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
        Wants::Page => Ok(reply::see_other(&drafts::path(draft.about))),
        Wants::Data | Wants::Events => Ok(StatusCode::NO_CONTENT.into_response()),
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
    let kept = signed.fields.pairs().filter(|(name, _)| *name != SUBMISSION && *name != "csrf_token");
    Unsent::typed(kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
