//! Everything that is kept about a user, as one ZIP file.

use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use uuid::Uuid;
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use crate::accounts::session::SignedIn;
use crate::db::audit::{self, Event};
use crate::db::buckets::{self, Bucket, Taken};
use crate::db::{drafts, identities, letters, passkeys, profiles, sessions, versions};
use crate::letter::Letter;
use crate::letters::Letters;
use crate::letters::pages::file_name;
use crate::web::error::AppError;

/// A whole export reads every row of its user.
const EXPORTS: Bucket = Bucket { capacity: 10.0, per_second: 1.0 / 360.0 };
/// Events that an export holds.
const EVENTS_MAX: i64 = 10_000;
const ABOUT: &str = "This is everything that Cover Letter Writer keeps about you.

profile.json   your account
profiles.json  your CVs: what you say about yourself, to start letters from
letters/       a folder for each letter: what you asked for, the letter as it was written, your versions
drafts.json    forms that you have not sent
sessions.json  where you are logged in
passkeys.json  your passkeys: what you call them, and when they were added and used
events.json    what happened to your account

Your password is kept as a hash, which is not in here. Neither are the public keys of your passkeys.
";

/// A file of the archive: its path and its content.
type File = (String, String);

pub async fn export(State(state): State<Letters>, signed_in: SignedIn) -> Result<Response<Body>, AppError> {
    let now = state.clock.now();
    let mut connection = state.db.acquire().await?;
    let key = format!("export:{}", signed_in.user.id);
    if let Taken::No(wait) = buckets::take(&mut connection, &key, EXPORTS, now).await? {
        return Err(AppError::TooMany(wait));
    }
    audit::record(&mut *connection, signed_in.user.id, Event::Exported, now).await?;
    drop(connection);
    let archive = archive(&files(&state, &signed_in).await?).map_err(|error| AppError::Export(Box::new(error)))?;
    let headers =
        [(CONTENT_TYPE, "application/zip"), (CONTENT_DISPOSITION, "attachment; filename=\"CoverLetterWriter.zip\"")];
    Ok((StatusCode::OK, headers, archive).into_response())
}

async fn files(state: &Letters, signed_in: &SignedIn) -> Result<Vec<File>, AppError> {
    let (user, db) = (&signed_in.user, &state.db);
    let linked = identities::list(db, user.id).await?.into_iter();
    let linked: Vec<_> = linked.map(|(issuer, subject)| json!({"issuer": issuer, "subject": subject})).collect();
    let profile = json!({"username": user.username, "email": user.email, "linked": linked});
    let mut files = vec![("README.txt".to_owned(), ABOUT.to_owned()), file("profile.json", &profile)];
    for id in letters::ids(db, user.id).await? {
        // A letter may go while the others are read.
        let Some(letter) = letters::find(db, user.id, id).await? else { continue };
        let versions = versions::list(db, user.id, id).await?;
        files.extend(of_letter(&letter, &versions));
    }
    let about = |id: Uuid| if id.is_nil() { Value::Null } else { json!(id.to_string()) };
    let drafts = drafts::list(db, user.id).await?.into_iter();
    let drafts: Vec<_> = drafts.map(|draft| json!({"about": about(draft.about), "fields": draft.fields})).collect();
    files.push(file("drafts.json", &json!(drafts)));
    let profiles = profiles::list(db, user.id)
        .await?
        .into_iter()
        .map(|profile| json!({"label": profile.label, "applicant": profile.applicant, "savedAt": profile.saved_at}));
    files.push(file("profiles.json", &profiles.collect()));
    let sessions = sessions::list(db, user.id, state.clock.now()).await?.into_iter().map(|session| {
        json!({"device": session.device, "startedAt": session.started_at, "lastUsedAt": session.last_used_at})
    });
    files.push(file("sessions.json", &sessions.collect()));
    let passkeys = passkeys::list(db, user.id).await?.into_iter().map(|passkey| {
        json!({"name": passkey.name, "site": passkey.rp_id, "addedAt": passkey.added_at, "lastUsedAt": passkey.last_used_at})
    });
    files.push(file("passkeys.json", &passkeys.collect()));
    let events = audit::latest(db, Some(user.id), EVENTS_MAX).await?.into_iter();
    files.push(file("events.json", &events.map(|event| json!({"at": event.at, "event": event.event})).collect()));
    Ok(files)
}

fn of_letter(letter: &Letter, versions: &[versions::Version]) -> Vec<File> {
    let day = letter.created_at.strftime("%Y-%m-%d");
    let id = letter.id.simple().to_string();
    let folder = format!("letters/{day}_{}_{}", file_name::of(letter), &id[..8]);
    let about = json!({
        "createdAt": letter.created_at,
        "state": letter.state.as_str(),
        "model": letter.model,
        "request": letter.draft,
        "checks": letter.checks,
        "application": letter.application.as_str(),
        "applicationSince": letter.application_at,
        "note": letter.note,
    });
    let mut files = vec![file(&format!("{folder}/letter.json"), &about)];
    let written = letter.written.iter().map(|text| (format!("{folder}/as-written.txt"), text.clone()));
    files.extend(written);
    let versions = versions.iter().rev();
    files.extend(versions.map(|version| (format!("{folder}/version-{}.txt", version.number), version.text.clone())));
    files
}

fn file(path: &str, content: &Value) -> File {
    (path.to_owned(), format!("{content:#}\n"))
}

fn archive(files: &[File]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        zip.start_file(path, SimpleFileOptions::default())?;
        zip.write_all(content.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}
