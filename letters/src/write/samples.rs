//! Conversations to warm a model up with.

use crds::CoverLetterRequestSpec;
use crds::request::{AppRef, Applicant, Job, Length, LetterOptions, Tone};

use crate::complete::Message;
use crate::instructions;
use crate::plan::Plan;
use crate::style::Style;

/// Two conversations of a style that share only the beginning that all of its conversations share.
#[must_use]
pub fn samples(style: Style) -> [Vec<Message>; 2] {
    match style {
        Style::Chat => [instructions::messages(&blank()), instructions::messages(&full())],
        Style::BuiltIn => [Tone::Direct, Tone::Warm].map(|tone| Plan::empty(tone).messages()),
    }
}

/// A request without content.
fn blank() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        app_ref: AppRef::default(),
        job: Job::default(),
        applicant: Applicant::default(),
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    }
}

/// A request that differs from [`blank`] in everything that a prompt can mention.
fn full() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        job: Job {
            title: "Gardener".to_owned(),
            company: "Kew".to_owned(),
            preferred_qualifications: "Two summers outdoors".to_owned(),
            description: "We look after old trees.".to_owned(),
        },
        applicant: Applicant {
            name: "Ada".to_owned(),
            current_experience: "Florist in Leeds".to_owned(),
            past_experience: "Volunteer at a city farm".to_owned(),
            skills: "pruning".to_owned(),
            qualifications: "Diploma in horticulture".to_owned(),
            ..Applicant::default()
        },
        letter: LetterOptions { tone: Tone::Direct, length: Length::Short, language: "de".to_owned() },
        ..blank()
    }
}
