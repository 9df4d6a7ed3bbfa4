//! Every completion is cut into pieces in many ways: the letter must not depend on the cuts, and the pieces shown must
//! be the letter.

use proptest::prelude::*;

use super::*;

fn compose(pieces: &[&str]) -> Result<String, EmptyLetter> {
    let mut composer = Composer::new(Tone::Professional, "John");
    let mut shown: String = pieces.iter().map(|piece| composer.push(piece)).collect();
    let (tail, letter) = composer.finish()?;
    shown += &tail;
    assert_eq!(shown, letter, "what was shown is the letter");
    Ok(letter)
}

/// The letter of a completion, whole and cut after every character.
fn check(completion: &str, expect: &str) {
    assert_eq!(compose(&[completion]).expect("a letter"), expect);
    let characters: Vec<String> = completion.chars().map(String::from).collect();
    let pieces: Vec<&str> = characters.iter().map(String::as_str).collect();
    assert_eq!(compose(&pieces).expect("a letter"), expect);
}

#[test]
fn a_good_letter_is_only_signed() {
    check("Dear team,\n\nI apply.\n\nThank you.", "Dear team,\n\nI apply.\n\nThank you.\n\nSincerely,\nJohn");
}

#[test]
fn a_missing_salutation_is_added() {
    check("I apply.", "Dear Hiring Manager,\n\nI apply.\n\nSincerely,\nJohn");
}

#[test]
fn the_models_own_closing_is_replaced() {
    let expect = "Dear team,\n\nI apply.\n\nSincerely,\nJohn";
    check("Dear team,\n\nI apply.\n\nBest regards,\n[Your Name]", expect);
    check("Dear team,\n\nI apply.\n\nYours sincerely, Jane", expect);
    check("Dear team,\n\nI apply.\n\nSincerely,\n\nJane\n\nNote: this letter has 3 words.", expect);
    check("Dear team,\n\nI apply.\n\n[Your Name]", expect);
    check("```\nDear team,\nI apply.\n```", expect);
}

#[test]
fn a_sentence_of_thanks_stays() {
    check(
        "Dear team,\n\nI apply.\nThank you for reading.",
        "Dear team,\n\nI apply.\nThank you for reading.\n\nSincerely,\nJohn",
    );
}

#[test]
fn blanks_and_control_characters_are_tidied() {
    check("\n\n Dear team, \n\n\n\nI\tapply.  \r\n \nNow.\n\n", "Dear team,\n\nI apply.\n\nNow.\n\nSincerely,\nJohn");
}

#[test]
fn nothing_but_a_salutation_is_no_letter() {
    for completion in ["", "  \n", "Dear team,", "Dear team,\n\nSincerely,\nJane", "```\n```"] {
        assert_eq!(compose(&[completion]), Err(EmptyLetter), "{completion:?}");
    }
}

#[test]
fn the_tone_chooses_the_closing_and_the_name_is_one_line() {
    assert_eq!(signature(Tone::Warm, " Ana\nMaria "), "Kind regards,\nAna Maria");
    assert_eq!(signature(Tone::Direct, ""), "Regards,");
    assert_eq!(signature(Tone::Professional, "\u{7}"), "Sincerely,");
}

#[test]
fn a_letter_has_a_largest_size() {
    let letter = compose(&["Dear team,\n\n", &"größer ".repeat(4_000)]).expect("a letter");
    assert!(letter.len() <= LETTER_BYTES_MAX);
    assert!(letter.ends_with("Sincerely,\nJohn"));
}

/// What completions are put together from.
const WORDS: &[&str] = &[
    "Dear",
    " ",
    "\n",
    "team,",
    "I",
    "apply.",
    "Best",
    " regards,",
    "Thank you",
    "[Your Name]",
    "é",
    "Sincerely",
    "Hello",
    "```",
];

proptest! {
    #[test]
    fn the_letter_does_not_depend_on_how_the_completion_was_cut(
        words in prop::collection::vec(
            prop::sample::select(WORDS),
            0..24,
        ),
        cuts in prop::collection::vec(1usize..5, 1..12),
    ) {
        let completion: String = words.concat();
        let characters: Vec<char> = completion.chars().collect();
        let mut pieces = Vec::new();
        let mut rest = characters.as_slice();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece.iter().collect::<String>());
            rest = after;
        }
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        prop_assert_eq!(compose(&pieces), compose(&[completion.as_str()]));
    }

    #[test]
    fn nothing_people_could_type_breaks_a_letter(completion in "\\PC{0,200}", name in "\\PC{0,60}") {
        let mut composer = Composer::new(Tone::Warm, &name);
        let shown = composer.push(&completion);
        if let Ok((tail, letter)) = composer.finish() {
            prop_assert_eq!(shown + &tail, letter);
        }
    }
}
