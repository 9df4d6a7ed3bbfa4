//! Templates as answers; no other file renders one.

use askama::Template;
use axum::body::Body;
use axum::http::Response;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::web::error::AppError;

/// Media type of pages.
pub const TYPE: &str = "text/html; charset=utf-8";

/// Most pages are shorter, so that their text is not moved while it grows.
const USUAL: usize = 12 * 1024;

/// A page that renders itself when it is sent.
pub struct Html<T>(pub T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response<Body> {
        let mut page = String::with_capacity(T::SIZE_HINT.max(USUAL));
        match self.0.render_into(&mut page) {
            Ok(()) => ([(CONTENT_TYPE, TYPE)], page).into_response(),
            Err(error) => AppError::from(error).into_response(),
        }
    }
}

/// A rendered page before and after `cut`, a comment that the template holds once.
///
/// # Errors
/// When it cannot be rendered.
pub fn in_two(page: &impl Template, cut: &str) -> Result<(String, String), AppError> {
    let page = page.render()?;
    Ok(page.split_once(cut).map_or_else(|| (page.clone(), String::new()), |(head, tail)| (head.into(), tail.into())))
}
