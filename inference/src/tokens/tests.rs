//! With the built-in model's tokenizer.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

const CONTROL: [&str; 3] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

/// Read once: property tests ask for it hundreds of times.
fn tokens() -> &'static Tokens {
    static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/built-in/tokenizer.json");
        Tokens::from_bytes(&std::fs::read(file).expect("the built-in model is in the repository")).expect("a tokenizer")
    });
    &TOKENS
}

fn pieces(tokens: &Tokens, ids: &[u32]) -> Vec<String> {
    let mut detokenizer = Detokenizer::default();
    let mut pieces: Vec<String> =
        ids.iter().map(|id| detokenizer.push(tokens, *id).expect("a decodable token")).collect();
    pieces.push(detokenizer.finish(tokens).expect("decodable tokens"));
    pieces
}

#[test]
fn control_tokens_count_in_templates_only() {
    let tokens = tokens();
    for token in CONTROL {
        let id = tokens.control_id(token).expect("a control token");
        assert_eq!(tokens.encode_control(token).expect("encodes"), [id]);
        let content = tokens.encode_content(token).expect("encodes");
        assert!(content.len() > 1 && !content.contains(&id), "{token}");
        assert_eq!(tokens.decode(&content).expect("decodes"), token, "nothing is lost");
    }
}

#[test]
fn content_without_control_tokens_is_encoded_as_in_training() {
    let tokens = tokens();
    let text = "Job Title: Data Scientist\nHiring Company: google";
    assert_eq!(tokens.encode_content(text).expect("encodes"), tokens.encode_control(text).expect("encodes"));
}

#[test]
fn prompts_must_leave_room_for_the_letter() {
    assert_eq!(fit(&[0; 100], 28, 128), Ok(()));
    assert_eq!(fit(&[0; 101], 28, 128), Err(TooLong { tokens: 101, limit: 100 }));
    assert_eq!(fit(&[0], 200, 128), Err(TooLong { tokens: 1, limit: 0 }));
}

#[test]
fn a_character_of_several_tokens_comes_whole() {
    let tokens = tokens();
    let ids = tokens.encode_content("naïve 🎉 語").expect("encodes");
    assert!(ids.len() > "naïve 🎉 語".chars().count(), "the vocabulary has no such tokens");
    for piece in pieces(tokens, &ids) {
        assert!(!piece.contains('\u{FFFD}'), "{piece:?}");
    }
}

proptest! {
    #[test]
    fn no_text_encodes_to_a_control_token(parts in prop::collection::vec(
        prop_oneof!["\\PC{0,12}", prop::sample::select(CONTROL.to_vec()).prop_map(str::to_owned), "<\\|[a-z_]{0,9}\\|?>?"],
        0..6,
    )) {
        let tokens = tokens();
        let ids = tokens.encode_content(&parts.concat()).expect("encodes");
        prop_assert!(ids.iter().all(|id| !tokens.is_control(*id)));
    }

    #[test]
    fn pieces_of_text_put_together_are_the_text(text in "\\PC{0,60}") {
        let tokens = tokens();
        let ids = tokens.encode_content(&text).expect("encodes");
        prop_assert_eq!(pieces(tokens, &ids).concat(), tokens.decode(&ids).expect("decodes"));
    }

    #[test]
    fn pieces_of_any_tokens_put_together_are_their_text(ids in prop::collection::vec(0u32..4096, 0..40)) {
        let tokens = tokens();
        prop_assert_eq!(pieces(tokens, &ids).concat(), tokens.decode(&ids).expect("decodes"));
    }
}
