//! Keeps what a model thinks out of what it says.

const BEGIN: &str = "<think>";
const END: &str = "</think>";

/// Drops thoughts at the beginning of a text that comes in pieces. Servers that know a model's form of thinking leave
/// them out of the content themselves.
#[derive(Debug, Default)]
pub(super) struct Thoughts {
    held: String,
    is_over: bool,
}

impl Thoughts {
    /// Takes the next text and returns what is said of it.
    pub(super) fn push(&mut self, text: &str) -> String {
        if self.is_over {
            return text.to_owned();
        }
        self.held.push_str(text);
        let begun = self.held.trim_start();
        if let Some(thoughts) = begun.strip_prefix(BEGIN) {
            let Some(end) = thoughts.find(END) else { return String::new() };
            self.is_over = true;
            return thoughts[end + END.len()..].trim_start().to_owned();
        }
        if BEGIN.starts_with(begun) {
            return String::new();
        }
        self.is_over = true;
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_are_not_said() {
        for (text, said) in [
            ("<think>\nShort.\n</think>\n\nDear team,", "Dear team,"),
            ("<think></think>Dear", "Dear"),
            ("\n<thin>k", "\n<thin>k"),
            ("Dear <think>x</think>", "Dear <think>x</think>"),
            ("<think>endless", ""),
        ] {
            for size in [1, 3, 100] {
                let mut thoughts = Thoughts::default();
                let pieces: Vec<char> = text.chars().collect();
                let all: String =
                    pieces.chunks(size).map(|piece| thoughts.push(&piece.iter().collect::<String>())).collect();
                // White space behind thoughts may come in a piece of its own.
                assert_eq!(all.trim_start(), said.trim_start(), "{text}");
            }
        }
    }
}
