//! Turns a model folder into something that completes prompts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::backend::Backend;
use crate::candle::{Candle, KNOWN};
use crate::chat::ChatTemplate;
use crate::config::{GenerationConfig, ModelConfig};
use crate::error::{Cause, LoadError};
use crate::folder::Folder;
use crate::gguf::{self, Gguf};
use crate::native::{self, Shape};
use crate::options::{BackendKind, LoadOptions};
use crate::tokens::{TokenError, Tokens};
use crate::weights::Files;

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

/// Loads the model in `path`: one GGUF file, or `config.json`, `tokenizer.json` and weights (`*.safetensors`, with an index
/// when sharded, or `*.gguf`); optionally `tokenizer_config.json` or `chat_template.jinja`, `generation_config.json`, and
/// a `LoRA` adapter as llama.cpp keeps them (`adapter.gguf`), which is added to the weights.
/// What stands beside a GGUF file counts more than what is inside. `path` may also be the GGUF file itself.
///
/// # Errors
/// Names the file that is missing, damaged or contradicts another.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, LoadError> {
    let folder = Folder::open(path)?;
    let files = Files::open(&folder.weights()?, folder.adapter())?;
    let gguf = files.gguf()?;
    let gguf = gguf.as_ref().map(|(file, gguf)| (*file, gguf));
    let config = config(&folder, gguf)?;
    let generation: GenerationConfig = folder.json("generation_config.json")?.unwrap_or_default();
    // A large vocabulary takes as long to read as all the rest.
    let (tokens, network) = std::thread::scope(|scope| {
        let tokens = scope.spawn(|| tokens(&folder, gguf, &config));
        let network = network(&folder, &files, &config, options);
        (tokens.join(), network)
    });
    let tokens = tokens.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let template = template(&folder, gguf, &tokens)?;
    let network = network?;
    let in_weights = gguf.and_then(|(_, gguf)| gguf.token("tokenizer.ggml.eos_token_id"));
    let end_tokens = end_tokens(&tokens, &config, &generation, in_weights);
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

/// `config.json`, which must not contradict the GGUF file, or what that file says itself.
fn config(folder: &Folder, gguf: Option<(&Path, &Gguf)>) -> Result<ModelConfig, LoadError> {
    let parse = |file: PathBuf, source: Cause| LoadError::Parse { file, source };
    let in_weights = match gguf {
        Some((file, gguf)) => {
            let found = gguf.architecture();
            if !gguf::KNOWN.contains(&found) {
                let (file, found) = (file.to_owned(), found.to_owned());
                return Err(LoadError::Architecture { file, found, known: &gguf::KNOWN });
            }
            let json = gguf::config(gguf).map_err(|why| parse(file.to_owned(), why.into()))?;
            Some((file, ModelConfig::new(json).map_err(|source| parse(file.to_owned(), source.into()))?))
        }
        None => None,
    };
    let file = || folder.file("config.json");
    let config = match (folder.json::<Map<String, Value>>("config.json")?, &in_weights) {
        (Some(json), _) => {
            // The architecture first: others have other fields.
            if let Some(found) = json.get("model_type").and_then(Value::as_str).filter(|found| !KNOWN.contains(found)) {
                return Err(LoadError::Architecture { file: file(), found: found.to_owned(), known: &KNOWN });
            }
            ModelConfig::new(json).map_err(|source| parse(file(), source.into()))?
        }
        (None, Some((_, config))) => config.clone(),
        (None, None) => return Err(folder.missing("`config.json`".to_owned())),
    };
    if let Some((file, in_weights)) = in_weights {
        compare(file, &in_weights, &config)?;
    }
    config.check().map_err(|why| parse(gguf.map_or_else(file, |(file, _)| file.to_owned()), why.into()))?;
    Ok(config)
}

/// Compares a GGUF file with `config.json`, so that files of two models in one folder are noticed, by name.
fn compare(file: &Path, found: &ModelConfig, config: &ModelConfig) -> Result<(), LoadError> {
    let mismatch = |found, expected| Err(LoadError::Mismatch { file: file.to_owned(), found, expected });
    let (architecture, expected) = (&found.model_type, &config.model_type);
    // The files of Mistral are of the architecture that they share with Llama.
    if architecture != expected && (architecture.as_str(), expected.as_str()) != ("llama", "mistral") {
        return mismatch(format!("a `{architecture}` model"), format!("config.json says `{expected}`"));
    }
    for (key, found, expected) in [
        ("block_count", found.num_hidden_layers, config.num_hidden_layers),
        ("embedding_length", found.hidden_size, config.hidden_size),
        ("feed_forward_length", found.intermediate_size, config.intermediate_size),
        ("attention.head_count", found.num_attention_heads, config.num_attention_heads),
        ("attention.head_count_kv", found.key_value_heads(), config.key_value_heads()),
    ] {
        if found != expected {
            return mismatch(format!("{architecture}.{key} {found}"), format!("config.json says {expected}"));
        }
    }
    Ok(())
}

fn tokens(folder: &Folder, gguf: Option<(&Path, &Gguf)>, config: &ModelConfig) -> Result<Tokens, LoadError> {
    let (file, mut tokens) = match (folder.read_optional("tokenizer.json")?, gguf) {
        (Some(bytes), _) => {
            let file = folder.file("tokenizer.json");
            let parse = |source: TokenError| LoadError::Parse { file: file.clone(), source: source.into() };
            let tokens = Tokens::from_bytes(&bytes).map_err(parse)?;
            (file, tokens)
        }
        (None, Some((file, gguf))) => {
            let parse = |source: Cause| LoadError::Parse { file: file.to_owned(), source };
            let listed = gguf::vocabulary(gguf).map_err(|why| parse(why.into()))?;
            let tokens = Tokens::from_listed(&listed).map_err(|source| parse(source.into()))?;
            (file.to_owned(), tokens)
        }
        (None, None) => return Err(folder.missing("`tokenizer.json`".to_owned())),
    };
    tokens.limit(config.vocab_size);
    if tokens.vocabulary() > config.vocab_size {
        let found = format!("{} tokens", tokens.vocabulary());
        let expected = format!("the network has {} (`vocab_size`)", config.vocab_size);
        return Err(LoadError::Mismatch { file, found, expected });
    }
    Ok(tokens)
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
fn template(folder: &Folder, gguf: Option<(&Path, &Gguf)>, tokens: &Tokens) -> Result<ChatTemplate, LoadError> {
    let config: TokenizerConfig = folder.json("tokenizer_config.json")?.unwrap_or_default();
    let configured = config.chat_template.and_then(|field| match field {
        TemplateField::One(source) => Some(source),
        TemplateField::Named(all) => all.into_iter().find(|one| one.name == "default").map(|one| one.template),
    });
    let jinja = folder.file("chat_template.jinja");
    let found = match (folder.read_optional("chat_template.jinja")?, configured) {
        (Some(bytes), _) => {
            let source = String::from_utf8(bytes);
            let parse =
                |source: std::string::FromUtf8Error| LoadError::Parse { file: jinja.clone(), source: source.into() };
            Some((jinja.clone(), source.map_err(parse)?))
        }
        (None, Some(source)) => Some((folder.file("tokenizer_config.json"), source)),
        (None, None) => gguf.and_then(|(file, gguf)| Some((file.to_owned(), gguf.chat_template()?.to_owned()))),
    };
    let missing = || folder.missing("chat template (`tokenizer_config.json` or `chat_template.jinja`)".to_owned());
    let (file, source) = found.ok_or_else(missing)?;
    let text = |field: Option<TokenField>, key: &str| match field {
        Some(TokenField::Text(text) | TokenField::Object { content: text }) => text,
        None => gguf.and_then(|(_, gguf)| tokens.text(gguf.token(key)?)).unwrap_or_default(),
    };
    let bos = text(config.bos_token, "tokenizer.ggml.bos_token_id");
    let eos = text(config.eos_token, "tokenizer.ggml.eos_token_id");
    ChatTemplate::new(&source, bos, eos).map_err(|source| LoadError::Parse { file, source: source.into() })
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
