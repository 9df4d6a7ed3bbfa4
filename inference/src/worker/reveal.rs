//! Shows a finished letter at the configured pace.

use std::time::Duration;

use tokio::time::Instant;

/// Calls `show` with the pieces of `text` in order: words at the rate `per_second`, or paragraphs without a pause when no
/// rate is given. Returns after the pause that follows the last piece.
pub(super) async fn reveal(text: &str, per_second: Option<u32>, mut show: impl FnMut(&str)) {
    let pause = per_second.map(|pace| Duration::from_secs(1) / pace.max(1));
    let pieces: Box<dyn Iterator<Item = &str> + Send> = match pause {
        Some(_) => Box::new(text.split_inclusive([' ', '\n'])),
        None => Box::new(text.split_inclusive('\n')),
    };
    let mut due = Instant::now();
    for piece in pieces {
        show(piece);
        due += pause.unwrap_or_default();
        tokio::time::sleep_until(due).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(text: &str, per_second: Option<u32>, expect: &[&str]) {
        let mut shown = Vec::new();
        reveal(text, per_second, |piece| shown.push(piece.to_owned())).await;
        assert_eq!(shown, expect);
    }

    #[tokio::test]
    async fn a_pace_shows_words_and_no_pace_shows_paragraphs() {
        check("Dear team,\n\nI apply.", Some(10_000), &["Dear ", "team,\n", "\n", "I ", "apply."]).await;
        check("Dear team,\n\nI apply.", None, &["Dear team,\n", "\n", "I apply."]).await;
        check("", None, &[]).await;
    }

    #[tokio::test]
    async fn every_piece_is_followed_by_a_pause() {
        let begun = Instant::now();
        check("a b c", Some(50), &["a ", "b ", "c"]).await;
        assert!(begun.elapsed() >= Duration::from_millis(60));
    }
}
