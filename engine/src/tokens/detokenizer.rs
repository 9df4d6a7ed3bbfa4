//! Token ids to text, piece by piece.

use super::{TokenError, Tokens};

/// What a decoder writes for bytes that are not (yet) a character.
const INCOMPLETE: char = '\u{FFFD}';

/// Decodes a growing list of tokens. The pieces put together are the text of all tokens, and no piece ends within a
/// character whose other bytes are still to come.
#[derive(Debug, Default)]
pub struct Detokenizer {
    ids: Vec<u32>,
    /// Start of the tokens that give the next ones their context (some decoders drop a leading space).
    context: usize,
    /// Tokens before this one have been emitted.
    emitted: usize,
}

impl Detokenizer {
    /// Takes the next token and returns the text that is now certain, possibly none.
    ///
    /// # Errors
    /// When the tokenizer's decoder fails.
    pub fn push(&mut self, tokens: &Tokens, id: u32) -> Result<String, TokenError> {
        self.ids.push(id);
        let text = self.pending(tokens)?;
        if text.is_empty() || text.ends_with(INCOMPLETE) {
            return Ok(String::new());
        }
        self.context = self.emitted;
        self.emitted = self.ids.len();
        Ok(text)
    }

    /// Returns what is left, which ends in replacement characters when the last bytes never became a character.
    ///
    /// # Errors
    /// When the tokenizer's decoder fails.
    pub fn finish(self, tokens: &Tokens) -> Result<String, TokenError> {
        self.pending(tokens)
    }

    fn pending(&self, tokens: &Tokens) -> Result<String, TokenError> {
        let before = tokens.decode(&self.ids[self.context..self.emitted])?;
        let all = tokens.decode(&self.ids[self.context..])?;
        Ok(all.strip_prefix(&before).unwrap_or(&all).to_owned())
    }
}
