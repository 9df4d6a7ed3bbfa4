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
    DeletionField, LinkField, LogInField, PasskeyField, PasswordField, ProfileField, RegistrationField, RemovalField,
    ResetField,
};
use crate::accounts::handlers::passkeys::{self, CREDENTIAL, PASSKEY};
use crate::accounts::handlers::{self as accounts, oidc, passwords, sessions};
use crate::letters::forms::start::{PROFILE, START};
use crate::letters::forms::{BEFORE, LetterField, SUBMISSION};
use crate::letters::handlers::{self as letters, download, drafts, export, query, versions};
use crate::present;
use crate::profiles::forms::ApplicantField;
use crate::profiles::handlers::{self as profiles, import};
use crate::profiles::import::{HEADING, TEXT, TO, UNUSED};
use crate::state::AppState;
use crate::web::body::BODY_BYTES_MAX;
use crate::web::error::AppError;
use crate::web::openapi::Answer::{Data, Events, File, Json, Letter, Page};
use crate::web::table::{Table, delete, get, post, put};
use crate::web::{access_log, assets, security};

/// How long clients and pages may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pages are made in milliseconds; one that takes this long is stuck.
    pub page: Duration,
    /// Forms arrive at once; a client that takes this long to send one only holds a connection.
    pub form: Duration,
    /// Forms with a file of 2 MB, of which a slow line carries 20 kB a second.
    pub upload: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { page: Duration::from_secs(30), form: Duration::from_secs(30), upload: Duration::from_mins(2) }
    }
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The site.
pub fn router(state: AppState, limits: Limits) -> Router {
    let site = table(limits)
        .router()
        .fallback(async || AppError::NotFound)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.accounts.ways(), present::word_failures));
    let is_https = state.accounts.settings.secure_cookies;
    security::secured(site, is_https).layer(middleware::from_fn(access_log::record)).with_state(state)
}

/// The `OpenAPI` document of the site.
#[must_use]
pub fn document() -> Value {
    table(Limits::default()).document()
}

fn table(limits: Limits) -> Table<AppState> {
    let quick = visits().and(profile()).and(own_passkeys()).and(profiles()).and(letter_forms()).and(kept_letters());
    let forms = quick.within(|router| router.layer(answered_within(limits.page))).and(patient());
    let forms = forms.within(|router| router.layer(RequestBodyDeadlineLayer::new(limits.form)));
    // The time of an answer begins with the head of its request: a form that may be late has a later answer.
    let uploads = uploads().within(|router| router.layer(answered_within(limits.upload + limits.page)));
    forms.and(uploads.within(|router| router.layer(RequestBodyDeadlineLayer::new(limits.upload))))
}

fn answered_within(limit: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit)
}

/// What guests may do.
fn visits() -> Table<AppState> {
    let register = post("Makes an account.", accounts::register).public().form::<RegistrationField>();
    let log_in = post("Begins a session.", sessions::log_in).public().form::<LogInField>().fields(&["next"]);
    let reset = post("Sets a new password.", passwords::reset).public().form::<ResetField>();
    let ask = post("Asks for a passkey: options for the browser.", passkeys::log_in::start).public().answers(Json);
    let show = post("Begins a session by a passkey.", passkeys::log_in::log_in).public().fields(&[CREDENTIAL, "next"]);
    let asset = get("A style sheet, a script or an icon.", assets::show_asset).public().answers(File("*/*"));
    Table::new()
        .at("/", [get("The front page.", accounts::show_home).public()])
        .at("/auth/register", [get("The form that makes an account.", accounts::show_register).public(), register])
        .at("/auth/login", [get("The form that begins a session.", sessions::show_login).public(), log_in])
        .at("/auth/passkey/options", [ask])
        .at("/auth/passkey", [show])
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

/// Passkeys of the account.
fn own_passkeys() -> Table<AppState> {
    let ask = post("Asks for a new passkey: options for the browser.", passkeys::start_adding);
    let add = post("Adds the passkey that was asked for.", passkeys::add).perhaps::<PasskeyField>();
    let remove = post("Removes a passkey.", passkeys::remove).form::<RemovalField>().fields(&[PASSKEY]);
    Table::new()
        .at("/user/passkeys/options", [ask.form::<PasskeyField>().answers(Json)])
        .at("/user/passkeys", [add.fields(&[CREDENTIAL])])
        .at("/user/passkeys/remove", [remove])
}

/// What a student says about themselves, to begin letters from.
fn profiles() -> Table<AppState> {
    let add = post("Saves a new profile.", profiles::add_profile).form::<ApplicantField>().fields(&[SUBMISSION]);
    let edit = post("Saves the profile.", profiles::edit_profile).form::<ApplicantField>();
    let take = post("Saves what was taken of a CV as a profile.", import::save_import);
    let take = take.perhaps::<ApplicantField>().fields(&[SUBMISSION, HEADING, TO, TEXT, UNUSED]);
    Table::new()
        .at("/profiles/imported", [take])
        .at("/profiles", [get("The profiles of the account.", profiles::list_profiles), add])
        .at("/profiles/new", [get("The form of a new profile.", profiles::show_new_profile)])
        .at("/profiles/{id}", [get("The form of the profile.", profiles::show_profile), edit])
        .at("/profiles/{id}/delete", [post("Deletes the profile.", profiles::delete_profile)])
}

/// Forms with a file. What they bring is bounded where it is read.
fn uploads() -> Table<AppState> {
    let import = post("Takes a CV apart: a file `cv`, or its text.", import::import_cv);
    Table::new().at("/profiles/import", [import.fields(&["cv", "text"]).answers(Page)])
}

/// What comes before a letter.
fn letter_forms() -> Table<AppState> {
    let save = post("Keeps the form, and says what the advert asks for.", drafts::save_draft);
    Table::new()
        .at("/user/protected", [get("The form of a new letter.", letters::show_new_letter)])
        .at("/user/draft", [save.perhaps::<LetterField>().fields(&["about", BEFORE, PROFILE, START]).answers(Json)])
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
