//! Server-sent events: the data of each, from bytes that come in any pieces.

/// Longest line. Events have some hundred bytes.
const LINE_MAX: usize = 1 << 20;

/// A line without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLongLine;

/// Takes the data out of a stream of events. Each `data:` line is one event, as in every server of this protocol.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
}

impl Events {
    /// Takes the next bytes and returns the data of the events that they complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLongLine> {
        let mut all = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                all.extend(data(&line));
            }
        }
        if self.line.len() > LINE_MAX { Err(TooLongLine) } else { Ok(all) }
    }
}

fn data(line: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(line);
    let data = line.trim_end_matches(['\r', '\n']).strip_prefix("data:")?;
    Some(data.strip_prefix(' ').unwrap_or(data).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = ": ping\r\n\r\nevent: message\ndata: {\"a\":\"ä\"}\n\nid: 1\ndata:b\r\n\r\ndata: [DONE]\n\n";

    proptest! {
        #[test]
        fn the_same_events_come_however_the_bytes_are_cut(size in 1..STREAM.len()) {
            let mut events = Events::default();
            let pieces = STREAM.as_bytes().chunks(size);
            let data: Vec<String> = pieces.flat_map(|piece| events.push(piece).expect("short lines")).collect();
            prop_assert_eq!(data, ["{\"a\":\"ä\"}", "b", "[DONE]"]);
        }
    }

    #[test]
    fn a_line_without_an_end_is_refused() {
        let mut events = Events::default();
        assert_eq!(events.push(&vec![b'x'; LINE_MAX]), Ok(Vec::new()));
        assert_eq!(events.push(b"x"), Err(TooLongLine));
    }
}
