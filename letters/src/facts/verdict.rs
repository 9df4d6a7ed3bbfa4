//! Tells entries that the applicant judges: "moffett yes", "chainsaw no", "Opera: seen it, not used".

use crate::pattern::pattern;

// What is affirmed behind an entry, without adding to it.
pattern!(
    YES = r"(?i)[\s,:(–—-]+(?:yes|yep|yes no prob(?:lem)?s?|no prob(?:lem)?s?|no bother|done|✔|all fine|fine|obviously|obvs|tick)[)!]?$"
);
pattern!(YES_AND = r"(?i)^([^()]+?)[\s,:–-]+yes,? (\d+ \w+)$");
// What is denied, given up, only watched, long ago, or just begun.
pattern!(
    NO = concat!(
        r"(?i)(?:^|[\s,:(–—-])(?:no|nope|not yet|not for me|meh|rather not|no (?:ticket|cert|card|licence|certificate|diploma)(?: yet)?",
        r"|n(?:o|ot) (?:used|done|got|finished|completed|programming|building|driving|qualified|started|renewed)(?: (?:it|yet|one))?",
        r"|never (?:worked on|used|done|led|driven|tried|had).*|observed only|observed once|only (?:watched|observed|seen|read|used|done).*|watched only",
        r"|seen (?:it )?(?:not|only|done).*|seen it|watched .*|read the book|read about .*|read[- ]only|viewer|in theory(?: only)?|theory only",
        r"|(?:to|want to|wanting to|keen to|would love to|need to|still to|will) (?:learn|get)(?: it)?|just (?:started|begun)|saving for|needs? redo(?:ing)?|needs? renewing|need to renew",
        r"|fail(?:ed)?(?: ?x ?\d| twice| once)?|expired.*|lapsed.*|ran out.*|run out|(?:a )?long time ago|years ago|back in the day|unfinished|incomplete|withdrew.*|dropped out.*|left early.*",
        r"|(?:only )?(?:a |one |half a )?(?:day|day's|session|hour)(?: of)? (?:training|course) ?only|training day only|rusty|(?:a )?bit rusty|a bit rusty.*)[)!]?$",
        r"|(?:[,:(]|\s[–—-])\s*(?:still |currently )?(?:learning(?: it)?|want(?:ed)?|wants?)[)!]?$|(?:^|[^t\s]|[^a]t)\s+once$",
        r"|\b(?:would|will|i'd) need to (?:be|learn|get)\b|\bused to be (?:poor|bad|rubbish)\b|\bnot (?:yet )?(?:used|run|done) it\b|^(?:dislike|hate|avoid)[: ]|^not(?: done)?: |\S-\s+no\b|\bdone it\b|\bh'?cap\b|\bjob ?centre\b|\bnot my thing$|\bto speak of$|\bnot for me$|\bless and less\b|\bneeds? (?:a )?refresh|^with help$|^(?:usually|mostly|only|sometimes) ",
    )
);
pattern!(BRACKET = r"\s*\(([^()]*)\)");
// A piece of a bracket that only weakens what stands before it.
pattern!(
    WEAK_PIECE = r"(?i)^(?:student|(?:one|two|1|2) (?:module|term|unit|semester|course)s?|intermediate|student version|introductory|intro|beginner|basic(?:s)?(?: only)?|old|new|small|library|.* only|at home|rusty|self[- ]taught|.*\bself[- ]stud(?:y|ied)|from youtube|a little|so so|assist|assisted|hobby\b.*|trial.*|needs? .*|no .*|not .*|.*[- ]screens only|reading slow|learnt? .*|tbc|theory.*|.*\blvl\b.*)$"
);

/// The entry without a "yes" behind it.
#[must_use]
pub fn affirmed(entry: &str) -> String {
    // "heat pumps yes 11 fitted"
    let entry = YES_AND.replace(entry.trim(), "$1 ($2)");
    let bare = YES.replace(&entry, "");
    bare.trim_end_matches([' ', ',', ':', '-', '–', '—']).to_owned()
}

/// Whether the applicant denies the entry, or says that it is not had, not finished or no longer known.
#[must_use]
pub fn is_denied(entry: &str) -> bool {
    let lower = entry.trim().to_lowercase().replace('’', "'");
    let rest = ["don't ", "dont ", "do not ", "doesn't "].iter().find_map(|lead| lower.strip_prefix(lead));
    let kept = ["mind", "panic", "give up", "get wound", "get flustered", "need telling", "shy away", "give in"];
    let refuses = rest.is_some_and(|rest| !kept.iter().any(|kept| rest.starts_with(kept)));
    refuses || NO.is_match(entry.trim())
}

/// The entry without what only weakens it in brackets: "SAP (basic, R/3 screens only)" is SAP.
#[must_use]
pub fn without_weak_brackets(entry: &str) -> String {
    let kept = BRACKET.replace_all(entry, |found: &regex::Captures| {
        let pieces: Vec<&str> = found[1].split([',', ';']).map(str::trim).collect();
        let kept: Vec<&str> = pieces.iter().copied().filter(|piece| !WEAK_PIECE.is_match(piece)).collect();
        match kept.len() {
            0 => String::new(),
            all if all == pieces.len() => found[0].to_owned(),
            _ => format!(" ({})", kept.join(", ")),
        }
    });
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_is_told_from_what_is_affirmed() {
        for entry in [
            "chainsaw no",
            "IPAF – no",
            "First aid at work: no",
            "Vue no",
            "dumper (no ticket)",
            "hiab - no ticket yet",
            "nDelius seen it not used",
            "IPPB observed only",
            "MEDDIC (read the book)",
            "Figma read-only",
            "foam free - learning",
            "spraying - rather not",
            "opera pms long time ago",
            "DAF/Scania – never worked on",
            "cytech 2 saving for",
            "driving test fail x2",
            "Part P – expired",
            "L3 Food Safety 2018 – needs redo",
            "lvl 3 not finished",
            "only watched it so far",
            "changed a barrel once",
            "a day training only",
            "welding rusty",
            "phonics - little wandle training day only",
            "irtec – want",
            "I would need to be shown Scribe",
            "truing ok not building",
        ] {
            assert!(is_denied(entry), "{entry}");
        }
        for entry in [
            "moffett yes",
            "no-dig gardening",
            "Ride-on mower",
            "notary work",
            "learning support",
            "machine learning",
            "novel writing",
            "never late",
            "not scared of heights",
            "can start at once a week",
            "fine dining",
            "I know when to stop talking",
            "nothing fazes me",
        ] {
            assert!(!is_denied(entry), "{entry}");
        }
    }

    #[test]
    fn a_yes_is_no_part_of_the_entry() {
        let check = |entry: &str, expect: &str| assert_eq!(affirmed(entry), expect, "{entry}");
        check("moffett yes", "moffett");
        check("Unvented G3 – yes", "Unvented G3");
        check("driving: yes", "driving");
        check("carry bags yes no prob", "carry bags");
        check("fine dining", "fine dining");
        assert_eq!(without_weak_brackets("SAP (basic, R/3 screens only)"), "SAP");
        assert_eq!(without_weak_brackets("Argus (introductory)"), "Argus");
        assert_eq!(without_weak_brackets("Excel (Power Query; no VBA)"), "Excel (Power Query)");
        assert_eq!(without_weak_brackets("Excel (pivot tables)"), "Excel (pivot tables)");
    }
}
