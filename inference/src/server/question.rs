//! The body of a request to a server.

use letters::{Answer, Ask, CHOICE_RULES, Message, Role};
use serde_json::{Value, json};

use crate::generation::Generation;

/// A chat completion to be asked for.
#[derive(Debug)]
pub(super) struct Question {
    /// Bodies for the request, the fullest first. A server that refuses a field that it does not know gets the next.
    pub(super) bodies: Vec<Value>,
    /// Reads the answer; `None` for a free text.
    pub(super) answer: Option<Answer>,
    /// Most tokens of the answer, which every body says.
    pub(super) most: usize,
}

impl Question {
    pub(super) fn new(ask: &Ask<'_>, model: &str, generation: &Generation, seed: u64) -> Self {
        let messages: Vec<Value> = match ask.phrases {
            None => ask.messages.iter().map(message).collect(),
            Some(phrases) => vec![said("system", CHOICE_RULES), said("user", &phrases.question())],
        };
        // What every server of this protocol has.
        let least = json!({
            "model": model, "messages": messages, "stream": true, "max_tokens": generation.max_new_tokens,
            "temperature": generation.temperature, "top_p": generation.top_p,
        });
        let mut usual = least.clone();
        usual["stream_options"] = json!({"include_usage": true});
        // Some servers read no more than 32 bits, with a sign.
        usual["seed"] = ((seed ^ (seed >> 32)) & 0x7FFF_FFFF).into();
        if let Some(phrases) = ask.phrases {
            let schema = json!({"name": "sentences", "strict": true, "schema": phrases.schema()});
            usual["response_format"] = json!({"type": "json_schema", "json_schema": schema});
        }
        let mut full = usual.clone();
        full["chat_template_kwargs"] = json!({"enable_thinking": false});
        let answer = ask.phrases.map(|phrases| phrases.answer());
        Self { bodies: vec![full, usual, least], answer, most: generation.max_new_tokens }
    }
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
    };
    said(role, &message.content)
}

fn said(role: &str, content: &str) -> Value {
    json!({"role": role, "content": content})
}
