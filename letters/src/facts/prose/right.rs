//! Puts right what somebody wrote out: contractions, spelling, beginnings that hang on another sentence, small slips.

use crate::facts::article::with_article;
use crate::facts::contraction::written_out;
use crate::facts::lexicon::is_role;
use crate::facts::spell::{MONTHS, put_names_right};
use crate::facts::spelling::upper_first;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(BACK_LEADS = "prose/back_leads");

// What another alphabet says in brackets.
pattern!(FOREIGN = r"\s*\([^()]*[\p{Cyrillic}\p{Greek}\p{Arabic}\p{Hebrew}\p{Han}\p{Hangul}\p{Devanagari}][^()]*\)");
pattern!(SINCE_IN_BRACKETS = r"^I am (.*?) \((?:since (.*?)|(\w+ \d{4}) (?:to date|to now|to present))\)$");
pattern!(BEFORE_THAT = r"(\w+) before that\b");
pattern!(MONTH_OF = r"\b(0?[1-9]|1[0-2])/((?:19|20)\d\d)\b");
pattern!(SINCE = r"^(?i:since|for) ");
pattern!(DOING_SINCE = r"\bI am (\w+ing\b.*\bsince\b)");
pattern!(
    BARE_ROLE = r"\b(I am|I was|I have been|as) ((?:[a-z-]+ ){0,2}?[a-z-]+)( in | at | for | with | on | since | \d| (?:one|two|three|four|five|six|seven|eight|nine|ten|several|many) |,|$)"
);
// "I was a teacher six years".
pattern!(
    LENGTH = r"\b(I (?:was|worked|have been|have worked) [^,;]*?[a-z)]) ((?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|several|many)(?: and a half)? (?:years|months|weeks|seasons))\b"
);
// "I work as a dental nurse, full time, from 2022": what goes on is in the perfect.
pattern!(
    FROM_YEAR = r"^I (?P<verb>\w+) (?P<rest>[^.;]*?)(?P<comma>,?) (?:from|since) (?P<when>(?:[A-Z][a-z]+ )?(?:19|20)\d\d)(?: (?:till|until|to) (?:now|date|today|present))?$"
);
// "I do the lot: tempering, laminated doughs", but no sentence that begins anew.
pattern!(COLON = r": (?P<next>[£\d]\S*|[a-z][a-z-]+)\b");
pattern!(
    SINCE_LENGTH =
        r" since (?P<length>(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten) (?:years|months|weeks))\b"
);
const BEFORE_LENGTHS: [&str; 16] = [
    "for", "about", "over", "after", "every", "of", "last", "past", "than", "nearly", "almost", "in", "around",
    "within", "the", "first",
];

/// The text with spelling, contractions and small slips of grammar put right.
pub fn right(typed: &str) -> String {
    let text = typed.replace('’', "'").replace(" - ", ", ").replace(" – ", ", ");
    let text = put_names_right(&FOREIGN.replace_all(&written_out(&text), ""));
    let text = text.replace(" is been ", " has been ");
    let text = MONTH_OF.replace_all(&text, |date: &regex::Captures<'_>| {
        let month = date[1].parse().ok().and_then(|month: usize| MONTHS.get(month - 1)).unwrap_or(&"");
        format!("{month} {}", &date[2])
    });
    // What somebody does is no entry of a list: "I do the close and cash up".
    let is_cashing = typed.to_lowercase().contains("cashing up");
    let text = if is_cashing { text.into_owned() } else { text.replace("cashing up", "cash up") };
    let text = without_joint(&text).to_owned();
    let back = BACK_LEADS.beginning_of(&format!("{} ", text.to_lowercase()));
    let text = back.map_or(text.clone(), |lead| text[lead.len()..].trim_start_matches([',', ' ']).to_owned());
    // "Also I work" and "I work also".
    let also = text.strip_prefix("also I ").or_else(|| text.strip_prefix("Also I "));
    let text = also.map_or(text.clone(), |rest| format!("I also {rest}"));
    let text = DOING_SINCE.replace(&text, "I have been $1").into_owned();
    let text = match SINCE.find(&text) {
        Some(_) if text.contains(" I am ") => text.replacen(" I am ", " I have been ", 1),
        _ => text,
    };
    let text = SINCE_LENGTH.replace(&text, " for $length");
    let text = FROM_YEAR.replace(&text, |found: &regex::Captures<'_>| goes_on(found)).into_owned();
    let text = BARE_ROLE.replace_all(&text, |found: &regex::Captures<'_>| {
        let last = found[2].rsplit(' ').next().unwrap_or_default();
        let is_done = verb::read(&found[2]).is_some_and(|(form, _)| form != Form::Base);
        let role =
            if is_role(last) && !is_plural(last) && !is_done { with_article(&found[2]) } else { found[2].to_owned() };
        format!("{} {role}{}", &found[1], &found[3])
    });
    let text = LENGTH.replace(&text, |found: &regex::Captures<'_>| {
        let before = found[1].rsplit(' ').next().unwrap_or_default();
        let joint = if BEFORE_LENGTHS.contains(&before) { "" } else { "for " };
        format!("{} {joint}{}", &found[1], &found[2])
    });
    // A level of a course is no A level.
    let text = text.replace(" A Level ", " a Level ");
    let text = text.replace(" to UK", " to the UK").replace(" in UK", " in the UK").replace(" from UK", " from the UK");
    let text = SINCE_IN_BRACKETS.replace(&text, |found: &regex::Captures<'_>| {
        let since = found.get(2).or_else(|| found.get(3)).map_or("", |since| since.as_str());
        format!("I have been {} since {since}", &found[1])
    });
    let text = BEFORE_THAT.replace(&text, |found: &regex::Captures<'_>| match &found[1] {
        "and" | "or" => found[0].to_owned(),
        before => before.to_owned(),
    });
    let text = COLON.replace(&text, |found: &regex::Captures<'_>| {
        let is_number = found["next"].starts_with(|c: char| c.is_ascii_digit() || c == '£')
            || crate::facts::lexicon::is_counted(&found["next"]);
        format!(", {} {}", if is_number { "with" } else { "including" }, &found["next"])
    });
    let text = spliced(&text);
    upper_first(&text)
}

fn goes_on(found: &regex::Captures<'_>) -> String {
    let verb = match &found["verb"] {
        "am" => "been".to_owned(),
        verb => match verb::read(verb) {
            Some((Form::Base, act)) if act.past.ends_with("ed") => act.past,
            _ => return found[0].to_owned(),
        },
    };
    // What another clause says has a time of its own.
    if found["rest"].contains(" I ") {
        return found[0].to_owned();
    }
    let comma = if found["rest"].contains(',') { &found["comma"] } else { "" };
    format!("I have {verb} {}{comma} since {}", &found["rest"], &found["when"])
}

/// "I can type, I can drive": clauses that only commas part get an "and" before the last.
fn spliced(text: &str) -> String {
    match text.rsplit_once(", I ") {
        Some((before, last))
            if before.starts_with("I ")
                && ![" where ", " when "].iter().any(|word| before.contains(word))
                && !last.contains(", and I ") =>
        {
            format!("{before}, and I {last}")
        }
        _ => text.to_owned(),
    }
}

fn is_plural(word: &str) -> bool {
    word.ends_with('s') && !word.ends_with("ss")
}

fn without_joint(text: &str) -> &str {
    let joints = ["and ", "And ", "but ", "But ", "so ", "So ", "then ", "plus ", "Plus "];
    joints.iter().find_map(|joint| text.strip_prefix(joint)).unwrap_or(text).trim_start_matches([',', ' '])
}
