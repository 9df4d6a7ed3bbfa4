//! Registering, the profile, and leaving.

pub mod home;
pub mod sessions;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::response::IntoResponse as _;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::accounts::forms::{ProfileForm, registration_errors};
use crate::accounts::handlers::sessions::address;
use crate::accounts::pages::{ProfilePage, RegisterPage, RegisteredPage};
use crate::accounts::session::{Signed, SignedIn, cookies};
use crate::db::erasures;
use crate::db::time::Time;
use crate::db::users::{self, NewUser, Taken};
use crate::state::AppState;
use crate::web::error::AppError;
use crate::web::fields::FieldError;
use crate::web::html::Html;
use crate::web::negotiate::{self, Wants};
use crate::web::{body, reply};

#[derive(Deserialize)]
pub struct ProfileQuery {
    updated: Option<String>,
}

pub async fn show_register() -> Html<RegisterPage> {
    Html(RegisterPage::new(&ProfileForm::default(), Vec::new()))
}

pub async fn register(State(state): State<AppState>, request: Request) -> Result<Response<Body>, AppError> {
    state.gate.pass(address(&state, &request)).map_err(AppError::TooMany)?;
    let fields = body::read_fields(request, &state).await?;
    let form = ProfileForm::new(&fields);
    let password = fields.raw("password").unwrap_or_default();
    let mut errors = registration_errors(&form, &password);
    if errors.is_empty() {
        errors.extend(insert(&state, &form, password).await?);
    }
    if errors.is_empty() {
        return Ok(Html(RegisteredPage::default()).into_response());
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(RegisterPage::new(&form, errors))).into_response())
}

async fn insert(state: &AppState, form: &ProfileForm, password: String) -> Result<Option<FieldError>, AppError> {
    let user = NewUser {
        username: &form.username,
        email: &form.email,
        password_hash: &state.hasher.hash(SecretString::from(password)).await?,
        request_ref: &Uuid::new_v4().simple().to_string(),
        created_at: Time(state.clock.now()),
    };
    Ok(users::insert(&state.db, &user).await?.err().map(taken))
}

/// A taken name is said; a taken address only hinted at, since it would tell who has an account.
fn taken(taken: Taken) -> FieldError {
    match taken {
        Taken::Username => FieldError::new("username", "Username is taken; choose another one"),
        Taken::Email => FieldError::new("email", "This account could not be saved. If you have one already, log in"),
    }
}

pub async fn show_profile(signed_in: SignedIn, Query(query): Query<ProfileQuery>) -> Html<ProfilePage> {
    let form = ProfileForm { username: signed_in.user.username, email: signed_in.user.email };
    Html(ProfilePage::new(&form, signed_in.claims.csrf_proof(), Vec::new(), query.updated.is_some()))
}

pub async fn update_user(
    State(state): State<AppState>,
    method: Method,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let page = method == Method::POST && wants_page(&headers);
    let form = ProfileForm::new(&signed.fields);
    let mut errors = form.errors();
    if errors.is_empty() {
        errors.extend(users::update(&state.db, signed.user.id, &form.username, &form.email).await?.err().map(taken));
    }
    match (errors.is_empty(), page) {
        (true, true) => Ok(reply::see_other("/user/profile?updated=1")),
        (true, false) => Ok(reply::json(StatusCode::OK, &json!({"updateMsg": "User information updated."}))),
        (false, true) => {
            let page = ProfilePage::new(&form, signed.claims.csrf_proof(), errors, false);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        (false, false) => Err(AppError::Invalid(in_one(&errors))),
    }
}

/// `DELETE` is the documented call. The form (`POST`) asks for the password once more.
pub async fn delete_user(
    State(state): State<AppState>,
    method: Method,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    if method == Method::POST {
        let password = SecretString::from(signed.fields.raw("password").unwrap_or_default());
        if !state.hasher.verify(password, Some(signed.user.password_hash.clone())).await? {
            let form = ProfileForm { username: signed.user.username, email: signed.user.email };
            let errors = vec![FieldError::new("password", "Password is not the one of this account")];
            let page = ProfilePage::new(&form, signed.claims.csrf_proof(), errors, false);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    }
    let mut transaction = state.db.begin().await?;
    erasures::queue_for_user(&mut *transaction, signed.user.id, Time(state.clock.now())).await?;
    users::delete(&mut *transaction, signed.user.id).await?;
    transaction.commit().await?;
    let mut response = reply::see_other("/");
    reply::set_cookies(response.headers_mut(), cookies::cleared(state.settings.secure_cookies));
    let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    response.headers_mut().insert("clear-site-data", everything);
    Ok(response)
}

fn wants_page(headers: &HeaderMap) -> bool {
    negotiate::wanted(reply::header_text(headers, "accept")) == Wants::Page
}

/// All errors in one line, for programs.
pub fn in_one(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(". ")
}
