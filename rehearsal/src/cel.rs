//! The part of CEL (Common Expression Language) in which our rules and policies are written: enough to decide, without an
//! API server, what one decides.

mod expression;
mod parse;
mod value;

pub use expression::{Expression, Scope};
pub use parse::parse;
pub use value::{Fault, Object, Operator, Value};

#[cfg(test)]
mod tests;
