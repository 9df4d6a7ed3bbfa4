//! A clause of an advert.

use std::ops::Range;

use crate::evidence::requirement::Need;
use crate::words::list;

list!(pub CUES = "evidence/cues");

/// A clause of an advert that asks something of the applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What is asked, without its frame.
    pub text: String,
    /// How it reads behind "someone who".
    pub about: Option<String>,
    /// What kind of need it is.
    pub need: Need,
    /// The bytes of the advert.
    pub span: Range<usize>,
    /// For an action, what stands before it behind "someone who".
    pub action: Option<&'static str>,
}
