//! Parts of the `tokenizers` library, by their descriptions.

use std::panic::catch_unwind;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::TokenError;

/// Makes a part.
///
/// # Errors
/// When the library does not know the description. Over some that it does not understand it panics, which is the same to us.
pub fn part<T: DeserializeOwned>(description: &Value) -> Result<T, TokenError> {
    // From text: the library borrows parts of it.
    let text = description.to_string();
    let part = catch_unwind(|| serde_json::from_str(&text));
    let begin = || text.chars().take(80).collect::<String>();
    Ok(part.map_err(|_| TokenError::Vocabulary(format!("a part of it cannot be understood: {}", begin())))??)
}
