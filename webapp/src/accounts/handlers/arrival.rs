//! Whoever logs in here, by whatever way: where they come from, what waits for them, and their session.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use uuid::Uuid;

use crate::accounts::forms::LogInField;
use crate::accounts::pages::LoginPage;
use crate::accounts::{Accounts, limits, session};
use crate::db::audit::{self, Event};
use crate::db::drafts::{self, Unsent};
use crate::db::networks;
use crate::db::users::User;
use crate::web::error::AppError;
use crate::web::fields::Fields;
use crate::web::form_state::FormState;
use crate::web::html::Html;
use crate::web::typed_page::TypedPage;
use crate::web::waiting::Waiting;
use crate::web::{body, negotiate, reply};

/// Where logging in leads when no other page was asked for.
const AFTER_LOG_IN: &str = "/user/protected";
/// Where the form of a new letter is sent.
const NEW_LETTER: &str = "/model/query";

/// Somebody who sends the form of a log-in.
pub struct Arrival {
    /// The hash of their network.
    pub network: String,
    /// The form.
    pub fields: Fields,
    user_agent: String,
    next: String,
    waiting: Option<Waiting>,
}

impl Arrival {
    /// Reads the request.
    ///
    /// # Errors
    /// When it has no form that can be read.
    pub async fn of(state: &Accounts, request: Request) -> Result<Self, AppError> {
        let network = limits::network_of(state, &request);
        let user_agent = reply::header_text(request.headers(), "user-agent").to_owned();
        let fields = body::read_fields(request).await?;
        let waiting = Waiting::carried_by(&fields);
        let next = negotiate::local_path(&fields.text("next")).unwrap_or_default().to_owned();
        Ok(Self { network, fields, user_agent, next, waiting })
    }

    /// Begins the session of this user, and leads to where they were going.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(self, state: &Accounts, user: &User, event: Event) -> Result<Response<Body>, AppError> {
        let mut transaction = state.db.begin().await?;
        let (claims, granted) = session::begin(state, &mut transaction, user.id, &self.user_agent).await?;
        networks::note(&mut *transaction, user.id, &self.network, state.clock.now()).await?;
        audit::record(&mut *transaction, user.id, event, state.clock.now()).await?;
        transaction.commit().await?;
        let mut response = match self.waiting {
            Some(form) => give_back(state, user, form, claims.csrf_proof()).await?,
            None => reply::see_other(if self.next.is_empty() { AFTER_LOG_IN } else { &self.next }),
        };
        reply::set_cookies(response.headers_mut(), granted);
        Ok(response)
    }

    /// The form again, with the reason why nobody is logged in.
    pub fn refused(self, state: &Accounts, mut form: FormState<LogInField>, why: &str) -> Response<Body> {
        form.refuse_form(LogInField::Username, why);
        let page = LoginPage::new(&form, &self.next, self.waiting.as_ref(), state.ways());
        (StatusCode::UNAUTHORIZED, Html(page)).into_response()
    }
}

/// Gives back the form that waited for the log-in: that of a new letter as a draft, another one to be sent again.
async fn give_back(state: &Accounts, user: &User, form: Waiting, csrf: String) -> Result<Response<Body>, AppError> {
    if form.action != NEW_LETTER {
        let message = "You are logged in again. Nothing has been sent yet.".to_owned();
        return Ok(Html(TypedPage::new(form, message, csrf)).into_response());
    }
    let draft = Unsent::typed(form.fields);
    let kept = drafts::save(&state.db, user.id, &draft, state.clock.now()).await?;
    Ok(reply::see_other(&drafts::path(if kept { draft.about } else { Uuid::nil() })))
}
