//! What a request says, tidied and taken apart, so that whoever plans or writes a letter neither guesses nor rewrites.
//!
//! ```text
//!   request ──▶ tidy ──▶ position, experience, skills, qualifications, wish ──▶ Facts ──▶ plan, instructions
//! ```

pub mod article;
pub mod experience;
pub mod family;
mod lexicon;
pub mod list;
pub mod nothing;
pub mod preferred;
pub mod qualifications;
pub mod skills;
pub mod tidy;
pub mod title;

use crds::CoverLetterRequestSpec;

use experience::{Experience, When};
use family::Family;
use nothing::says_nothing;
use preferred::Wish;
use qualifications::Qualifications;
use skills::Skills;
use tidy::{one_line, unquoted, words};
use title::Title;

/// Everything a letter can be built from. What the applicant left empty, or filled with "none", is absent.
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
    /// What they have learned and can prove.
    pub qualifications: Option<Qualifications>,
    /// What the employer asks for.
    pub wish: Option<Wish>,
}

/// Why no letter can be built from a request; a plain one still can.
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
    /// There is nothing about the applicant.
    #[error("nothing is known about the applicant")]
    NothingGiven,
}

/// Most words and characters of a field that becomes part of a sentence.
struct Bounds {
    words: usize,
    characters: usize,
}

const NAME: Bounds = Bounds { words: 16, characters: 110 };
const ACCOUNT: Bounds = Bounds { words: 75, characters: 500 };
const LIST: Bounds = Bounds { words: 55, characters: 400 };
/// Longest single word.
const WORD_MAX: usize = 45;
/// Share of letters that must be Latin, in per cent.
const LATIN_PERCENT: usize = 70;

impl Facts {
    /// Takes a request apart.
    ///
    /// # Errors
    /// [`Unserved`] when the built-in model's sentences do not fit it.
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
        let current = field(&applicant.current_experience, "the current experience", &ACCOUNT)?;
        let past = field(&applicant.past_experience, "the past experience", &ACCOUNT)?;
        let skills = field(&applicant.skills, "the list of skills", &LIST)?;
        let qualifications = field(&applicant.qualifications, "the list of qualifications", &LIST)?;
        if current.is_none() && past.is_none() && skills.is_none() && qualifications.is_none() {
            return Err(Unserved::NothingGiven);
        }
        let wish = given(&job.preferred_qualifications).filter(|text| is_latin(text));
        Ok(Self {
            job: title.as_deref().map_or(Family::GENERAL, family::of_title),
            title: title.map(|text| Title::of(&text)),
            company,
            current: current.map(|text| Experience::of(&text, When::Now)),
            past: past.map(|text| Experience::of(&text, When::Before)),
            skills: skills.map(|text| Skills::of(&text)).unwrap_or_default(),
            qualifications: qualifications.map(|text| Qualifications::of(&text)),
            wish: wish.map(|text| Wish::of(&text)),
        })
    }
}

/// What a field says, as one tidy line; nothing when it says nothing.
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

/// Whether nearly all letters are Latin; a text without letters is.
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
