//! A provider that says whatever a test wants.

use std::sync::{Arc, Mutex};

use axum::extract::{RawForm, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The time of the sites: `clock_at_noon`.
pub const NOON: i64 = 1_795_435_200;

pub struct Pretender {
    pub issuer: String,
    key: EcdsaKeyPair,
    said: Said,
}

#[derive(Clone, Default)]
struct Said {
    /// Status and document of the next answers about tokens.
    token: Arc<Mutex<(u16, Value)>>,
    userinfo: Arc<Mutex<Value>>,
    /// The last form that asked for a token.
    asked: Arc<Mutex<String>>,
    keys: Value,
    issuer: String,
}

impl Pretender {
    pub async fn start() -> Self {
        let key = new_key();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let issuer = format!("http://{}", listener.local_addr().expect("it is bound"));
        let said = Said { keys: json!({"keys": [public(&key)]}), issuer: issuer.clone(), ..Said::default() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(async |State(said): State<Said>| Json(said.keys)))
            .route("/me", get(async |State(said): State<Said>| Json(said.userinfo.lock().expect("is whole").clone())))
            .route("/token", post(token));
        tokio::spawn(axum::serve(listener, router.with_state(said.clone())).into_future());
        Self { issuer, key, said }
    }

    /// Claims about somebody called `name` for the log-in with this nonce.
    pub fn claims(&self, name: &str, nonce: &str) -> Value {
        json!({
            "iss": self.issuer, "aud": "letters", "sub": format!("subject-{name}"), "nonce": nonce, "iat": NOON,
            "exp": NOON + 300, "email": format!("{name}@uni.example"), "email_verified": true,
            "preferred_username": name, "groups": ["students"],
        })
    }

    /// Signs these claims for the next answers; `userinfo` says the same.
    pub fn says(&self, claims: &Value) {
        let token = signed(&self.key, &json!({"alg": "ES256", "kid": "one"}), claims);
        self.sends(200, &json!({"id_token": token, "access_token": "access", "token_type": "Bearer"}));
        *self.said.userinfo.lock().expect("is whole") = claims.clone();
    }

    /// The next answers about tokens.
    pub fn sends(&self, status: u16, document: &Value) {
        *self.said.token.lock().expect("is whole") = (status, document.clone());
    }

    /// What is said about whoever logged in beside the token.
    pub fn says_beside(&self, claims: &Value) {
        *self.said.userinfo.lock().expect("is whole") = claims.clone();
    }

    /// The form by which a token was asked for last.
    pub fn asked(&self) -> String {
        self.said.asked.lock().expect("is whole").clone()
    }
}

async fn metadata(State(said): State<Said>) -> Json<Value> {
    let at = |path: &str| format!("{}/{path}", said.issuer);
    Json(json!({
        "issuer": said.issuer, "authorization_endpoint": at("authorize?tenant=uni"), "token_endpoint": at("token"),
        "jwks_uri": at("keys"), "userinfo_endpoint": at("me"), "end_session_endpoint": at("end"),
    }))
}

async fn token(State(said): State<Said>, RawForm(form): RawForm) -> (StatusCode, Json<Value>) {
    *said.asked.lock().expect("is whole") = String::from_utf8_lossy(&form).into_owned();
    let (status, document) = said.token.lock().expect("is whole").clone();
    (StatusCode::from_u16(status).expect("a status"), Json(document))
}

pub fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key is made");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).expect("it is one")
}

/// A token signed by `key`.
pub fn signed(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> String {
    let message = unsigned(header, claims);
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).expect("it signs");
    format!("{message}.{}", encode(signature))
}

/// A token without its signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encode(header.to_string()), encode(claims.to_string()))
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn public(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    json!({"kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": encode(&point[1..33]), "y": encode(&point[33..])})
}
