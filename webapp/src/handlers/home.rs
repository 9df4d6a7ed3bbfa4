//! The front page, and every path that is none.

use axum::extract::State;
use axum::http::HeaderMap;

use crate::error::AppError;
use crate::html::Html;
use crate::pages::home::HomePage;
use crate::session;
use crate::state::AppState;

pub async fn show_home(State(state): State<AppState>, headers: HeaderMap) -> Html<HomePage> {
    let signed_in = session::guest_or_user(&state, &headers).await.is_some();
    Html(HomePage { signed_in })
}

pub async fn not_found() -> AppError {
    AppError::NotFound
}
