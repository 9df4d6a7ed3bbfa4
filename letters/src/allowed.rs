//! Texts that a model may write, told byte by byte.

/// A graph over bytes: every way from its start to where a text may end is a text that is allowed.
pub trait Allowed {
    /// The state before the first byte.
    fn start(&self) -> u32;

    /// The state after one more byte; `None` when no text goes on so.
    fn next(&self, state: u32, byte: u8) -> Option<u32>;

    /// Whether a text is whole in this state.
    fn may_end(&self, state: u32) -> bool;
}
