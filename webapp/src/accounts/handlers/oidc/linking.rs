//! Linking an account with a person at the provider, by its owner, and unlinking it.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response};
use axum::response::IntoResponse as _;

use super::departure;
use super::unfinished::Unfinished;
use crate::accounts::Accounts;
use crate::accounts::forms::LinkField;
use crate::accounts::handlers::{passwords, profile};
use crate::accounts::oidc::Provider;
use crate::accounts::oidc::failure::Failure;
use crate::accounts::oidc::person::Person;
use crate::accounts::pages::ProfileForms;
use crate::accounts::pages::provider::ForwardPage;
use crate::accounts::session::{self, Signed};
use crate::db::audit::{self, Event};
use crate::db::identities;
use crate::web::error::AppError;
use crate::web::html::Html;
use crate::web::reply;

/// The owner of an account wants to link it, and gives its password.
pub async fn link(
    State(state): State<Accounts>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let provider = state.provider.clone().ok_or(AppError::NotFound)?;
    let mut forms = ProfileForms { profile: profile::of(&signed.user), ..ProfileForms::default() };
    if !passwords::is_proven(&state, &Method::POST, &signed).await? {
        forms.link.refuse(LinkField::Password, passwords::not_proven(&signed.user));
        return profile::refused(&state, &signed, &forms).await;
    }
    match departure::depart(&state, &provider, &headers, "/user/profile", Some(signed.user.id), false).await {
        Ok((page, cookie)) => {
            // Browsers hold redirects of a form to the policy of its page, which knows this site alone.
            let mut response = Html(ForwardPage::new(page, provider.name().to_owned())).into_response();
            reply::set_cookies(response.headers_mut(), [cookie]);
            Ok(response)
        }
        Err(Unfinished::Failed(failure)) => {
            let message = failure.message(provider.name(), state.takes_passwords());
            forms.link.refuse_form(LinkField::Password, &message);
            profile::refused(&state, &signed, &forms).await
        }
        Err(Unfinished::Error(error)) => Err(error),
    }
}

/// Links the account of whoever began it and is still logged in.
pub async fn finish(
    state: &Accounts,
    provider: &Provider,
    headers: &HeaderMap,
    person: &Person,
    user_id: i64,
) -> Result<Response<Body>, Unfinished> {
    let signed_in = session::user_to_log_out(state, headers).await?;
    if signed_in.is_none_or(|signed_in| signed_in.user.id != user_id) {
        return Err(Failure::NotTheOwner.into());
    }
    let now = state.clock.now();
    if !identities::link(&state.db, &provider.issuer, &person.subject, user_id, now).await? {
        return Err(Failure::LinkedElsewhere.into());
    }
    audit::record(&state.db, user_id, Event::Linked, now).await?;
    Ok(reply::see_other("/user/profile?updated=linked"))
}

/// Unlinks an account that has a password to log in with.
pub async fn unlink(State(state): State<Accounts>, signed: Signed) -> Result<Response<Body>, AppError> {
    let provider = state.provider.clone().ok_or(AppError::NotFound)?;
    if !signed.user.has_password() || !state.takes_passwords() {
        return Err(AppError::Invalid("Without a password nobody could log in to this account any more".to_owned()));
    }
    if !passwords::is_proven(&state, &Method::POST, &signed).await? {
        let mut forms = ProfileForms { profile: profile::of(&signed.user), ..ProfileForms::default() };
        forms.link.refuse(LinkField::Password, passwords::not_proven(&signed.user));
        return profile::refused(&state, &signed, &forms).await;
    }
    if identities::unlink(&state.db, &provider.issuer, signed.user.id).await? {
        audit::record(&state.db, signed.user.id, Event::Unlinked, state.clock.now()).await?;
    }
    Ok(reply::see_other("/user/profile?updated=unlinked"))
}
