//! Parses a request: its fields are tidied and taken apart, so that a plan can be drawn from what they say.
//!
//! ```text
//!   request ──▶ tidy ──▶ title, experience, skills, qualifications, preferred ──▶ Facts ──▶ plan
//! ```

pub(crate) mod article;
pub(crate) mod experience;
pub(crate) mod fact;
pub(crate) mod family;
mod lexicon;
pub(crate) mod list;
pub(crate) mod nothing;
pub(crate) mod pieces;
pub(crate) mod preferred;
pub(crate) mod qualifications;
pub(crate) mod skills;
pub(crate) mod spelling;
pub(crate) mod tidy;
pub(crate) mod title;

use crds::CoverLetterRequestSpec;

use experience::{Experience, When};
use family::Family;
use nothing::says_nothing;
use preferred::Preferred;
use qualifications::Qualifications;
use skills::Skills;
use tidy::{one_line, unquoted, words};
use title::Title;

/// Everything that a planned letter can say. A field that is empty, or says "none", is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The job title.
    pub title: Option<Title>,
    /// The company, as the applicant spells it.
    pub company: Option<String>,
    /// What kind of work the job is.
    pub job: Family,
    /// What the applicant does now.
    pub current: Option<Experience>,
    /// What they did before.
    pub past: Option<Experience>,
    /// What they can do and what they are like.
    pub skills: Skills,
    /// Their degrees, certificates and licences.
    pub qualifications: Option<Qualifications>,
    /// What the employer asks for.
    pub preferred: Option<Preferred>,
}

/// Why the built-in model cannot write a letter for a request; the plain form can still be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unserved {
    /// The letter was asked for in a language that the model does not write.
    #[error("the built-in model writes English only")]
    Language,
    /// A field is mostly in letters that the model's sentences do not fit.
    #[error("{0} is not written in the Latin alphabet")]
    Alphabet(&'static str),
    /// A field is too long to become part of a sentence.
    #[error("{0} is too long to become part of a sentence")]
    Long(&'static str),
    /// No field says anything about the applicant.
    #[error("nothing is known about the applicant")]
    NothingGiven,
}

/// Most words and characters of a field that becomes part of a sentence.
struct Bounds {
    words: usize,
    characters: usize,
}

const NAME: Bounds = Bounds { words: 16, characters: 110 };
const EXPERIENCE: Bounds = Bounds { words: 75, characters: 500 };
const LIST: Bounds = Bounds { words: 55, characters: 400 };
/// Longest single word.
const WORD_MAX: usize = 45;
/// Share of letters that must be Latin, in per cent.
const LATIN_PERCENT: usize = 70;

impl Facts {
    /// Parses a request.
    ///
    /// # Errors
    /// [`Unserved`] when the built-in model's sentences do not fit the request.
    pub fn of(spec: &CoverLetterRequestSpec) -> Result<Self, Unserved> {
        let (job, applicant) = (&spec.job, &spec.applicant);
        if !speaks_english(&spec.letter.language) {
            return Err(Unserved::Language);
        }
        let title = field(&name(&job.title), "the job title", &NAME)?;
        let company = given(&name(&job.company)).map(|text| unquoted(&text).to_owned());
        if company.as_deref().is_some_and(|text| is_long(text, &NAME)) {
            return Err(Unserved::Long("the company"));
        }
        let current = field(&applicant.current_experience, "the current experience", &EXPERIENCE)?;
        let past = field(&applicant.past_experience, "the past experience", &EXPERIENCE)?;
        let skills = field(&applicant.skills, "the list of skills", &LIST)?;
        let qualifications = field(&applicant.qualifications, "the list of qualifications", &LIST)?;
        if current.is_none() && past.is_none() && skills.is_none() && qualifications.is_none() {
            return Err(Unserved::NothingGiven);
        }
        let preferred = given(&job.preferred_qualifications).filter(|text| is_latin(text));
        Ok(Self {
            job: title.as_deref().map_or(Family::General, family::of_title),
            title: title.map(|text| Title::of(&text)),
            company,
            current: current.map(|text| Experience::of(&text, When::Now)),
            past: past.map(|text| Experience::of(&text, When::Before)),
            skills: skills.map(|text| Skills::of(&text)).unwrap_or_default(),
            qualifications: qualifications.map(|text| Qualifications::of(&text)),
            preferred: preferred.map(|text| Preferred::of(&text)),
        })
    }

    /// What the applicant does now, or did before.
    pub fn experience(&self, when: When) -> Option<&Experience> {
        match when {
            When::Now => self.current.as_ref(),
            When::Before => self.past.as_ref(),
        }
    }
}

/// The field as one tidy line; `None` when it says nothing.
#[must_use]
pub fn given(text: &str) -> Option<String> {
    let line = one_line(text);
    (!says_nothing(&line)).then_some(line)
}

/// A name on one line.
fn name(text: &str) -> String {
    tidy::lines(text).join(" ")
}

fn field(text: &str, name: &'static str, bounds: &Bounds) -> Result<Option<String>, Unserved> {
    let Some(line) = given(text) else { return Ok(None) };
    if !is_latin(&line) {
        return Err(Unserved::Alphabet(name));
    }
    if is_long(&line, bounds) {
        return Err(Unserved::Long(name));
    }
    Ok(Some(line))
}

fn is_long(line: &str, bounds: &Bounds) -> bool {
    words(line) > bounds.words
        || line.chars().count() > bounds.characters
        || line.split_whitespace().any(|word| word.chars().count() > WORD_MAX)
}

/// Whether most letters are Latin; true for a text without letters.
fn is_latin(line: &str) -> bool {
    let is_latin_letter = |c: &char| matches!(c, 'A'..='Z' | 'a'..='z' | 'ª' | 'º' | 'À'..='ɏ' | 'Ḁ'..='ỿ');
    let letters = line.chars().filter(|c| c.is_alphabetic());
    let (latin, all) = letters.fold((0, 0), |(latin, all), c| (latin + usize::from(is_latin_letter(&c)), all + 1));
    latin * 100 >= all * LATIN_PERCENT
}

fn speaks_english(language: &str) -> bool {
    let primary = language.trim().split(['-', '_']).next().unwrap_or_default();
    primary.eq_ignore_ascii_case("en") || primary.eq_ignore_ascii_case("eng")
}

#[cfg(test)]
mod tests;
