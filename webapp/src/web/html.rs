//! Templates as answers; no other file renders one.

use askama::Template;
use axum::body::Body;
use axum::http::Response;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::web::error::AppError;

/// A page that renders itself when it is sent.
pub struct Html<T>(pub T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response<Body> {
        match self.0.render() {
            Ok(page) => ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
            Err(error) => AppError::from(error).into_response(),
        }
    }
}
