//! The front page, and every path that is none.

use axum::extract::State;
use axum::http::HeaderMap;

use crate::accounts::pages::home::HomePage;
use crate::accounts::session;
use crate::state::AppState;
use crate::web::error::AppError;
use crate::web::html::Html;

pub async fn show_home(State(state): State<AppState>, headers: HeaderMap) -> Html<HomePage> {
    let signed_in = session::guest_or_user(&state, &headers).await.is_some();
    Html(HomePage { signed_in })
}

pub async fn not_found() -> AppError {
    AppError::NotFound
}
