//! Recognises sentences that the applicant has written out: a letter says them whole, in the applicant's own words.
//!
//! ```text
//!   field ──▶ sentences ──▶ clauses that begin with "I" or "My" ──▶ screen ──▶ whole, or without what weakens them
//! ```
//!
//! The facts that stand in such a sentence are still told apart, so that requirements find them; but no sentence of the
//! program takes them to pieces.

use std::ops::Range;

use super::article::with_article;
use super::fact::{Field, Why};
use super::lexicon::{bare, is_role};
use super::pieces::{Piece, sentences};
use super::screen::screen;
use super::sound::reads;
use super::spell::{MONTHS, is_name, put_names_right};
use super::spelling::upper_first;
use super::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(LEADS = "prose/leads");
list!(BACKWARD = "prose/backward");
list!(BACK_LEADS = "prose/back_leads");
list!(NEGATIONS = "prose/negations");
list!(NEGATIONS_KEPT = "prose/negations_kept");
list!(AUXILIARIES = "prose/auxiliaries");
list!(ADVERBS = "prose/adverbs");
list!(STATES = "prose/verbs_of_things");
list!(PLAIN = "facts/plain_behind_at");
list!(DETERMINERS = "facts/determiners");
list!(SHORTHAND = "checks/shorthand");

/// A sentence that the applicant wrote out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The field of the form.
    pub field: Field,
    /// The bytes of the field that say it.
    pub span: Range<usize>,
    /// The sentence without its stop, without contractions.
    pub text: String,
    /// The facts in it, by their places in the whole.
    pub facts: Vec<usize>,
}

/// What becomes of a clause that the applicant wrote out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// It can stand in a letter as this sentence.
    Whole(String),
    /// It must not, for this reason.
    LeftOut(Why),
}

/// Fewest and most words of a sentence.
const WORDS: std::ops::RangeInclusive<usize> = 4..=44;
/// Most words of two sentences that are kept together.
const TOGETHER_MAX: usize = 60;
/// Most words before the "I" of a sentence.
const LEAD_MAX: usize = 12;

// What gives back what a sentence has said: "although my average was 67", "but I have not used it".
pattern!(
    CONCESSION = concat!(
        r"(?i),? (?:although|though|even though|whereas) .*$",
        r"|,? (?:and|but|so) (?:I )?(?:do|have|am|was|did|could|can|would|will|had)(?: \w+)? (?:not|never|no)\b.*$",
        r"|,? but (?:not|never|no|only)\b.*$",
    )
);
pattern!(MONTH_OF = r"\b(0?[1-9]|1[0-2])/((?:19|20)\d\d)\b");
pattern!(SINCE = r"^(?i:since|for) ");
pattern!(DOING_SINCE = r"\bI am (\w+ing\b.*\bsince\b)");
pattern!(
    BARE_ROLE = r"\b(I am|I was|I have been|as) ((?:[a-z-]+ ){0,2}?[a-z-]+)( in | at | for | with | on | since |,|$)"
);

/// The clauses of a field that the applicant wrote out, in their order, each with the bytes that say it.
#[must_use]
pub fn clauses(field: &str) -> Vec<(Range<usize>, Clause)> {
    let mut found: Vec<(Range<usize>, Clause)> = Vec::new();
    for sentence in sentences(field) {
        let parts = parts(field, &sentence);
        let read: Vec<Option<Clause>> = parts.iter().map(|part| clause(&part.text)).collect();
        let is_whole = read.iter().all(|clause| matches!(clause, Some(Clause::Whole(_))));
        match clause(&sentence.text) {
            Some(whole @ Clause::Whole(_)) if is_whole => found.push((sentence.span, whole)),
            _ if parts.len() > 1 => {
                found.extend(parts.into_iter().zip(read).filter_map(|(part, clause)| Some((part.span, clause?))));
            }
            Some(left) => found.push((sentence.span, left)),
            None => add_to_last(field, &mut found, &sentence),
        }
    }
    found
}

/// "There I ran the stall": a sentence that points back stays with the sentence before it, or is read like any entry.
fn add_to_last(field: &str, found: &mut [(Range<usize>, Clause)], sentence: &Piece) {
    let right = right(&sentence.text);
    let Some((span, Clause::Whole(before))) = found.last_mut() else { return };
    let follows = field[span.end..sentence.span.start].chars().all(|c| !c.is_alphanumeric());
    let points_back = BACKWARD.beginning_of(&right.to_lowercase()).is_some();
    let words = before.split(' ').count() + right.split(' ').count();
    if follows && points_back && words <= TOGETHER_MAX && has_verb(&right) && fault(&right).is_none() && fits(&right) {
        *before = format!("{before}. {}", upper_first(&right));
        span.end = sentence.span.end;
    }
}

/// The clauses of a sentence, each of which begins with its own "I".
fn parts(field: &str, sentence: &Piece) -> Vec<Piece> {
    let text = &field[sentence.span.clone()];
    let joints = [" and ", " but ", " so ", " then ", "; "];
    let mut cuts: Vec<(usize, usize)> =
        joints.iter().flat_map(|joint| text.match_indices(joint).map(|(at, joint)| (at, at + joint.len()))).collect();
    cuts.sort_unstable();
    cuts.retain(|(_, end)| starts_clause(&text[*end..]));
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, end) in cuts.into_iter().chain([(text.len(), text.len())]).filter(|(at, _)| *at > 0) {
        if at < start {
            continue;
        }
        let typed = text[start..at].trim_matches([' ', ',', '.', '!']);
        let span = sentence.span.start + start..sentence.span.start + at;
        parts.push(Piece { span, text: typed.to_owned() });
        start = end;
    }
    parts
}

/// Whether a text goes on with an "I", perhaps behind when or where: "in between I have been".
fn starts_clause(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(6).collect();
    let at = words.iter().position(|word| is_self(word));
    at.is_some_and(|at| at == 0 || LEADS.beginning_of(&format!("{} ", words[..at].join(" ").to_lowercase())).is_some())
}

fn is_self(word: &str) -> bool {
    matches!(word.to_lowercase().replace('’', "'").as_str(), "i" | "i'm" | "im" | "i've" | "ive" | "i'd" | "i'll")
}

/// Reads a clause; `None` when it is none that somebody wrote out, or not surely one that a letter can say.
fn clause(typed: &str) -> Option<Clause> {
    let text = right(typed);
    if !starts(&text) || !has_verb(&text) {
        return None;
    }
    if let Some(why) = fault(typed) {
        return Some(Clause::LeftOut(why));
    }
    let kept = CONCESSION.replace(&text, "").into_owned();
    if !starts(&kept) || !has_verb(&kept) {
        return Some(Clause::LeftOut(Why::Weak));
    }
    if let Some(why) = fault(&kept) {
        return Some(Clause::LeftOut(why));
    }
    if dangles(&kept) {
        return Some(Clause::LeftOut(Why::Unread));
    }
    (WORDS.contains(&kept.split(' ').count()) && fits(&kept)).then_some(Clause::Whole(kept))
}

/// The text with spelling, contractions and small slips of grammar put right.
fn right(typed: &str) -> String {
    let text = typed.replace('’', "'").replace(" - ", ", ").replace(" – ", ", ");
    let words: Vec<String> = text.split_whitespace().map(expanded).collect();
    let text = put_names_right(&words.join(" "));
    let text = MONTH_OF.replace_all(&text, |date: &regex::Captures<'_>| {
        let month = date[1].parse().ok().and_then(|month: usize| MONTHS.get(month - 1)).unwrap_or(&"");
        format!("{month} {}", &date[2])
    });
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
    let text = BARE_ROLE.replace_all(&text, |found: &regex::Captures<'_>| {
        let last = found[2].rsplit(' ').next().unwrap_or_default();
        let is_done = verb::read(&found[2]).is_some_and(|(form, _)| form != Form::Base);
        let role =
            if is_role(last) && !is_plural(last) && !is_done { with_article(&found[2]) } else { found[2].to_owned() };
        format!("{} {role}{}", &found[1], &found[3])
    });
    let text = spliced(&text);
    upper_first(&text)
}

/// "I can type, I can drive": clauses that only commas part get an "and" before the last.
fn spliced(text: &str) -> String {
    match text.rsplit_once(", I ") {
        Some((before, last))
            if before.starts_with("I ") && !before.contains(" where ") && !before.contains(" when ") =>
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

/// A word without contraction; "I'd" is "I would" unless a participle follows, which [`fits`] cannot tell, and stays.
fn expanded(word: &str) -> String {
    let lower = word.to_lowercase();
    let long = match lower.trim_end_matches([',', '.']) {
        "i" => "I",
        "i'm" | "im" => "I am",
        "i've" | "ive" => "I have",
        "i'll" => "I will",
        "don't" | "dont" => "do not",
        "didn't" | "didnt" => "did not",
        "can't" | "cant" => "cannot",
        "couldn't" => "could not",
        "haven't" | "havent" => "have not",
        "hasn't" => "has not",
        "hadn't" => "had not",
        "wasn't" | "wasnt" => "was not",
        "isn't" | "isnt" => "is not",
        "aren't" => "are not",
        "won't" | "wont" => "will not",
        "wouldn't" => "would not",
        "doesn't" | "doesnt" => "does not",
        "it's" => "it is",
        "that's" | "thats" => "that is",
        "there's" => "there is",
        "we're" => "we are",
        "they're" => "they are",
        "we've" => "we have",
        "what's" => "what is",
        _ => return word.to_owned(),
    };
    format!("{long}{}", &lower[lower.trim_end_matches([',', '.']).len()..])
}

/// Whether a text begins with "I" or "My", perhaps behind when or where.
fn starts(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    if matches!(words[0], "My" | "Our") {
        return words.iter().skip(1).take(6).any(|word| STATES.has(word));
    }
    let at = words.iter().take(LEAD_MAX).position(|word| *word == "I");
    at.is_some_and(|at| at == 0 || LEADS.beginning_of(&format!("{} ", words[..at].join(" ").to_lowercase())).is_some())
}

/// Whether a verb follows the first "I", or a thing of the applicant's is said to be or do something.
fn has_verb(text: &str) -> bool {
    let mut words = text.split(' ').skip_while(|word| *word != "I").skip(1).skip_while(|word| ADVERBS.has(&bare(word)));
    match words.next().map(bare) {
        // "I am clean house" and "I working in a hotel" are slips that a letter must not repeat.
        Some(word) if matches!(word.as_str(), "am" | "was") => {
            let next = words.next().map(bare).unwrap_or_default();
            let is_done = verb::read(&next).is_some_and(|(form, act)| form == Form::Base && act.past != next);
            let end = words.next().map(bare).unwrap_or_default();
            !is_done || is_role(&next) || end.is_empty() || BEHIND_ADJECTIVES.contains(&end.as_str())
        }
        Some(word) => {
            let form = verb::read(&word).map(|(form, _)| form);
            AUXILIARIES.has(&word)
                || form.is_some_and(|form| form != Form::Doing)
                || word.len() > 4 && word.ends_with("ed")
        }
        None => text.split(' ').any(|word| STATES.has(word)),
    }
}

/// What stands behind an adjective that is a verb as well: "I am open to travel".
const BEHIND_ADJECTIVES: [&str; 12] =
    ["to", "at", "with", "and", "in", "for", "on", "of", "from", "about", "but", "or"];

/// Why no letter says a clause.
fn fault(text: &str) -> Option<Why> {
    let found = screen(text).filter(|why| *why != Why::Anybody);
    let lower = format!(" {} ", text.to_lowercase().replace(['.', ','], " ").replace("  ", " "));
    let kept = NEGATIONS_KEPT.iter().fold(lower, |text, kept| text.replace(&format!(" {kept} "), " "));
    found.or_else(|| NEGATIONS.iter().any(|word| kept.contains(&format!(" {word} "))).then_some(Why::Weak))
}

/// Whether a clause speaks of what only another sentence names: "I run with him".
fn dangles(text: &str) -> bool {
    let early = text.split(' ').skip_while(|word| *word != "I").skip(1).take(5);
    early.map(bare).any(|word| matches!(word.as_str(), "it" | "him" | "her" | "them" | "he" | "she" | "they" | "this"))
        && !text.contains("her own")
}

/// Whether a clause reads like one of a letter: no shorthand, marks or names without capitals.
fn fits(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_shorthand =
        |word: &&str| SHORTHAND.has(&bare(word)) && *word != "I" && !word.chars().any(char::is_uppercase);
    let marks = ['+', '=', '#', '"', '“', '”', '…', '>', '→', '/', '^'];
    let names_nothing = words.windows(2).any(|pair| {
        let (before, word) = (pair[0].to_lowercase(), bare(pair[1]));
        let is_small = pair[1].starts_with(char::is_lowercase);
        before == "at"
            && is_small
            && !PLAIN.has(&word)
            && !DETERMINERS.has(&word)
            && !is_name(&word)
            && !is_known(&word)
    });
    reads(text)
        && !text.replace("and/or", "").contains(marks)
        && !words.iter().any(is_shorthand)
        && !words.contains(&"I'd")
        && !names_nothing
        && !words.last().is_some_and(|last| DANGLING.contains(&bare(last).as_str()))
}

/// Words that end no sentence.
const DANGLING: [&str; 14] =
    ["and", "or", "the", "a", "an", "of", "with", "my", "but", "because", "which", "that", "to", "as"];

/// What stands behind "at" beside a name: "at all", "at present", "at weekends".
fn is_known(word: &str) -> bool {
    ["all", "present", "least", "first", "times", "weekends", "once", "short", "events", "speed", "heights", "height"]
        .contains(&word)
        || word.ends_with("ing")
        || word.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests;
