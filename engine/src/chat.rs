//! A model's own chat template, applied so that no text of a message can act as a control token.
//!
//! The template is rendered with a mark in place of every message; then the template's text is encoded with control
//! tokens and each message without.

mod python;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Value, context};

use crate::tokens::{TokenError, Tokens};

/// Encloses the number of a message in the rendered template: private-use characters, which no template contains.
const MARK: char = '\u{F8F0}';

/// Steps that a template may take: those of real models take some hundreds for a conversation.
const FUEL: u64 = 1_000_000;

/// The speaker of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The instructions that the model follows.
    System,
    /// The person who asks.
    User,
}

impl Role {
    /// The name that chat templates know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
        }
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The speaker.
    pub role: Role,
    /// Plain text, in which nothing is a control token.
    pub content: String,
}

/// A chat template in the Jinja dialect that model folders use.
#[derive(Clone, Debug)]
pub struct ChatTemplate {
    source: String,
    bos_token: String,
    eos_token: String,
    /// Whether it has no place for instructions, which then begin the message of the user.
    joins_roles: bool,
}

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// The template does not parse, or refuses the conversation.
    #[error("failed to apply the chat template")]
    Template(#[from] minijinja::Error),
    /// The template leaves a message out.
    #[error("failed to apply the chat template: it drops the {0} message")]
    Dropped(&'static str),
    /// The tokenizer refused a part.
    #[error("failed to encode the prompt")]
    Tokens(#[from] TokenError),
}

/// A part of a rendered conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text of the template, in which control tokens count.
    Control(&'a str),
    /// A message, in which nothing is a control token.
    Content(&'a str),
}

impl ChatTemplate {
    /// Takes a template and the texts of the tokens that it may mention.
    ///
    /// # Errors
    /// When the template does not parse, or can render neither a system and a user message nor a user message alone.
    pub fn new(source: &str, bos_token: String, eos_token: String) -> Result<Self, ChatError> {
        let source = without_generation_tags(source);
        let template = Self { source, bos_token, eos_token, joins_roles: false };
        let try_out = |role| Message { role, content: "x".to_owned() };
        let both = [try_out(Role::System), try_out(Role::User)];
        match template.parts_of(&both, |_| ()) {
            Ok(()) => Ok(template),
            // As Mistral's and Gemma's templates do, it may know users only; otherwise the first reason counts.
            Err(error) => {
                let joining = Self { joins_roles: true, ..template };
                joining.parts_of(&both, |_| ()).map(|()| joining).map_err(|_| error)
            }
        }
    }

    /// Token ids of a conversation, up to where the model begins to answer.
    ///
    /// # Errors
    /// When the template refuses or drops a message, or the tokenizer a text.
    pub fn encode(&self, tokens: &Tokens, messages: &[Message]) -> Result<Vec<u32>, ChatError> {
        let ids: Result<Vec<Vec<u32>>, TokenError> = self.parts_of(messages, |parts| {
            parts
                .iter()
                .map(|part| match part {
                    Part::Control(text) => tokens.encode_control(text),
                    Part::Content(text) => tokens.encode_content(text),
                })
                .collect()
        })?;
        Ok(ids?.concat())
    }

    fn parts_of<T>(&self, messages: &[Message], use_parts: impl FnOnce(&[Part<'_>]) -> T) -> Result<T, ChatError> {
        let rendered = self.render(messages)?;
        let parts = split(&rendered, messages);
        for (index, message) in messages.iter().enumerate() {
            if !rendered.contains(&mark(index)) {
                return Err(ChatError::Dropped(message.role.name()));
            }
        }
        Ok(use_parts(&parts))
    }

    /// Speakers with the marks of what they say.
    fn turns(&self, messages: &[Message]) -> Vec<(Role, String)> {
        let mut turns: Vec<(Role, String)> = Vec::new();
        for (index, message) in messages.iter().enumerate() {
            match turns.last_mut() {
                Some((role @ Role::System, content)) if self.joins_roles => {
                    *role = message.role;
                    content.push_str("\n\n");
                    content.push_str(&mark(index));
                }
                _ => turns.push((message.role, mark(index))),
            }
        }
        turns
    }

    fn render(&self, messages: &[Message]) -> Result<String, ChatError> {
        let mut environment = Environment::new();
        // What the original renderer of these templates sets.
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
        environment.set_syntax(syntax);
        environment.set_fuel(Some(FUEL));
        environment.set_unknown_method_callback(python::method);
        environment.add_function("raise_exception", python::raise_exception);
        let turn = |(role, content): (Role, String)| context! { role => role.name(), content };
        let marked: Vec<Value> = self.turns(messages).into_iter().map(turn).collect();
        let rendered = environment.render_str(
            &self.source,
            context! {
                messages => marked,
                add_generation_prompt => true,
                // A letter is wanted, not the thoughts before it.
                enable_thinking => false,
                bos_token => self.bos_token.as_str(),
                eos_token => self.eos_token.as_str(),
            },
        )?;
        Ok(rendered)
    }
}

/// A template without the tags that mark, for training, what a model says itself: they print nothing.
fn without_generation_tags(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, tag)) = rest.split_once("{%") {
        let (inside, after) = tag.split_once("%}").unwrap_or((tag, ""));
        let is_mark = matches!(inside.trim_matches(['-', '+', ' ', '\t', '\n']), "generation" | "endgeneration");
        kept.push_str(before);
        if is_mark {
            // A comment trims the blanks around it as the tag does.
            let (first, last) = (inside.starts_with('-'), inside.ends_with('-'));
            kept.push_str(if first { "{#-" } else { "{#" });
            kept.push_str(if last { " -#}" } else { " #}" });
        } else {
            kept.push_str("{%");
            kept.push_str(inside);
            kept.push_str(if after.is_empty() && !tag.ends_with("%}") { "" } else { "%}" });
        }
        rest = after;
    }
    kept + rest
}

/// What stands for a message in the rendered template.
fn mark(index: usize) -> String {
    format!("{MARK}{index}{MARK}")
}

/// Cuts a rendered template at its marks: text of the template at even places, numbers of messages at odd ones.
fn split<'a>(rendered: &'a str, messages: &'a [Message]) -> Vec<Part<'a>> {
    let pieces = rendered.split(MARK).enumerate();
    let parts = pieces.filter_map(|(place, piece)| match place % 2 {
        0 => Some(Part::Control(piece)),
        _ => piece.parse::<usize>().ok().and_then(|index| messages.get(index)).map(|m| Part::Content(m.content.trim())),
    });
    parts.filter(|part| *part != Part::Control("")).collect()
}

#[cfg(test)]
mod tests;
