//! Reads the events of a pod's stream from bytes that arrive in any pieces. Pure.

use crds::stream::StreamEvent;

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
    pub fn next(&mut self) -> Option<StreamEvent> {
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            if let Some(event) = self.take_line(line.trim_end_matches(['\r', '\n'])) {
                return Some(event);
            }
        }
        None
    }

    fn take_line(&mut self, line: &str) -> Option<StreamEvent> {
        if line.is_empty() {
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
            return StreamEvent::parse(&name, &data);
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

#[cfg(test)]
mod tests {
    use crds::request::State;
    use crds::stream::{End, Phase, Piece, StreamEvent, WorkerState};
    use proptest::prelude::*;

    use super::Parser;

    const STREAM: &str = ": connected\n\nevent: state\ndata: {\"state\":\"Writing\",\"attempt\":2,\"promptTokens\":123,\"completionTokens\":7}\n\n\
        event: text\nid: 17\ndata: {\"offset\":17,\"text\":\"né\\n\"}\r\n\r\nevent: other\ndata: x\n\n:keep-alive\n\nevent: done\ndata: {\"state\":\"Succeeded\"}\n\n";

    fn all(parser: &mut Parser) -> Vec<StreamEvent> {
        std::iter::from_fn(|| parser.next()).collect()
    }

    fn expected() -> Vec<StreamEvent> {
        let state = WorkerState { attempt: 2, completion_tokens: 7, prompt_tokens: 123, state: Phase::Writing };
        let piece = Piece { offset: 17, text: "né\n".to_owned() };
        let end = End { state: State::Succeeded };
        vec![StreamEvent::State(state), StreamEvent::Text(piece), StreamEvent::Done(end)]
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
