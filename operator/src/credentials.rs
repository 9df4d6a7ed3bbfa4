//! Passwords and keys of an app: made once, and changed only when the spec asks for a rotation.

pub mod rotation;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::ByteString;
use rand::{CryptoRng, RngExt as _};

use crate::names::{self, AppName, ChildName};
use crate::observed::Observed;
use crate::validate::{Database, ValidatedApp};

/// Keys that a Secret still lacks. Never printed: it holds secrets.
pub struct Minted {
    /// Name of the Secret.
    pub name: ChildName,
    /// Whether the Secret is not there at all.
    pub is_new: bool,
    /// New keys and values.
    pub data: BTreeMap<String, ByteString>,
    /// The rotation that a new Secret needs no more.
    pub rotation: Option<String>,
}

/// Makes what the app's Secrets still lack. Empty when everything is there.
pub fn missing(app: &ValidatedApp, observed: &Observed, rng: &mut impl CryptoRng) -> Vec<Minted> {
    let mut wanted: Vec<(ChildName, &[&str])> =
        vec![(names::web_secret(&app.name), &["jwt-keys"]), (names::stream_secret(&app.name), &["token"])];
    if matches!(app.database, Database::Managed(_)) {
        wanted.push((names::database_secret(&app.name), &["password", "url"]));
    }
    wanted
        .into_iter()
        .filter_map(|(name, keys)| {
            let secret = observed.children.secret(name.as_str());
            let is_new = secret.is_none();
            let old = secret.and_then(|secret| secret.data.clone()).unwrap_or_default();
            if is_lost(app, observed) && name == names::database_secret(&app.name) {
                return None;
            }
            let data = mint(&app.name, keys, &old, rng);
            (!data.is_empty()).then(|| Minted { name, is_new, data, rotation: app.rotation.clone() })
        })
        .collect()
}

/// Whether the password of the database is gone while its volume is there. Postgres keeps the password that the volume
/// was made with, so that a new one would lock the app out of its data.
#[must_use]
pub fn is_lost(app: &ValidatedApp, observed: &Observed) -> bool {
    let secret = observed.children.secret(names::database_secret(&app.name).as_str());
    let has_password = secret.and_then(|secret| secret.data.as_ref()).is_some_and(|data| data.contains_key("password"));
    matches!(app.database, Database::Managed(_))
        && !has_password
        && observed
            .children
            .claim(&names::database_claim(&app.name))
            .is_some_and(|claim| claim.metadata.deletion_timestamp.is_none())
}

fn mint(
    app: &AppName,
    keys: &[&str],
    old: &BTreeMap<String, ByteString>,
    rng: &mut impl CryptoRng,
) -> BTreeMap<String, ByteString> {
    let mut new = BTreeMap::<String, ByteString>::new();
    for key in keys.iter().filter(|key| !old.contains_key(**key)) {
        let value = match *key {
            // It carries the password, an existing one where there is one.
            "url" => {
                let password = old.get("password").or_else(|| new.get("password"));
                let password = password.map(|value| String::from_utf8_lossy(&value.0).into_owned()).unwrap_or_default();
                names::database_url(app, names::DATABASE_USER, &password)
            }
            "jwt-keys" => format!("k1:{}", STANDARD.encode(random(rng))),
            _ => hex::encode(random(rng)),
        };
        new.insert((*key).to_owned(), ByteString(value.into_bytes()));
    }
    new
}

fn random(rng: &mut impl CryptoRng) -> [u8; 32] {
    rng.random()
}

#[cfg(test)]
mod tests;
