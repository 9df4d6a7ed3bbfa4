//! Every route and every layer, in one table.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{delete, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};

use crate::accounts::handlers::{self as accounts, oidc, passwords, sessions};
use crate::letters::handlers::{self as letters, download, drafts, export, query, versions};
use crate::present;
use crate::state::AppState;
use crate::web::body::BODY_BYTES_MAX;
use crate::web::error::AppError;
use crate::web::{access_log, assets, security};

/// Pages are made in milliseconds; one that takes this long is stuck.
const PAGE_TIMEOUT: Duration = Duration::from_secs(30);
/// Forms arrive at once; a client that takes this long to send one only holds a connection.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The site.
pub fn router(state: AppState) -> Router {
    let quick = Router::new()
        .route("/", get(accounts::show_home))
        .route("/auth/register", get(accounts::show_register).post(accounts::register))
        .route("/auth/login", get(sessions::show_login).post(sessions::log_in))
        .route("/auth/logout", post(sessions::log_out))
        .route("/auth/oidc", get(oidc::departure::start))
        .route("/auth/oidc/callback", get(oidc::callback))
        .route("/auth/logged-out", get(oidc::show_logged_out))
        .route("/user/oidc/link", post(oidc::linking::link))
        .route("/user/oidc/unlink", post(oidc::linking::unlink))
        .route("/user/protected", get(letters::show_new_letter))
        .route("/user/profile", get(accounts::show_profile))
        .route("/user/update", put(accounts::update_user).post(accounts::update_user))
        .route("/user/delete", delete(accounts::delete_user).post(accounts::delete_user))
        .route("/auth/reset/{token}", get(passwords::show_reset).post(passwords::reset))
        .route("/user/password", post(passwords::change_password))
        .route("/user/sessions/end", post(sessions::end_sessions))
        .route("/user/export.zip", get(export::export))
        .route("/user/draft", post(drafts::save_draft))
        .route("/user/draft/discard", post(drafts::discard_draft))
        .route("/letters", get(letters::list_letters))
        .route("/letters/{id}", get(letters::show_letter).post(versions::edit_letter))
        .route("/letters/{id}/versions", get(versions::show_versions))
        .route("/letters/{id}/restore", post(versions::restore_version))
        .route("/letters/{id}/status", post(versions::note_application))
        .route("/letters/{id}/stop", post(letters::stop_letter))
        .route("/letters/{id}/delete", post(letters::delete_letter))
        .route("/letters/{id}/letter.txt", get(download::text))
        .route("/letters/{id}/letter.pdf", get(download::pdf))
        .route("/letters/{id}/letter.docx", get(download::docx))
        .route("/static/{*path}", get(assets::show_asset))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIMEOUT));
    let patient = Router::new()
        .route("/model/query", post(query::query))
        .route("/letters/{id}/events", get(letters::follow_letter));
    let site = quick
        .merge(patient)
        .fallback(async || AppError::NotFound)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyDeadlineLayer::new(BODY_TIMEOUT))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.accounts.ways(), present::word_failures));
    let is_https = state.accounts.settings.secure_cookies;
    security::secured(site, is_https).layer(middleware::from_fn(access_log::record)).with_state(state)
}
