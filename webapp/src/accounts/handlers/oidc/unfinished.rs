//! Why a log-in at the provider does not go on, and the page that says so.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use cluster::Chain;
use tracing::{info, warn};

use crate::accounts::Accounts;
use crate::accounts::oidc::failure::Failure;
use crate::accounts::oidc::{Provider, ProviderError};
use crate::accounts::pages::provider::ProviderFailurePage;
use crate::db;
use crate::web::access_log::RequestId;
use crate::web::error::AppError;
use crate::web::html::Html;

/// Why a log-in does not go on.
pub enum Unfinished {
    /// For a reason that people are told.
    Failed(Failure),
    /// For one that has nothing to do with the provider.
    Error(AppError),
}

impl Unfinished {
    /// The page that says why. `links` says whether an account was to be linked.
    pub fn page(
        self,
        state: &Accounts,
        provider: &Provider,
        request: &Request,
        links: bool,
    ) -> Result<Response<Body>, AppError> {
        let failure = match self {
            Self::Failed(failure) => failure,
            Self::Error(error) => return Err(error),
        };
        // The words of a refusal are the administrator's own; none of them are personal.
        info!(reason = ?failure, "Did not log somebody in at the provider");
        let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
        let status = StatusCode::from_u16(failure.status()).unwrap_or(StatusCode::BAD_GATEWAY);
        let page = ProviderFailurePage::new(&failure, provider.name(), state.takes_passwords(), links, id.0);
        Ok((status, Html(page)).into_response())
    }
}

impl From<Failure> for Unfinished {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<AppError> for Unfinished {
    fn from(error: AppError) -> Self {
        Self::Error(error)
    }
}

impl From<db::Error> for Unfinished {
    fn from(error: db::Error) -> Self {
        Self::Error(error.into())
    }
}

impl From<ProviderError> for Unfinished {
    fn from(error: ProviderError) -> Self {
        warn!(error = %Chain(&error), "Could not log somebody in at the provider");
        Self::Failed(error.failure())
    }
}
