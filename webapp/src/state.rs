//! Puts the handles together that handlers and background work use.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;

use crate::accounts::Accounts;
use crate::accounts::oidc::{Provider, SettingsError};
use crate::accounts::password::{Hasher, HashingError, MEMORY_KIB};
use crate::accounts::token::Keys;
use crate::clock::{Clock, SystemClock};
use crate::cluster::board::Board;
use crate::cluster::pod_stream::PodStreams;
use crate::cluster::requests::Requests;
use crate::config::Config;
use crate::db::Pool;
use crate::db::warm::Warm;
use crate::letters::{Letters, line::Line, seats::Seats};
use crate::profiles::reader::CvReader;

/// The handles of all subjects; each handler takes those of its own. Behind one pointer, because every request clones it.
#[derive(Clone)]
pub struct AppState(Arc<Handles>);

/// What [`AppState`] points at.
#[derive(Clone)]
pub struct Handles {
    pub(crate) accounts: Accounts,
    pub(crate) letters: Letters,
    pub(crate) cv_reader: CvReader,
}

impl Deref for AppState {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

impl FromRef<AppState> for CvReader {
    fn from_ref(state: &AppState) -> Self {
        state.cv_reader.clone()
    }
}

impl FromRef<AppState> for Accounts {
    fn from_ref(state: &AppState) -> Self {
        state.accounts.clone()
    }
}

impl FromRef<AppState> for Letters {
    fn from_ref(state: &AppState) -> Self {
        state.letters.clone()
    }
}

/// Why the application cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Hashing does not work.
    #[error("failed to prepare password hashing")]
    Hashing(#[source] HashingError),
    /// People could not log in as the settings say.
    #[error("failed to prepare logging in")]
    LogIn(#[source] SettingsError),
    /// The HTTP client for pods cannot be made.
    #[error("failed to prepare the client for inference pods")]
    Pods(#[source] reqwest::Error),
}

impl AppState {
    /// Puts the handles together.
    ///
    /// # Errors
    /// When hashing or the HTTP client cannot be set up.
    pub fn new(
        config: &Config,
        keys: Keys,
        db: Pool,
        client: kube::Client,
        shutdown: CancellationToken,
    ) -> Result<Self, StateError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let provider = Provider::new(&config.oidc).map_err(StateError::LogIn)?.map(Arc::new);
        if provider.is_none() && !config.accounts.local_log_in {
            return Err(StateError::LogIn(SettingsError::NoWayIn));
        }
        let accounts = Accounts {
            provider,
            db: db.clone(),
            warm: Warm::new(db.clone()),
            keys: Arc::new(keys),
            hasher: Hasher::new(MEMORY_KIB).map_err(StateError::Hashing)?,
            clock: Arc::clone(&clock),
            settings: config.accounts,
        };
        let letters = Letters {
            db,
            requests: Requests::new(client.clone(), &config.namespace, &config.app),
            board: Board::follow(client, &config.namespace, &config.app),
            line: Line::default(),
            pods: PodStreams::new(config.stream_token.clone()).map_err(StateError::Pods)?,
            seats: Seats::default(),
            clock,
            settings: config.letters,
            shutdown,
        };
        let cv_reader = CvReader::new(config.cv_reader.clone());
        Ok(Self(Arc::new(Handles { accounts, letters, cv_reader })))
    }

    /// Resolves once the requests of the app are known. Until then every letter waits in the database.
    pub async fn listed(&self) {
        self.letters.board.listed().await;
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        let handles = Arc::make_mut(&mut self.0);
        handles.accounts.clock = Arc::clone(&clock);
        handles.letters.clock = clock;
        self
    }
}
