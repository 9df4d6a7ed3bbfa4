//! Turns a model folder into something that can write.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::backend::Model;
use crate::candle::{self, Candle};
use crate::chat::ChatTemplate;
use crate::config::{GenerationConfig, ModelConfig};
use crate::error::LoadError;
use crate::folder::{Folder, WeightFiles};
use crate::native::{self, network::Shape};
use crate::options::{Backend, LoadOptions};
use crate::tokens::Tokens;
use crate::weights;

/// Tokens that end a turn in the common chat formats; whichever the tokenizer knows as a control token ends a letter.
const END_OF_TURN: [&str; 4] = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>"];

/// A model that is ready to write.
pub struct Loaded {
    /// The network.
    pub model: Box<dyn Model>,
    /// Its tokenizer.
    pub tokens: Arc<Tokens>,
    /// Its own chat template.
    pub template: ChatTemplate,
    /// Fields of `config.json` that the engine has no use for.
    pub other: serde_json::Map<String, serde_json::Value>,
    /// Tokens that end a completion.
    pub end_tokens: Vec<u32>,
    /// SHA-256 of the weights, hexadecimal. With several weight files: of the lines `sha256sum` prints for them.
    pub sha256: String,
    /// Number of parameters.
    pub parameters: usize,
}

#[derive(Deserialize)]
struct Architecture {
    model_type: String,
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
    let files = folder.weights()?;
    // A large vocabulary takes as long to read as all the rest.
    let (tokens, rest) = std::thread::scope(|scope| {
        let tokens = scope.spawn(|| tokens(&folder, &config));
        let rest = rest(&folder, &files, &config, options);
        (tokens.join(), rest)
    });
    let tokens = tokens.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let Rest { template, in_end, network } = rest?;
    let end_tokens = end_tokens(&tokens, &config, &generation, in_end);
    Ok(Loaded {
        model: network.model,
        tokens: Arc::new(tokens),
        template,
        other: config.other,
        end_tokens,
        sha256: network.sha256,
        parameters: network.parameters,
    })
}

/// Asks for the architecture first: other architectures have other fields.
fn config(folder: &Folder) -> Result<ModelConfig, LoadError> {
    let missing = || folder.missing("`config.json`".to_owned());
    let Architecture { model_type } = folder.json("config.json")?.ok_or_else(missing)?;
    if !candle::KNOWN.contains(&model_type.as_str()) {
        let file = folder.file("config.json");
        return Err(LoadError::Architecture { file, found: model_type, known: &candle::KNOWN });
    }
    folder.json("config.json")?.ok_or_else(missing)
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
    /// The token that ends a letter, as the weight file says it.
    in_end: Option<u32>,
    network: Network,
}

fn rest(folder: &Folder, files: &WeightFiles, config: &ModelConfig, options: &LoadOptions) -> Result<Rest, LoadError> {
    let metadata = match files {
        WeightFiles::Gguf(file) => Some(weights::gguf::metadata(file, config)?),
        WeightFiles::Safetensors(_) => None,
    };
    let (in_template, in_end) = metadata.map_or((None, None), |said| (said.chat_template, said.end_token));
    let template = template(folder, in_template)?;
    Ok(Rest { template, in_end, network: network(folder, files, config, options)? })
}

/// A network by one of the backends.
struct Network {
    model: Box<dyn Model>,
    sha256: String,
    parameters: usize,
}

fn network(
    folder: &Folder,
    files: &WeightFiles,
    config: &ModelConfig,
    options: &LoadOptions,
) -> Result<Network, LoadError> {
    if options.backend != Backend::Candle {
        match Shape::of(config, options.context) {
            Ok(shape) => {
                let read = native::format::load(folder, files, config, shape, options)?;
                return Ok(Network { model: Box::new(read.model), sha256: read.sha256, parameters: read.parameters });
            }
            Err(why) if options.backend == Backend::Native => {
                return Err(LoadError::Unsupported {
                    folder: folder.path().to_owned(),
                    asked: "with the native backend",
                    why: format!("{why}; use the backend `candle` or `auto`"),
                });
            }
            Err(_) => {}
        }
    }
    let read = candle::weights::read(files)?;
    let parameters = read.tensors.values().map(candle_core::Tensor::elem_count).sum();
    let model = Candle::new(folder, config, read.tensors, options.context)?;
    Ok(Network { model: Box::new(model), sha256: read.sha256, parameters })
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
