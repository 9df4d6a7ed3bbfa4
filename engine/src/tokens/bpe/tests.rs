//! Held against the `tokenizers` library.

use proptest::prelude::*;
use tokenizers::Model as _;
use tokenizers::models::bpe::BPE;

use super::*;

fn ours(json: &str) -> Option<Bpe> {
    Bpe::new(serde_json::from_str(json).expect("a byte pair model"))
}

fn library(json: &str) -> BPE {
    serde_json::from_str(json).expect("a byte pair model")
}

fn both(json: &str, word: &str) -> (Vec<u32>, Vec<u32>) {
    let mut ids = Vec::new();
    ours(json).expect("a plain model").encode(word, &mut ids);
    (ids, library(json).tokenize(word).expect("encodes").iter().map(|token| token.id).collect())
}

/// A model of the characters `a` to `c` whose further tokens come from the given pairs of earlier ones. Some tokens come from
/// several pairs, and some pairs come again.
fn model(pairs: &[(usize, usize)], ignore_merges: bool, are_lines: bool) -> String {
    let mut tokens: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
    let mut merges = Vec::new();
    for (left, right) in pairs {
        let (left, right) = (tokens[left % tokens.len()].clone(), tokens[right % tokens.len()].clone());
        let whole = format!("{left}{right}");
        if !tokens.contains(&whole) {
            tokens.push(whole);
        }
        let merge = if are_lines { format!("{left} {right}").into() } else { serde_json::json!([left, right]) };
        merges.push(merge);
    }
    let vocab: serde_json::Map<_, _> = tokens.into_iter().zip((7..).map(serde_json::Value::from)).collect();
    serde_json::json!({ "type": "BPE", "vocab": vocab, "merges": merges, "ignore_merges": ignore_merges }).to_string()
}

proptest! {
    #[test]
    fn any_vocabulary_cuts_any_word_as_the_library_does(
        pairs in prop::collection::vec((0usize..40, 0usize..40), 0..30),
        ignore_merges: bool,
        are_lines: bool,
        word in "[abcx]{0,40}",
    ) {
        let json = model(&pairs, ignore_merges, are_lines);
        let (ids, expected) = both(&json, &word);
        prop_assert_eq!(ids, expected, "{}", json);
    }
}

#[test]
fn the_earlier_merge_goes_first_and_equal_ones_from_the_left() {
    let json = r#"{"vocab": {"a": 0, "b": 1, "ab": 2, "ba": 3, "aa": 4}, "merges": ["b a", "a b", "a a"]}"#;
    for (word, ids) in [("aba", vec![0, 3]), ("bab", vec![3, 1]), ("aaa", vec![4, 0]), ("ab", vec![2]), ("", vec![])] {
        assert_eq!(both(json, word), (ids.clone(), ids), "{word}");
    }
}

#[test]
fn a_word_of_a_hundred_thousand_characters_is_cut_as_well() {
    let json = model(&[(0, 0), (3, 3), (0, 1)], false, true);
    let (ids, expected) = both(&json, &"aab".repeat(40_000));
    assert_eq!(ids, expected);
}

#[test]
fn ids_may_have_gaps_and_any_order() {
    let json = r#"{"vocab": {"ab": 900, "b": 5, "a": 12}, "merges": ["a b"]}"#;
    let bpe = ours(json).expect("a plain model");
    assert_eq!((bpe.vocabulary().end(), bpe.vocabulary().text(12), bpe.vocabulary().text(6)), (901, Some("a"), None));
    assert_eq!((bpe.vocabulary().text(900), bpe.vocabulary().text(901)), (Some("ab"), None));
    assert_eq!(both(json, "abba"), (vec![900, 5, 12], vec![900, 5, 12]));
}

#[test]
fn what_is_more_than_plain_pairs_is_left_to_the_library() {
    for (what, json) in [
        ("dropout", r#"{"vocab": {"a": 0}, "merges": [], "dropout": 0.1}"#),
        ("a token for the unknown", r#"{"vocab": {"a": 0}, "merges": [], "unk_token": "a"}"#),
        ("prefixes", r###"{"vocab": {"a": 0}, "merges": [], "continuing_subword_prefix": "##"}"###),
        ("suffixes", r#"{"vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"}"#),
        ("bytes as tokens", r#"{"vocab": {"a": 0}, "merges": [], "byte_fallback": true}"#),
        ("two tokens of one id", r#"{"vocab": {"a": 0, "b": 0}, "merges": []}"#),
        ("an empty token", r#"{"vocab": {"": 0}, "merges": []}"#),
        ("an id beyond every vocabulary", r#"{"vocab": {"a": 4294967295}, "merges": []}"#),
        ("a merge of unknown tokens", r#"{"vocab": {"a": 0}, "merges": ["a b"]}"#),
        ("a merge of three", r#"{"vocab": {"a": 0}, "merges": ["a a a"]}"#),
    ] {
        assert!(ours(json).is_none(), "{what}");
    }
    assert!(ours(r#"{"vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "", "dropout": null}"#).is_some());
}
