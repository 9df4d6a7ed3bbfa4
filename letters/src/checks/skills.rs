//! The rule about skills: the letter claims no tool that the applicant did not give.

use super::claims::is_claimed;
use super::finding::Finding;
use super::read_letter::ReadLetter;
use super::rule::Rule;
use super::vocabulary::TOOLS;

pub(super) const SKILLS_GIVEN: Rule = Rule {
    name: "SkillsGiven",
    words: "No well-known tool or language is claimed in the first person unless the applicant gave it.",
    look: skills_given,
};

fn skills_given(letter: &ReadLetter<'_>) -> Option<Finding> {
    let given = letter.applicant_written_out().to_lowercase();
    let mut invented = Vec::new();
    for sentence in &letter.sentences {
        let masked = letter.masked(sentence);
        for skill in TOOLS.iter().filter(|skill| !given.contains(&skill.to_lowercase())) {
            let claimed = occurrences(masked, skill).filter(|at| is_claimed(masked, *at));
            invented.extend(claimed.map(|at| sentence.at + at..sentence.at + at + skill.len()));
        }
    }
    invented.sort_by_key(|mark| mark.start);
    Finding::named("Claimed, but not among what you gave", letter.text, invented)
}

/// Where `word` stands, except within a longer word.
fn occurrences<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part_of_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || "+#".contains(c));
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        !part_of_word(text[..*at].chars().next_back()) && !part_of_word(text[at + word.len()..].chars().next())
    })
}
