//! The tokens of a pass.

/// One token of a pass.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Which of the pass's caches it belongs to.
    pub row: usize,
    /// Its position in the row.
    pub position: usize,
    pub id: u32,
}
