//! The job that a letter applies for, as a sentence can name it.

use super::lexicon::{bare, is_role};
use super::list::is_in;
use super::tidy::{unquoted, without_stop};

/// What a title is, grammatically.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody: `Data Scientist`. There is "the position of" one.
    Role,
    /// The position itself: `Summer Internship`.
    Post,
    /// A field: `Sales`. There is a position in it.
    Field,
}

/// A job title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// The title as the applicant wrote it, without an article.
    pub text: String,
    /// What it is.
    pub kind: Kind,
}

impl Title {
    /// Reads a field; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_lead(without_stop(unquoted(text)));
        let words = words_of(text);
        let kind = if words.iter().any(|word| is_post(word)) {
            Kind::Post
        } else if words.last().is_some_and(|word| is_role(word)) {
            Kind::Role
        } else {
            Kind::Field
        };
        Self { text: text.to_owned(), kind }
    }
}

/// The words before a bracket, a dash between spaces, a comma or a slash: what follows only tells more.
fn words_of(title: &str) -> Vec<String> {
    let cut = [" (", " - ", " – ", ", ", " / "].iter().filter_map(|mark| title.find(mark)).min();
    title[..cut.unwrap_or(title.len())].split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Without an article or "job as a".
fn without_lead(title: &str) -> &str {
    const LEADS: [&str; 9] =
        ["a job as a ", "job as a ", "job as an ", "job as ", "the position of ", "position of ", "the ", "a ", "an "];
    let lower = title.to_ascii_lowercase();
    let lead = LEADS.iter().find(|lead| lower.starts_with(**lead) && lower.len() > lead.len() + 1);
    lead.map_or(title, |lead| title[lead.len()..].trim_start())
}

/// Whether a word names a position rather than a person.
fn is_post(word: &str) -> bool {
    const POSTS: &str = "\
        position, role, job, vacancy, post, opening, internship, apprenticeship, placement, programme, program, scheme, traineeship, residency, fellowship, \
        studentship, scholarship, phd, year, experience, course, work, vacationer, secondment, volunteering, \
        externship, degree, insight";
    is_in(POSTS, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_roles_posts_or_fields() {
        let check = |text: &str, expect: &str, kind: Kind| {
            assert_eq!(Title::of(text), Title { text: expect.to_owned(), kind }, "{text}");
        };
        check("Data Scientist", "Data Scientist", Kind::Role);
        check("Part-time Retail Assistant (Christmas)", "Part-time Retail Assistant (Christmas)", Kind::Role);
        check("a Barista position", "Barista position", Kind::Post);
        check("Saturday job", "Saturday job", Kind::Post);
        check("Summer Internship", "Summer Internship", Kind::Post);
        check("Graduate Scheme - Finance", "Graduate Scheme - Finance", Kind::Post);
        check("Sales", "Sales", Kind::Field);
        check("\"Chef\"", "Chef", Kind::Role);
    }
}
