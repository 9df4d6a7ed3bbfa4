//! News as the rest of a page that was begun: markup is appended and never taken back. States stand before the letter,
//! and the style sheet shows the last one; after the letter's first character they would stand in it, and are left out.

use std::time::Duration;

use askama::filters::{Html, escape};
use tokio::sync::mpsc;

use super::news::{News, StateNews};

/// Nothing to see, but something that passes a proxy.
const SILENCE: &str = "<!---->";
const LETTER: &str = "<article class=\"paper\" id=\"letter\" dir=\"auto\" aria-label=\"Letter\" aria-busy=\"true\">";
const LETTER_END: &str = "</article>\n";

/// The rest of a page.
pub struct Growing {
    news: mpsc::Receiver<News>,
    writing: Writing,
    /// The end of the page, until it is sent.
    tail: Option<String>,
}

/// How far the page is.
#[derive(Default)]
struct Writing {
    /// Whether what is appended belongs to the letter.
    in_letter: bool,
}

impl Growing {
    pub fn new(news: mpsc::Receiver<News>, tail: String) -> Self {
        Self { news, writing: Writing::default(), tail: Some(tail) }
    }

    /// What to append next, at the latest after `silence`; `None` after the end.
    pub async fn next(&mut self, silence: Duration) -> Option<String> {
        match tokio::time::timeout(silence, self.news.recv()).await {
            Err(_) => Some(SILENCE.to_owned()),
            Ok(Some(news)) => Some(self.writing.append(&news)),
            Ok(None) => Some(self.writing.end_letter() + &self.tail.take()?),
        }
    }
}

impl Writing {
    /// The markup of this news.
    fn append(&mut self, news: &News) -> String {
        match news {
            News::State(state) if !self.in_letter => line(state),
            News::Connected | News::State(_) => SILENCE.to_owned(),
            News::Text(piece) => {
                let start = if self.in_letter { "" } else { LETTER };
                self.in_letter = true;
                start.to_owned() + &escaped(&piece.text)
            }
            News::Done(state) => self.end_letter() + &line(state),
        }
    }

    fn end_letter(&mut self) -> String {
        if std::mem::take(&mut self.in_letter) { LETTER_END.to_owned() } else { String::new() }
    }
}

fn line(state: &StateNews) -> String {
    let StateNews { state, words, .. } = state;
    let words = escaped(words);
    format!("<div class=\"state {state}\"><p role=\"status\" data-state=\"{state}\">{words}</p></div>\n")
}

fn escaped(text: &str) -> String {
    let Ok(escaped) = escape(text, Html);
    escaped.to_string()
}

#[cfg(test)]
mod tests {
    use super::super::news::TextNews;
    use super::*;

    fn text(offset: usize, text: &str) -> News {
        News::Text(TextNews { offset, text: text.to_owned() })
    }

    fn state(state: &'static str, words: &str) -> StateNews {
        StateNews { state, words: words.to_owned(), elapsed_seconds: 1 }
    }

    fn page(news: &[News]) -> String {
        let mut writing = Writing::default();
        let pieces: String = news.iter().map(|news| writing.append(news)).collect();
        pieces.replace(SILENCE, "") + &writing.end_letter()
    }

    #[test]
    fn states_stand_before_and_after_the_letter_and_never_in_it() {
        let news = [
            News::Connected,
            News::State(state("Queued", "Next.")),
            text(0, "Dear "),
            News::State(state("Running", "Lost & found.")),
            text(5, "you"),
            News::Done(state("Succeeded", "Ready.")),
        ];
        assert_eq!(
            page(&news),
            "<div class=\"state Queued\"><p role=\"status\" data-state=\"Queued\">Next.</p></div>\n\
             <article class=\"paper\" id=\"letter\" dir=\"auto\" aria-label=\"Letter\" aria-busy=\"true\">Dear you</article>\n\
             <div class=\"state Succeeded\"><p role=\"status\" data-state=\"Succeeded\">Ready.</p></div>\n"
        );
    }

    #[test]
    fn a_letter_that_was_never_begun_has_no_place() {
        let failed = page(&[News::Done(state("Failed", "Try again."))]);
        assert!(failed.contains("Try again.") && !failed.contains("article"), "{failed}");
    }

    #[test]
    fn no_text_becomes_markup() {
        let page = page(&[News::State(state("Queued", "<b>")), text(0, "</article><script>alert('1')</script>&amp;")]);
        assert!(!page.contains("<b>") && !page.contains("<script>"), "{page}");
        assert_eq!(page.matches("</article>").count(), 1, "{page}");
        assert!(page.contains("&#38;amp;"), "{page}");
    }

    #[tokio::test]
    async fn a_page_whose_letter_is_not_finished_ends_all_the_same() {
        let (sender, news) = mpsc::channel(4);
        let mut growing = Growing::new(news, "</html>".to_owned());
        sender.send(text(0, "Dear")).await.expect("is read");
        let soon = Duration::from_millis(1);
        assert_eq!(growing.next(soon).await.as_deref(), Some(format!("{LETTER}Dear").as_str()));
        assert_eq!(growing.next(soon).await.as_deref(), Some(SILENCE));
        drop(sender);
        assert_eq!(growing.next(soon).await.as_deref(), Some("</article>\n</html>"));
        assert_eq!(growing.next(soon).await, None);
    }
}
