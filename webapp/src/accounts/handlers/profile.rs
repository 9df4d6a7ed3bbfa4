//! The profile page as handlers answer with it.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use jiff::Timestamp;

use crate::accounts::Accounts;
use crate::accounts::forms::ProfileField;
use crate::accounts::pages::passkeys::{PasskeyLine, Passkeys};
use crate::accounts::pages::{ProfileForms, ProfilePage, SessionLine, Standing};
use crate::accounts::session::{Signed, SignedIn};
use crate::db::sessions::{self, Session};
use crate::db::users::User;
use crate::db::{identities, passkeys};
use crate::web::error::AppError;
use crate::web::form_state::FormState;
use crate::web::html::Html;

/// The profile of this user with these forms.
pub async fn page(state: &Accounts, signed_in: &SignedIn, forms: &ProfileForms) -> Result<ProfilePage, AppError> {
    let sessions = sessions::list(&state.db, signed_in.user.id, state.clock.now()).await?;
    let line = |session: Session| SessionLine {
        is_this: session.jti == signed_in.claims.jti,
        jti: session.jti,
        device: session.device,
        last_used: session.last_used_at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
    };
    let standing = standing(state, &signed_in.user).await?;
    let sessions: Vec<_> = sessions.into_iter().map(line).collect();
    let device = sessions.iter().find(|session| session.is_this).map(|session| session.device.clone());
    let passkeys = passkeys(state, &signed_in.user, forms, &device.unwrap_or_default()).await?;
    Ok(ProfilePage::new(forms, sessions, standing, passkeys, signed_in.claims.csrf_proof()))
}

/// The passkeys of this account; `None` where it can have none and has none. A new one is called after this device.
async fn passkeys(
    state: &Accounts,
    user: &User,
    forms: &ProfileForms,
    device: &str,
) -> Result<Option<Passkeys>, AppError> {
    if !state.takes_passwords() {
        return Ok(None);
    }
    let kept = passkeys::list(&state.db, user.id).await?;
    if kept.is_empty() && !user.has_password() {
        return Ok(None);
    }
    let day = |at: Timestamp| at.strftime("%-d %b %Y").to_string();
    let line = |passkey: passkeys::Listed| PasskeyLine {
        id: passkey.id.to_string(),
        name: passkey.name,
        added: day(passkey.added_at),
        last_used: passkey.last_used_at.map(day),
    };
    let lines = kept.into_iter().map(line).collect();
    Ok(Some(Passkeys::new(lines, &forms.passkey, &forms.removal, user.has_password(), device)))
}

async fn standing(state: &Accounts, user: &User) -> Result<Standing, AppError> {
    let is_linked = match &state.provider {
        Some(provider) => identities::is_linked(&state.db, &provider.issuer, user.id).await?,
        None => false,
    };
    Ok(Standing { has_password: user.has_password(), provider: state.ways().provider, is_linked })
}

/// The profile with a form that must change.
pub async fn refused(state: &Accounts, signed: &Signed, forms: &ProfileForms) -> Result<Response<Body>, AppError> {
    let signed_in = SignedIn { user: signed.user.clone(), claims: signed.claims.clone() };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page(state, &signed_in, forms).await?)).into_response())
}

/// The form that shows this account.
pub fn of(user: &User) -> FormState<ProfileField> {
    FormState::new(|field| match field {
        ProfileField::Username => user.username.clone(),
        ProfileField::Email => user.email.clone(),
        ProfileField::Password => String::new(),
    })
}
