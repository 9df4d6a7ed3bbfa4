//! News as the events that a script gets. The id of a text is the number of characters sent so far.

use std::time::Duration;

use axum::response::sse::Event;
use serde::Serialize;

use super::news::News;

/// Wait of a browser before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// The event of this news.
pub fn event(news: &News) -> Event {
    match news {
        News::Connected => Event::default().comment("connected").retry(RETRY),
        News::State(state) => json_event("state", state),
        News::Text(piece) => json_event("text", piece).id(piece.end().to_string()),
        News::Done(state) => json_event("done", state),
    }
}

fn json_event(name: &str, data: &impl Serialize) -> Event {
    Event::default().event(name).json_data(data).expect("events are plain structs")
}
