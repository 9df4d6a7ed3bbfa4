//! Makes a cover letter of a request, with any model that completes text, and checks it.
//!
//! ```text
//!   request ──▶ facts ──▶ plan ──▶ model ──▶ sentences ──▶ compose ──▶ letter ──▶ checks
//!      │                             ▲           salutation and signature            ▲
//!      │              └──▶ guided ──▶ model ──▶ sentences ──▶ (general models)       │
//!      ├──▶ instructions ────────────┘ (general models, other languages)             │
//!      └──▶ plain (when the model cannot serve the request) ─────────────────────────┘
//! ```
//!
//! Everything here is pure: the same request, model and seed make the same letter. The model stands behind the trait
//! [`Complete`]. Start reading at [`write()`], which tells how one letter is made. English words and phrases are data,
//! in the folder `words/`.

#![forbid(unsafe_code)]

mod allowed;
mod asked;
mod checks;
mod complete;
mod compose;
mod evidence;
mod facts;
#[cfg(test)]
mod fixtures;
mod guided;
mod instructions;
mod letter;
mod notes;
mod pattern;
mod phrases;
mod plain;
mod plan;
mod style;
mod words;
mod write;

pub use allowed::Allowed;
pub use asked::{Asked, OwnWords, Reading, Reply, Unsaid, asked};
pub use checks::{RULES, Rule, check};
pub use complete::{Ask, Complete, Completion, Completions, Event, Finish, Message, Role};
pub use facts::fact::Field;
pub use facts::given;
pub use facts::noted::wording::Wording;
pub use facts::notes::Notes;
pub use letter::{EmptyLetter, Letter, in_plain_form};
pub use notes::{Note, notes};
pub use phrases::{Answer, CHOICE_RULES, Phrases};
pub use style::Style;
pub use write::{Progress, WriteError, Writing, samples, write};
