//! Who somebody is by the claims of a provider, and whether the site admits them. Pure.

use serde_json::{Map, Value};

use crate::accounts::forms;

#[cfg(test)]
mod tests;

/// Names that are tried for a new account before the last one, which is random.
const TRIES: u32 = 9;
/// Longest name that is made of a claim; what follows it to make it unique fits behind it.
const NAME_MAX: usize = 48;

/// A person at the provider. Never printed: it is personal.
#[derive(Clone)]
pub struct Person {
    /// Their id there.
    pub subject: String,
    /// Their address, where the provider tells one.
    pub email: Option<String>,
    /// Whether the provider has verified it.
    pub is_verified: bool,
    /// What they are called there.
    name: String,
}

impl Person {
    /// The person whom these claims are about.
    #[must_use]
    pub fn of(claims: &Map<String, Value>) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default();
        let email = Some(text("email")).filter(|email| forms::is_email(email));
        // Some providers write it as text.
        let is_verified = matches!(claims.get("email_verified"), Some(Value::Bool(true)))
            || matches!(claims.get("email_verified"), Some(Value::String(verified)) if verified == "true");
        let name = ["preferred_username", "nickname", "email", "given_name"].map(text).into_iter();
        Self {
            subject: text("sub").to_owned(),
            email: email.map(str::to_owned),
            is_verified,
            name: name.map(plain).find(|name| !name.is_empty()).unwrap_or_else(|| "student".to_owned()),
        }
    }

    /// Names for an account of theirs, in the order in which they are tried. `random` is like nobody else's.
    pub fn usernames(&self, random: u32) -> impl Iterator<Item = String> {
        let numbered = (2..=TRIES).map(|number| format!("{}-{number}", self.name));
        std::iter::once(self.name.clone()).chain(numbered).chain([format!("{}-{random:08x}", self.name)])
    }
}

/// What a name may consist of here: the part before an `@`, without what a username cannot have.
fn plain(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default();
    name.chars().filter(|c| forms::is_in_usernames(*c)).take(NAME_MAX).collect()
}

/// The groups that a claim names: a text or a list of texts. Dots in its name lead into objects, unless a claim has just
/// this name.
#[must_use]
pub fn groups<'a>(claims: &'a Map<String, Value>, claim: &str) -> Vec<&'a str> {
    let inner = || {
        let mut parts = claim.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    };
    match claims.get(claim).or_else(inner) {
        Some(Value::String(group)) => vec![group],
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether somebody of these groups is admitted, where members of `admitted` are; everybody is where it is empty.
#[must_use]
pub fn is_admitted(groups: &[&str], admitted: &[String]) -> bool {
    admitted.is_empty() || groups.iter().any(|group| admitted.iter().any(|admitted| admitted == group))
}
