//! The passkeys of an account, on its page.

use crate::accounts::forms::{PasskeyField, RemovalField};
use crate::accounts::passkey::PASSKEYS_MAX;
use crate::web::form_state::{FilledInput, FormField as _, FormState};

/// The passkeys of an account, with the forms that add and remove one.
#[derive(Clone, Debug)]
pub struct Passkeys {
    /// Those that there are.
    pub lines: Vec<PasskeyLine>,
    /// Inputs of the form that adds one; empty where none can be added.
    pub addition: Vec<FilledInput>,
    /// Whether that form is unfolded.
    pub is_adding: bool,
    /// Inputs of the form that removes one.
    pub removal: Vec<FilledInput>,
    /// Whether that form is unfolded.
    pub is_removing: bool,
}

/// A passkey of the list.
#[derive(Clone, Debug)]
pub struct PasskeyLine {
    /// Id of its row.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added: String,
    /// When it last logged in, if it did.
    pub last_used: Option<String>,
}

impl Passkeys {
    /// Those of an account. A passkey is added to a password and does not replace it: who has none is asked for none, and
    /// can add none.
    #[must_use]
    pub fn new(
        lines: Vec<PasskeyLine>,
        addition: &FormState<PasskeyField>,
        removal: &FormState<RemovalField>,
        has_password: bool,
        device: &str,
    ) -> Self {
        let mut named = addition.clone();
        if named.value(PasskeyField::Name).is_empty() && named.is_valid() {
            named.replace(PasskeyField::Name, device);
        }
        let has_room = lines.len() < PASSKEYS_MAX;
        Self {
            lines,
            addition: if has_password && has_room { named.inputs(PasskeyField::ALL) } else { Vec::new() },
            is_adding: !addition.is_valid(),
            removal: if has_password { removal.inputs(RemovalField::ALL) } else { Vec::new() },
            is_removing: !removal.is_valid(),
        }
    }
}
