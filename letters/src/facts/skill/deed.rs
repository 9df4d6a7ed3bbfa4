//! Deeds: what was done, and what one is used to doing.

use crate::facts::fact::{Act, Kind, Words};
use crate::facts::lexicon::is_doing;
use crate::facts::spell::put_right;
use crate::facts::spelling::lower_first;
use crate::facts::verb::{self, Form};

/// A deed in the past: "made two benches for the school garden".
pub(super) fn past(text: &str) -> Option<Act> {
    let text = put_right(text);
    let (form, act) = verb::read(&text)?;
    let words = text.split_whitespace().count();
    // "Planned maintenance" and "coded 6G" are no deeds; "trained apprentices" is one.
    let is_short = words == 2 && !(text.ends_with('s') && !text.ends_with("ss") && text.ends_with(char::is_lowercase));
    (form == Form::Past && (2..25).contains(&words) && !is_short).then_some(act)
}

/// "trained up 12 new starters", "running the pass when the sous chef is off".
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    if let Some(act) = past(text) {
        return Some((Kind::Feat, Words::Act(act)));
    }
    let first = text.split_whitespace().next()?;
    let words = text.split_whitespace().count();
    let is_known = verb::read(text).is_some_and(|(form, _)| form == Form::Doing) || is_doing(first);
    let is_phrase = is_known && first.to_lowercase().ends_with("ing") && (2..22).contains(&words);
    let is_whole = !text.contains(['=', '?', '"']);
    (is_phrase && is_whole).then(|| {
        (
            Kind::Skill,
            Words::Thing(
                lower_first(text)
                    .replace(" stuff ", " things ")
                    .replace(" when sous is ", " when the sous chef is ")
                    .replace(" sous is ", " the sous chef is "),
            ),
        )
    })
}
