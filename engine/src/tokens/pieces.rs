//! `SentencePiece`'s byte pair encoding (Kudo and Richardson, 2018), as Llama 2 and Mistral have it: blanks are characters of
//! words, and what is not in the vocabulary is spelled out in bytes.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::{Value, json};

use super::TokenError;
use super::listed::{Kind, Listed};

/// What stands for a blank.
const BLANK: &str = "\u{2581}";

/// Bytes of the longest piece that is looked at: runs of blanks are the longest there are.
const LONGEST: usize = 512;

/// The descriptions of the parts that the library makes of it.
pub struct Pieces {
    pub normalizer: Value,
    pub model: Value,
    pub decoder: Value,
}

/// Translates the vocabulary.
///
/// # Errors
/// When there is no token for the unknown, or there are not as many scores as tokens.
pub fn pieces(listed: &Listed) -> Result<Pieces, TokenError> {
    let refuse = |why: String| TokenError::Vocabulary(why);
    let (tokens, scores) = (listed.tokens.len(), listed.scores.len());
    if tokens != scores {
        return Err(refuse(format!("it has {tokens} tokens and {scores} scores")));
    }
    let unknown = listed.unknown.and_then(|id| listed.tokens.get(id as usize));
    let unknown = unknown.ok_or_else(|| refuse("it names no token for the unknown".to_owned()))?;
    let vocab: serde_json::Map<String, Value> =
        (0u32..).zip(&listed.tokens).map(|(id, token)| ((*token).to_owned(), id.into())).collect();
    let blanks = json!({ "type": "Replace", "pattern": { "String": " " }, "content": BLANK });
    let back = json!({ "type": "Replace", "pattern": { "String": BLANK }, "content": " " });
    let prepend = json!({ "type": "Prepend", "prepend": BLANK });
    let strip = json!({ "type": "Strip", "content": " ", "start": 1, "stop": 0 });
    let (mut normalizers, mut decoders) = (vec![blanks], vec![back]);
    decoders.extend([json!({ "type": "ByteFallback" }), json!({ "type": "Fuse" })]);
    if listed.adds_space {
        normalizers.insert(0, prepend);
        decoders.push(strip);
    }
    Ok(Pieces {
        normalizer: json!({ "type": "Sequence", "normalizers": normalizers }),
        model: json!({
            "type": "BPE", "vocab": vocab, "merges": merges(listed), "unk_token": unknown, "fuse_unk": true,
            "byte_fallback": true,
        }),
        decoder: json!({ "type": "Sequence", "decoders": decoders }),
    })
}

/// The pairs that become one. The vocabulary does not say them, but every piece was once merged of two others, the ones
/// with the higher scores first.
fn merges<'a>(listed: &Listed<'a>) -> Vec<(&'a str, &'a str)> {
    let ids: HashMap<&str, usize> = listed.tokens.iter().enumerate().map(|(id, token)| (*token, id)).collect();
    let mut merges: Vec<(f32, [usize; 2], (&str, &str))> = Vec::new();
    for ((token, kind), score) in listed.tokens.iter().zip(&listed.kinds).zip(&listed.scores) {
        // No piece of text is as long: a hostile one would take the square of its length.
        if *kind != Kind::Normal || token.len() > LONGEST {
            continue;
        }
        for (at, _) in token.char_indices().skip(1) {
            let (left, right) = token.split_at(at);
            if let (Some(one), Some(other)) = (ids.get(left), ids.get(right)) {
                merges.push((*score, [*one, *other], (left, right)));
            }
        }
    }
    let order =
        |a: &(f32, [usize; 2], _), b: &(f32, [usize; 2], _)| -> Ordering { b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)) };
    merges.sort_by(order);
    merges.into_iter().map(|(_, _, pair)| pair).collect()
}
