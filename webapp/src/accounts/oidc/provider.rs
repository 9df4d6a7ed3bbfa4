//! Talks to the provider: its metadata and keys, a code for a token, and what it says about a person.

mod documents;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::id_token::{self, Expected, Untrusted};
use super::keys::KeySet;
use super::metadata::Metadata;
use super::request::Secrets;
use super::settings::{OidcSettings, SettingsError};
use crate::db::log_ins::LogIn;

pub use documents::ProviderError;

/// Metadata are asked for anew after this time, so that a provider that is away is noticed before somebody is sent there.
const METADATA_FOR: Duration = Duration::from_secs(30);
/// Keys are asked for anew after this time; and before, for a token that names another one.
const KEYS_FOR: Duration = Duration::from_mins(10);
/// Tokens with keys of somebody's choice must not have us ask all the time.
const KEYS_AT_LEAST: Duration = Duration::from_secs(5);
/// A provider that takes this long is not one that people wait for.
const ANSWER_WITHIN: Duration = Duration::from_secs(6);

/// The provider of a site.
pub struct Provider {
    client: Client,
    /// Its name for itself.
    pub issuer: String,
    /// What the site admits and how it is called.
    pub settings: OidcSettings,
    secret: SecretString,
    site_url: String,
    metadata: Mutex<Option<(Instant, Arc<Metadata>)>>,
    keys: Mutex<Option<(Instant, Arc<KeySet>)>>,
}

/// What came back from the provider's page.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// What becomes tokens.
    pub code: &'a str,
    /// Who answers, if it says so.
    pub issuer: Option<&'a str>,
}

impl Provider {
    /// The provider of these settings; `None` without an issuer.
    ///
    /// # Errors
    /// When something is missing or cannot be read.
    pub fn new(settings: &OidcSettings) -> Result<Option<Self>, SettingsError> {
        let Some(issuer) = settings.oidc_issuer.clone().filter(|issuer| !issuer.is_empty()) else { return Ok(None) };
        let secret = settings.oidc_client_secret.clone().ok_or(SettingsError::Missing("oidc-client-secret"))?;
        if settings.oidc_client_id.is_empty() {
            return Err(SettingsError::Missing("oidc-client-id"));
        }
        for (name, address) in [("oidc-issuer", &issuer), ("oidc-site-url", &settings.oidc_site_url)] {
            if !Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
                return Err(SettingsError::Address(name));
            }
        }
        // Reached directly: the network policy of the pods has no way to a proxy.
        let client = Client::builder().timeout(ANSWER_WITHIN).redirect(Policy::none()).no_proxy();
        let client = match &settings.oidc_ca {
            Some(file) => client.tls_certs_merge(documents::certificates(file)?),
            None => client,
        };
        Ok(Some(Self {
            client: client.build().map_err(SettingsError::Client)?,
            issuer,
            site_url: settings.oidc_site_url.trim_end_matches('/').to_owned(),
            settings: settings.clone(),
            secret,
            metadata: Mutex::default(),
            keys: Mutex::default(),
        }))
    }

    /// Address of this site.
    #[must_use]
    pub fn site_url(&self) -> &str {
        &self.site_url
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.oidc_provider_name
    }

    /// Address of the provider's page for this log-in.
    ///
    /// # Errors
    /// When the provider is away.
    pub async fn page(&self, secrets: &Secrets, asks_again: bool) -> Result<String, ProviderError> {
        let metadata = self.metadata().await?;
        let mut url = documents::address(&metadata.authorization_endpoint)?;
        let scopes = self.settings.oidc_scope.iter().map(String::as_str).filter(|scope| !scope.is_empty());
        let scope = std::iter::once("openid").chain(scopes).collect::<Vec<_>>().join(" ");
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.settings.oidc_client_id),
            ("redirect_uri", &self.callback()),
            ("scope", &scope),
            ("state", &secrets.state),
            ("nonce", &secrets.nonce),
            ("code_challenge", &secrets.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        if asks_again {
            url.query_pairs_mut().append_pair("prompt", "login");
        }
        Ok(url.into())
    }

    /// Address of the page on which people log out at the provider; `None` when it has none, or is away.
    pub async fn log_out_page(&self) -> Option<String> {
        let metadata = self.metadata().await.ok()?;
        let mut url = documents::address(metadata.end_session_endpoint.as_deref()?).ok()?;
        url.query_pairs_mut().extend_pairs([
            ("client_id", self.settings.oidc_client_id.as_str()),
            ("post_logout_redirect_uri", &format!("{}/auth/logged-out", self.site_url)),
        ]);
        Some(url.into())
    }

    /// The verified claims about whoever logged in.
    ///
    /// # Errors
    /// When the provider is away, refuses, or says what cannot be believed.
    pub async fn claims(
        &self,
        answer: Answer<'_>,
        log_in: &LogIn,
        now: Timestamp,
    ) -> Result<Map<String, Value>, ProviderError> {
        let metadata = self.metadata().await?;
        let is_named = answer.issuer.map(|issuer| issuer == self.issuer);
        if !is_named.unwrap_or(!metadata.authorization_response_iss_parameter_supported) {
            return Err(Untrusted::Issuer.into());
        }
        let tokens = self.tokens(&metadata, answer.code, &log_in.verifier).await?;
        let token = tokens.get("id_token").and_then(Value::as_str).ok_or(Untrusted::Shape)?;
        let keys = self.keys(&metadata, id_token::key_id(token).as_deref()).await?;
        let client_id = &self.settings.oidc_client_id;
        let expected = Expected { issuer: &self.issuer, client_id, nonce: &log_in.nonce, now };
        let claims = id_token::verify(token, &keys, &expected)?;
        let access = tokens.get("access_token").and_then(Value::as_str);
        match metadata.userinfo_endpoint.as_deref().zip(access) {
            Some((address, access)) => self.with_more(claims, address, access).await,
            None => Ok(claims),
        }
    }

    /// Adds what the provider says beside the token, if it is about the same person. What the token says counts.
    async fn with_more(
        &self,
        claims: Map<String, Value>,
        address: &str,
        access: &str,
    ) -> Result<Map<String, Value>, ProviderError> {
        let request = self.client.get(documents::address(address)?).bearer_auth(access);
        let Value::Object(mut more) = documents::json("userinfo", request).await? else {
            return Err(Untrusted::Shape.into());
        };
        if more.get("sub") != claims.get("sub") {
            return Err(Untrusted::Claim("sub").into());
        }
        more.extend(claims);
        Ok(more)
    }

    async fn tokens(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<Value, ProviderError> {
        let (id, secret) = (self.settings.oidc_client_id.as_str(), self.secret.expose_secret());
        let callback = self.callback();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &callback),
            ("code_verifier", verifier),
        ];
        let request = self.client.post(documents::address(&metadata.token_endpoint)?);
        let request = if metadata.takes_secret_in_form() {
            form.extend([("client_id", id), ("client_secret", secret)]);
            request
        } else {
            // Both are encoded as in a form before (RFC 6749, 2.3.1).
            request.basic_auth(documents::encoded(id), Some(documents::encoded(secret)))
        };
        documents::json("token", request.form(&form)).await
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        if let Some(metadata) = fresh(&self.metadata, METADATA_FOR) {
            return Ok(metadata);
        }
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let document = documents::json("metadata", self.client.get(documents::address(&address)?)).await?;
        let metadata: Metadata = serde_json::from_value(document).map_err(|_| ProviderError::Document("metadata"))?;
        if metadata.issuer != self.issuer {
            return Err(ProviderError::OtherIssuer);
        }
        for address in metadata.addresses() {
            documents::address(address)?;
        }
        Ok(keep(&self.metadata, metadata))
    }

    async fn keys(&self, metadata: &Metadata, kid: Option<&str>) -> Result<Arc<KeySet>, ProviderError> {
        let known = fresh(&self.keys, KEYS_FOR).filter(|keys| keys.has(kid));
        if let Some(keys) = known.or_else(|| fresh(&self.keys, KEYS_AT_LEAST)) {
            return Ok(keys);
        }
        let document = documents::json("keys", self.client.get(documents::address(&metadata.jwks_uri)?)).await?;
        Ok(keep(&self.keys, KeySet::read(&document).ok_or(ProviderError::Document("keys"))?))
    }

    fn callback(&self) -> String {
        format!("{}/auth/oidc/callback", self.site_url)
    }
}

fn fresh<T>(cache: &Mutex<Option<(Instant, Arc<T>)>>, within: Duration) -> Option<Arc<T>> {
    let cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    cache.as_ref().filter(|(at, _)| at.elapsed() < within).map(|(_, value)| Arc::clone(value))
}

fn keep<T>(cache: &Mutex<Option<(Instant, Arc<T>)>>, value: T) -> Arc<T> {
    let value = Arc::new(value);
    *cache.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&value)));
    value
}
