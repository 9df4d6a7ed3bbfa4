//! States are read as the words they are printed as; any other word is an error.

use super::{LetterState, UnknownState};

#[test]
fn a_state_is_read_back() {
    for state in LetterState::ALL {
        assert_eq!(state.to_string().parse(), Ok(state));
    }
}

#[test]
fn an_unknown_state_is_an_error_and_not_a_failure() {
    for word in ["Archived", "failed", ""] {
        assert_eq!(word.parse::<LetterState>(), Err(UnknownState(word.to_owned())));
    }
}
