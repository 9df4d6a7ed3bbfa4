//! The public keys of a provider, and signatures by them. Pure.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::Value;

/// The keys of a provider (RFC 7517). Those of other kinds are passed over.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// How a signature is computed, of the algorithms that need no shared secret.
enum Algorithm {
    Rsa(&'static RsaParameters),
    /// With the names of kind and curve.
    Curve(&'static dyn VerificationAlgorithm, &'static str, &'static str),
}

impl KeySet {
    /// Reads a document. `None` when it is no set of keys.
    #[must_use]
    pub fn read(document: &Value) -> Option<Self> {
        let keys = document.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(|key| Key::deserialize(key).ok()).collect()))
    }

    /// Whether there is a key of this id; or any, where the token names none.
    #[must_use]
    pub fn has(&self, kid: Option<&str>) -> bool {
        self.candidates(kid).next().is_some()
    }

    /// Whether one of the keys signed `message` by this algorithm.
    #[must_use]
    pub fn signed(&self, kid: Option<&str>, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        self.candidates(kid)
            .filter(|key| key.alg.as_deref().is_none_or(|alg| alg == algorithm))
            .any(|key| key.signed(algorithm, message, signature) == Some(true))
    }

    fn candidates(&self, kid: Option<&str>) -> impl Iterator<Item = &Key> {
        let signs = |key: &&Key| key.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        self.0.iter().filter(signs).filter(move |key| kid.is_none_or(|kid| key.kid.as_deref() == Some(kid)))
    }
}

/// Whether tokens signed by this algorithm are taken. `none` is not, nor is what the client's secret could sign.
#[must_use]
pub fn is_taken(algorithm: &str) -> bool {
    self::algorithm(algorithm).is_some()
}

fn algorithm(name: &str) -> Option<Algorithm> {
    Some(match name {
        "RS256" => Algorithm::Rsa(&RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Algorithm::Rsa(&RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Algorithm::Rsa(&RSA_PKCS1_2048_8192_SHA512),
        "PS256" => Algorithm::Rsa(&RSA_PSS_2048_8192_SHA256),
        "PS384" => Algorithm::Rsa(&RSA_PSS_2048_8192_SHA384),
        "PS512" => Algorithm::Rsa(&RSA_PSS_2048_8192_SHA512),
        "ES256" => Algorithm::Curve(&ECDSA_P256_SHA256_FIXED, "EC", "P-256"),
        "ES384" => Algorithm::Curve(&ECDSA_P384_SHA384_FIXED, "EC", "P-384"),
        "EdDSA" => Algorithm::Curve(&ED25519, "OKP", "Ed25519"),
        _ => return None,
    })
}

impl Key {
    /// `None` when the key is not one for this algorithm.
    fn signed(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        match self::algorithm(algorithm)? {
            Algorithm::Rsa(parameters) if self.kty == "RSA" => {
                let (n, e) = (bytes(self.n.as_ref())?, bytes(self.e.as_ref())?);
                let key = RsaPublicKeyComponents { n, e };
                Some(key.verify(parameters, message, signature).is_ok())
            }
            Algorithm::Curve(algorithm, kind, curve) if self.kty == kind && self.crv.as_deref() == Some(curve) => {
                let mut point = bytes(self.x.as_ref())?;
                if kind == "EC" {
                    // An uncompressed point, as SEC 1 writes it.
                    point = [vec![4], point, bytes(self.y.as_ref())?].concat();
                }
                Some(UnparsedPublicKey::new(algorithm, point).verify(message, signature).is_ok())
            }
            _ => None,
        }
    }
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text?).ok()
}
