//! The events of a pod's stream, and reading them from bytes that arrive in any pieces. Pure.

use serde::Deserialize;

/// What the pod is doing with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Stage {
    /// Reads the prompt.
    Reading,
    /// Writes the letter.
    Writing,
    /// Checks what was written.
    Checking,
}

/// What the pod says about its progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodState {
    /// What it is doing.
    pub state: Stage,
    /// Number of the attempt.
    #[serde(default)]
    pub attempt: i32,
    /// Tokens of the prompt.
    #[serde(default)]
    pub prompt_tokens: u32,
    /// Tokens written so far.
    #[serde(default)]
    pub completion_tokens: u32,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodEvent {
    /// The pod is at another point of its work.
    State(PodState),
    /// A piece of the letter.
    Text {
        /// Characters of the letter before this piece.
        offset: usize,
        /// The piece.
        text: String,
    },
    /// Nothing more will come.
    Done,
}

#[derive(Deserialize)]
struct Piece {
    offset: usize,
    text: String,
}

/// Puts bytes together into events.
#[derive(Debug, Default)]
pub struct Parser {
    bytes: Vec<u8>,
    name: String,
    data: String,
}

impl Parser {
    /// Takes in what has arrived.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next complete event. Comments and events of unknown kinds are passed over.
    pub fn next(&mut self) -> Option<PodEvent> {
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            if let Some(event) = self.take_line(line.trim_end_matches(['\r', '\n'])) {
                return Some(event);
            }
        }
        None
    }

    fn take_line(&mut self, line: &str) -> Option<PodEvent> {
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
            return event(&name, &data);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

fn event(name: &str, data: &str) -> Option<PodEvent> {
    match name {
        "state" => serde_json::from_str(data).ok().map(PodEvent::State),
        "text" => serde_json::from_str(data).ok().map(|Piece { offset, text }| PodEvent::Text { offset, text }),
        "done" => Some(PodEvent::Done),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Parser, PodEvent, PodState, Stage};

    const STREAM: &str = ": connected\n\nevent: state\ndata: {\"state\":\"Writing\",\"attempt\":2,\"promptTokens\":123,\"completionTokens\":7}\n\n\
        event: text\nid: 17\ndata: {\"offset\":17,\"text\":\"né\\n\"}\r\n\r\nevent: other\ndata: x\n\n:keep-alive\n\nevent: done\ndata: {\"state\":\"Succeeded\"}\n\n";

    fn all(parser: &mut Parser) -> Vec<PodEvent> {
        std::iter::from_fn(|| parser.next()).collect()
    }

    fn expected() -> Vec<PodEvent> {
        let state = PodState { state: Stage::Writing, attempt: 2, prompt_tokens: 123, completion_tokens: 7 };
        vec![PodEvent::State(state), PodEvent::Text { offset: 17, text: "né\n".to_owned() }, PodEvent::Done]
    }

    #[test]
    fn events_are_read_and_the_rest_is_passed_over() {
        let mut parser = Parser::default();
        parser.feed(STREAM.as_bytes());
        assert_eq!(all(&mut parser), expected());
    }

    proptest! {
        #[test]
        fn events_may_arrive_in_any_pieces(cuts in prop::collection::vec(0..STREAM.len(), 0..12)) {
            let mut cuts = cuts;
            cuts.extend([0, STREAM.len()]);
            cuts.sort_unstable();
            let mut parser = Parser::default();
            let mut events = Vec::new();
            for piece in cuts.windows(2) {
                parser.feed(&STREAM.as_bytes()[piece[0]..piece[1]]);
                events.extend(all(&mut parser));
            }
            prop_assert_eq!(events, expected());
        }
    }
}
