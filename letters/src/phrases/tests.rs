use super::*;

/// Three sentences, of which one phrase says two, and two phrases cannot be told from others.
pub(super) fn phrases() -> Phrases {
    let phrase = |text: &str, says| Phrase { text: text.to_owned(), says };
    let all = [
        vec![phrase("I am a cook.", 1), phrase("As a cook, I bake.", 2), phrase("I am a cook. Yes.", 1)],
        vec![phrase("I bake.", 1), phrase("There, I \"bake\".", 1), phrase("Too far.", 3)],
        vec![phrase("I speak Māori.", 1)],
    ];
    Phrases::new(&all, &["\n\n", " ", "\n\n"])
}

fn is_text(text: &str) -> bool {
    let phrases = phrases();
    let end = text.bytes().try_fold(phrases.start(), |at, byte| phrases.next(at, byte));
    end.is_some_and(|end| phrases.may_end(end))
}

#[test]
fn a_text_says_every_sentence_once_and_in_order() {
    for text in [
        "I am a cook. I bake.\n\nI speak Māori.",
        "I am a cook. There, I \"bake\".\n\nI speak Māori.",
        "As a cook, I bake.\n\nI speak Māori.",
    ] {
        assert!(is_text(text), "{text}");
    }
    for text in [
        "I am a cook.",
        "I bake.\n\nI speak Māori.",
        "I am a cook. I bake. I speak Māori.",
        "As a cook, I bake. I bake.",
    ] {
        assert!(!is_text(text), "{text}");
    }
}

#[test]
fn only_whole_sentences_are_released() {
    let phrases = phrases();
    let mut reading = Reading::new(&phrases);
    assert_eq!(reading.push(&phrases, "I am a c"), "");
    assert_eq!(reading.push(&phrases, "ook. The"), "I am a cook.");
    assert_eq!((reading.push(&phrases, "re, I \"bake\"."), reading.said), (" There, I \"bake\".".to_owned(), 2));
    assert_eq!(reading.push(&phrases, "\n\nI speak Dutch."), "");
    assert!(reading.is_lost());
    assert_eq!(reading.said, 2);
}

#[test]
fn nothing_planned_is_the_empty_text() {
    let phrases = Phrases::new(&[], &[]);
    assert!(phrases.may_end(phrases.start()));
}
