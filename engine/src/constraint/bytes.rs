//! The bytes that each token stands for.

/// Longest token that drafts are made of.
const LONGEST: usize = 24;

/// What each token of a vocabulary adds to a text, as bytes: some tokens are parts of characters.
pub struct TokenBytes {
    bytes: Vec<u8>,
    /// Where in `bytes` the bytes of each token begin, and where the last ones end.
    bounds: Vec<usize>,
    /// The tokens that have bytes, in the order of their bytes.
    sorted: Vec<u32>,
    end_tokens: Vec<u32>,
}

impl TokenBytes {
    /// No tokens yet.
    pub(crate) fn new(end_tokens: &[u32]) -> Self {
        Self { bytes: Vec::new(), bounds: vec![0], sorted: Vec::new(), end_tokens: end_tokens.to_vec() }
    }

    /// Adds the next token; no bytes for one that is no text.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        self.bounds.push(self.bytes.len());
    }

    /// With all tokens there.
    pub(crate) fn sorted(self) -> Self {
        let mut sorted: Vec<u32> = (0..self.len() as u32).filter(|id| self.bytes(*id).is_some()).collect();
        sorted.sort_by(|a, b| self.bytes(*a).cmp(&self.bytes(*b)));
        Self { sorted, ..self }
    }

    /// Number of tokens, which is that of the logits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Whether there are no tokens.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a token adds to a text; `None` for tokens that are no text.
    #[must_use]
    pub fn bytes(&self, id: u32) -> Option<&[u8]> {
        let (start, end) = (*self.bounds.get(id as usize)?, *self.bounds.get(id as usize + 1)?);
        Some(&self.bytes[start..end]).filter(|bytes| !bytes.is_empty())
    }

    /// The longest token that `text` begins with, and its length.
    pub(super) fn longest(&self, text: &[u8]) -> Option<(u32, usize)> {
        (1..=text.len().min(LONGEST)).rev().find_map(|length| {
            let at = self.sorted.partition_point(|id| self.bytes(*id).unwrap_or_default() < &text[..length]);
            let id = *self.sorted.get(at)?;
            (self.bytes(id)? == &text[..length]).then_some((id, length))
        })
    }

    /// All tokens that are text, in the order of their bytes.
    pub fn in_order(&self) -> impl Iterator<Item = (&[u8], u32)> {
        self.sorted.iter().map(|id| (self.bytes(*id).unwrap_or_default(), *id))
    }

    /// The tokens that end a completion.
    #[must_use]
    pub fn end_tokens(&self) -> &[u32] {
        &self.end_tokens
    }
}
