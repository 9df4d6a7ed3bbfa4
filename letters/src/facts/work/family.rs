//! Recognises care for the family, which is no job.

use crate::words::list;

list!(FAMILY = "facts/family_members");

/// Whether a text is about caring for the family.
pub fn is_care(text: &str) -> bool {
    let lower = text.to_lowercase();
    let cares = ["care", "caring", "cared", "look", "raise", "raising", "raised", "brought up", "bring"];
    cares.iter().any(|verb| lower.starts_with(verb)) && names_family(&lower)
}

/// Whether a text names a member of the family.
pub fn names_family(text: &str) -> bool {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| FAMILY.has(word))
}
