//! Judges whether a clause that somebody wrote out can stand in a letter by itself.

use crate::facts::fact::Why;
use crate::facts::lexicon::{bare, is_role};
use crate::facts::screen::screen;
use crate::facts::sound::reads;
use crate::facts::spell::is_name;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(LEADS = "prose/leads");
list!(NEGATIONS = "prose/negations");
list!(NEGATIONS_KEPT = "prose/negations_kept");
list!(AUXILIARIES = "prose/auxiliaries");
list!(ADVERBS = "prose/adverbs");
list!(STATES = "prose/verbs_of_things");
list!(NO_VERBS = "prose/no_verbs");
list!(PLAIN = "facts/plain_behind_at");
list!(DETERMINERS = "facts/determiners");
list!(SHORTHAND = "checks/shorthand");

/// Most words before the "I" of a sentence.
const LEAD_MAX: usize = 12;

// What gives back what a sentence has said: "although my average was 67", "but I have not used it".
pattern!(
    CONCESSION = concat!(
        r"(?i),? (?:although|though|even though|whereas) .*$",
        r"|,? (?:and|but|so) (?:I )?(?:do|have|am|was|did|could|can|would|will|had)(?: \w+)? (?:not|never|no)\b.*$",
        r"|,? but (?:not|never|no|only)\b.*$|,? so (?:that )?no\b.*$|,? (?:and|but) I would need\b.*$",
        r"|,? (?:and |but )?(?:weak|hopeless|rubbish|poor|useless) (?:on|at|with|in)\b.*$| with \w+ points\b.*$",
        r"|,? (?:on|by|with|under) (?:a |my )?(?:[a-z]+ ){0,2}(?:sponsorship|visa)\b",
        r"|,? (?:grand|nice|lovely|great|good) \w+ but .*$|,? but (?:it|they|he|she) (?:is|are|has|have|was|were) (?:closing|closed|shutting|ending|leaving|moving|selling)\b.*$",
        r"|,? at the (?:second|third|fourth) (?:attempt|try)|,? until (?:she|he|they) (?:passed|died)\b[^,]*",
        r"|,? (?:until|before|after|since|because of) my (?:own )?(?:(?:back|car|heart|hip|knee|shoulder) )?(?:accident|breakdown|illness|injury|operation|stroke)$",
    )
);

// What nobody regrets to be without.
pattern!(
    NONE_OF_WHAT_HARMS = r"\b(?:no|without (?:a|an|any)|zero) (?:[\w-]+ ){0,3}(?:incidents?|accidents?|complaints?|errors?|mistakes?|injur(?:y|ies)|claims?|loss(?:es)?|absences?|cautions?|delays?)\b"
);

/// A clause without what it gives back: "although my average was 67".
pub fn without_concession(text: &str) -> String {
    let kept = |found: &regex::Captures<'_>| {
        if NONE_OF_WHAT_HARMS.is_match(&found[0]) { found[0].to_owned() } else { String::new() }
    };
    CONCESSION.replace_all(text, kept).into_owned()
}

/// Whether a text begins with "I" or "My", perhaps behind when or where.
pub fn starts(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    if matches!(words[0], "My" | "Our") {
        return thing_has_verb(text);
    }
    let at = words.iter().take(LEAD_MAX).position(|word| *word == "I");
    at.is_some_and(|at| at == 0 || LEADS.beginning_of(&format!("{} ", words[..at].join(" ").to_lowercase())).is_some())
}

/// Whether a verb follows the first "I", or a thing of the applicant's is said to be or do something.
pub fn has_verb(text: &str) -> bool {
    if text.starts_with("My ") || text.starts_with("Our ") {
        return thing_has_verb(text);
    }
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
                || form.is_none() && words.next().is_some() && is_perhaps_verb(&word)
        }
        None => thing_has_verb(text),
    }
}

/// Whether a thing of the applicant's is said to be or do something: "My dissertation looked at sleep".
fn thing_has_verb(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').skip(1).take(6).collect();
    let is_third = |pair: &[&str]| {
        let form = verb::read(pair[1]).map(|(form, _)| form);
        let is_verb = form == Some(Form::Past) || form == Some(Form::Base) && bare(pair[1]).ends_with('s');
        is_verb && !pair[0].ends_with(['s', ',', ';'])
    };
    words.iter().any(|word| STATES.has(word)) || words.windows(2).any(is_third)
}

/// Whether a word that is no known verb may be one behind "I": "I buddy new starters". Somebody who writes "I" writes a
/// verb behind it, unless it was left out.
fn is_perhaps_verb(word: &str) -> bool {
    let is_other = ["ing", "ible", "able", "ful", "ous", "ive", "ly", "ent", "ant", "al", "ic", "less"];
    word.len() > 2
        && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        && !is_other.iter().any(|end| word.ends_with(end))
        && !is_role(word)
        && !NO_VERBS.has(word)
}

// What keeps somebody from work is nobody's business.
pattern!(
    ILLNESS = r"(?i)\bI (?:have been|had been|was|am) (?:off (?:work|sick)|ill|unwell)\b|\b(?:after|since|due to|because of|through|following) (?:a |an |my )?(?:long )?(?:illness|ill health)\b|\bmy (?:own )?(?:operation|accident|injury|breakdown|stroke|cancer|depression)\b"
);
// Modesty that a form may have and a letter may not.
pattern!(
    CONFESSING = concat!(
        r"(?i)\bEnglish is (?:ok|okay|alright|so so)\b|\((?:not|developing|improving|rusty)\b[^)]*\)|, or (?:did|was|could) when\b|^this would be my first\b",
        // What is still to be learnt, and what is said to the form rather than to the employer.
        r"|\bI (?:know I |know that I )?(?:must|still need to|still have to) (?:catch up|learn|improve|brush up)\b",
        r"|\bI am (?:less|not very|not so|not as) (?:practised|experienced|confident|comfortable|strong|good)\b",
        r"|\bI (?:write|speak) (?:it )?with (?:some|a few|many) mistakes\b|, sorry\b|\bthis (?:box|form) (?:is|was)\b|\bI (?:will|shall) be (?:upfront|honest|frank)\b",
    )
);

/// What stands behind an adjective that is a verb as well: "I am open to travel".
const BEHIND_ADJECTIVES: [&str; 12] =
    ["to", "at", "with", "and", "in", "for", "on", "of", "from", "about", "but", "or"];

/// Why no letter says a clause.
pub fn fault(text: &str) -> Option<Why> {
    let found = screen(text).filter(|why| *why != Why::Anybody);
    let found = found.or_else(|| ILLNESS.is_match(text).then_some(Why::Private));
    let found = found.or_else(|| CONFESSING.is_match(text).then_some(Why::Weak));
    let lower = format!(" {} ", text.to_lowercase().replace(['.', ','], " ").replace("  ", " "));
    let lower = NONE_OF_WHAT_HARMS.replace_all(&lower, "");
    // What others do not do is no weakness: "when something will not fit".
    let subordinate = [" when ", " who ", " which ", " that ", " where ", " because ", " after ", " until "];
    let others =
        subordinate.iter().filter_map(|word| lower.find(word)).min().filter(|at| !lower[*at..].contains(" i "));
    let lower = others.map_or(&*lower, |at| &lower[..at]).to_owned() + " ";
    let kept = NEGATIONS_KEPT.iter().fold(lower, |text, kept| text.replace(&format!(" {kept} "), " "));
    found.or_else(|| NEGATIONS.iter().any(|word| kept.contains(&format!(" {word} "))).then_some(Why::Weak))
}

/// Whether a clause speaks of what only another sentence names: "I run with him".
pub fn dangles(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let ends = words.last().is_some_and(|last| matches!(bare(last).as_str(), "it" | "him" | "them" | "her"));
    if ends && words.len() < 9 {
        return true;
    }
    let early = text.split(' ').skip_while(|word| *word != "I").skip(1).take(5);
    early.map(bare).any(|word| matches!(word.as_str(), "it" | "him" | "her" | "them" | "he" | "she" | "they" | "this"))
        && !text.contains("her own")
}

/// Whether a clause reads like one of a letter: no shorthand, marks or names without capitals.
pub fn fits(text: &str) -> bool {
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
