//! A world of one thread in which the operator, workers and a site play the life of requests, and in which everything that
//! can go wrong does: programs crash, freeze and leave, watches are late and break, answers get lost, clocks are wrong.
//!
//! ```text
//!   seed ─▶ schedule ─▶ leader, worker ─▶ server ─▶ history ─▶ checker
//!           one queue   the decisions     rules     what       the promises
//!           of events   of the programs   in cel    was told
//! ```
//!
//! What is decided about a request is decided by the code of the programs, and the rules are those that are installed. The
//! loops around the decisions, the watches and the API server are made here; `ARCHITECTURE.md` says which is which, and what
//! is not played. A test makes the same writes of one request on a real API server, and finds no difference; watches, Leases
//! and pods are not compared.
//! A seed that breaks a promise is a fault: it stays in the tests when it is mended.

pub mod actor;
pub mod admission;
pub mod cel;
pub mod checker;
pub mod leader;
pub mod schedule;
pub mod server;
pub mod worker;

#[cfg(test)]
mod tests;
