//! Whose turn it is: deficit round robin (Shreedhar and Varghese) between the requesters of one app.
//!
//! Each turn gives a requester credit for the smallest letter. A larger one takes the credit of several turns, so that
//! everybody gets the same work, and nobody more than one letter in a turn. A requester who comes anew is the last in the
//! ring and has credit for one letter of any size: it waits until each of the others has had one turn, however much they
//! ask for.

use std::collections::{BTreeMap, VecDeque};

/// Work that a turn gives credit for.
const QUANTUM: u32 = 7;

/// A request that may be claimed now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Uid.
    pub uid: String,
    /// Who asks: `spec.requestedBy`; those that name nobody are one requester together.
    pub requester: String,
    /// How much work it is, compared with others.
    pub cost: u32,
    /// When it was created, and its name: the order within one requester.
    pub order: (i64, String),
}

/// Requesters in the order of their turns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    members: VecDeque<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    requester: String,
    credit: u32,
    /// Whether this is its turn, and it has got the credit of it.
    has_turn: bool,
}

impl Ring {
    /// The requests of `queue` in the order in which they are due. Whoever takes one from the iterator has had the turn.
    pub(super) fn turns<'a>(&'a mut self, queue: &'a [Waiting]) -> impl Iterator<Item = &'a Waiting> {
        let mut queues = by_requester(queue);
        // The one who had the last turn stays until it is over, or coming back would be a new turn.
        self.members.retain(|member| member.has_turn || queues.contains_key(member.requester.as_str()));
        let mut new: Vec<_> = queues
            .iter()
            .filter(|(requester, _)| self.members.iter().all(|member| member.requester != **requester))
            .filter_map(|(requester, requests)| Some((requests.front()?, *requester)))
            .collect();
        new.sort_by(|(a, _), (b, _)| a.order.cmp(&b.order));
        let new = new.into_iter().map(|(first, requester)| Member {
            requester: requester.to_owned(),
            credit: first.cost.saturating_sub(QUANTUM),
            has_turn: false,
        });
        self.members.extend(new);
        std::iter::from_fn(move || self.next(&mut queues))
    }

    fn next<'a>(&mut self, queues: &mut BTreeMap<&str, VecDeque<&'a Waiting>>) -> Option<&'a Waiting> {
        queues.retain(|_, requests| !requests.is_empty());
        if queues.is_empty() {
            return None;
        }
        loop {
            let member = self.members.front_mut()?;
            let Some(requests) = queues.get_mut(member.requester.as_str()) else {
                // Credit is not saved for a time without requests.
                self.members.pop_front();
                continue;
            };
            if !member.has_turn {
                (member.has_turn, member.credit) = (true, member.credit.saturating_add(QUANTUM));
            }
            let due = requests.front().filter(|first| first.cost <= member.credit);
            if let Some(first) = due.copied() {
                member.credit -= first.cost;
                requests.pop_front();
                return Some(first);
            }
            member.has_turn = false;
            self.members.rotate_left(1);
        }
    }
}

/// The requests of each requester, the oldest first.
fn by_requester(queue: &[Waiting]) -> BTreeMap<&str, VecDeque<&Waiting>> {
    let mut ordered: Vec<_> = queue.iter().collect();
    ordered.sort_by(|a, b| a.order.cmp(&b.order));
    let mut queues: BTreeMap<&str, VecDeque<&Waiting>> = BTreeMap::new();
    for waiting in ordered {
        queues.entry(waiting.requester.as_str()).or_default().push_back(waiting);
    }
    queues
}
