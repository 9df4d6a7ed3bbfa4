//! What happens in a schedule.

use super::feed::Kind;
use crate::server::{Answer, Call, Refusal, Writer};

/// Which start of which program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    pub seat: usize,
    pub start: u32,
}

/// Something that happens.
pub enum Event {
    /// A program is woken.
    Wake(Who),
    /// A call reaches the API server.
    Arrive { who: Who, by: Writer, number: u64, call: Box<Call>, answered: Option<i64> },
    /// An answer reaches a program.
    Answer(Who, u64, Box<Result<Answer, Refusal>>),
    /// A watch tells what has changed.
    Tell(Who, Kind),
    /// A watch that was broken, or is new, lists everything.
    List(Who, Kind),
    /// A program is started.
    Start(usize),
    /// A worker is asked to leave.
    Leave(Who),
    /// A worker that leaves gives back what it has.
    Release(Who),
    /// Something goes wrong.
    Fault,
    /// The site does something.
    Site,
    /// Leases follow their pods.
    CollectGarbage,
}
