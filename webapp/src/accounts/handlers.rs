//! The front page, registering, the profile, and deleting an account.

pub mod sessions;

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use axum::response::IntoResponse as _;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::accounts::forms::{self, DeletionField, ProfileField, RegistrationField};
use crate::accounts::limits;
use crate::accounts::pages::{HomePage, ProfilePage, RegisterPage, RegisteredPage};
use crate::accounts::session::{self, Signed, SignedIn, cookies};
use crate::db::erasures;
use crate::db::users::{self, NewUser, Saved, User};
use crate::web::error::AppError;
use crate::web::form_state::{FormField, FormState};
use crate::web::html::Html;
use crate::web::negotiate::{self, Wants};
use crate::web::{body, reply};

#[derive(Deserialize)]
pub struct ProfileQuery {
    updated: Option<String>,
}

pub async fn show_home(State(state): State<Accounts>, headers: HeaderMap) -> Html<HomePage> {
    let signed_in = session::guest_or_user(&state, &headers).await.is_some();
    Html(HomePage { signed_in })
}

pub async fn show_register() -> Html<RegisterPage> {
    Html(RegisterPage::new(&FormState::default()))
}

pub async fn register(State(state): State<Accounts>, request: Request) -> Result<Response<Body>, AppError> {
    let client = limits::client_of(&state, &request);
    let fields = body::read_fields(request).await?;
    limits::count_attempt(&state, client).await?;
    let password = fields.raw("password").unwrap_or_default();
    let mut form = forms::registration(&fields, &password);
    if form.is_valid() {
        let saved = insert(&state, &form, password).await?;
        refuse_taken(&mut form, saved, RegistrationField::Username, RegistrationField::Email);
    }
    if form.is_valid() {
        return Ok(Html(RegisteredPage::default()).into_response());
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(RegisterPage::new(&form))).into_response())
}

async fn insert(state: &Accounts, form: &FormState<RegistrationField>, password: String) -> Result<Saved, AppError> {
    let user = NewUser {
        username: form.value(RegistrationField::Username),
        email: form.value(RegistrationField::Email),
        password_hash: &state.hasher.hash(SecretString::from(password)).await?,
        request_ref: &Uuid::new_v4().simple().to_string(),
        created_at: state.clock.now(),
    };
    Ok(users::insert(&state.db, &user).await?)
}

/// Says that a name is taken, and only hints at a taken address: it would tell who has an account.
fn refuse_taken<F: FormField>(form: &mut FormState<F>, saved: Saved, username: F, email: F) {
    match saved {
        Saved::Yes => {}
        Saved::UsernameTaken => form.refuse(username, "Username is taken; choose another one"),
        Saved::EmailTaken => form.refuse(email, "This account could not be saved. If you have one already, log in"),
    }
}

pub async fn show_profile(signed_in: SignedIn, Query(query): Query<ProfileQuery>) -> Html<ProfilePage> {
    let (profile, csrf) = (profile_of(&signed_in.user), signed_in.claims.csrf_proof());
    Html(ProfilePage::new(&profile, &FormState::default(), csrf, query.updated.is_some()))
}

pub async fn update_user(
    State(state): State<Accounts>,
    method: Method,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let page = method == Method::POST && wants_page(&headers);
    let mut form = forms::profile(&signed.fields);
    if form.is_valid() {
        let (username, email) = (form.value(ProfileField::Username), form.value(ProfileField::Email));
        let saved = users::update(&state.db, signed.user.id, username, email).await?;
        refuse_taken(&mut form, saved, ProfileField::Username, ProfileField::Email);
    }
    match (form.is_valid(), page) {
        (true, true) => Ok(reply::see_other("/user/profile?updated=1")),
        (true, false) => Ok(reply::json(StatusCode::OK, &json!({"updateMsg": "User information updated."}))),
        (false, true) => {
            let page = ProfilePage::new(&form, &FormState::default(), signed.claims.csrf_proof(), false);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        (false, false) => Err(AppError::Invalid(form.errors_in_one_line())),
    }
}

/// `DELETE` is the documented call. The form (`POST`) asks for the password once more.
pub async fn delete_user(
    State(state): State<Accounts>,
    method: Method,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    if method == Method::POST {
        let password = SecretString::from(signed.fields.raw("password").unwrap_or_default());
        if !state.hasher.verify(password, Some(signed.user.password_hash.clone())).await? {
            let mut deletion = FormState::<DeletionField>::default();
            deletion.refuse(DeletionField::Password, "This is not the password of this account");
            let page = ProfilePage::new(&profile_of(&signed.user), &deletion, signed.claims.csrf_proof(), false);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    }
    let mut transaction = state.db.begin().await?;
    erasures::queue_for_user(&mut *transaction, signed.user.id, state.clock.now()).await?;
    users::delete(&mut *transaction, signed.user.id).await?;
    transaction.commit().await?;
    let mut response = reply::see_other("/");
    reply::set_cookies(response.headers_mut(), cookies::cleared(state.settings.secure_cookies));
    let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    response.headers_mut().insert("clear-site-data", everything);
    Ok(response)
}

fn profile_of(user: &User) -> FormState<ProfileField> {
    FormState::new(|field| match field {
        ProfileField::Username => user.username.clone(),
        ProfileField::Email => user.email.clone(),
    })
}

fn wants_page(headers: &HeaderMap) -> bool {
    negotiate::wanted(reply::header_text(headers, "accept")) == Wants::Page
}
