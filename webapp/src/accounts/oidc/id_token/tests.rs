use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

use super::*;

const NOW: i64 = 1_795_000_000;

struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).expect("a key"))
    }

    fn key(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "kid": "one", "x": encode(&point[1..33]), "y": encode(&point[33..])})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).expect("signs");
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": "one"})
}

fn claims() -> Value {
    json!({"iss": "https://id.example", "aud": "letters", "nonce": "n", "sub": "7", "iat": NOW, "exp": NOW + 600})
}

fn verdict(keys: &[Value], token: &str) -> Result<(), Untrusted> {
    let keys = KeySet::read(&json!({"keys": keys})).expect("a set of keys");
    let now = Timestamp::from_second(NOW).expect("a time");
    let expected = Expected { issuer: "https://id.example", client_id: "letters", nonce: "n", now };
    verify(token, &keys, &expected).map(drop)
}

#[test]
fn a_token_is_believed_only_as_the_provider_signed_it() {
    let signer = Signer::new();
    let token = signer.sign(&header(), &claims());
    assert_eq!(verdict(&[signer.key()], &token), Ok(()));
    assert_eq!(key_id(&token).as_deref(), Some("one"));
    assert_eq!(verdict(&[Signer::new().key()], &token), Err(Untrusted::Signature), "a key of somebody else");
    assert_eq!(verdict(&[], &token), Err(Untrusted::Signature));
    let unsigned = token.rsplit_once('.').expect("three parts").0;
    assert_eq!(verdict(&[signer.key()], unsigned), Err(Untrusted::Shape));
    let payload = BASE64_URL_SAFE_NO_PAD.encode(claims().to_string());
    for (algorithm, expected) in [("none", Untrusted::Algorithm), ("HS256", Untrusted::Algorithm)] {
        let header = BASE64_URL_SAFE_NO_PAD.encode(json!({"alg": algorithm}).to_string());
        assert_eq!(verdict(&[signer.key()], &format!("{header}.{payload}.")), Err(expected), "{algorithm}");
    }
    // A key that is for another algorithm, or for encryption, signs nothing.
    for (name, value) in [("alg", "ES384"), ("use", "enc"), ("kid", "two")] {
        let mut key = signer.key();
        key[name] = value.into();
        assert_eq!(verdict(&[key], &token), Err(Untrusted::Signature), "{name}");
    }
}

#[test]
fn every_claim_must_be_that_of_this_log_in() {
    let signer = Signer::new();
    let check = |name: &str, value: Value, expected: Result<(), Untrusted>| {
        let mut claims = claims();
        claims[name] = value.clone();
        let token = signer.sign(&header(), &claims);
        assert_eq!(verdict(&[signer.key()], &token), expected, "{name}: {value}");
    };
    check("iss", "https://id.example/".into(), Err(Untrusted::Issuer));
    check("aud", "other".into(), Err(Untrusted::Audience));
    check("aud", json!(["letters"]), Ok(()));
    check("aud", json!(["letters", "other"]), Err(Untrusted::Audience));
    check("azp", "other".into(), Err(Untrusted::Audience));
    check("nonce", "m".into(), Err(Untrusted::Nonce));
    check("nonce", Value::Null, Err(Untrusted::Claim("nonce")));
    check("sub", "".into(), Err(Untrusted::Claim("sub")));
    check("sub", 7.into(), Err(Untrusted::Claim("sub")));
    check("exp", (NOW - 61).into(), Err(Untrusted::Clock(0)));
    check("exp", (NOW - 59).into(), Ok(()));
    check("exp", Value::Null, Err(Untrusted::Claim("exp")));
    check("iat", (NOW + 59).into(), Ok(()));
    check("iat", (NOW + 300).into(), Err(Untrusted::Clock(-300)));
    check("iat", json!(NOW as f64 + 0.5), Ok(()));
    check("nbf", (NOW + 300).into(), Err(Untrusted::Clock(0)));
}

#[test]
fn nothing_that_is_sent_makes_it_panic() {
    for token in ["", ".", "..", "a.b", "a.b.c", "e30.e30.e30", "e30.W10.", "\u{0}.é.ü"] {
        assert!(verdict(&[], token).is_err(), "{token}");
        let _ = key_id(token);
    }
}
