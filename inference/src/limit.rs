//! What letters allow a model to write, as the engine limits it.

use std::sync::Arc;

use engine::constraint::Automaton;
use letters::Allowed;

/// Allowed texts as an automaton.
pub struct Limit<A>(pub Arc<A>);

impl<A: Allowed + Send + Sync + 'static> Automaton for Limit<A> {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.start()
    }

    fn next(&self, state: &u32, byte: u8) -> Option<u32> {
        self.0.next(*state, byte)
    }

    fn may_end(&self, state: &u32) -> bool {
        self.0.may_end(*state)
    }
}
