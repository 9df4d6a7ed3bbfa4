//! Turns a model folder into something that completes prompts.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::backend::Backend;
use crate::candle::{self, Candle};
use crate::chat::ChatTemplate;
use crate::config::{GenerationConfig, ModelConfig};
use crate::error::LoadError;
use crate::folder::Folder;
use crate::native::{self, Shape};
use crate::options::{BackendKind, LoadOptions};
use crate::tokens::Tokens;
use crate::weights::{Files, Gguf};

/// Tokens that end a turn in the common chat formats; those that the tokenizer knows as control tokens end a completion.
const END_OF_TURN: [&str; 4] = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>"];

/// A model that is ready to complete prompts.
pub struct Loaded {
    /// What computes it.
    pub backend: Box<dyn Backend>,
    /// Its tokenizer.
    pub tokens: Arc<Tokens>,
    /// Its own chat template.
    pub template: ChatTemplate,
    /// The whole of `config.json`, which may hold fields that mean something elsewhere.
    pub config: Map<String, Value>,
    /// Tokens that end a completion.
    pub end_tokens: Vec<u32>,
    /// SHA-256 of the weights, hexadecimal. With several weight files: of the lines `sha256sum` prints for them.
    pub sha256: String,
    /// Number of parameters.
    pub parameters: usize,
}

#[derive(Default, Deserialize)]
struct TokenizerConfig {
    #[serde(default)]
    chat_template: Option<TemplateField>,
    #[serde(default)]
    bos_token: Option<TokenField>,
    #[serde(default)]
    eos_token: Option<TokenField>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TemplateField {
    One(String),
    Named(Vec<NamedTemplate>),
}

#[derive(Deserialize)]
struct NamedTemplate {
    name: String,
    template: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TokenField {
    Text(String),
    Object { content: String },
}

/// Loads the model in `path`: `config.json`, `tokenizer.json` and weights (`*.safetensors`, with an index when sharded, or
/// one `*.gguf`); optionally `tokenizer_config.json` or `chat_template.jinja`, and `generation_config.json`.
///
/// # Errors
/// Names the file that is missing, damaged or contradicts another.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, LoadError> {
    let folder = Folder::open(path)?;
    let config = config(&folder)?;
    let generation: GenerationConfig = folder.json("generation_config.json")?.unwrap_or_default();
    let weights = folder.weights()?;
    // A large vocabulary takes as long to read as all the rest, the header of a GGUF file included.
    let (tokens, rest) = std::thread::scope(|scope| {
        let tokens = scope.spawn(|| tokens(&folder, &config));
        let rest = Files::open(&weights).and_then(|files| rest(&folder, &files, &config, options));
        (tokens.join(), rest)
    });
    let tokens = tokens.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let Rest { template, end_token, network } = rest?;
    let end_tokens = end_tokens(&tokens, &config, &generation, end_token);
    Ok(Loaded {
        backend: network.backend,
        tokens: Arc::new(tokens),
        template,
        config: config.json,
        end_tokens,
        sha256: network.sha256,
        parameters: network.parameters,
    })
}

fn config(folder: &Folder) -> Result<ModelConfig, LoadError> {
    let missing = || folder.missing("`config.json`".to_owned());
    let json: Map<String, Value> = folder.json("config.json")?.ok_or_else(missing)?;
    let file = || folder.file("config.json");
    // The architecture first: others have other fields.
    if let Some(found) = json.get("model_type").and_then(Value::as_str).filter(|found| !candle::KNOWN.contains(found)) {
        return Err(LoadError::Architecture { file: file(), found: found.to_owned(), known: &candle::KNOWN });
    }
    ModelConfig::new(json).map_err(|source| LoadError::Parse { file: file(), source: source.into() })
}

fn tokens(folder: &Folder, config: &ModelConfig) -> Result<Tokens, LoadError> {
    let file = || folder.file("tokenizer.json");
    let tokens = Tokens::from_bytes(&folder.read("tokenizer.json")?)
        .map_err(|source| LoadError::Parse { file: file(), source: source.into() })?;
    if tokens.vocabulary() > config.vocab_size {
        return Err(LoadError::Mismatch {
            file: file(),
            found: format!("{} tokens", tokens.vocabulary()),
            expected: format!("config.json says vocab_size {}", config.vocab_size),
        });
    }
    Ok(tokens)
}

/// What a folder holds beside the tokenizer.
struct Rest {
    template: ChatTemplate,
    /// The token that ends a completion, where the weight file names it.
    end_token: Option<u32>,
    network: Network,
}

fn rest(folder: &Folder, files: &Files, config: &ModelConfig, options: &LoadOptions) -> Result<Rest, LoadError> {
    let gguf = files.gguf().map(|(file, gguf)| gguf.compare(file, config).map(|()| gguf)).transpose()?;
    let template = template(folder, gguf.and_then(Gguf::chat_template))?;
    let end_token = gguf.and_then(Gguf::end_token);
    Ok(Rest { template, end_token, network: network(folder, files, config, options)? })
}

/// A network by one of the backends.
struct Network {
    backend: Box<dyn Backend>,
    sha256: String,
    parameters: usize,
}

fn network(folder: &Folder, files: &Files, config: &ModelConfig, options: &LoadOptions) -> Result<Network, LoadError> {
    if options.backend != BackendKind::Candle {
        match Shape::of(config, options.context) {
            Ok(shape) => {
                let native::Read { backend, sha256, parameters } = native::load(folder, files, config, shape, options)?;
                return Ok(Network { backend: Box::new(backend), sha256, parameters });
            }
            Err(why) if options.backend == BackendKind::Native => {
                return Err(LoadError::Unsupported {
                    folder: folder.path().to_owned(),
                    asked: "with the native backend",
                    why: format!("{why}; use the backend `candle` or `auto`"),
                });
            }
            Err(_) => {}
        }
    }
    let (backend, parameters) = Candle::new(folder, files, config, options.context)?;
    Ok(Network { backend: Box::new(backend), sha256: files.sha256(), parameters })
}

/// The model's own template: `chat_template.jinja`, else `tokenizer_config.json`, else the one inside the GGUF file.
fn template(folder: &Folder, in_weights: Option<String>) -> Result<ChatTemplate, LoadError> {
    let config: TokenizerConfig = folder.json("tokenizer_config.json")?.unwrap_or_default();
    let configured = config.chat_template.and_then(|field| match field {
        TemplateField::One(source) => Some(source),
        TemplateField::Named(all) => all.into_iter().find(|one| one.name == "default").map(|one| one.template),
    });
    let file =
        match folder.read_optional("chat_template.jinja")? {
            Some(bytes) => Some(String::from_utf8(bytes).map_err(|source| LoadError::Parse {
                file: folder.file("chat_template.jinja"),
                source: source.into(),
            })?),
            None => None,
        };
    let source = file
        .or(configured)
        .or(in_weights)
        .ok_or_else(|| folder.missing("chat template (`tokenizer_config.json` or `chat_template.jinja`)".to_owned()))?;
    let text = |field: Option<TokenField>| match field {
        Some(TokenField::Text(text) | TokenField::Object { content: text }) => text,
        None => String::new(),
    };
    ChatTemplate::new(source, text(config.bos_token), text(config.eos_token))
        .map_err(|source| LoadError::Parse { file: folder.file("tokenizer_config.json"), source: source.into() })
}

fn end_tokens(
    tokens: &Tokens,
    config: &ModelConfig,
    generation: &GenerationConfig,
    in_weights: Option<u32>,
) -> Vec<u32> {
    let declared = [generation.eos_token_id.as_ref(), config.eos_token_id.as_ref()];
    let mut ids: Vec<u32> = declared.into_iter().flatten().flat_map(|ids| ids.as_slice().iter().copied()).collect();
    ids.extend(in_weights);
    ids.extend(END_OF_TURN.iter().filter_map(|token| tokens.control_id(token)));
    ids.sort_unstable();
    ids.dedup();
    ids
}
