//! The rule about the company applied to: the letter claims no work there, past or present, that the form does not give.

use regex::Regex;

use super::finding::Finding;
use super::phrase::{Token, all, tokens};
use super::read_letter::{Passage, ReadLetter, plain};
use super::rule::Rule;
use crate::facts::nothing::says_nothing;
use crate::words::list;

list!(WORKED_THERE = "checks/worked_there");
list!(WISH_TO_WORK = "checks/wish_to_work");
list!(YOUR_COLLEAGUE = "checks/your_colleague");

pub(super) const COMPANY_NOT_CLAIMED: Rule = Rule {
    name: "CompanyNotClaimed",
    words: "No work for the company applied to is claimed unless the applicant gave it.",
    look: company_not_claimed,
};

/// Most words between the claim and the company.
const REACH: usize = 16;

fn company_not_claimed(letter: &ReadLetter<'_>) -> Option<Finding> {
    let company = letter.spec.job.company.trim();
    let first = company.split_whitespace().next().unwrap_or_default();
    let own = plain(&letter.applicant_text());
    // Somebody who names the employer among their own facts may work there, or have a reason to know it.
    let known = own.contains(&plain(company)) || first.chars().count() > 3 && own.contains(&first.to_lowercase());
    if says_nothing(company) || known {
        return None;
    }
    let name = company.split_whitespace().map(regex::escape).collect::<Vec<_>>().join(r"\s+");
    // The resource limits the length of a name, so its pattern is never too large.
    let before = "(?:at|with|for|in|of|joined|joining|within|by|employer,?)";
    let placeholder = r"\[[^\]]*(?:company|employer)[^\]]*\]";
    let name =
        Regex::new(&format!(r"(?i)\b{before}\s+(?:the\s+)?(?:[a-z'&-]+\s+){{0,3}}?{name}|{placeholder}")).ok()?;
    let marks = letter.sentences.iter().filter(|sentence| claims(sentence, &name)).map(Passage::range).collect();
    Finding::named("You did not say that you work or worked there", letter.text, marks)
}

fn claims(sentence: &Passage<'_>, name: &Regex) -> bool {
    let words = tokens(sentence.text, 0);
    let is_wish = |words: &[Token]| !all(&WISH_TO_WORK, words).is_empty();
    let named = name.find_iter(sentence.text).any(|found| {
        let before: Vec<Token> = words.iter().filter(|word| word.range.end <= found.end()).cloned().collect();
        let near = &before[before.len().saturating_sub(REACH)..];
        !all(&WORKED_THERE, near).is_empty() && !is_wish(near)
    });
    named || !all(&YOUR_COLLEAGUE, &words).is_empty() && !is_wish(&words)
}
