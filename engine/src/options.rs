//! What may be chosen when a model is loaded.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Tokens that a row holds by default.
const CONTEXT: usize = 4_096;

/// How a model is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// What computes the model.
    pub backend: BackendKind,
    /// How its weights are kept in memory.
    pub quantization: Quantization,
    /// Folder in which repacked weights are kept for the next start.
    pub cache: Option<PathBuf>,
    /// Threads that compute; `None` is as many as the process may use.
    pub threads: Option<usize>,
    /// Most tokens that a row may hold, prompt and completion together. The smaller of this and the model's own limit counts.
    pub context: usize,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            backend: BackendKind::default(),
            quantization: Quantization::default(),
            cache: None,
            threads: None,
            context: CONTEXT,
        }
    }
}

/// What computes a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendKind {
    /// The fastest one that knows the architecture.
    #[default]
    Auto,
    /// The kernels of this crate, which compute the Llama family and Qwen.
    Native,
    /// candle-transformers, which computes the other architectures as well.
    Candle,
}

/// How weights are kept in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantization {
    /// As narrow as the files are, where the backend can.
    #[default]
    Auto,
    /// 32 bits a weight.
    None,
    /// 8 bits a weight.
    Q8,
    /// 4 bits a weight.
    Q4,
}

/// A name that is none of the choices.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of: {}", known.join(", "))]
pub struct UnknownName {
    found: String,
    known: Vec<&'static str>,
}

impl BackendKind {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Native, Self::Candle];

    /// Its name on command lines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Native => "native",
            Self::Candle => "candle",
        }
    }
}

impl Quantization {
    /// All choices.
    pub const ALL: [Self; 4] = [Self::Auto, Self::None, Self::Q8, Self::Q4];

    /// Its name on command lines, and in the names and headers of weight caches.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::None => "none",
            Self::Q8 => "q8",
            Self::Q4 => "q4",
        }
    }
}

/// The choice called `name`.
fn choose<T: Copy>(all: &[T], as_str: impl Fn(T) -> &'static str, name: &str) -> Result<T, UnknownName> {
    let known = || all.iter().map(|choice| as_str(*choice)).collect();
    let found = all.iter().copied().find(|choice| as_str(*choice) == name);
    found.ok_or_else(|| UnknownName { found: name.to_owned(), known: known() })
}

impl FromStr for BackendKind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        choose(&Self::ALL, Self::as_str, name)
    }
}

impl FromStr for Quantization {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        choose(&Self::ALL, Self::as_str, name)
    }
}

impl fmt::Display for BackendKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Quantization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_read_by_its_name() {
        for backend in BackendKind::ALL {
            assert_eq!(backend.to_string().parse(), Ok(backend));
        }
        for quantization in Quantization::ALL {
            assert_eq!(quantization.to_string().parse(), Ok(quantization));
        }
    }

    #[test]
    fn other_names_are_refused_with_the_known_ones() {
        let error = "Q8".parse::<Quantization>().expect_err("names are lower case");
        assert_eq!(error.to_string(), "`Q8` is none of: auto, none, q8, q4");
    }
}
