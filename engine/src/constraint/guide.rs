//! Completions that an automaton over bytes accepts.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Constrain, Constraint, TokenBytes};

/// States whose tokens are kept, over all completions. With a large vocabulary 20 kB each.
const KEPT: usize = 2048;
/// Bytes that are looked ahead for each token of a draft: tokens of words are shorter.
const FORCED: usize = 12;
/// Tokens of one word of a set.
const WORD: usize = u64::BITS as usize;

/// Says byte by byte which texts are allowed.
pub trait Automaton: Send + Sync + 'static {
    /// All that matters of the text so far. The fewer states there are, the faster: which tokens may follow is worked out
    /// once for each of them.
    type State: Clone + Eq + Hash + Send + 'static;

    /// Before the first byte.
    fn start(&self) -> Self::State;

    /// After one more byte; `None` when no allowed text goes on so.
    fn next(&self, state: &Self::State, byte: u8) -> Option<Self::State>;

    /// Whether the text may end here.
    fn may_end(&self, state: &Self::State) -> bool;
}

/// An automaton together with the vocabulary of a model. Cheap to clone; clones share what they work out.
pub struct Guide<A: Automaton>(Arc<Inner<A>>);

struct Inner<A: Automaton> {
    automaton: A,
    vocabulary: Arc<TokenBytes>,
    sets: Mutex<HashMap<A::State, Arc<Set>>>,
}

/// A set of tokens: one bit each.
struct Set(Vec<u64>);

struct Guided<A: Automaton> {
    guide: Guide<A>,
    /// `None` after a token that the automaton refuses, which only another constraint can have chosen.
    state: Option<A::State>,
}

impl<A: Automaton> Guide<A> {
    /// Joins an automaton to a vocabulary.
    #[must_use]
    pub fn new(automaton: A, vocabulary: Arc<TokenBytes>) -> Self {
        Self(Arc::new(Inner { automaton, vocabulary, sets: Mutex::new(HashMap::new()) }))
    }
}

impl<A: Automaton> Inner<A> {
    /// The tokens that may follow `state`.
    fn set(&self, state: &A::State) -> Arc<Set> {
        let sets = || self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(set) = sets().get(state) {
            return Arc::clone(set);
        }
        let set = Arc::new(self.work_out(state));
        let mut sets = sets();
        if sets.len() >= KEPT {
            sets.clear();
        }
        sets.insert(state.clone(), Arc::clone(&set));
        set
    }

    /// Tries all tokens in the order of their bytes, so that what they begin with in common is tried once.
    fn work_out(&self, state: &A::State) -> Set {
        let mut set = Set(vec![0; self.vocabulary.len().div_ceil(WORD)]);
        if self.automaton.may_end(state) {
            self.vocabulary.end_tokens().iter().for_each(|id| set.insert(*id));
        }
        // The states after the first bytes of the token at hand, as far as there are any.
        let mut states = vec![state.clone()];
        let mut before: &[u8] = &[];
        for (bytes, id) in self.vocabulary.in_order() {
            let shared = before.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            before = bytes;
            // Where the one before was refused within what this one begins with, this one is refused as well.
            states.truncate(shared + 1);
            while states.len() > shared
                && let (Some(byte), Some(last)) = (bytes.get(states.len() - 1), states.last())
                && let Some(next) = self.automaton.next(last, *byte)
            {
                states.push(next);
            }
            if states.len() == bytes.len() + 1 {
                set.insert(id);
            }
        }
        set
    }
}

impl Set {
    fn insert(&mut self, id: u32) {
        if let Some(word) = self.0.get_mut(id as usize / WORD) {
            *word |= 1 << (id as usize % WORD);
        }
    }

    fn contains(&self, id: usize) -> bool {
        self.0.get(id / WORD).is_some_and(|word| word >> (id % WORD) & 1 == 1)
    }
}

impl<A: Automaton> Constraint for Guided<A> {
    fn limit(&mut self, logits: &mut [f32]) {
        let set = self.state.as_ref().map(|state| self.guide.0.set(state));
        for (id, logit) in logits.iter_mut().enumerate() {
            if !set.as_ref().is_some_and(|set| set.contains(id)) {
                *logit = f32::NEG_INFINITY;
            }
        }
    }

    fn accept(&mut self, token: u32) {
        let Inner { automaton, vocabulary, .. } = &*self.guide.0;
        self.state = self.state.take().and_then(|state| {
            vocabulary.bytes(token)?.iter().try_fold(state, |state, byte| automaton.next(&state, *byte))
        });
    }

    fn draft(&self, most: usize) -> Vec<u32> {
        let Inner { automaton, vocabulary, .. } = &*self.guide.0;
        let Some(state) = &self.state else { return Vec::new() };
        let text = forced(automaton, state, most * FORCED);
        let mut rest = text.as_slice();
        let mut tokens = Vec::new();
        while tokens.len() < most
            && let Some((token, length)) = vocabulary.longest(rest)
        {
            tokens.push(token);
            rest = &rest[length..];
        }
        tokens
    }
}

/// The bytes that must follow `state`, at most so many.
fn forced<A: Automaton>(automaton: &A, state: &A::State, most: usize) -> Vec<u8> {
    let (mut state, mut bytes) = (state.clone(), Vec::new());
    while bytes.len() < most && !automaton.may_end(&state) {
        let mut next = (0..=u8::MAX).filter_map(|byte| Some((byte, automaton.next(&state, byte)?)));
        let (Some((byte, behind)), None) = (next.next(), next.next()) else { break };
        bytes.push(byte);
        state = behind;
    }
    bytes
}

impl<A: Automaton> Constrain for Guide<A> {
    fn begin(&self) -> Box<dyn Constraint> {
        let guide = Self(Arc::clone(&self.0));
        Box::new(Guided { state: Some(guide.0.automaton.start()), guide })
    }
}

impl<A: Automaton> Clone for Guide<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Automaton> fmt::Debug for Guide<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guide").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
