//! Importing a CV: from a file or pasted text to a page of its sections, and from that page to a profile. The file is not
//! kept, and nothing of it is logged.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use uuid::Uuid;

use super::{place_of, save};
use crate::accounts::Accounts;
use crate::accounts::session::{Signed, SignedUpload, Upload};
use crate::db::buckets::{self, Bucket, Taken};
use crate::db::profiles;
use crate::letters::Letters;
use crate::profiles::cv::line::Line;
use crate::profiles::cv::pasted as lines_of;
use crate::profiles::cv::sections::cut;
use crate::profiles::cv::unreadable::Unreadable;
use crate::profiles::import::{Import, UNUSED};
use crate::profiles::pages::ProfilesPage;
use crate::profiles::pages::import::ImportPage;
use crate::profiles::reader::CvReader;
use crate::web::error::AppError;
use crate::web::html::Html;
use crate::web::negotiate::{self, Wants};
use crate::web::reply;
use crate::web::upload::FILE_BYTES_MAX;

/// CVs of one user: as many at once, and again in two hours.
const IMPORTS: Bucket = Bucket { capacity: 30.0, per_second: 1.0 / 240.0 };

/// The sections of a CV, to be looked at.
pub async fn import_cv(
    State(accounts): State<Accounts>,
    State(state): State<Letters>,
    State(reader): State<CvReader>,
    request: Request,
) -> Result<Response<Body>, AppError> {
    let wants = negotiate::wanted(reply::header_text(request.headers(), "accept"));
    let upload = Upload::of(&accounts, request).await?;
    // Places are for users: strangers would hold all of them.
    let Some(place) = reader.upload(upload.user_id()).await else {
        return Err(upload.refused(busy()).await);
    };
    let SignedUpload { signed, file } = upload.read().await?;
    let mut connection = state.db.acquire().await?;
    let key = format!("import:{}", signed.user.id);
    if let Taken::No(wait) = buckets::take(&mut connection, &key, IMPORTS, state.clock.now()).await? {
        return Err(AppError::TooMany(wait));
    }
    drop(connection);
    let pasted = signed.fields.raw("text").unwrap_or_default();
    let has_file = !file.is_empty();
    let lines = match file {
        file if file.len() > FILE_BYTES_MAX => Err(Unreadable::TooLarge),
        file if has_file => reader.read(file).await,
        _ => lines_of(&pasted),
    };
    drop(place);
    let csrf = signed.claims.csrf_proof();
    match (lines, wants) {
        (Ok(lines), _) => {
            let import = taken_apart(lines).await;
            let unused = if has_file { pasted } else { String::new() };
            Ok(Html(ImportPage::new(&import, Uuid::new_v4(), csrf).beside(unused)).into_response())
        }
        (Err(unreadable), Wants::Page) => {
            let profiles = profiles::list(&state.db, signed.user.id).await?;
            let page = ProfilesPage::new(profiles, csrf);
            let page = if has_file || unreadable == Unreadable::Empty {
                page.refused(unreadable.sentence(), pasted)
            } else {
                page.refused_text(unreadable.sentence(), pasted)
            };
            let is_busy = unreadable == Unreadable::Busy;
            let status = if is_busy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok((status, Html(page)).into_response())
        }
        (Err(Unreadable::Busy), _) => Err(busy()),
        (Err(unreadable), _) => Err(AppError::Invalid(unreadable.sentence().to_owned())),
    }
}

const fn busy() -> AppError {
    AppError::Rejected(StatusCode::SERVICE_UNAVAILABLE, Unreadable::Busy.sentence())
}

/// The sections of these lines. They are cut in a thread of their own: many lines take a while, and others wait.
async fn taken_apart(lines: Vec<Line>) -> Import {
    let cutting = tokio::task::spawn_blocking(move || Import::of(cut(&lines)));
    cutting.await.expect("cutting does not panic")
}

/// Saves what was taken of the sections as a profile.
pub async fn save_import(
    State(state): State<Letters>,
    headers: HeaderMap,
    signed: Signed,
) -> Result<Response<Body>, AppError> {
    let id = place_of(&signed);
    let import = Import::sent(&signed.fields);
    let mut form = import.form();
    if save(&state, signed.user.id, id, &mut form).await? {
        return Ok(reply::see_other("/profiles?done=saved"));
    }
    match negotiate::wanted(reply::header_text(&headers, "accept")) {
        Wants::Page => {
            let page = ImportPage::new(&import, id, signed.claims.csrf_proof()).refused(&form);
            let page = page.beside(signed.fields.raw(UNUSED).unwrap_or_default());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Wants::Data | Wants::Events => Err(AppError::Invalid(form.errors_in_one_line())),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_cv_is_cut_in_a_thread_that_answers_nobody() {
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build();
        runtime.expect("starts").block_on(async {
            // While the only other thread waits, the cutting has not begun.
            let (go_on, waiting) = mpsc::channel::<()>();
            let other = tokio::task::spawn_blocking(move || waiting.recv());
            let mut import = std::pin::pin!(taken_apart(vec![Line::plain("Ann Lee")]));
            assert!(futures::poll!(&mut import).is_pending(), "it is cut where pages are made");
            go_on.send(()).expect("somebody waits");
            assert_eq!(import.await.name, "Ann Lee");
            other.await.expect("does not panic").expect("was told");
        });
    }
}
