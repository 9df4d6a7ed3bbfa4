//! Software, machines and instruments.

use crate::facts::article::with_article;
use crate::facts::fact::{Act, Kind, Words};
use crate::facts::list::joined;
use crate::facts::spell;
use crate::words::list;

list!(INSTRUMENTS = "skill/instruments");
list!(GAMES = "skill/games");
list!(TOOLS = "skill/tools");
list!(TOOL_NOUNS = "skill/tool_nouns");
list!(OPENERS = "skill/openers");
list!(SYSTEMS = "skill/systems");
list!(TAILS = "skill/software_tails");

/// A musical instrument or a game: one plays it.
pub(super) fn instrument(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let bare = ["playing the ", "playing ", "play the ", "play ", "plays the ", "plays ", "i play the ", "i play "]
        .iter()
        .find_map(|lead| lower.strip_prefix(lead));
    let name = bare.unwrap_or(&lower);
    let played = |name: String, kind| {
        let act =
            Act { base: format!("play {name}"), past: format!("played {name}"), doing: format!("playing {name}") };
        Some((kind, Words::Act(act)))
    };
    let (name, grade) = match name.split_once([',', '(']) {
        Some((name, rest)) if rest.contains("grade") => (name.trim(), format!(" ({})", rest.trim_matches([' ', ')']))),
        _ => match name.split_once(" grade ") {
            Some((name, grade)) => (name.trim(), format!(" (grade {grade})")),
            None => (name, String::new()),
        },
    };
    if INSTRUMENTS.has(name) {
        return played(format!("the {name}{grade}"), Kind::Tool);
    }
    // A game alone may be one that the applicant teaches or watches.
    (GAMES.has(name)).then(|| played(name.to_owned(), Kind::Skill))?
}

/// A tool whose name a list has: "Excel (pivot tables)", "tills".
pub(super) fn surely(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let opener = OPENERS
        .beginnings_of(&lower)
        .find(|opener| name_of(lower[opener.len()..].trim()).is_some())
        .map_or(0, str::len);
    let rest = text.get(opener..)?.trim();
    name_of(&rest.to_lowercase())
        .map(|name| (Kind::Tool, Words::Thing(if name.is_empty() { rest.to_owned() } else { name })))
}

/// "Excel: pivots, XLOOKUP" as "Excel (pivots, XLOOKUP)"; `None` where no tool stands before the colon.
pub(super) fn with_details(block: &str) -> Option<String> {
    let (name, details) = block.split_once(": ")?;
    (surely(name).is_some() && !details.contains(['(', ':'])).then(|| format!("{name} ({details})"))
}

/// A tool with details in brackets, or one that its last word calls a tool.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let thing = |text: String| Some((Kind::Tool, Words::Thing(text)));
    if let Some((name, inner)) = text.strip_suffix(')').and_then(|text| text.split_once(" (")) {
        if let Some(system) = SYSTEMS.pair_of(&name.to_lowercase()) {
            return thing(format!("{system} ({inner})"));
        }
        let (_, words) = surely(name)?;
        let Words::Thing(name) = words else { return None };
        let details: Vec<&str> = inner
            .split(", ")
            .flat_map(|detail| detail.split(" and "))
            .map(|detail| detail.trim().trim_start_matches("including ").trim_start_matches("inc "))
            .filter(|detail| !detail.is_empty())
            .collect();
        // Software in brackets is where the tool was used, or what goes with it.
        if details.iter().any(|detail| spell::software(&detail.to_lowercase()).is_some()) {
            return thing(format!("{name} ({inner})"));
        }
        let are_plain = details
            .iter()
            .all(|detail| detail.split(' ').count() < 4 && !detail.starts_with(|c: char| c.is_ascii_digit()));
        // A code is no part of the tool: "a chainsaw (CS30/31)".
        if details
            .iter()
            .any(|detail| detail.starts_with(char::is_uppercase) && detail.contains(|c: char| c.is_ascii_digit()))
        {
            return thing(format!("{name} ({inner})"));
        }
        return thing(if are_plain && !details.is_empty() {
            format!("{name}, including {}", joined(&details))
        } else {
            name
        });
    }
    if let Some((name, inner)) = text.split_once(" including ") {
        let (_, words) = surely(name)?;
        let Words::Thing(name) = words else { return None };
        let inner = if matches!(inner, "ride on" | "ride ons" | "ride-on") { "ride-ons" } else { inner };
        return thing(format!("{name}, including {inner}"));
    }
    // "CNC (Fanuc, Heidenhain)": a kind of system, with the names that one knows.
    if let Some(system) = SYSTEMS.pair_of(&text.to_lowercase()) {
        return thing(system.to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let last = words.last()?.to_lowercase();
    let is_tool = (2..5).contains(&words.len()) && TOOL_NOUNS.has(&last) && super::plain::is_sound(text);
    let is_mass = last.ends_with('s') || matches!(last.as_str(), "software" | "equipment" | "machinery" | "kit");
    is_tool.then(|| {
        (
            Kind::Tool,
            Words::Thing(if last == "system" && text.starts_with(char::is_uppercase) && words.len() == 2 {
                format!("the {text}")
            } else if is_mass || text.starts_with("the ") {
                text.to_owned()
            } else {
                with_article(text)
            }),
        )
    })
}

/// How a sentence names a tool of the lists; empty when as typed.
fn name_of(lower: &str) -> Option<String> {
    let listed = TOOLS.iter().find(|tool| {
        let bare = tool.strip_prefix("a ").or_else(|| tool.strip_prefix("an ")).unwrap_or(tool);
        *tool == lower || bare == lower
    });
    if let Some(tool) = listed {
        return Some(
            tool.split(' ')
                .map(|word| if word == "a" || word == "an" { word.to_owned() } else { spell::put_right(word) })
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    if let Some(name) = spell::software(lower) {
        return Some(name.to_owned());
    }
    // "Excel spreadsheets", "Word skills", "Windows 10 and 11".
    let (name, tail) = lower.rsplit_once(' ')?;
    let spelt = spell::software(name)?;
    if matches!(tail, "skills" | "user" | "knowledge" | "experience" | "proficiency") {
        return Some(spelt.to_owned());
    }
    TAILS.has(tail).then(|| format!("{spelt} {tail}"))
}
