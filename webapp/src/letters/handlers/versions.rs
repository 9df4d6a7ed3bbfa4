//! The owner's texts of a letter: saving, comparing, restoring; and what became of the application.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use serde::Deserialize;
use uuid::Uuid;

use super::id::parse;
use crate::accounts::session::{Signed, SignedIn};
use crate::db::{letters, versions};
use crate::letters::Letters;
use crate::letters::pages::versions::VersionsPage;
use crate::web::error::AppError;
use crate::web::html::Html;
use crate::web::negotiate::{self, Wants};
use crate::web::reply;

/// Longest edited letter, in characters. A written one has at most 16 KiB.
const EDITED_MAX: usize = 16_000;
/// Longest note about an application.
const NOTE_MAX: usize = 2_000;

/// Saves the owner's text. A page is shown again; the script gets nothing.
pub async fn edit_letter(
    State(state): State<Letters>,
    Path(id): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let id = parse(&id)?;
    let text = signed.fields.text("letter");
    check_length("The letter", &text, EDITED_MAX)?;
    let editing = signed.fields.raw("editing").and_then(|editing| editing.parse().ok()).unwrap_or_else(Uuid::new_v4);
    save(&state, signed.user.id, id, &text, editing).await?;
    match negotiate::wanted(reply::header_text(&headers, "accept")) {
        Wants::Page => Ok(reply::see_other(&format!("/letters/{id}?saved=1"))),
        Wants::Data | Wants::Events => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

async fn save(state: &Letters, user_id: i64, id: Uuid, text: &str, editing: Uuid) -> Result<(), AppError> {
    let mut transaction = state.db.begin().await?;
    if !versions::save(&mut transaction, user_id, id, text, editing, state.clock.now()).await? {
        return Err(AppError::NotFound);
    }
    Ok(transaction.commit().await?)
}

fn check_length(what: &str, text: &str, max: usize) -> Result<(), AppError> {
    let length = text.chars().count();
    if length <= max {
        return Ok(());
    }
    let extra = length - max;
    Err(AppError::Invalid(format!("{what} must be at most {max} characters; it has {length}, {extra} too many")))
}

#[derive(Deserialize)]
pub struct VersionsQuery {
    /// The version to compare with the present text; 0 is the letter as it was written.
    #[serde(default)]
    show: i32,
}

pub async fn show_versions(
    State(state): State<Letters>,
    Path(id): Path<String>,
    Query(query): Query<VersionsQuery>,
    signed_in: SignedIn,
) -> Result<Html<VersionsPage>, AppError> {
    let (user_id, id) = (signed_in.user.id, parse(&id)?);
    let letter = letters::find(&state.db, user_id, id).await?.ok_or(AppError::NotFound)?;
    let saved = versions::list(&state.db, user_id, id).await?;
    let saved = saved.into_iter().map(|version| (version.number, version.text, version.saved_at)).collect();
    let page = VersionsPage::new(&letter, saved, query.show, signed_in.claims.csrf_proof());
    page.map(Html).ok_or(AppError::NotFound)
}

/// Makes an earlier text the present one; the present one stays a version.
pub async fn restore_version(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let (user_id, id) = (signed.user.id, parse(&id)?);
    let number: i32 = signed.fields.text("version").parse().map_err(|_| AppError::NotFound)?;
    let text = if number == 0 {
        letters::find(&state.db, user_id, id).await?.and_then(|letter| letter.written)
    } else {
        let saved = versions::list(&state.db, user_id, id).await?;
        saved.into_iter().find(|version| version.number == number).map(|version| version.text)
    };
    save(&state, user_id, id, &text.ok_or(AppError::NotFound)?, Uuid::new_v4()).await?;
    Ok(reply::see_other(&format!("/letters/{id}?saved=restored")))
}

pub async fn note_application(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let id = parse(&id)?;
    let note = signed.fields.text("note");
    check_length("The note", &note, NOTE_MAX)?;
    let application = signed.fields.text("status").parse().unwrap_or_default();
    if !letters::note(&state.db, signed.user.id, id, application, &note, state.clock.now()).await? {
        return Err(AppError::NotFound);
    }
    Ok(reply::see_other(&format!("/letters/{id}?saved=status")))
}
