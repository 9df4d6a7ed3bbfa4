//! Limits which tokens may come next: a caller's object that is asked before every token of one completion.
//!
//! ```text
//! Constrain ── begin ──▶ Constraint    one for each completion; sees logits, and each token that was chosen
//!     ▲
//!   Guide<A>                           makes one of any automaton over bytes
//! ```

mod bytes;
mod guide;

use std::fmt;

pub use bytes::TokenBytes;
pub use guide::{Automaton, Guide};

/// What one completion may say. It sees nothing of other completions, so it cannot make one depend on another.
pub trait Constraint: Send {
    /// Sets the logits of the tokens that must not come next to negative infinity. When all of them are, the completion ends.
    fn limit(&mut self, logits: &mut [f32]);

    /// Notes the token that comes next.
    fn accept(&mut self, token: u32);

    /// A guess of up to `most` tokens that come next, where little else is left. It changes nothing but the speed.
    fn draft(&self, most: usize) -> Vec<u32> {
        let _ = most;
        Vec::new()
    }
}

/// Begins the [`Constraint`] of each completion.
pub trait Constrain: fmt::Debug + Send + Sync {
    /// For a completion that has no token yet.
    fn begin(&self) -> Box<dyn Constraint>;
}
