//! The credentials for a hub, a registry or a model server.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use reqwest::RequestBuilder;

/// A bearer token, or `user:password`. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl FromStr for Token {
    type Err = Infallible;

    /// Trims the text, since Secrets made from files often end with a line break.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    /// Adds the token to a request; an empty one, as of an unset variable, adds nothing.
    pub(crate) fn show(&self, request: RequestBuilder) -> RequestBuilder {
        match self.0.split_once(':') {
            _ if self.0.is_empty() => request,
            Some((user, password)) => request.basic_auth(user, Some(password)),
            None => request.bearer_auth(&self.0),
        }
    }

    /// Adds the token to a request as a bearer token, whatever is in it.
    pub(crate) fn bear(&self, request: RequestBuilder) -> RequestBuilder {
        if self.0.is_empty() { request } else { request.bearer_auth(&self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed_and_loses_its_line_break() {
        let token: Token = "hf_secret\n".parse().expect("every text is a token");
        assert_eq!(token, Token("hf_secret".to_owned()));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }
}
