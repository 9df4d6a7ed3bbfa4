//! A student's letters: the form, the list, one letter, and stopping and deleting it.

pub mod download;
pub mod drafts;
pub mod export;
pub mod id;
pub mod query;
pub mod versions;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response};
use axum::response::IntoResponse as _;
use cluster::Chain;
use crds::CoverLetterRequest;
use serde::Deserialize;
use tracing::warn;
use uuid::Uuid;

use crate::accounts::session::{Signed, SignedIn, Visit};
use crate::cluster::requests::request_name;
use crate::db::history::{History, Search};
use crate::db::{self, erasures, letters, profiles};
use crate::letter::LetterState;
use crate::letters::Letters;
use crate::letters::forms::start::BACK;
use crate::letters::forms::{LetterForm, Parts};
use crate::letters::handlers::id::parse;
use crate::letters::pages::growing::GrowingPage;
use crate::letters::pages::letter::LetterPage;
use crate::letters::pages::list::{LettersPage, Shown, UnsentLine};
use crate::letters::pages::new_letter::{NewLetterPage, Start};
use crate::letters::progress::Progress;
use crate::letters::{hand_in, live, settle, submit};
use crate::profile::Profile;
use crate::web::error::{AppError, in_words};
use crate::web::fields::{Fields, clean, one_line};
use crate::web::html::Html;
use crate::web::reply;

#[derive(Deserialize)]
pub struct NewLetterQuery {
    from: Option<String>,
    /// `another` for the same job at another company.
    #[serde(default, rename = "for")]
    company: String,
    /// The profile to start from, or `before` for what stood there before.
    profile: Option<String>,
}

#[derive(Deserialize)]
pub struct LetterQuery {
    saved: Option<String>,
    /// There when the page is to grow while the letter is written.
    live: Option<String>,
}

#[derive(Deserialize)]
pub struct EventsQuery {
    #[serde(default)]
    offset: usize,
}

/// The form of a new letter: the draft that was kept, or else a form whose part about the applicant is filled from the
/// last letter. `from` names a letter that fills all of it, or all but the company; `profile` one of the user's profiles,
/// which fills the part about the applicant whatever stood there.
pub async fn show_new_letter(
    State(state): State<Letters>,
    Query(query): Query<NewLetterQuery>,
    signed_in: SignedIn,
) -> Result<Html<NewLetterPage>, AppError> {
    let user_id = signed_in.user.id;
    let about = query.from.as_deref().map(parse).transpose()?.unwrap_or_default();
    let draft = db::drafts::find(&state.db, user_id, about).await?;
    let is_draft = draft.is_some();
    let latest = letters::latest_draft(&state.db, user_id).await?;
    let mut form = if let Some(draft) = draft {
        LetterForm::typed(&Fields::new(draft.fields))
    } else if about.is_nil() {
        latest.as_ref().map(|draft| LetterForm::prefilled(draft, Parts::Applicant)).unwrap_or_default()
    } else {
        let letter = letters::find(&state.db, user_id, about).await?.ok_or(AppError::NotFound)?;
        let parts = if query.company == "another" { Parts::Job } else { Parts::All };
        LetterForm::prefilled(&letter.draft, parts)
    };
    let profiles = profiles::list(&state.db, user_id).await?;
    let start = query.profile.as_deref().map(|chosen| start_of(&profiles, chosen)).transpose()?;
    if let Some(start) = &start {
        let kept = profiles.iter().map(|profile| profile.applicant.clone());
        let known: Vec<_> = kept.chain(latest.map(|draft| draft.applicant)).collect();
        form = match start {
            Start::Profile(profile) => form.started_from(&profile.applicant, &known),
            Start::Back => form.brought_back(&known),
        };
    }
    form.about = about;
    form.submission.get_or_insert_with(Uuid::new_v4);
    let wait = submit::wait(&state, &signed_in.user).await?.map(in_words);
    let page = NewLetterPage::new(&form, signed_in.claims.csrf_proof()).of_draft(is_draft).waiting(wait);
    Ok(Html(page.offering(&profiles, start)))
}

fn start_of<'a>(profiles: &'a [Profile], chosen: &str) -> Result<Start<'a>, AppError> {
    if chosen == BACK {
        return Ok(Start::Back);
    }
    let id = parse(chosen)?;
    profiles.iter().find(|profile| profile.id == id).map(Start::Profile).ok_or(AppError::NotFound)
}

#[derive(Deserialize)]
pub struct HistoryQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    page: i64,
}

pub async fn list_letters(Query(query): Query<HistoryQuery>, visit: Visit) -> Result<Html<LettersPage>, AppError> {
    let search =
        Search { words: one_line(&clean(&query.q)), application: query.status.parse().ok(), page: query.page.max(0) };
    let History { lines, has_more, drafts } = visit.read(&search).await?;
    let drafts = drafts.into_iter().map(|draft| {
        let form = LetterForm::typed(&Fields::new(draft.fields));
        UnsentLine::new(&form, db::drafts::path(draft.about))
    });
    let shown = Shown { words: search.words, application: search.application, page: search.page, has_more };
    Ok(Html(LettersPage::new(lines, drafts.collect(), shown)))
}

/// The page of a letter. While the letter is written, a script follows it; a browser without scripts is led to the page
/// that grows, and where all live pages are taken it gets the text so far.
pub async fn show_letter(
    State(state): State<Letters>,
    Path(id): Path<String>,
    Query(query): Query<LetterQuery>,
    signed_in: SignedIn,
) -> Result<Response<Body>, AppError> {
    let letter = settle::settle(&state, signed_in.user.id, parse(&id)?).await?;
    let request = state.board.get(&request_name(letter.id));
    let place = hand_in::place(&state, &letter, request.as_deref()).await?;
    let progress = Progress::of(&letter, request.as_deref(), place, state.clock.now());
    let csrf = signed_in.claims.csrf_proof();
    let mut partial = None;
    if query.live.is_some() {
        if progress.is_finished() {
            return Ok(reply::see_other(&format!("/letters/{}", letter.id)));
        }
        let page = GrowingPage::new(&letter, &progress, csrf.clone());
        if let Some(growing) = live::page(&state, signed_in.user.id, letter.id, &page)? {
            return Ok(growing);
        }
        partial = Some(text_so_far(&state, request.as_deref()).await);
    }
    let page = LetterPage::new(&letter, &progress, partial, csrf, Uuid::new_v4());
    Ok(Html(page.after(query.saved.as_deref())).into_response())
}

async fn text_so_far(state: &Letters, request: Option<&CoverLetterRequest>) -> String {
    match request.and_then(live::claim_of) {
        Some((endpoint, uid)) => state.pods.text_so_far(&endpoint, &uid).await,
        None => String::new(),
    }
}

pub async fn follow_letter(
    State(state): State<Letters>,
    Path(id): Path<String>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
    signed_in: SignedIn,
) -> Result<Response<Body>, AppError> {
    let letter = letters::find(&state.db, signed_in.user.id, parse(&id)?).await?.ok_or(AppError::NotFound)?;
    let offset = reply::header_text(&headers, "last-event-id").parse().unwrap_or(query.offset);
    live::events(&state, signed_in.user.id, letter.id, offset)
}

pub async fn stop_letter(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let id = parse(&id)?;
    let now = state.clock.now();
    let row = letters::request_cancel(&state.db, signed.user.id, id, now).await?.ok_or(AppError::NotFound)?;
    if row == LetterState::Submitted
        && let Err(error) = state.requests.cancel(&request_name(id)).await
    {
        warn!(letter.id = %id, error = %Chain(&error), "Postponed stopping letter `{id}`");
    }
    Ok(reply::see_other(&format!("/letters/{id}")))
}

pub async fn delete_letter(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let id = parse(&id)?;
    let mut transaction = state.db.begin().await?;
    if !letters::delete(&mut *transaction, signed.user.id, id).await? {
        return Err(AppError::NotFound);
    }
    db::drafts::delete(&mut *transaction, signed.user.id, id).await?;
    erasures::queue_for_letter(&mut *transaction, id, state.clock.now()).await?;
    transaction.commit().await?;
    Ok(reply::see_other("/letters"))
}
