//! Letters that a worker has written.

use crate::browser::Browser;
use crate::site::Site;
use crate::waiting::eventually;
use crate::worker::{request_of, serve};

/// A letter of this student that is written; the path of its page.
pub async fn letter(site: &Site, student: &Browser) -> String {
    let letter = student.ask_for_letter().await;
    serve(&site.requests, request_of(&site.requests, &letter).await).await;
    let path = format!("/letters/{letter}");
    let is_shown = async || student.open(&path).await.body.contains("Your letter is ready.").then_some(());
    eventually("the letter", is_shown).await;
    path
}
