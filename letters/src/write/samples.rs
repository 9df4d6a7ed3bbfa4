//! Conversations to warm a model up with.

use crds::request::Tone;

use crate::complete::Message;
use crate::guided;
use crate::plan::Plan;
use crate::style::Style;

/// Two conversations of a style that share only the beginning that all of its conversations share.
#[must_use]
pub fn samples(style: Style) -> [Vec<Message>; 2] {
    match style {
        Style::Chat => guided::samples(),
        Style::BuiltIn => [Tone::Direct, Tone::Warm].map(|tone| Plan::empty(tone).messages()),
    }
}
