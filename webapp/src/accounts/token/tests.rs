//! Every refusal of the contract, in its order, by handing tokens of our own making to `verify`.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use rand::SeedableRng as _;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Claims, Keys, KeysError, LIFETIME, Refusal};

fn keys(kids: &[&str]) -> Keys {
    let list = kids.iter().map(|kid| format!("{kid}:{}", BASE64_STANDARD.encode([kid.len() as u8; 32])));
    Keys::parse(&SecretString::from(list.collect::<Vec<_>>().join(","))).expect("keys are good")
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a time")
}

fn claims() -> Claims {
    Claims::new(2, now(), &mut rand::rngs::StdRng::seed_from_u64(1))
}

/// Signs any JSON as a payload, as an attacker with the key would.
fn forge(payload: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(&[1; 32]);
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), payload, &key).expect("signs")
}

/// What the contract answers to `token`, one second after it was issued.
fn check(token: &str, status: u16, message: &str) {
    let refusal = keys(&["a"]).verify(token, now() + SignedDuration::from_secs(1)).expect_err("is refused");
    assert_eq!((refusal.status(), refusal.to_string().as_str()), (status, message), "for {token}");
}

fn altered(name: &str, value: Option<Value>) -> String {
    let mut payload = serde_json::to_value(claims()).expect("claims are JSON");
    let object = payload.as_object_mut().expect("an object");
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
    forge(&payload)
}

#[test]
fn a_token_says_what_the_contract_says() {
    let token = keys(&["a"]).sign(&claims());
    let payload = token.split('.').nth(1).expect("three parts");
    let payload: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("JSON");
    assert_eq!(payload["fresh"], json!(false));
    assert_eq!(payload["type"], json!("access"));
    assert_eq!(payload["sub"], json!("2"));
    assert_eq!(payload["nbf"], payload["iat"]);
    assert_eq!(payload["exp"].as_i64(), Some(now().as_second() + 3600));
    assert!(uuid::Uuid::parse_str(payload["jti"].as_str().expect("text")).is_ok());
    assert_eq!(payload["csrf"].as_str().expect("text").len(), 43, "32 bytes in base64");
}

#[test]
fn a_good_token_is_read_back() {
    let claims = claims();
    let keys = keys(&["a"]);
    assert_eq!(keys.verify(&keys.sign(&claims), now()), Ok(claims));
}

/// The token of [`claims`], signed by the provider that comes with `jsonwebtoken`.
const OF_ANOTHER_PROVIDER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ.\
    eyJmcmVzaCI6ZmFsc2UsImlhdCI6MTc5NTQzNTIwMCwianRpIjoiNTQ3NDNkYzUtZTI0ZC00YTQxLWJiMTUtOTU4NGMxMjI2ZGY2IiwidHlwZS\
    I6ImFjY2VzcyIsInN1YiI6IjIiLCJuYmYiOjE3OTU0MzUyMDAsImNzcmYiOiJZUmd3MDJRYWFQbEthUTNNSmRIMHNOckpTREphd1k5dDB5VmtOeGMxOHl3IiwiZXhwIjoxNzk1NDM4ODAwfQ.\
    eZhjoxLxjl7_hgk7gWxV05USTfX_W3MyQz67hDzTKTA";

#[test]
fn a_token_of_another_provider_stays_valid_and_is_signed_the_same() {
    assert_eq!(keys(&["a"]).verify(OF_ANOTHER_PROVIDER, now()), Ok(claims()));
    assert_eq!(keys(&["a"]).sign(&claims()), OF_ANOTHER_PROVIDER);
}

#[test]
fn what_is_not_a_token_is_refused_with_422() {
    check("nonsense", 422, "Not enough segments");
    check("one.two", 422, "Not enough segments");
    check("a.e30.e30", 422, "Invalid header padding");
    check("e30.a.e30", 422, "Invalid payload padding");
    check("e30.e30.a", 422, "Invalid crypto padding");
    check("W10.e30.e30", 422, "Invalid header string: must be a json object");
    let Refusal::NotAToken(message) = keys(&["a"]).verify("eHg.e30.e30", now()).expect_err("refused") else {
        panic!("is not a token");
    };
    assert!(message.starts_with("Invalid header string: "), "{message}");
}

#[test]
fn another_algorithm_or_key_is_refused_with_422() {
    let none = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#);
    check(&format!("{none}.e30."), 422, "The specified alg value is not allowed");
    check(&keys(&["other"]).sign(&claims()), 422, "Signature verification failed");
    let signed = keys(&["a"]).sign(&claims());
    let (message, _) = signed.rsplit_once('.').expect("three parts");
    check(&format!("{message}."), 422, "Signature verification failed");
}

#[test]
fn a_token_ends_on_time_and_may_begin_in_a_replica_whose_clock_is_ahead() {
    let token = keys(&["a"]).sign(&claims());
    let at = |offset: i64| keys(&["a"]).verify(&token, now() + SignedDuration::from_secs(offset));
    assert!(at(LIFETIME.as_secs() - 1).is_ok());
    assert_eq!(at(LIFETIME.as_secs()), Err(Refusal::Expired));
    assert!(at(-30).is_ok());
    assert_eq!(at(-31), Err(Refusal::NotYetValid("nbf")));
    check(&altered("nbf", Some(json!(now().as_second() + 60))), 422, "The token is not yet valid (nbf)");
    check(&altered("iat", Some(json!(now().as_second() + 60))), 422, "The token is not yet valid (iat)");
}

#[test]
fn the_subject_must_be_text() {
    check(&altered("sub", Some(json!(2))), 422, "Subject must be a string");
    check(&altered("sub", None), 422, "Missing claim: sub");
}

#[test]
fn the_csrf_proof_must_repeat_the_claim() {
    let claims = claims();
    assert_eq!(claims.check_csrf(&claims.csrf_proof()), Ok(()));
    let mismatch = claims.check_csrf("other").expect_err("refused");
    assert_eq!((mismatch.status(), mismatch.to_string().as_str()), (401, "CSRF double submit tokens do not match"));
    let without = keys(&["a"]).verify(&altered("csrf", None), now()).expect("valid otherwise");
    let missing = without.check_csrf("x").expect_err("refused");
    assert_eq!((missing.status(), missing.to_string().as_str()), (422, "Missing claim: csrf"));
}

#[test]
fn a_refresh_token_is_not_an_access_token() {
    let claims = keys(&["a"]).verify(&altered("type", Some(json!("refresh"))), now()).expect("valid otherwise");
    let refusal = claims.check_type().expect_err("refused");
    assert_eq!((refusal.status(), refusal.to_string().as_str()), (422, "Only non-refresh tokens are allowed"));
}

#[test]
fn an_old_key_still_verifies_after_rotation() {
    let old = keys(&["a"]).sign(&claims());
    assert!(keys(&["bb", "a"]).verify(&old, now()).is_ok());
    assert_eq!(keys(&["bb"]).verify(&old, now()), Err(Refusal::Signature));
    let header = keys(&["bb", "a"]).sign(&claims());
    let header = header.split('.').next().expect("three parts").to_owned();
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).expect("base64")).expect("JSON");
    assert_eq!(header, json!({"alg": "HS256", "typ": "JWT", "kid": "bb"}));
}

#[test]
fn keys_that_could_be_guessed_are_refused() {
    let parse = |text: &str| Keys::parse(&SecretString::from(text)).map(|_| ());
    assert_eq!(parse(""), Err(KeysError::Shape));
    assert_eq!(parse("a"), Err(KeysError::Shape));
    assert_eq!(parse("a:?"), Err(KeysError::Shape));
    assert_eq!(parse("a:c2hvcnQ="), Err(KeysError::TooShort("a".to_owned())));
}
