//! The front page, registering, the profile, and deleting an account.

mod arrival;
pub mod oidc;
pub mod passkeys;
pub mod passwords;
mod profile;
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
use crate::accounts::pages::{HomePage, ProfileForms, ProfilePage, RegisterPage, RegisteredPage};
use crate::accounts::session::cookies::Cookies;
use crate::accounts::session::{self, Signed, SignedIn};
use crate::db::audit::{self, Event};
use crate::db::users::{self, NewUser, Saved};
use crate::db::{erasures, networks};
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

pub async fn show_register(State(state): State<Accounts>) -> Response<Body> {
    if state.takes_passwords() {
        return Html(RegisterPage::new(&FormState::default())).into_response();
    }
    reply::see_other("/auth/login")
}

pub async fn register(State(state): State<Accounts>, request: Request) -> Result<Response<Body>, AppError> {
    sessions::takes_passwords(&state)?;
    let network = limits::network_of(&state, &request);
    let fields = body::read_fields(request).await?;
    limits::count_registration(&state, &network).await?;
    let password = fields.raw("password").unwrap_or_default();
    let mut form = forms::registration(&fields, &password);
    if form.is_valid()
        && let Err(taken) = insert(&state, &form, password, &network).await?
    {
        refuse_taken(&mut form, taken, RegistrationField::Username, RegistrationField::Email);
    }
    if form.is_valid() {
        return Ok(Html(RegisteredPage::default()).into_response());
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(RegisterPage::new(&form))).into_response())
}

async fn insert(
    state: &Accounts,
    form: &FormState<RegistrationField>,
    password: String,
    network: &str,
) -> Result<Result<i64, Saved>, AppError> {
    let now = state.clock.now();
    let user = NewUser {
        username: form.value(RegistrationField::Username),
        email: form.value(RegistrationField::Email),
        password_hash: &state.hasher.hash(SecretString::from(password)).await?,
        request_ref: &Uuid::new_v4().simple().to_string(),
        created_at: now,
    };
    let mut transaction = state.db.begin().await?;
    let inserted = users::insert(&mut transaction, &user, state.settings.max_accounts.get().into()).await?;
    if let Ok(id) = inserted {
        networks::note(&mut *transaction, id, network, now).await?;
        audit::record(&mut *transaction, id, Event::Registered, now).await?;
    }
    transaction.commit().await?;
    Ok(inserted)
}

/// Says that there is no room or that a name is taken, and only hints at a taken address: it would tell who has an account.
fn refuse_taken<F: FormField>(form: &mut FormState<F>, saved: Saved, username: F, email: F) {
    match saved {
        Saved::Yes => {}
        Saved::NoRoom => form.refuse(username, "This site takes no more accounts. Ask whoever runs it for more"),
        Saved::UsernameTaken => form.refuse(username, "Username is taken; choose another one"),
        Saved::EmailTaken => form.refuse(email, "This account could not be saved. If you have one already, log in"),
    }
}

pub async fn show_profile(
    State(state): State<Accounts>,
    signed_in: SignedIn,
    Query(query): Query<ProfileQuery>,
) -> Result<Html<ProfilePage>, AppError> {
    let forms = ProfileForms { profile: profile::of(&signed_in.user), ..ProfileForms::default() };
    Ok(Html(profile::page(&state, &signed_in, &forms).await?.after(query.updated.as_deref())))
}

/// `PUT` is the documented call. The form (`POST`) asks for the password.
pub async fn update_user(
    State(state): State<Accounts>,
    method: Method,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let is_page = method == Method::POST && wants_page(&headers);
    let mut form = forms::profile(&signed.fields);
    if form.is_valid() && !passwords::is_proven(&state, &method, &signed).await? {
        form.refuse(ProfileField::Password, passwords::not_proven(&signed.user));
    }
    if form.is_valid() {
        limits::count_change(&state, signed.user.id).await?;
        let (username, email) = (form.value(ProfileField::Username), form.value(ProfileField::Email));
        let mut transaction = state.db.begin().await?;
        let saved = users::update(&mut transaction, signed.user.id, username, email).await?;
        audit::record(&mut *transaction, signed.user.id, Event::ProfileChanged, state.clock.now()).await?;
        transaction.commit().await?;
        refuse_taken(&mut form, saved, ProfileField::Username, ProfileField::Email);
    }
    match (form.is_valid(), is_page) {
        (true, true) => Ok(reply::see_other("/user/profile?updated=1")),
        (true, false) => Ok(reply::json(StatusCode::OK, &json!({"updateMsg": "User information updated."}))),
        (false, true) => {
            profile::refused(&state, &signed, &ProfileForms { profile: form, ..ProfileForms::default() }).await
        }
        (false, false) => Err(AppError::Invalid(form.errors_in_one_line())),
    }
}

/// `DELETE` is the documented call. The form (`POST`) asks for the password.
pub async fn delete_user(
    State(state): State<Accounts>,
    method: Method,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    if !passwords::is_proven(&state, &method, &signed).await? {
        if method != Method::POST {
            return Err(AppError::Invalid(passwords::not_proven(&signed.user).to_owned()));
        }
        let mut forms = ProfileForms { profile: profile::of(&signed.user), ..ProfileForms::default() };
        forms.deletion.refuse(DeletionField::Password, passwords::not_proven(&signed.user));
        return profile::refused(&state, &signed, &forms).await;
    }
    let mut transaction = state.db.begin().await?;
    erasures::queue_for_user(&mut *transaction, signed.user.id, state.clock.now()).await?;
    users::delete(&mut *transaction, signed.user.id).await?;
    audit::record(&mut *transaction, signed.user.id, Event::Deleted, state.clock.now()).await?;
    transaction.commit().await?;
    let mut response = reply::see_other("/");
    reply::set_cookies(response.headers_mut(), Cookies::of(&state.settings).cleared());
    let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    response.headers_mut().insert("clear-site-data", everything);
    Ok(response)
}

fn wants_page(headers: &HeaderMap) -> bool {
    negotiate::wanted(reply::header_text(headers, "accept")) == Wants::Page
}
