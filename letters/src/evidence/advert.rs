//! Finds what a pasted advert asks of the applicant, and what training it offers.

mod clause;
mod person;

use std::ops::Range;

use person::{person, sound};

use clause::CUES;
pub use clause::Clause;

use super::frames::{bare, tail};
use super::requirement::Need;
use super::split::{cut, ends_sentence};
use crate::facts::spelling::upper_first;
use crate::pattern::pattern;
use crate::words::list;

pattern!(THE_POST = r"(?i)^the (?:[\w-]+ ){1,3}will ");

list!(HEADINGS = "evidence/headings");
list!(OFFERS = "evidence/offers");
list!(NEGATIONS = "evidence/negations");
list!(TRAINING = "evidence/training");
list!(DUTIES = "evidence/duties");
list!(QUESTIONS = "evidence/questions");
list!(GOES_ON = "evidence/goes_on");
list!(PARTICIPLES = "evidence/participles");
list!(WORN = "evidence/had");
list!(EXPANDED = "evidence/expanded");

/// The clauses of an advert that ask for something.
#[must_use]
pub fn clauses(advert: &str) -> Vec<Clause> {
    let sentences = cut(advert, 0..advert.len(), |at, mark| match mark {
        '\n' | '\r' | '•' | '·' | ';' => true,
        '.' | '!' | '?' => ends_sentence(advert, at),
        _ => false,
    });
    let mut section = Section::None;
    let mut found = Vec::new();
    for span in sentences {
        let text = advert[span.clone()].trim_end_matches(':');
        let is_line = advert[..span.start].trim_end_matches([' ', '-', '*', '•', '\t']).ends_with(['\n', '•', ';']);
        if let Some(kind) = heading(text).filter(|_| span.start == 0 || is_line) {
            section = kind;
        } else if let (Section::Needs(need), true) = (section, is_line) {
            found.extend(in_list(advert, span, need));
        } else {
            found.extend(in_sentence(advert, span));
        }
    }
    found
}

/// What the lines under a heading are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    /// Prose.
    None,
    /// What is asked for: "Requirements:".
    Needs(Need),
    /// Something else: "Benefits:".
    Other,
}

/// The section that a heading begins.
fn heading(text: &str) -> Option<Section> {
    match HEADINGS.pair_of(&text.trim().trim_end_matches(':').to_ascii_lowercase().replace('’', "'"))? {
        "other" => Some(Section::Other),
        need => Need::named(need).map(Section::Needs),
    }
}

/// How much is wanted what stands under a heading: "Desirable"; `None` for what is no heading.
pub fn named_need(text: &str) -> Option<Need> {
    match heading(text)? {
        Section::Needs(need) => Some(need),
        _ => None,
    }
}

/// A line of a list of requirements.
fn in_list(advert: &str, span: Range<usize>, need: Need) -> Vec<Clause> {
    let text = expanded(&advert[span.clone()]);
    let lower = text.to_ascii_lowercase();
    if is_negated(&text) || is_offer(&format!(" {lower} ")) {
        return Vec::new();
    }
    let bare = bare(&text);
    let need = bare.need.unwrap_or(need);
    vec![Clause { text: bare.text, about: None, need, span, action: bare.action }]
}

fn in_sentence(advert: &str, span: Range<usize>) -> Vec<Clause> {
    let sentence = expanded(&advert[span.clone()]);
    let padded = format!(" {} ", sentence.to_ascii_lowercase());
    let questions = QUESTIONS.iter().any(|question| padded.contains(question));
    if questions && !padded.contains("can tell us") {
        return vec![Clause { text: sentence, about: None, need: Need::Question, span, action: None }];
    }
    let mut found = Vec::new();
    let mut subject = String::new();
    // Behind "Essential:" every part is asked for.
    let mut listed = false;
    for part in parts(&sentence) {
        let lower = format!(" {} ", part.to_ascii_lowercase());
        if lower.trim_start().starts_with("if ") {
            continue;
        }
        if TRAINING.iter().any(|offer| lower.contains(offer)) {
            let text = offered(&part);
            found.push(Clause { text, about: None, need: Need::Training, span: span.clone(), action: None });
            continue;
        }
        if let Some(Section::Needs(need)) = heading(&part) {
            subject = String::from(if need == Need::Wish { "wish" } else { "must" });
            listed = true;
            continue;
        }
        // "What you will get: 28 days' holiday".
        if heading(&part) == Some(Section::Other) {
            return found;
        }
        if is_negated(&part) || is_offer(&lower) {
            continue;
        }
        // A clause without a subject goes on with that of the clause before: "and be prepared to move".
        let has_subject = CUES.pairs().any(|(cue, _)| lower.contains(&format!(" {cue} ")));
        let cue = CUES.pairs().filter(|(cue, _)| lower.contains(&format!(" {cue} "))).max_by_key(|(cue, _)| cue.len());
        if lower.trim_start().starts_with("because ") {
            continue;
        }
        let goes_on = listed || GOES_ON.beginning_of(lower.trim_start()).is_some();
        let by_tail = tail(&part).map(|need| if need == Need::Wish { "wish" } else { "must" });
        let is_person = lower.trim_start().starts_with("you are ").then_some("must");
        let inherited = is_person.unwrap_or(if goes_on { subject.as_str() } else { "" });
        let own = cue.map(|(_, kind)| kind).or(by_tail);
        let kind = own.or(is_duty(&part).then_some("task")).unwrap_or(inherited).to_owned();
        if has_subject || is_person.is_some() || kind == "task" {
            subject.clone_from(&kind);
        }
        let asked = match kind.as_str() {
            "" => continue,
            _ => clause(&part, &kind, span.clone()),
        };
        found.extend(asked);
    }
    found
}

/// Whether a text, in small letters between spaces, tells what the employer gives.
pub fn is_offer(padded: &str) -> bool {
    OFFERS.iter().any(|offer| padded.contains(offer))
}

/// Whether a text says that something is not asked: "no experience needed".
#[must_use]
pub fn is_negated(text: &str) -> bool {
    let lower = format!(" {} ", expanded(text).to_ascii_lowercase().replace('-', " "));
    // "Useful but not essential" is a wish.
    let is_wish = lower.contains(" but ") && tail(&expanded(text)) == Some(Need::Wish);
    !is_wish && NEGATIONS.iter().any(|negation| lower.contains(negation))
}

/// A clause by the kind of its cue.
fn clause(part: &str, kind: &str, span: Range<usize>) -> Option<Clause> {
    let part = part.trim();
    let part = part
        .strip_prefix("ideally ")
        .or_else(|| part.strip_prefix("Ideally "))
        .unwrap_or(part)
        .trim_start_matches(',')
        .trim();
    let lower = part.to_ascii_lowercase();
    if kind == "person" {
        return person(part, span);
    }
    for have in ["you have ", "you will have ", "you should have "] {
        let Some(rest) = lower.strip_prefix(have) else { continue };
        if PARTICIPLES.has(rest.split(' ').next().unwrap_or_default()) {
            let rest = part[have.len()..].trim_end_matches(" somewhere");
            let about = sound(rest).then(|| format!("has {rest}"));
            return Some(Clause { text: rest.to_owned(), about, need: Need::Must, span, action: Some("has") });
        }
    }
    // "You will have a mentor" is an offer, "you will have a degree" is not.
    let is_had = || lower.split(|c: char| !c.is_alphanumeric()).any(|word| WORN.has(word));
    if kind == "having" && !is_had() {
        return None;
    }
    if kind == "task" {
        let cues = CUES.pairs().filter(|(_, kind)| *kind == "task").filter_map(|(cue, _)| ends_of(&lower, cue));
        let post = THE_POST.find(part).map(|found| found.end());
        let rest = &part[cues.chain(post).max().unwrap_or_default()..];
        let rest = rest.strip_prefix("also ").unwrap_or(rest);
        return Some(Clause { text: rest.to_owned(), about: None, need: Need::Task, span, action: Some("") });
    }
    let bare = bare(part);
    let adjective =
        ["you are ", "you must be ", "you should be ", "you will be "].iter().find(|be| lower.starts_with(**be));
    let about = adjective.and_then(|be| {
        let rest = part[be.len()..].trim();
        (sound(rest) && rest.split(' ').count() < 9).then(|| format!("is {rest}"))
    });
    let need = bare.need.or_else(|| Need::named(kind)).unwrap_or(Need::Must);
    Some(Clause { text: bare.text, about, need, span, action: bare.action.or(adjective.map(|_| "is")) })
}

/// Where a cue ends in a text in small letters, with the space behind it.
fn ends_of(lower: &str, cue: &str) -> Option<usize> {
    let cue = format!("{cue} ");
    let at = lower.find(&cue)?;
    (at == 0 || lower[..at].ends_with(' ')).then_some(at + cue.len())
}

/// Whether a sentence tells a duty: "The engineer will manage contracts", "Recruit and train volunteers".
fn is_duty(part: &str) -> bool {
    let lower = format!("{} ", part.trim().to_ascii_lowercase());
    THE_POST.is_match(part) || DUTIES.beginning_of(&lower).is_some()
}

/// What an offer of training gives: "the optical assistant certificate".
fn offered(part: &str) -> String {
    let lower = part.to_ascii_lowercase();
    let leads = ["pay for ", "fund ", "through ", "towards ", "support you through ", "go on to do "];
    let at = leads.iter().filter_map(|lead| lower.find(lead).map(|at| at + lead.len())).max();
    let is_named =
        |at: &usize| part.is_char_boundary(*at) && !["it", "them", "that", "this"].contains(&part[*at..].trim());
    at.filter(is_named).map_or_else(|| part.to_owned(), |at| part[at..].to_owned())
}

/// The clauses of a sentence: commas alone do not part them.
fn parts(sentence: &str) -> Vec<String> {
    // The second word of a pair belongs to the clause that follows.
    let marks = [
        (": ", ""),
        (" - ", ""),
        (" – ", ""),
        (" — ", ""),
        (", and ", ""),
        (", but ", ""),
        (", because ", "because "),
        (" because ", "because "),
        (", since ", "because "),
        (", so ", ""),
        (", as ", "because "),
        (" as full ", "full "),
        (" and we ", "we "),
        (" and able to ", "able to "),
        (" as we ", "because we "),
        (" as the ", "because the "),
        (", above all ", ""),
        (" and be ", "be "),
        (", be ", "be "),
        (" and must ", "must "),
        (", ideally ", "ideally "),
        (", which ", ""),
        (" and you ", "you "),
        (", or you ", "you "),
        (", if ", "if "),
        (" but can ", "can "),
        (" but you ", "you "),
        (" and who ", "someone who "),
    ];
    let mut rest = sentence.to_owned();
    let mut found = Vec::new();
    while let Some((at, mark, kept)) =
        marks.iter().filter_map(|(mark, kept)| rest.find(mark).map(|at| (at, mark, kept))).min_by_key(|(at, ..)| *at)
    {
        found.push(rest[..at].to_owned());
        rest = format!("{kept}{}", &rest[at + mark.len()..]);
    }
    found.push(rest);
    found.retain(|part| part.chars().any(char::is_alphanumeric));
    found
}

/// The sentence with its contractions written out.
fn expanded(sentence: &str) -> String {
    let plain = sentence.replace('’', "'");
    EXPANDED
        .pairs()
        .fold(plain, |text, (short, long)| text.replace(short, long).replace(&upper_first(short), &upper_first(long)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(advert: &str) -> Vec<(String, Need)> {
        clauses(advert).into_iter().map(|clause| (clause.text, clause.need)).collect()
    }

    #[test]
    fn only_what_asks_something_is_found() {
        let check = |advert: &str, expect: &[(&str, Need)]| {
            let expect: Vec<(String, Need)> = expect.iter().map(|(text, need)| ((*text).to_owned(), *need)).collect();
            assert_eq!(found(advert), expect, "{advert}");
        };
        check("We are three opticians in the middle of Otley. No experience needed.", &[]);
        check("You've worked with the public somewhere.", &[("worked with the public", Need::Must)]);
        check("A GCSE in maths helps, because lenses are all numbers.", &[("A GCSE in maths", Need::Wish)]);
        check(
            "Experience of electrofishing is essential; telemetry or mark-recapture is desirable.",
            &[("Experience of electrofishing", Need::Must), ("telemetry or mark-recapture", Need::Wish)],
        );
        check("You needn't know a thing about optics: we'll train you.", &[("we will train you", Need::Training)]);
        check(
            "We will pay for the optical assistant certificate.",
            &[("the optical assistant certificate", Need::Training)],
        );
        check(
            "You will also help to supervise undergraduate projects.",
            &[("help to supervise undergraduate projects", Need::Task)],
        );
    }

    #[test]
    fn what_the_employer_gives_is_not_asked_for() {
        let advert = "What you'll need:\n- Retail experience\n- 28 days' holiday and a company pension\nWhat you'll get: \
                      £13.45 per hour, profit share. What you get: free parking, canteen.";
        assert_eq!(found(advert), [("Retail experience".to_owned(), Need::Must)]);
    }

    #[test]
    fn people_are_described_in_the_third_person() {
        let about = |advert: &str| clauses(advert)[0].about.clone();
        assert_eq!(
            about("We'd love someone who has worked with older people.").unwrap(),
            "has worked with older people"
        );
        assert_eq!(
            about("We want people who have led something, however small.").unwrap(),
            "has led something, however small"
        );
        assert_eq!(about("You will have worked with teenagers.").unwrap(), "has worked with teenagers");
        assert_eq!(about("We like people who ask when they don't know."), None);
    }
}
