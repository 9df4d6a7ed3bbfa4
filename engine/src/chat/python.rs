//! The few Python methods that chat templates call on strings.

use minijinja::value::{Value, from_args};
use minijinja::{Error, ErrorKind, State};

/// `raise_exception(message)`: how templates refuse a conversation.
pub(super) fn raise_exception(message: String) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

/// Answers methods of strings that the template engine does not have itself.
pub(super) fn method(_: &mut State, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let Some(text) = value.as_str() else { return Err(Error::from(ErrorKind::UnknownMethod)) };
    let trimmed = |strip: fn(&str, &[char]) -> String, args: &[Value]| -> Result<Value, Error> {
        let (chars,): (Option<String>,) = from_args(args)?;
        let set: Vec<char> = chars.map_or_else(|| vec![' ', '\t', '\n', '\r'], |chars| chars.chars().collect());
        Ok(Value::from(strip(text, &set)))
    };
    match method {
        "strip" => trimmed(|text, set| text.trim_matches(set).to_owned(), args),
        "lstrip" => trimmed(|text, set| text.trim_start_matches(set).to_owned(), args),
        "rstrip" => trimmed(|text, set| text.trim_end_matches(set).to_owned(), args),
        "startswith" => from_args(args).map(|(prefix,): (&str,)| Value::from(text.starts_with(prefix))),
        "endswith" => from_args(args).map(|(suffix,): (&str,)| Value::from(text.ends_with(suffix))),
        "split" => from_args(args)
            .map(|(separator,): (&str,)| text.split(separator).map(Value::from).collect::<Vec<_>>())
            .map(Value::from),
        "replace" => from_args(args).map(|(from, to): (&str, &str)| Value::from(text.replace(from, to))),
        "upper" => Ok(Value::from(text.to_uppercase())),
        "lower" => Ok(Value::from(text.to_lowercase())),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}
