//! Reads the title of the job, so that a sentence can name it.

use super::lexicon::{bare, is_role};
use super::spell;
use super::spelling::title_case;
use super::tidy::{unquoted, without_stop};
use crate::words::list;

list!(LEADS = "facts/title_leads");
list!(POSTS = "facts/posts");
list!(REMARKS = "facts/title_remarks");

/// What a title names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleKind {
    /// A person: `Data Scientist`, as in "the position of Data Scientist".
    Role,
    /// The position itself: `Summer Internship`.
    Post,
    /// A field of work: `Sales`, as in "a position in Sales".
    Field,
}

/// A job title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// The title as the applicant wrote it, without an article.
    pub text: String,
    /// What it names.
    pub kind: TitleKind,
}

impl Title {
    /// Reads a field; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_bracket(without_lead(without_stop(unquoted(text))));
        let words = words_of(text);
        let kind = if words.iter().any(|word| POSTS.has(word)) {
            TitleKind::Post
        } else if words.last().is_some_and(|word| is_role(word)) {
            TitleKind::Role
        } else {
            TitleKind::Field
        };
        let is_lower = text.chars().all(|c| !c.is_uppercase());
        let text = text.split(" - ").next().unwrap_or(text).split(" – ").next().unwrap_or(text).replace(" / ", "/");
        let text = if is_lower {
            spell::name(&spell::put_right(&text))
        } else if kind == TitleKind::Role {
            title_case(&text)
        } else {
            text
        };
        Self { text, kind }
    }
}

/// The title without a bracket at its end that says grades, hours, places or the like, which the employer knows. One that
/// says what the work is about stays: "English Teacher (ESOL)".
fn without_bracket(title: &str) -> &str {
    match title.split_once(" (") {
        Some((before, behind)) if behind.ends_with(')') && !before.is_empty() && is_remark(behind) => before.trim_end(),
        _ => title,
    }
}

/// Whether what stands in a bracket is about the contract.
fn is_remark(bracket: &str) -> bool {
    let words: Vec<String> =
        bracket.split([' ', '-', '/', ',', ')']).map(bare).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &String| word.contains(|c: char| c.is_ascii_digit());
    words.iter().any(|word| is_number(word) || REMARKS.has(word)) || words.len() > 3
}

/// The words before a bracket, a dash between spaces, a comma or a slash; what follows is a remark.
fn words_of(title: &str) -> Vec<String> {
    let cut = [" (", " - ", " – ", ", ", " / ", " in ", " of ", " for ", " to "]
        .iter()
        .filter_map(|mark| title.find(mark))
        .min();
    title[..cut.unwrap_or(title.len())].split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// The title without a leading article, "job as a" or the like.
fn without_lead(title: &str) -> &str {
    let lower = title.to_ascii_lowercase();
    let lead = LEADS.beginnings_of(&lower).filter(|lead| lower.len() > lead.len() + 1).last();
    lead.map_or(title, |lead| title[lead.len()..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_roles_posts_or_fields() {
        let check = |text: &str, expect: &str, kind: TitleKind| {
            assert_eq!(Title::of(text), Title { text: expect.to_owned(), kind }, "{text}");
        };
        check("Data Scientist", "Data Scientist", TitleKind::Role);
        check("Part-time Retail assistant (Christmas)", "Part-time Retail Assistant", TitleKind::Role);
        check("English Teacher (ESOL)", "English Teacher (ESOL)", TitleKind::Role);
        check("Community Staff Nurse (Band 5)", "Community Staff Nurse", TitleKind::Role);
        check("sous chef", "Sous Chef", TitleKind::Role);
        check("Lecturer in Early Modern History", "Lecturer in Early Modern History", TitleKind::Role);
        check("a Barista position", "Barista position", TitleKind::Post);
        check("Saturday job", "Saturday job", TitleKind::Post);
        check("Summer Internship", "Summer Internship", TitleKind::Post);
        check("Graduate Scheme - Finance", "Graduate Scheme", TitleKind::Post);
        check("Sales", "Sales", TitleKind::Field);
        check("\"Chef\"", "Chef", TitleKind::Role);
    }
}
