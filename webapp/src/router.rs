//! Every route and every layer, in one table.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use serde_json::Value;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};

use crate::accounts::forms::{
    DeletionField, LinkField, LogInField, PasswordField, ProfileField, RegistrationField, ResetField,
};
use crate::accounts::handlers::{self as accounts, oidc, passwords, sessions};
use crate::letters::forms::{LetterField, SUBMISSION};
use crate::letters::handlers::{self as letters, download, drafts, export, query, versions};
use crate::present;
use crate::state::AppState;
use crate::web::body::BODY_BYTES_MAX;
use crate::web::error::AppError;
use crate::web::openapi::Answer::{Data, Events, File, Json, Letter};
use crate::web::table::{Table, delete, get, post, put};
use crate::web::{access_log, assets, security};

/// Pages are made in milliseconds; one that takes this long is stuck.
const PAGE_TIMEOUT: Duration = Duration::from_secs(30);
/// Forms arrive at once; a client that takes this long to send one only holds a connection.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The site.
pub fn router(state: AppState) -> Router {
    let site = table()
        .router()
        .fallback(async || AppError::NotFound)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyDeadlineLayer::new(BODY_TIMEOUT))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.accounts.ways(), present::word_failures));
    let is_https = state.accounts.settings.secure_cookies;
    security::secured(site, is_https).layer(middleware::from_fn(access_log::record)).with_state(state)
}

/// The `OpenAPI` document of the site.
#[must_use]
pub fn document() -> Value {
    table().document()
}

fn table() -> Table<AppState> {
    let quick = visits().and(profile()).and(letter_forms()).and(kept_letters());
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIMEOUT);
    quick.within(|router| router.layer(timeout)).and(patient())
}

/// What guests may do.
fn visits() -> Table<AppState> {
    let register = post("Makes an account.", accounts::register).public().form::<RegistrationField>();
    let log_in = post("Begins a session.", sessions::log_in).public().form::<LogInField>().fields(&["next"]);
    let reset = post("Sets a new password.", passwords::reset).public().form::<ResetField>();
    let asset = get("A style sheet, a script or an icon.", assets::show_asset).public().answers(File("*/*"));
    Table::new()
        .at("/", [get("The front page.", accounts::show_home).public()])
        .at("/auth/register", [get("The form that makes an account.", accounts::show_register).public(), register])
        .at("/auth/login", [get("The form that begins a session.", sessions::show_login).public(), log_in])
        .at("/auth/logout", [post("Ends the session.", sessions::log_out).public()])
        .at("/auth/oidc", [get("Begins a log-in at the provider.", oidc::departure::start).public()])
        .at("/auth/oidc/callback", [get("Ends a log-in at the provider.", oidc::callback).public()])
        .at("/auth/logged-out", [get("Says that the session is ended.", oidc::show_logged_out).public()])
        .at("/auth/reset/{token}", [get("The form behind a one-time link.", passwords::show_reset).public(), reset])
        .at("/static/{*path}", [asset])
}

/// The account.
fn profile() -> Table<AppState> {
    let update = "Changes name and address.";
    let updated = Data("updateMsg");
    let deletion = "Deletes the account with everything that is kept.";
    let link = post("Links the account with the provider.", oidc::linking::link).form::<LinkField>();
    let unlink = post("Ends the link with the provider.", oidc::linking::unlink).form::<LinkField>();
    let end = post("Ends one session, or all.", sessions::end_sessions).fields(&["session"]);
    Table::new()
        .at("/user/profile", [get("The account: details, sessions, data.", accounts::show_profile)])
        .at(
            "/user/update",
            [
                put(update, accounts::update_user).perhaps::<ProfileField>().answers(updated),
                post(update, accounts::update_user).form::<ProfileField>().answers(updated),
            ],
        )
        .at(
            "/user/delete",
            [delete(deletion, accounts::delete_user), post(deletion, accounts::delete_user).form::<DeletionField>()],
        )
        .at("/user/password", [post("Changes the password.", passwords::change_password).form::<PasswordField>()])
        .at("/user/sessions/end", [end])
        .at("/user/oidc/link", [link])
        .at("/user/oidc/unlink", [unlink])
        .at("/user/export.zip", [get("Everything that is kept.", export::export).answers(File("application/zip"))])
}

/// What comes before a letter.
fn letter_forms() -> Table<AppState> {
    let save = post("Keeps the form, and says what the advert asks for.", drafts::save_draft);
    Table::new()
        .at("/user/protected", [get("The form of a new letter.", letters::show_new_letter)])
        .at("/user/draft", [save.perhaps::<LetterField>().fields(&["about"]).answers(Json)])
        .at("/user/draft/discard", [post("Forgets the form.", drafts::discard_draft).fields(&["about"])])
}

/// Letters, once they are asked for.
fn kept_letters() -> Table<AppState> {
    let page = get("The letter; with `?live` a page that grows while it is written.", letters::show_letter);
    let edit = post("Saves the owner's text as a version.", versions::edit_letter).fields(&["letter", "editing"]);
    let restore = post("Brings a version back.", versions::restore_version).fields(&["version"]);
    let note = post("Notes what became of the application.", versions::note_application).fields(&["status", "note"]);
    Table::new()
        .at("/letters", [get("The letters of the account, newest first.", letters::list_letters)])
        .at("/letters/{id}", [page, edit])
        .at("/letters/{id}/versions", [get("Two versions side by side.", versions::show_versions)])
        .at("/letters/{id}/restore", [restore])
        .at("/letters/{id}/status", [note])
        .at("/letters/{id}/stop", [post("Stops the writing.", letters::stop_letter)])
        .at("/letters/{id}/delete", [post("Deletes the letter.", letters::delete_letter)])
        .at("/letters/{id}/letter.txt", [get("The letter as text.", download::text).answers(File("text/plain"))])
        .at("/letters/{id}/letter.pdf", [get("The letter as PDF.", download::pdf).answers(File("application/pdf"))])
        .at("/letters/{id}/letter.docx", [get("The letter for Word.", download::docx).answers(File(DOCX))])
}

/// Answers that take as long as a letter.
fn patient() -> Table<AppState> {
    let ask = post("Asks for a letter.", query::query).form::<LetterField>();
    Table::new()
        .at("/model/query", [ask.fields(&["Tone", "Length", SUBMISSION, "about"]).answers(Letter)])
        .at("/letters/{id}/events", [get("The letter while it is written.", letters::follow_letter).answers(Events)])
}
