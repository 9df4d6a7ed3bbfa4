//! Reads a role that followed another in the same place: "audit senior then manager at Mazars".

use super::position;
use crate::facts::lexicon::is_role;

const ROLE_WORDS_MAX: usize = 5;

/// The later of two roles with the place, and the earlier one with its article where it is surely a role too.
pub fn later(text: &str) -> (String, Option<String>) {
    let Some((before, behind)) = text.split_once(" then ").filter(|(_, behind)| !behind.contains(" then ")) else {
        return (text.to_owned(), None);
    };
    let before = before.trim_end_matches(" and").trim_end_matches(',').trim();
    let role = |text: &str| position::read(text).filter(|_| text.split(' ').count() <= ROLE_WORDS_MAX);
    let bare_role = behind.split(" at ").next().unwrap_or(behind);
    match (role(before), position::read(behind)) {
        (Some(earlier), Some(_)) if earlier.place.is_empty() => (behind.to_owned(), Some(earlier.role)),
        // "Driver for DHL then team leader": both for DHL.
        (Some(earlier), Some(read))
            if read.place.is_empty() && is_role(bare_role.split(' ').next_back().unwrap_or("")) =>
        {
            (format!("{behind} {}", earlier.place), Some(earlier.role))
        }
        (_, Some(_)) => (behind.to_owned(), None),
        // "Pharmacist in Homs and then Beirut".
        _ => (text.to_owned(), None),
    }
}
