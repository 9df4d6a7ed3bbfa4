//! How the built-in model is asked, and what is made of its answer.
//!
//! The program plans, the model writes: the plan says which sentences the letter has, the model writes them with references
//! such as `{company}`, and the program puts the applicant's own words in. So the model can neither change nor forget nor
//! obey what people typed.
//!
//! ```text
//!   Facts ──▶ Plan ──▶ prompt ──▶ model ──▶ sentences, each behind its move ──▶ Draft: as planned? ──▶ letter
//! ```

mod draft;
mod fillers;
mod moves;
mod plan;
mod references;

use crate::prompt::{Message, Role};

pub use draft::{Astray, Draft};
pub use plan::Plan;

/// What the model was told in training, word for word.
const SYSTEM: &str = "You write cover letters.";

/// The conversation that asks for the letter of `plan`.
#[must_use]
pub fn messages(plan: &Plan) -> Vec<Message> {
    vec![
        Message { role: Role::System, content: SYSTEM.to_owned() },
        Message { role: Role::User, content: plan.written() },
    ]
}
