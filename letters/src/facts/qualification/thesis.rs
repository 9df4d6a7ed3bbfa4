//! What a thesis or project is about: "dissertation on coastal erosion", `BSc thesis: low-power LoRa sensor`.

use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;

const NOUN: &str =
    r"(?:final[- ]year |undergraduate |masters? |master's |research |capstone |group )?(?:dissertation|thesis|project)";

pattern!(
    INSIDE = format!(
        r"(?i)^(.+?)[\s,;(–—-]+(?:with |and )?(?:an? |my |the )?({NOUN})(?: title)?(?: ?[:=] ?| (?:was |is )?(?:on|about|titled|entitled) (?:the )?| – | - )([^()]+)\)?(.*)$"
    )
);
pattern!(
    ALONE = format!(
        r"(?i)^(?:my )?((?:(?:BSc|BA|BEng|MEng|MSc|MA|MRes|MPhil|PhD|LLM|LLB|HND) )?{NOUN})(?: title)?(?: ?[:=] ?| (?:was |is )?(?:on|about|titled|entitled) )(.+)$"
    )
);
// What follows tells how far it has come rather than what it is about.
pattern!(
    PROGRESS = r"(?i)^(?:due|submitted|pending|to be|in progress|under way|finish|complete|deadline|hand|awarded|passed|distinction|first|merit|\d+ ?%|[\d:.]+$)"
);
// Things of which there is one: "a low-power sensor".
pattern!(
    THING = r"(?i)\b(?:sensor|model|app|robot|tool|system|device|platform|algorithm|framework|engine|mower|game|website|network|bridge|machine|drone|arm|controller|simulator|dashboard|chatbot|prototype|detector|amplifier|antenna|battery|house|library|theatre|chair|lamp|car|bike|wheelchair|prosthesis|pipeline)$"
);

/// The entry without its thesis, and what the thesis is about.
pub(super) fn apart(text: &str) -> Option<(String, (Kind, Words))> {
    if let Some(found) = ALONE.captures(text) {
        return about(&found[1], &found[2]).map(|topic| (String::new(), topic));
    }
    let found = INSIDE.captures(text)?;
    let what = found[3].trim();
    // "Dissertation: witchcraft in Essex, Sussex, 2:1" in brackets ends with them.
    let topic = about(&found[2], what)?;
    Some((format!("{}{}", found[1].trim_end_matches([' ', ',', '(']), &found[4]), topic))
}

fn about(noun: &str, what: &str) -> Option<(Kind, Words)> {
    let what = what.trim().trim_end_matches(['.', ')', ',']).trim_matches('"');
    if PROGRESS.is_match(what) || what.split(' ').count() > 14 || what.is_empty() {
        return None;
    }
    let noun =
        noun.split(' ')
            .map(|word| {
                if word.chars().filter(|c| c.is_uppercase()).count() > 1 {
                    word.to_owned()
                } else {
                    word.to_lowercase()
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
            .replace("final year", "final-year");
    let head = [" for ", " in ", " of ", " with ", " on ", " at "]
        .iter()
        .filter_map(|link| what.find(link))
        .min()
        .map_or(what, |at| &what[..at]);
    let what = crate::facts::spell::put_names_right(what);
    let named = if THING.is_match(head) && !what.starts_with("a ") && !what.starts_with("the ") {
        with_article(&what)
    } else {
        what
    };
    // What a project makes, it is; what a thesis studies, it is on.
    let verb = if noun.ends_with("project") && THING.is_match(head) { "is" } else { "is on" };
    Some((Kind::Topic, Words::Clause(format!("my {noun} {verb} {named}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thesis_is_told_apart_from_its_degree() {
        let check = |text: &str, degree: &str, topic: &str| {
            let Some((rest, (_, Words::Clause(clause)))) = apart(text) else { panic!("{text}") };
            assert_eq!((rest.as_str(), clause.as_str()), (degree, topic), "{text}");
        };
        check("BSc thesis: low-power LoRa sensor", "", "my BSc thesis is on a low-power LoRa sensor");
        check("PhD thesis on soil carbon", "", "my PhD thesis is on soil carbon");
        check("final year project: autonomous lawn mower", "", "my final-year project is an autonomous lawn mower");
        check(
            "BA History (dissertation: witchcraft in Essex), Sussex, 2:1",
            "BA History, Sussex, 2:1",
            "my dissertation is on witchcraft in Essex",
        );
        check(
            "BSc Geography 2:1, dissertation on coastal erosion at Happisburgh",
            "BSc Geography 2:1",
            "my dissertation is on coastal erosion at Happisburgh",
        );
        for text in ["MSc Physics, thesis submitted", "project management level 3", "BA History, dissertation due May"]
        {
            assert!(apart(text).is_none(), "{text}");
        }
    }
}
