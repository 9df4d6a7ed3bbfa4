//! A student's profiles: the list, one profile, and saving and deleting it.

pub mod import;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use serde::Deserialize;
use uuid::Uuid;

use crate::accounts::session::{Signed, SignedIn};
use crate::db::letters;
use crate::db::profiles::{self, Saved};
use crate::letters::Letters;
use crate::letters::forms::SUBMISSION;
use crate::letters::handlers::id::parse;
use crate::profile::{PROFILES_MAX, Profile};
use crate::profiles::forms::{self, ApplicantField};
use crate::profiles::pages::{ProfilePage, ProfilesPage};
use crate::web::error::AppError;
use crate::web::form_state::FormState;
use crate::web::html::Html;
use crate::web::negotiate::{self, Wants};
use crate::web::reply;

#[derive(Deserialize)]
pub struct ListQuery {
    done: Option<String>,
}

#[derive(Deserialize)]
pub struct NewQuery {
    /// The letter whose applicant fills the form.
    from: Option<String>,
}

pub async fn list_profiles(
    State(state): State<Letters>,
    Query(query): Query<ListQuery>,
    signed_in: SignedIn,
) -> Result<Html<ProfilesPage>, AppError> {
    let profiles = profiles::list(&state.db, signed_in.user.id).await?;
    Ok(Html(ProfilesPage::new(profiles, signed_in.claims.csrf_proof()).after(query.done.as_deref())))
}

/// The form of a new profile, filled from a letter where one is named.
pub async fn show_new_profile(
    State(state): State<Letters>,
    Query(query): Query<NewQuery>,
    signed_in: SignedIn,
) -> Result<Html<ProfilePage>, AppError> {
    let form = match query.from.as_deref() {
        Some(letter) => {
            let letter = letters::find(&state.db, signed_in.user.id, parse(letter)?).await?;
            let draft = letter.ok_or(AppError::NotFound)?.draft;
            forms::filled(&draft.job.title, &draft.applicant)
        }
        None => FormState::default(),
    };
    Ok(Html(ProfilePage::new(&form, Uuid::new_v4(), signed_in.claims.csrf_proof())))
}

pub async fn show_profile(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Html<ProfilePage>, AppError> {
    let profile = profiles::find(&state.db, signed_in.user.id, parse(&id)?).await?.ok_or(AppError::NotFound)?;
    Ok(Html(ProfilePage::of(&forms::of(&profile), profile.id, signed_in.claims.csrf_proof())))
}

/// Saves a new profile. The form names it, so that sending it twice makes one.
pub async fn add_profile(
    State(state): State<Letters>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let id = place_of(&signed);
    let mut form = forms::sent(&signed.fields);
    if save(&state, signed.user.id, id, &mut form).await? {
        return Ok(reply::see_other("/profiles?done=saved"));
    }
    refused(&headers, &form, |form| ProfilePage::new(form, id, signed.claims.csrf_proof()))
}

pub async fn edit_profile(
    State(state): State<Letters>,
    Path(id): Path<String>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let id = parse(&id)?;
    let mut form = forms::sent(&signed.fields);
    // Whose it is comes before what is wrong with it: a form that must change tells nobody that there is one.
    if !form.is_valid() && profiles::find(&state.db, signed.user.id, id).await?.is_none() {
        return Err(AppError::NotFound);
    }
    if save(&state, signed.user.id, id, &mut form).await? {
        return Ok(reply::see_other("/profiles?done=saved"));
    }
    refused(&headers, &form, |form| ProfilePage::of(form, id, signed.claims.csrf_proof()))
}

pub async fn delete_profile(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    if !profiles::delete(&state.db, signed.user.id, parse(&id)?).await? {
        return Err(AppError::NotFound);
    }
    Ok(reply::see_other("/profiles?done=deleted"))
}

/// The id that the form of a new profile names.
fn place_of(signed: &Signed) -> Uuid {
    let named = signed.fields.raw(SUBMISSION).and_then(|id| id.parse().ok()).filter(|id: &Uuid| !id.is_nil());
    named.unwrap_or_else(Uuid::new_v4)
}

/// Saves what the form says if nothing must change about it. Whether it is saved; otherwise the form says why not.
async fn save(state: &Letters, user_id: i64, id: Uuid, form: &mut FormState<ApplicantField>) -> Result<bool, AppError> {
    if !form.is_valid() {
        return Ok(false);
    }
    let label = form.value(ApplicantField::Label).to_owned();
    let profile = Profile { id, label, applicant: forms::applicant(form), saved_at: state.clock.now() };
    let mut transaction = state.db.begin().await?;
    let saved = profiles::save(&mut transaction, user_id, &profile).await?;
    transaction.commit().await?;
    match saved {
        Saved::Yes => return Ok(true),
        Saved::NotTheirs => return Err(AppError::NotFound),
        Saved::NoRoom => {}
    }
    let words = format!("You have {PROFILES_MAX} CVs already, and there is room for no more. Delete one first");
    form.refuse_form(ApplicantField::Label, words);
    Ok(false)
}

/// The form with what must change, as a page or in words.
fn refused(
    headers: &HeaderMap,
    form: &FormState<ApplicantField>,
    page: impl FnOnce(&FormState<ApplicantField>) -> ProfilePage,
) -> Result<Response<Body>, AppError> {
    match negotiate::wanted(reply::header_text(headers, "accept")) {
        Wants::Page => Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page(form))).into_response()),
        Wants::Data | Wants::Events => Err(AppError::Invalid(form.errors_in_one_line())),
    }
}
