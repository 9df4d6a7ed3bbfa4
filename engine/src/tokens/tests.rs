//! With the built-in model's tokenizer.

use std::sync::LazyLock;

use proptest::prelude::*;
use tokenizers::Tokenizer;

use super::*;

const CONTROL: [&str; 3] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

fn file() -> Vec<u8> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/built-in/tokenizer.json");
    std::fs::read(file).expect("the built-in model is in the repository")
}

/// Read once: property tests ask for it hundreds of times.
fn tokens() -> &'static Tokens {
    static TOKENS: LazyLock<Tokens> = LazyLock::new(|| Tokens::from_bytes(&file()).expect("a tokenizer"));
    &TOKENS
}

/// The same file in the library, without the control tokens.
fn library() -> &'static Tokenizer {
    static LIBRARY: LazyLock<Tokenizer> = LazyLock::new(|| {
        let mut json: serde_json::Value = serde_json::from_slice(&file()).expect("JSON");
        for part in ["added_tokens", "post_processor"] {
            json.as_object_mut().expect("an object").remove(part);
        }
        Tokenizer::from_bytes(json.to_string()).expect("a tokenizer")
    });
    &LIBRARY
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
fn prompts_must_leave_room_for_the_completion() {
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

#[test]
fn words_are_cut_by_our_own_code_where_merging_pairs_is_all() {
    assert!(matches!(tokens().model, Model::Bpe(_)));
}

#[test]
fn a_vocabulary_with_bytes_for_the_unknown_is_read_by_the_library() {
    let json = r#"{
        "added_tokens": [{"id": 4, "content": "<end>"}],
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "_"},
        "decoder": {"type": "Replace", "pattern": {"String": "_"}, "content": " "},
        "model": {"type": "BPE", "vocab": {"a": 0, "_": 1, "_a": 2, "<0x7A>": 3}, "merges": ["_ a"], "byte_fallback": true}
    }"#;
    let tokens = Tokens::from_bytes(json.as_bytes()).expect("a tokenizer");
    assert!(matches!(tokens.model, Model::Other(_)));
    assert_eq!(tokens.encode_content("a az").expect("encodes"), [0, 2, 3]);
    assert_eq!(tokens.encode_control("a<end>").expect("encodes"), [0, 4]);
    assert_eq!(tokens.decode(&[0, 2, 4]).expect("decodes"), "a a");
    assert_eq!(tokens.vocabulary(), 5);
}

#[test]
fn what_is_no_tokenizer_is_refused() {
    for json in ["", "{}", r#"{"model": {}}"#, r#"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}"#] {
        assert!(matches!(Tokens::from_bytes(json.as_bytes()), Err(TokenError::Parse(_))), "{json}");
    }
}

proptest! {
    #[test]
    fn any_text_has_the_tokens_that_the_library_gives_it(
        text in prop_oneof!["\\PC{0,60}", "[a-zA-Z0-9 .,'\n-]{0,200}"],
    ) {
        let ids = tokens().encode(&text).expect("encodes");
        let expected = library().encode_fast(text.as_str(), false).expect("encodes");
        prop_assert_eq!(&ids, expected.get_ids());
        prop_assert_eq!(tokens().decode(&ids).expect("decodes"), library().decode(&ids, false).expect("decodes"));
    }

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

#[test]
fn bytes_of_tokens_put_together_are_the_bytes_of_the_text() {
    let tokens = tokens();
    let bytes = tokens.bytes(tokens.vocabulary(), &[3071]);
    for text in ["Dear Hiring Manager,\n\n", "naïve Zoë 日本 \u{1F600} \0\x7f", "  two  blanks"] {
        let ids = tokens.encode_content(text).expect("encodes");
        let found: Vec<u8> = ids.iter().flat_map(|id| bytes.bytes(*id).expect("it is text")).copied().collect();
        assert_eq!(found, text.as_bytes());
    }
    assert_eq!((bytes.bytes(3071), bytes.bytes(9_999), bytes.end_tokens()), (None, None, &[3071][..]));
    assert!(bytes.in_order().map(|(bytes, _)| bytes).is_sorted() && bytes.in_order().count() > 800);
}

#[test]
fn added_tokens_that_are_text_are_text_in_both_directions() {
    let json = r#"{
        "added_tokens": [
            {"id": 3, "content": "C++", "special": false}, {"id": 4, "content": "<think>", "special": false},
            {"id": 5, "content": "<end>", "special": true}, {"id": 9, "content": "<pad>", "special": true}],
        "decoder": {"type": "Fuse"},
        "model": {"type": "BPE", "vocab": {"a": 0, "<": 1, "t": 2}, "merges": []}
    }"#;
    let mut tokens = Tokens::from_bytes(json.as_bytes()).expect("a tokenizer");
    tokens.limit(6);
    assert_eq!(tokens.vocabulary(), 6, "a token beyond the network is none");
    assert_eq!(tokens.encode_content("aC++a<think><end><pad>").expect("encodes"), [0, 3, 0, 1, 2, 1, 1, 0]);
    assert_eq!(tokens.encode_control("C++<think><end><pad>").expect("encodes"), [3, 4, 5, 1, 0]);
    assert_eq!(tokens.decode(&[0, 3, 4, 5, 9]).expect("decodes"), "aC++<think>");
}

#[test]
fn pieces_are_those_that_sentencepiece_cuts() {
    #[derive(Deserialize)]
    struct Golden {
        tokens: Vec<String>,
        scores: Vec<f32>,
        kinds: Vec<u8>,
        lines: Vec<Line>,
    }
    #[derive(Deserialize)]
    struct Line {
        text: String,
        ids: Vec<u32>,
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/pieces.json");
    let Golden { tokens, scores, kinds, lines } =
        serde_json::from_slice(&std::fs::read(file).expect("it is in the repository")).expect("as pieces.py writes it");
    let kind = |kind: &u8| match kind {
        2 | 3 => Kind::Control,
        6 => Kind::Byte,
        _ => Kind::Normal,
    };
    let listed = Listed {
        model: "llama",
        pre: None,
        tokens: tokens.iter().map(String::as_str).collect(),
        kinds: kinds.iter().map(kind).collect(),
        merges: Vec::new(),
        scores,
        adds_space: true,
        unknown: Some(0),
    };
    let tokens = Tokens::from_listed(&listed).expect("a tokenizer");
    for Line { text, ids } in lines {
        assert_eq!(tokens.encode_content(&text).expect("encodes"), ids, "{text:?}");
        assert_eq!(tokens.decode(&ids).expect("decodes"), text);
        let mut detokenizer = Detokenizer::default();
        let pieces = ids.iter().map(|id| detokenizer.push(&tokens, *id).expect("decodes")).collect::<String>();
        assert_eq!(pieces + &detokenizer.finish(&tokens).expect("decodes"), text);
    }
    assert_eq!(tokens.encode_control("</s>a</s>").expect("encodes"), [2, 261, 2]);
    assert!(tokens.encode_content("</s>").expect("encodes").iter().all(|id| !tokens.is_control(*id)));
    let without = Listed { unknown: None, ..listed };
    assert!(matches!(Tokens::from_listed(&without), Err(TokenError::Vocabulary(_))));
}
