//! `POST /model/query`: one form, and four kinds of answer to choose from.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse as _;
use crds::RequestReason;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

use crate::accounts::session::Signed;
use crate::db::{drafts, profiles};
use crate::letter::{Letter, LetterState};
use crate::letters::Letters;
use crate::letters::forms::{LetterForm, SUBMISSION};
use crate::letters::handlers::drafts::draft_of;
use crate::letters::pages::new_letter::NewLetterPage;
use crate::letters::submit::Submission;
use crate::letters::{live, progress, settle, submit};
use crate::web::error::AppError;
use crate::web::html::Html;
use crate::web::negotiate::{self, Preference, Wants};
use crate::web::reply;

pub async fn query(
    State(state): State<Letters>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let wants = negotiate::wanted(reply::header_text(&headers, "accept"));
    let preference = Preference::parse(reply::header_text(&headers, "prefer"));
    let typed = draft_of(&signed);
    let draft = match (LetterForm::parse(&signed.fields), wants) {
        (Ok(draft), _) => draft,
        (Err(form), Wants::Page) => {
            // Only as a precaution: the page that follows has the text too.
            let _ = drafts::save(&state.db, signed.user.id, &typed, state.clock.now()).await;
            let profiles = profiles::list(&state.db, signed.user.id).await.unwrap_or_default();
            let page = NewLetterPage::new(&form, signed.claims.csrf_proof()).offering(&profiles, None);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
        (Err(form), _) => return Err(AppError::Invalid(form.state.errors_in_one_line())),
    };
    let key = submission_key(&headers, &signed);
    let submission = Submission { key: key.as_deref(), about: typed.about };
    let id = submit::submit(&state, &signed.user, draft, submission).await?;
    match wants {
        Wants::Page => Ok(reply::see_other(&format!("/letters/{id}"))),
        Wants::Events => live::events(&state, signed.user.id, id, 0),
        Wants::Data if preference.respond_async => Ok(accepted(id)),
        Wants::Data => {
            let asked = preference.wait_seconds.map_or(Duration::MAX, Duration::from_secs);
            let patience = state.settings.answer_wait.min(asked);
            let letter = settle::wait(&state, signed.user.id, id, patience).await?;
            Ok(letter.map_or_else(|| accepted(id), |letter| finished(&letter)))
        }
    }
}

/// What names this submission: a field of the form, or the header that programs send.
fn submission_key(headers: &HeaderMap, signed: &Signed) -> Option<String> {
    let header = reply::header_text(headers, "idempotency-key").to_owned();
    Some(header).filter(|key| !key.is_empty()).or_else(|| signed.fields.raw(SUBMISSION))
}

/// 202 with the path where the letter will be.
fn accepted(id: Uuid) -> Response<Body> {
    let path = format!("/letters/{id}");
    let body = json!({"msg": "The letter is being written.", "letter": path});
    let mut response = reply::json(StatusCode::ACCEPTED, &body);
    let location = HeaderValue::try_from(path).expect("ids are plain text");
    response.headers_mut().insert(LOCATION, location);
    response
}

fn finished(letter: &Letter) -> Response<Body> {
    if let Some(text) = letter.written.as_deref() {
        return reply::json(StatusCode::OK, &json!({"modelOutput": text}));
    }
    let (status, reason) = match (letter.state, letter.reason) {
        (LetterState::Cancelled, _) => (StatusCode::CONFLICT, Some(RequestReason::Cancelled)),
        (_, reason @ Some(RequestReason::InvalidRequest)) => (StatusCode::UNPROCESSABLE_ENTITY, reason),
        (_, reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    };
    reply::json(status, &json!({"msg": progress::failure(reason)}))
}
