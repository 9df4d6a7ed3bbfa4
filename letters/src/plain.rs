//! The plain form: a short letter that states what was given, for requests that the model cannot serve.

use crds::CoverLetterRequestSpec;
use crds::request::Length;

use crate::facts::given;
use crate::facts::tidy::{unquoted, without_stop};

/// Most characters of a quoted field, so that all fields together fit into a status.
const FIELD_MAX: usize = 1_600;

/// The letter without salutation and signature.
#[must_use]
pub fn letter(spec: &CoverLetterRequestSpec) -> String {
    let (job, applicant) = (&spec.job, &spec.applicant);
    let title = bare(&job.title);
    let company = bare(&job.company);
    let position = match (title, company) {
        (Some(title), Some(company)) => format!("for the position “{title}” at {company}"),
        (Some(title), None) => format!("for the position “{title}”"),
        (None, Some(company)) => format!("to work at {company}"),
        (None, None) => "for the position that you advertise".to_owned(),
    };
    let facts: Vec<String> = [
        ("Current work", &applicant.current_experience),
        ("Earlier work", &applicant.past_experience),
        ("Skills", &applicant.skills),
        ("Qualifications", &applicant.qualifications),
        ("Why I would like to work for you", &applicant.reason),
    ]
    .into_iter()
    .filter_map(|(name, field)| Some(format!("{name}: {}", stated(field)?)))
    .collect();
    let mut paragraphs = vec![format!("I would like to apply {position}.")];
    if facts.is_empty() {
        paragraphs.push("I would be glad to tell you in an interview what I have done and what I can do.".to_owned());
    } else {
        paragraphs.push("These are the facts that I would like you to know about me.".to_owned());
        paragraphs.extend(facts);
    }
    if let Some(wish) = stated(&job.preferred_qualifications) {
        paragraphs.push(format!("You ask for the following: {wish}"));
        paragraphs.push("I would be glad to tell you how my own experience compares.".to_owned());
    }
    if spec.letter.length != Length::Short {
        paragraphs.push("I would gladly answer your questions and send you any documents that you need.".to_owned());
    }
    paragraphs.push("I look forward to hearing from you. Thank you for your time.".to_owned());
    paragraphs.join("\n\n")
}

/// A name without quotation marks and final stops; `None` when there is none.
fn bare(field: &str) -> Option<String> {
    given(field).map(|text| shortened(without_stop(unquoted(&text)))).filter(|text| !text.is_empty())
}

/// A field as a line that ends with a stop; `None` when it says nothing.
fn stated(field: &str) -> Option<String> {
    let text = shortened(&given(field)?);
    Some(if text.ends_with(['.', '!', '?', '…', '。', '؟', '।']) { text } else { format!("{text}.") })
}

/// The text, cut at a word and marked with an ellipsis if it is too long.
fn shortened(text: &str) -> String {
    let Some((cut, _)) = text.char_indices().nth(FIELD_MAX) else { return text.to_owned() };
    let head = &text[..cut];
    let end = head.rfind(' ').filter(|end| *end > cut / 2).unwrap_or(cut);
    format!("{} …", head[..end].trim_end_matches([' ', ',', ';', ':']))
}

#[cfg(test)]
mod tests {
    use crds::request::{Applicant, Job};

    use super::*;
    use crate::fixtures::spec;

    #[test]
    fn every_field_is_stated_as_it_was_given() {
        let mut spec = spec();
        spec.job = Job { title: "Инженер".to_owned(), company: "Яндекс".to_owned(), ..Job::default() };
        spec.applicant = Applicant {
            skills: "Python, SQL".to_owned(),
            past_experience: "none".to_owned(),
            reason: "your maps".to_owned(),
            ..Applicant::default()
        };
        let letter = letter(&spec);
        assert!(letter.starts_with("I would like to apply for the position “Инженер” at Яндекс.\n\n"), "{letter}");
        assert!(letter.contains("\n\nSkills: Python, SQL.\n\n"), "{letter}");
        assert!(letter.contains("\n\nWhy I would like to work for you: your maps.\n\n"), "{letter}");
        assert!(!letter.contains("Earlier work"), "{letter}");
    }

    #[test]
    fn long_fields_are_cut_at_a_word_and_say_so() {
        let text = shortened(&"many words ".repeat(400));
        assert!(text.ends_with(" …") && text.chars().count() <= FIELD_MAX + 2, "{text}");
        assert!(shortened(&"字".repeat(4_000)).chars().count() <= FIELD_MAX + 2);
    }
}
