//! From what somebody wrote to what can be built: every refusal by content is in here.

mod model;
mod origin;

use crds::app::{CoverLetterApp, CoverLetterAppSpec, DeletionPolicy, ManagedDatabase};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::Resource as _;

use crate::names;
use crate::observed::Observed;

pub use model::{CACHE_PATH, Fetch, Model, Place};
pub use origin::{Origin, Peer};

/// Images that apps run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// The programs and the built-in model.
    pub coverletter: String,
    /// Postgres, unless an app names its own.
    pub postgres: String,
}

/// How pods reach what is outside of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Proxy for `http://`.
    pub http_proxy: Option<String>,
    /// Proxy for `https://`.
    pub https_proxy: Option<String>,
    /// Hosts that are reached without a proxy.
    pub no_proxy: Option<String>,
    /// Hub that models come from, unless an app names its own.
    pub hub: Option<String>,
}

/// What is the same for all apps of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Images that apps run.
    pub images: Images,
    /// How pods reach what is outside.
    pub outside: Outside,
}

/// An app that can be built.
#[derive(Clone, Debug)]
pub struct ValidatedApp {
    /// Name of the app.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its uid.
    pub uid: String,
    /// Ties children to the app, so that they go with it.
    pub owner: OwnerReference,
    /// What was asked for.
    pub spec: CoverLetterAppSpec,
    /// Where accounts and letters are kept.
    pub database: Database,
    /// The model.
    pub model: Model,
    /// Images of the pods.
    pub images: Images,
    /// How its pods reach what is outside.
    pub outside: Outside,
    /// Things that a person should know though they do not stop anything.
    pub remarks: Vec<String>,
}

/// Where accounts and letters are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Database {
    /// Postgres of our own.
    Managed(Box<ManagedDatabase>),
    /// Somebody else's.
    External {
        /// Secret with the URL.
        secret: String,
        /// Key of the URL in it.
        key: String,
        /// Port in the URL.
        port: i32,
    },
}

/// One thing that is wrong with a spec, as a sentence for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(pub String);

/// Checks what an app asks for against what this version can do and what the cluster has.
///
/// # Errors
/// Everything that is wrong, so that its author can mend it in one go.
pub fn validate(
    app: &CoverLetterApp,
    observed: &Observed,
    settings: &Settings,
) -> Result<ValidatedApp, Vec<Violation>> {
    let spec = &app.spec;
    let name = app.metadata.name.clone().unwrap_or_default();
    let database = database(app, observed);
    let model = model::model(&spec.inference.model, settings.outside.hub.as_deref());
    let mut violations = Vec::new();
    if spec.database.managed.as_ref().is_some_and(|managed| managed.backup.is_some()) {
        violations
            .push(Violation("`database.managed.backup` is not supported yet by this version: leave it out".into()));
    }
    if let Some(stored) = stored_size(observed, &name)
        && let Some(managed) = &spec.database.managed
        && bytes(&stored) != bytes(&managed.storage.size)
    {
        violations.push(Violation(format!(
            "`database.managed.storage.size` must stay {stored}: this version cannot resize a volume"
        )));
    }
    let mut remarks = Vec::new();
    if spec.web.route.is_some() && !observed.has_routes {
        remarks.push("`web.route` has no effect: the cluster does not know HTTPRoute (Gateway API).".to_owned());
    }
    match (database, model) {
        (Ok(database), Ok(model)) if violations.is_empty() => Ok(ValidatedApp {
            namespace: app.metadata.namespace.clone().unwrap_or_default(),
            uid: app.metadata.uid.clone().unwrap_or_default(),
            owner: app.controller_owner_ref(&()).unwrap_or_default(),
            spec: spec.clone(),
            images: settings.images.clone(),
            outside: settings.outside.clone(),
            name,
            database,
            model,
            remarks,
        }),
        (database, model) => {
            violations.extend(database.err());
            violations.extend(model.err().into_iter().flatten());
            Err(violations)
        }
    }
}

fn database(app: &CoverLetterApp, observed: &Observed) -> Result<Database, Violation> {
    match (&app.spec.database.managed, &app.spec.database.external) {
        (Some(managed), None) => Ok(Database::Managed(Box::new(managed.clone()))),
        (None, Some(external)) => {
            let reference = &external.url_secret_ref;
            let fact = observed.external_database.clone().unwrap_or_default();
            if fact.version.is_none() {
                return Err(Violation(format!(
                    "`database.external.urlSecretRef` must name a Secret with a connection URL: there is no key `{}` in a Secret `{}`",
                    reference.key, reference.name
                )));
            }
            let port = fact.port.unwrap_or(names::DATABASE_PORT);
            Ok(Database::External { secret: reference.name.clone(), key: reference.key.clone(), port })
        }
        _ => Err(Violation("`database` must have exactly one of `managed` and `external`".into())),
    }
}

/// Size of the volume that the database has, if it has one.
fn stored_size(observed: &Observed, app: &str) -> Option<String> {
    let StatefulSet { spec, .. } = observed.stateful_set(&names::database(app))?;
    let claim = spec?.volume_claim_templates?.into_iter().next()?;
    Some(claim.spec?.resources?.requests?.get("storage")?.0.clone())
}

/// The number of bytes that a quantity stands for, rounded down; `None` when it is no quantity.
fn bytes(quantity: &str) -> Option<i128> {
    let end = quantity.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(quantity.len());
    let (number, unit) = quantity.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let scale: i128 = match unit {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_i128.pow(2),
        "G" => 1_000_i128.pow(3),
        "T" => 1_000_i128.pow(4),
        "P" => 1_000_i128.pow(5),
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        "Pi" => 1 << 50,
        _ => return None,
    };
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    Some(digits * scale / 10_i128.checked_pow(fraction.len() as u32)?)
}

impl ValidatedApp {
    /// Whether the database must go when the app goes.
    #[must_use]
    pub fn deletes_data(&self) -> bool {
        self.spec.deletion_policy == DeletionPolicy::Delete
    }
}

#[cfg(test)]
mod tests;
