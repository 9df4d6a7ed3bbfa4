//! The bytes that each token stands for.

use tokenizers::DecoderWrapper;

use super::Tokens;
use crate::constraint::TokenBytes;

impl Tokens {
    /// What each of the first `vocabulary` tokens adds to a text, where `end_tokens` end it.
    #[must_use]
    pub fn bytes(&self, vocabulary: usize, end_tokens: &[u32]) -> TokenBytes {
        let mut all = TokenBytes::new(end_tokens);
        let mut bytes = Vec::new();
        for id in 0..vocabulary as u32 {
            bytes.clear();
            self.extend_with(id, &mut bytes);
            all.push(&bytes);
        }
        all.sorted()
    }

    /// Appends what the token adds to a text.
    fn extend_with(&self, id: u32, bytes: &mut Vec<u8>) {
        if let Some(added) = self.added.get(&id) {
            if !added.special {
                bytes.extend(added.content.as_bytes());
            }
            return;
        }
        let Some(text) = self.model.text(id) else { return };
        if let Some(DecoderWrapper::ByteLevel(_)) = self.decoder {
            for character in text.chars() {
                match byte(character) {
                    Some(byte) => bytes.push(byte),
                    None => bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
                }
            }
        } else if let Some(byte) = spelled(&text) {
            bytes.push(byte);
        } else {
            bytes.extend(text.replace('\u{2581}', " ").as_bytes());
        }
    }
}

/// The byte that a character of a byte level vocabulary stands for: itself where it is printable, the others in their order
/// from U+0100 on (as GPT-2 has it).
fn byte(character: char) -> Option<u8> {
    let is_printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    match u32::from(character) {
        code @ 0..=0xff => Some(code as u8).filter(is_printable),
        code => (0..=u8::MAX).filter(|byte| !is_printable(byte)).nth(code as usize - 0x100),
    }
}

/// The byte that a token such as `<0x0A>` spells out.
fn spelled(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}
