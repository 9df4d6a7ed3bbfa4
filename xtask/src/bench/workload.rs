//! What each contestant writes: so many letters of so many tokens.

/// Tokens of a prompt.
pub const PROMPT: usize = 350;
/// Tokens that several prompts have in common at their beginning.
pub const PREFIX: usize = 150;
/// Tokens of a letter.
pub const NEW: usize = 300;
/// Letters that are written at once.
pub const SLOTS: usize = 8;
