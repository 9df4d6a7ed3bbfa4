//! One thing that the form says about the applicant, of a known kind, and how a sentence can say it.

use std::ops::Range;

use super::sound::reads;

/// Where a fact was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The field of the form.
    pub field: Field,
    /// The bytes of the field that say it.
    pub span: Range<usize>,
}

/// A field about the applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// What the applicant does now.
    Now,
    /// What the applicant did before.
    Past,
    /// What the applicant can do, knows and is like.
    Skills,
    /// What the applicant holds or is about to hold.
    Qualifications,
    /// Why the applicant wants to work for this employer.
    Motivation,
}

/// A fact of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub kind: Kind,
    /// Where it was typed.
    pub source: Source,
    /// The index of the fact that the form joins it to: a duty to its job, a date to its course.
    pub of: Option<usize>,
    /// What was typed, shorthand written out and capitals put right; for matching, not for sentences.
    pub text: String,
    /// How a sentence says it.
    pub words: Words,
}

/// What a fact is. Its natural verb depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A paid position: "I am", "I have been", "I was". Now or past by the time of its words.
    Job,
    /// A role outside paid work: "I am", "I chair".
    Role,
    /// A placement, an internship, work experience.
    Placement,
    /// Caring for family, retirement, travel.
    Break,
    /// A course under way: "I am studying for".
    Study,
    /// What a course or thesis is about.
    Topic,
    /// A number that measures a job: "with 420 staff".
    Size,
    /// What is done again and again in a job: "I order stock".
    Duty,
    /// A thing done and finished: "I built an app".
    Feat,
    /// An exam, card or result still to come: "is booked for".
    Due,
    /// A degree, diploma or certificate held: "I hold".
    Award,
    /// A short course without a certificate: "I have done".
    Course,
    /// School results and predicted grades: "I have".
    Grade,
    /// A registration, licence, clearance or check: "I hold".
    Licence,
    /// Membership of a body: "I am a member of".
    Member,
    /// A publication: "I have published".
    Paper,
    /// Something one does: "is one of my skills".
    Skill,
    /// Software, a machine, an instrument: "I can use".
    Tool,
    /// Something one knows about: "I know".
    Knowledge,
    /// A spoken or signed language: "I speak".
    Language,
    /// An adjective of character: "I am".
    Trait,
    /// When one can work: "I am free on".
    Free,
    /// Where one lives.
    Home,
    /// What one has: "I have my own car".
    Own,
    /// Why this employer.
    Reason,
}

/// How a sentence says a fact: pieces of plain English, right in their capitals, without a stop at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Words {
    /// What somebody is or was.
    Position(Position),
    /// What somebody does or did; follows "I".
    Act(Act),
    /// A noun phrase, with an article where it needs one: "a `BSc` in Biology from Porto", "wound care", "Oracle".
    Thing(String),
    /// An adjective: follows "I am".
    Adjective(String),
    /// A clause in the first person, without contractions: "my CSCS test is booked for 12 April", "I live in Otley".
    Clause(String),
}

/// What somebody is or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// With its article: "a Band 5 staff nurse", "Head of Repairs"; follows "I am" or "I was".
    pub role: String,
    /// With its preposition: "on an acute medical ward at Aintree Hospital". Empty when unknown.
    pub place: String,
    /// When, or for how long.
    pub time: Option<Time>,
    /// Whether it goes on.
    pub is_now: bool,
}

/// The time of a position, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Time {
    /// "since September 2022": it goes on.
    Since(String),
    /// "for two years".
    For(String),
    /// "from 2012 to 2019", "in the summers of 2021 and 2022".
    During(String),
}

/// What somebody does or did, in three forms of its verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// "order fish and meat".
    pub base: String,
    /// "ordered fish and meat".
    pub past: String,
    /// "ordering fish and meat".
    pub doing: String,
}

/// A piece of the form that no sentence says, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it was typed.
    pub source: Source,
    /// Why.
    pub why: Why,
}

/// Why a piece of the form is in no sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It says that there is nothing to say.
    Blank,
    /// It is meant to be funny.
    Joke,
    /// It belittles the applicant.
    Weak,
    /// It is about wages.
    Pay,
    /// It is about health, a visa, the family or other private matters.
    Private,
    /// Every applicant would say it.
    Anybody,
    /// It speaks to a language model rather than of a person.
    Steering,
    /// It could not be read surely.
    Unread,
}

impl Position {
    /// Adds a further place, or how the work is done, behind the place.
    pub fn add_place(&mut self, place: &str) {
        if !self.place.is_empty() {
            self.place.push(' ');
        }
        self.place.push_str(place);
    }
}

impl Time {
    /// The time in words.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Since(words) | Self::For(words) | Self::During(words) => words,
        }
    }
}

impl Fact {
    /// Whether a sentence can say the fact.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        match &self.words {
            Words::Position(position) => {
                let time = position.time.as_ref().map_or("", Time::words);
                reads(&[position.role.as_str(), &position.place, time].join(" "))
            }
            Words::Act(act) => reads(&act.base) && reads(&act.past),
            Words::Thing(text) | Words::Adjective(text) | Words::Clause(text) => reads(text),
        }
    }

    /// All the words that a sentence may say.
    #[must_use]
    pub fn said(&self) -> String {
        match &self.words {
            Words::Position(position) => {
                let time = position.time.as_ref().map_or("", Time::words);
                [position.role.as_str(), &position.place, time].join(" ")
            }
            Words::Act(act) => act.base.clone(),
            Words::Thing(text) | Words::Adjective(text) | Words::Clause(text) => text.clone(),
        }
    }

    /// Whether the fact is about what somebody is or was: it can carry duties, sizes and feats.
    #[must_use]
    pub const fn is_position(&self) -> bool {
        matches!(self.words, Words::Position(_))
    }
}
