//! What an applicant sees before writing: what is asked for, their own words that answer it, a question where nothing
//! does, and what of the form no letter says.

use std::ops::Range;

use crds::CoverLetterRequestSpec;
use crds::request::{AppRef, Applicant, Job, LetterOptions};

use crate::evidence::{Degree, Evidence, Need, Requirement, evidence};
use crate::facts::fact::{Fact, Field, Source, Why};
use crate::facts::nothing::says_nothing;
use crate::facts::{Facts, given};
use crate::words::list;

list!(CREDENTIALS = "evidence/credentials");
list!(DEGREES = "evidence/degrees");

/// Most pieces of the form beside one requirement.
const WORDS_MAX: usize = 2;
/// Every field about the applicant, in the order of the form.
const FIELDS: [Field; 5] = [Field::Now, Field::Past, Field::Skills, Field::Qualifications, Field::Motivation];

/// How a form reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What is asked for, in the order of the form.
    pub asked: Vec<Asked>,
    /// What was typed about the applicant and stands in no letter.
    pub unsaid: Vec<Unsaid>,
}

/// One thing that is asked for, and what answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What is asked for, without its frame, shorthand written out.
    pub text: String,
    /// Whether it is only wished for.
    pub is_wish: bool,
    /// How well the form answers it.
    pub answer: Reply,
}

/// What the form says to something that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It says what is asked for.
    Met(Vec<OwnWords>),
    /// It is under way, or booked.
    InProgress(Vec<OwnWords>),
    /// It says something close, which a letter never offers as the thing itself.
    Near(Vec<OwnWords>),
    /// It says nothing about it: what to ask the applicant, in one sentence, and the field for the answer.
    Open {
        /// The question.
        question: String,
        /// Where an answer belongs.
        field: Field,
    },
}

/// A piece of the form as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWords {
    /// The field.
    pub field: Field,
    /// The words.
    pub words: String,
}

/// A piece of the form that no letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaid {
    /// The piece.
    pub piece: OwnWords,
    /// Why, in words for the applicant.
    pub why: &'static str,
}

/// Reads a form for the applicant. Nothing is guessed: where the form does not answer, a question stands.
#[must_use]
pub fn asked(job: &Job, applicant: &Applicant) -> Reading {
    let spec = CoverLetterRequestSpec {
        app_ref: AppRef { name: String::new() },
        job: job.clone(),
        applicant: applicant.clone(),
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    };
    let Ok(facts) = Facts::of(&spec) else {
        let asked = map(&evidence(job, &[]), &[], applicant);
        return Reading { asked, unsaid: everything(applicant) };
    };
    let asked = map(&evidence(job, &facts.all), &facts.all, applicant);
    Reading { asked, unsaid: unsaid(&facts, applicant) }
}

fn map(evidence: &Evidence, facts: &[Fact], applicant: &Applicant) -> Vec<Asked> {
    let mut found: Vec<Asked> = Vec::new();
    for (number, requirement) in evidence.requirements.iter().enumerate() {
        let answer = evidence.answers.iter().find(|answer| answer.requirement == number);
        let is_asked = match requirement.kind {
            Need::Training => false,
            Need::Task => answer.is_some(),
            _ => true,
        };
        if !is_asked || found.iter().any(|other| other.text.eq_ignore_ascii_case(&requirement.text)) {
            continue;
        }
        let answer = match answer {
            None => Reply::Open { question: question(requirement), field: field(requirement) },
            Some(answer) => {
                let mut words: Vec<OwnWords> = Vec::new();
                for fact in answer.facts.iter().filter_map(|at| facts.get(*at)) {
                    let own = own_words(fact.source.field, fact.source.span.clone(), applicant);
                    words.extend(own.filter(|own| words.len() < WORDS_MAX && !words.contains(own)));
                }
                match answer.degree {
                    Degree::Met => Reply::Met(words),
                    Degree::InProgress => Reply::InProgress(words),
                    Degree::Near => Reply::Near(words),
                }
            }
        };
        found.push(Asked { text: requirement.text.clone(), is_wish: requirement.kind == Need::Wish, answer });
    }
    found
}

/// What was typed in these bytes of a field, on one line.
fn own_words(field: Field, span: Range<usize>, applicant: &Applicant) -> Option<OwnWords> {
    let words = text_of(field, applicant).get(span)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.trim_matches([',', ';', '.', '•', '-', ' ']).to_owned();
    (!words.is_empty()).then_some(OwnWords { field, words })
}

const fn text_of(field: Field, applicant: &Applicant) -> &str {
    match field {
        Field::Now => applicant.current_experience.as_str(),
        Field::Past => applicant.past_experience.as_str(),
        Field::Skills => applicant.skills.as_str(),
        Field::Qualifications => applicant.qualifications.as_str(),
        Field::Motivation => applicant.reason.as_str(),
    }
}

/// Every field, when none of them could be read.
fn everything(applicant: &Applicant) -> Vec<Unsaid> {
    let given = |field| Some(OwnWords { field, words: given(text_of(field, applicant))? });
    FIELDS.into_iter().filter_map(given).map(|piece| Unsaid { piece, why: reason(Why::Unread) }).collect()
}

/// What no sentence says: pieces that were left out, facts whose words cannot stand in a sentence, and sentences of the
/// form that became neither.
fn unsaid(facts: &Facts, applicant: &Applicant) -> Vec<Unsaid> {
    let left_out = facts.left_out.iter().map(|left| (left.source.clone(), left.why));
    let left_out = left_out.filter_map(|(source, why)| match why {
        // What says something in itself, and nothing once it is tidied, is taken for an order to a program.
        Why::Blank => (!says_nothing(text_of(source.field, applicant).get(source.span.clone())?))
            .then_some((source, Why::Steering)),
        why => Some((source, why)),
    });
    let unsound = facts.all.iter().filter(|fact| !fact.is_sound()).map(|fact| (fact.source.clone(), Why::Unread));
    let passed_over = FIELDS.into_iter().flat_map(|field| passed_over(field, facts, applicant));
    let passed_over = passed_over.map(|source| (source, Why::Unread));
    let mut found: Vec<Unsaid> = Vec::new();
    for (source, why) in left_out.chain(unsound).chain(passed_over) {
        let Some(piece) = own_words(source.field, source.span, applicant) else { continue };
        if found.iter().all(|other| other.piece != piece) {
            found.push(Unsaid { piece, why: reason(why) });
        }
    }
    found
}

/// Sentences and lines of a field with which no fact and nothing left out has a byte in common.
fn passed_over(field: Field, facts: &Facts, applicant: &Applicant) -> Vec<Source> {
    let text = text_of(field, applicant);
    let known = facts.all.iter().map(|fact| &fact.source).chain(facts.left_out.iter().map(|left| &left.source));
    let known: Vec<&Source> = known.filter(|source| source.field == field).collect();
    let ends = |(at, mark): &(usize, char)| match mark {
        '\n' | ';' => true,
        '.' | '!' | '?' => text[at + 1..].starts_with(char::is_whitespace),
        _ => false,
    };
    let ends: Vec<usize> = text.char_indices().filter(ends).map(|(at, _)| at + 1).chain([text.len()]).collect();
    let starts = [0].into_iter().chain(ends.iter().copied());
    let pieces = starts.zip(&ends).map(|(start, end)| start..*end);
    let is_known = |piece: &Range<usize>| {
        known.iter().any(|source| source.span.start < piece.end && piece.start < source.span.end)
    };
    let open = pieces.filter(|piece| !is_known(piece) && !says_nothing(&text[piece.clone()]));
    open.map(|span| Source { field, span }).collect()
}

/// Why a piece stands in no letter.
const fn reason(why: Why) -> &'static str {
    match why {
        Why::Joke => "It reads like a joke, and a letter has none.",
        Why::Weak => "It makes you look smaller than you are.",
        Why::Pay => "Pay is for the interview.",
        Why::Private => "It is private. No employer needs it in a letter.",
        Why::Anybody => "Every applicant would say it. An example of your own says more.",
        Why::Steering => "It reads like an order to a program, not like a fact about you.",
        Why::Blank | Why::Unread => "It could not be read surely. Short, plain words help: one thing a line.",
    }
}

/// One sentence that asks for what is missing.
fn question(requirement: &Requirement) -> String {
    if requirement.kind == Need::Question {
        return "The advert asks you this. Can you answer it in one sentence of your own?".to_owned();
    }
    let about = requirement.about.as_deref().unwrap_or_default();
    let (verb, rest) = about.split_once(' ').unwrap_or_default();
    match (verb, requirement.kind) {
        ("is", Need::Trait) => format!("A time when you were {rest}: what did you do?"),
        ("can", _) => format!("Can you {rest}?"),
        ("is", _) if rest.starts_with("willing to ") => format!("Are you {rest}?"),
        ("has", _) if rest.starts_with("their own ") => {
            format!("Do you have your own {}?", &rest["their own ".len()..])
        }
        ("has", _) => format!("A time when you have {rest}: where was it, and what did you do?"),
        _ if is_paper(requirement) => "Do you hold it, or are you working towards it?".to_owned(),
        (_, Need::Condition) => "Does this fit you? Say so in your own words.".to_owned(),
        (_, Need::Trait) => "A time when you showed it: what did you do?".to_owned(),
        _ => "A time when you did or used this: where was it, and what did you do?".to_owned(),
    }
}

/// The field that an answer belongs to.
fn field(requirement: &Requirement) -> Field {
    match requirement.kind {
        Need::Question => Field::Motivation,
        Need::Condition => Field::Skills,
        _ if is_paper(requirement) => Field::Qualifications,
        _ => Field::Past,
    }
}

/// Whether it is something that one holds: a degree, a certificate, a licence.
fn is_paper(requirement: &Requirement) -> bool {
    let lower = requirement.text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    // "Training of new staff" is work.
    words
        .any(|word| word != "training" && (CREDENTIALS.has(word) || DEGREES.pair_of(word).is_some() || word == "gcses"))
}

#[cfg(test)]
mod tests;
