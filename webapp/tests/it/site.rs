//! A running site of its own for each test: own database, own namespace, own port.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crds::CoverLetterRequest;
use devcluster::control_plane::ControlPlane;
use fixtures::postgres::Postgres;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use secrecy::SecretString;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use webapp::Limits;
use webapp::accounts::token::Keys;
use webapp::background::{self, Background};
use webapp::clock::{Clock, FixedClock};
use webapp::config::{AccountSettings, Config, LetterSettings, OidcSettings};
use webapp::state::AppState;

use crate::browser::Browser;
use crate::waiting::{PATIENCE, eventually};

/// Name of the app in every namespace.
pub const APP: &str = "letters";

pub struct Site {
    pub url: String,
    pub db: PgPool,
    pub requests: Api<CoverLetterRequest>,
    pub config: Config,
    client: kube::Client,
    shutdown: CancellationToken,
    _background: Background,
}

/// What a test wants to be different.
pub struct Wishes {
    pub letters_per_hour: u32,
    pub sign_ins_per_minute: u32,
    pub max_accounts: u32,
    pub max_queued: u32,
    pub secure_cookies: bool,
    pub host_cookies: bool,
    pub clock: Option<FixedClock>,
    pub local_log_in: bool,
    pub oidc: OidcSettings,
    pub cv_reader: PathBuf,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            letters_per_hour: 60,
            sign_ins_per_minute: 1000,
            max_accounts: 10_000,
            max_queued: 500,
            secure_cookies: true,
            host_cookies: false,
            clock: None,
            local_log_in: true,
            oidc: OidcSettings::default(),
            cv_reader: env!("CARGO_BIN_EXE_webapp").into(),
        }
    }
}

/// The key that the site signs with, so that tests can forge tokens.
pub fn signing_key() -> [u8; 32] {
    [7; 32]
}

fn jwt_keys() -> SecretString {
    SecretString::from(format!("test:{}", BASE64_STANDARD.encode(signing_key())))
}

pub fn clock_at_noon() -> FixedClock {
    FixedClock::at("2026-11-23T12:00:00Z".parse::<Timestamp>().expect("a time"))
}

/// A site on the control plane that all tests share.
pub async fn site() -> Site {
    site_with(Wishes::default()).await
}

pub async fn site_with(wishes: Wishes) -> Site {
    let crds = crds::manifests::custom_resource_definitions();
    let plane = ControlPlane::shared_with(&crds).await.expect("the control plane starts");
    site_on(plane, wishes).await
}

/// A site whose database the test may stop.
pub async fn site_with_own_database() -> (Site, Postgres) {
    let crds = crds::manifests::custom_resource_definitions();
    let plane = ControlPlane::shared_with(&crds).await.expect("the control plane starts");
    let postgres = Postgres::start().await.expect("Postgres starts");
    let namespace = create_namespace(plane.client()).await;
    let site = start(plane.client(), &namespace, postgres.url(), Wishes::default()).await;
    (site, postgres)
}

pub async fn site_on(plane: &ControlPlane, wishes: Wishes) -> Site {
    let postgres = Postgres::shared().await.expect("Postgres starts");
    let database = postgres.database("web").await.expect("a database can be created");
    let namespace = create_namespace(plane.client()).await;
    start(plane.client(), &namespace, database, wishes).await
}

/// A site that reaches the API server by this client, for which the test looks with a client of the plane's own.
pub async fn site_by(plane: &ControlPlane, client: kube::Client, wishes: Wishes) -> Site {
    let postgres = Postgres::shared().await.expect("Postgres starts");
    let database = postgres.database("web").await.expect("a database can be created");
    let namespace = create_namespace(plane.client()).await;
    let mut site = start(client, &namespace, database, wishes).await;
    site.requests = Api::namespaced(plane.client(), &namespace);
    site
}

async fn create_namespace(client: kube::Client) -> String {
    let metadata = ObjectMeta { generate_name: Some("web-".to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    let created = Api::all(client).create(&PostParams::default(), &namespace).await.expect("namespaces can be created");
    created.metadata.name.expect("it has a name")
}

async fn start(client: kube::Client, namespace: &str, database: String, wishes: Wishes) -> Site {
    let number = |number| NonZeroU32::new(number).expect("not zero");
    let config = Config {
        namespace: namespace.to_owned(),
        app: APP.to_owned(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        admin_listen: "127.0.0.1:0".parse().expect("an address"),
        database_url: SecretString::from(database),
        database_patience_seconds: None,
        jwt_keys: jwt_keys(),
        stream_token: SecretString::from(crate::worker::TOKEN),
        cv_reader: Some(wishes.cv_reader),
        accounts: AccountSettings {
            secure_cookies: wishes.secure_cookies,
            host_cookies: wishes.host_cookies,
            local_log_in: wishes.local_log_in,
            sign_ins_per_minute: number(wishes.sign_ins_per_minute),
            failed_log_ins: number(10),
            max_accounts: number(wishes.max_accounts),
            forwarded_hops: 0,
        },
        oidc: wishes.oidc,
        letters: LetterSettings {
            letters_per_hour: number(wishes.letters_per_hour),
            max_queued: number(wishes.max_queued),
            answer_wait: Duration::from_mins(1),
            sweep_every: Duration::from_secs(1),
        },
    };
    replica(config, client, wishes.clock, Limits::default()).await
}

/// One replica of the site.
async fn replica(mut config: Config, client: kube::Client, clock: Option<FixedClock>, limits: Limits) -> Site {
    let shutdown = CancellationToken::new();
    // The program does so when it starts. Fails where another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind(config.listen).await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    config.oidc.oidc_site_url.clone_from(&url);
    let keys = Keys::parse(&config.jwt_keys).expect("the key is good");
    let db =
        webapp::db::connect(&config.database_url, None, &shutdown).await.expect("connects").expect("is not stopped");
    let state =
        AppState::new(&config, keys, db.clone(), client.clone(), shutdown.clone()).expect("can be put together");
    let state = match clock {
        Some(clock) => state.with_clock(Arc::new(clock) as Arc<dyn Clock>),
        None => state,
    };
    let background = background::start(&state);
    // Before that the site hands in nothing.
    tokio::time::timeout(PATIENCE, state.listed()).await.expect("the watch shows the queue");
    tokio::spawn(async move { webapp::serve(listener, state, limits).await });
    let requests = Api::namespaced(client.clone(), &config.namespace);
    Site { url, db, requests, config, client, shutdown, _background: background }
}

impl Site {
    /// A second replica beside this one: same database, same namespace.
    pub async fn second_replica(&self) -> Self {
        self.replica_within(Limits::default()).await
    }

    /// One that is more patient with its clients, or less.
    pub async fn replica_within(&self, limits: Limits) -> Self {
        replica(self.config.clone(), self.client.clone(), None, limits).await
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Somebody who has registered and logged in.
    pub async fn student(&self, username: &str) -> Browser {
        let mut browser = self.browser();
        browser.register(username).await;
        browser.log_in(username).await;
        browser
    }

    /// Waits until so many letters wait for a writer and their rows say so. The answer to a form may come before its request
    /// is made, and the request may be there before the row knows.
    pub async fn handed_in(&self, letters: i64) {
        eventually("letters that are handed in", async || {
            let submitted = self.count("SELECT count(*) FROM letters WHERE state = 'Submitted'").await;
            (submitted == letters).then_some(())
        })
        .await;
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.db).await.expect("the query is fine")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}
