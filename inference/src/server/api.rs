//! The documents of the protocol, as far as they are used. Unknown fields are ignored.

use serde::Deserialize;
use serde_json::Value;

/// `GET …/models`.
#[derive(Deserialize, Debug)]
pub(super) struct Models {
    #[serde(default)]
    pub(super) data: Vec<Model>,
}

#[derive(Deserialize, Debug)]
pub(super) struct Model {
    pub(super) id: String,
}

/// One event of a streamed chat completion.
#[derive(Deserialize, Debug, Default)]
pub(super) struct Chunk {
    #[serde(default)]
    pub(super) choices: Vec<Choice>,
    /// In the last event with content, or in one of its own.
    pub(super) usage: Option<Usage>,
    /// Servers that fail in the middle say so in an event.
    pub(super) error: Option<Value>,
}

#[derive(Deserialize, Debug)]
pub(super) struct Choice {
    #[serde(default)]
    pub(super) delta: Delta,
    pub(super) finish_reason: Option<String>,
}

#[derive(Deserialize, Debug, Default)]
pub(super) struct Delta {
    pub(super) content: Option<String>,
    /// What a model thinks, where the server takes it out of the content; vLLM has called it both names.
    #[serde(alias = "reasoning")]
    pub(super) reasoning_content: Option<String>,
}

#[derive(Deserialize, Clone, Copy, Debug)]
pub(super) struct Usage {
    #[serde(default)]
    pub(super) prompt_tokens: usize,
    #[serde(default)]
    pub(super) completion_tokens: usize,
}

/// What an error document tells: a word of the protocol, and whether the conversation is too long for the model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    /// `type` or `code`; empty when there is none that is a plain word.
    pub(super) word: String,
    pub(super) is_too_long: bool,
}

impl Fault {
    /// Reads `{"error": {"type": …, "code": …, "message": …}}`, or the same without the outer object.
    pub(super) fn of(document: &Value) -> Self {
        let error = document.get("error").filter(|error| error.is_object()).unwrap_or(document);
        let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
        let words = [text("type"), text("code")];
        let message = text("message");
        let is_too_long = words.iter().any(|word| word.contains("exceed_context") || word.contains("context_length"))
            || message.contains("maximum context length")
            || message.contains("maximum model length");
        let is_word = |word: &&&str| {
            (1..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        Self { word: words.iter().find(is_word).map_or_else(String::new, |word| (*word).to_owned()), is_too_long }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(document: &Value, word: &str, is_too_long: bool) {
        assert_eq!(Fault::of(document), Fault { word: word.to_owned(), is_too_long }, "{document}");
    }

    #[test]
    fn errors_of_several_servers_are_read_without_their_messages() {
        let vllm = json!({"error": {"message": "This model's maximum context length is 4096 tokens. However, you requested \
            5000", "type": "BadRequestError", "param": null, "code": 400}});
        check(&vllm, "BadRequestError", true);
        let llama = json!({"error": {"code": 400, "message": "the request exceeds the available context size",
            "type": "exceed_context_size_error", "n_prompt_tokens": 900, "n_ctx": 512}});
        check(&llama, "exceed_context_size_error", true);
        let ollama = json!({"error": {"message": "model \"x\" not found, try pulling it first", "type": "not_found_error",
            "param": null, "code": null}});
        check(&ollama, "not_found_error", false);
        check(
            &json!({"object": "error", "message": "no", "type": "NotFoundError", "code": 404}),
            "NotFoundError",
            false,
        );
        check(&json!({"error": {"type": "Dear John, you wrote"}}), "", false);
        check(&json!("<html>"), "", false);
    }
}
