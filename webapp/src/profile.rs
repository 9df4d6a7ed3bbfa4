//! A profile: what a student says about themselves, kept under a label to begin letters from. Pure.

use crds::request::Applicant;
use jiff::Timestamp;
use uuid::Uuid;

/// Most profiles of one user.
pub const PROFILES_MAX: u8 = 10;

/// A profile.
#[derive(Clone)]
pub struct Profile {
    /// Id; the form of a new profile names it, so that sending the form twice makes one profile.
    pub id: Uuid,
    /// What its owner calls it.
    pub label: String,
    /// What it says. The reason is a motivation in general.
    pub applicant: Applicant,
    /// When it was saved.
    pub saved_at: Timestamp,
}
