//! From the spec as it was written to an app that can be built. Every refusal by content is in here.

mod database;
mod http_url;
mod labels;
mod model;
mod oidc;
mod pod;
mod secret;
mod violation;
mod volume;

use core::net::IpAddr;

use crds::WorkerSettings;
use crds::app::{CoverLetterApp, CoverLetterAppSpec, DeletionPolicy, Ingress, Route, Scaling, SecretKeyRef, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::Resource as _;

use crate::names::AppName;
use crate::observed::Observed;
use crate::settings::{Images, Outside, Settings};
use violation::Violations;

pub use database::{Backup, Database, External, Managed};
pub use http_url::{HttpUrl, Peer};
pub use labels::Labels;
pub use model::{HuggingFace, Mlflow, Model, Server};
pub use oidc::Oidc;
pub use pod::{PodSettings, Resources};
pub use violation::Violation;
pub use volume::Volume;

/// An app that can be built: every name, label, quantity and address in it is valid.
#[derive(Clone, Debug)]
pub struct ValidatedApp {
    /// Name of the app.
    pub name: AppName,
    /// Its namespace.
    pub namespace: String,
    /// Its uid.
    pub uid: String,
    /// Ties children to the app, so that they go with it.
    pub owner: OwnerReference,
    /// Whether the database goes with the app.
    pub deletes_data: bool,
    /// The web application.
    pub web: Web,
    /// Where accounts and letters are kept.
    pub database: Database,
    /// The pods that write letters.
    pub inference: Inference,
    /// Where traces go.
    pub collector: Option<Collector>,
    /// Images of the pods.
    pub images: Images,
    /// How its pods reach what is outside the cluster.
    pub outside: Outside,
    /// Changes when passwords and keys are to be replaced.
    pub rotation: Option<String>,
    /// What the spec asks for and cannot be had, while all the rest can.
    pub unmet: Vec<Violation>,
    /// What has no effect on the site in this cluster, as a sentence.
    pub remark: Option<String>,
}

/// The web application of an app.
#[derive(Clone, Debug, PartialEq)]
pub struct Web {
    /// Number of pods.
    pub replicas: i32,
    /// How the site is reached.
    pub service: Service,
    /// Host names of the site, where the cluster knows `HTTPRoute`.
    pub route: Option<Route>,
    /// Host names of the site for the controller of an `Ingress`.
    pub ingress: Option<Ingress>,
    /// Whether cookies travel over TLS only.
    pub secure_cookies: bool,
    /// Whether the names of cookies begin with `__Host-`.
    pub host_cookies: bool,
    /// Letters that one account may ask for in an hour.
    pub letters_per_hour: i32,
    /// Accounts that the site may have.
    pub max_accounts: i32,
    /// Requests that may wait before the site holds further ones back.
    pub max_queued: i32,
    /// Proxies before the site that add to `X-Forwarded-For`.
    pub forwarded_hops: i32,
    /// Where people log in besides the site itself.
    pub oidc: Option<Oidc>,
    /// Settings of the pods.
    pub pod: PodSettings,
}

/// The inference pods of an app.
#[derive(Clone, Debug, PartialEq)]
pub struct Inference {
    /// The model.
    pub model: Model,
    /// Claim that the pods share for what they fetch and repack.
    pub model_cache: Option<String>,
    /// Settings that each worker gets.
    pub worker: WorkerSettings,
    /// A fixed number of pods.
    pub replicas: Option<i32>,
    /// Automatic scaling, unless the number is fixed.
    pub scaling: Scaling,
    /// Settings of the pods.
    pub pod: PodSettings,
}

/// A collector of traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    /// Base URL for OTLP over HTTP.
    pub endpoint: HttpUrl,
    /// Where further headers are.
    pub headers: Option<SecretKeyRef>,
}

/// Checks what an app asks for against what this version can do and what the cluster has.
///
/// # Errors
/// Everything that is wrong, so that its author can mend it in one go.
pub fn validate(
    app: &CoverLetterApp,
    observed: &Observed,
    settings: &Settings,
) -> Result<ValidatedApp, Vec<Violation>> {
    let mut violations = Violations::default();
    match parse(app, observed, settings, &mut violations) {
        Some(valid) if violations.is_empty() => Ok(ValidatedApp { unmet: violations.take_partial(), ..valid }),
        _ => Err(violations.into_vec()),
    }
}

fn parse(
    app: &CoverLetterApp,
    observed: &Observed,
    settings: &Settings,
    violations: &mut Violations,
) -> Option<ValidatedApp> {
    let spec = &app.spec;
    let name = app.metadata.name.as_deref().unwrap_or_default();
    let name = violations.require(AppName::parse(name), || {
        "`metadata.name` must be at most 40 characters of `a-z`, `0-9` and `-`, and start with a letter: Services are named after it".to_owned()
    });
    let database = Database::parse(&spec.database, &settings.images.postgres, observed, name.as_ref(), violations);
    let web = Web::parse(spec, observed, violations);
    let inference = Inference::parse(spec, observed, &settings.outside, violations);
    let collector = spec.telemetry.as_ref().map(|telemetry| Collector::parse(telemetry, observed, violations));
    Some(ValidatedApp {
        name: name?,
        namespace: app.metadata.namespace.clone().unwrap_or_default(),
        uid: app.metadata.uid.clone().unwrap_or_default(),
        owner: app.controller_owner_ref(&()).unwrap_or_default(),
        deletes_data: spec.deletion_policy == DeletionPolicy::Delete,
        web: web?,
        database: database?,
        inference: inference?,
        collector: collector.flatten(),
        images: settings.images.clone(),
        outside: settings.outside.clone(),
        rotation: spec.rotate_secrets.clone(),
        unmet: Vec::new(),
        remark: remark(spec, observed),
    })
}

fn remark(spec: &CoverLetterAppSpec, observed: &Observed) -> Option<String> {
    let lacks_routes = spec.web.route.is_some() && !observed.has_routes;
    lacks_routes.then(|| "`web.route` has no effect: the cluster does not know HTTPRoute (Gateway API).".to_owned())
}

impl Web {
    fn parse(spec: &CoverLetterAppSpec, observed: &Observed, violations: &mut Violations) -> Option<Self> {
        let given = &spec.web;
        let pod = PodSettings::parse(&given.pod, "web", violations);
        pod::annotations(&given.service.annotations, "web.service.annotations", violations)?;
        if let Some(ingress) = &given.ingress {
            pod::annotations(&ingress.annotations, "web.ingress.annotations", violations)?;
            for host in ingress.hostnames.iter().filter(|host| host.parse::<IpAddr>().is_ok()) {
                violations.add(format!("`web.ingress.hostnames` must be names, not addresses such as {host}"));
            }
        }
        let oidc = match &given.oidc {
            Some(oidc) => Some(Oidc::parse(oidc, observed, violations)?),
            None => None,
        };
        let route = given.route.clone().filter(|_| observed.has_routes);
        Some(Self {
            replicas: given.replicas,
            service: given.service.clone(),
            forwarded_hops: given.forwarded_hops.unwrap_or(i32::from(route.is_some() || given.ingress.is_some())),
            route,
            ingress: given.ingress.clone(),
            secure_cookies: given.secure_cookies,
            host_cookies: given.host_cookies,
            letters_per_hour: given.letters_per_hour,
            max_accounts: given.max_accounts,
            max_queued: spec.requests.max_queued,
            oidc,
            pod: pod?,
        })
    }
}

impl Inference {
    fn parse(
        spec: &CoverLetterAppSpec,
        observed: &Observed,
        outside: &Outside,
        violations: &mut Violations,
    ) -> Option<Self> {
        let given = &spec.inference;
        if given.scaling.min_replicas > given.scaling.max_replicas {
            violations.add("`inference.scaling.minReplicas` must not exceed `maxReplicas`");
        }
        let model = Model::parse(&given.model, outside.hub.as_deref(), observed, violations);
        let pod = PodSettings::parse(&given.pod, "inference", violations);
        if let Some(cache) = &given.model_cache {
            model::check_claim("inference.modelCache", &cache.persistent_volume_claim, observed, violations);
        }
        let model = model?;
        Some(Self {
            worker: WorkerSettings::new(spec, &model.name()),
            model,
            model_cache: given.model_cache.as_ref().map(|cache| cache.persistent_volume_claim.claim_name.clone()),
            replicas: (given.replicas > 0).then_some(given.replicas),
            scaling: given.scaling.clone(),
            pod: pod?,
        })
    }
}

impl Collector {
    fn parse(given: &crds::app::Telemetry, observed: &Observed, violations: &mut Violations) -> Option<Self> {
        let headers = given.headers_secret_ref.as_ref();
        let headers = secret::optional(headers, "telemetry.headersSecretRef", observed, violations);
        let endpoint = violations.require(HttpUrl::parse(&given.otlp_endpoint), || {
            "`telemetry.otlpEndpoint` must be an `http://` or `https://` address without a user: passwords belong in `headersSecretRef`".to_owned()
        })?;
        Some(Self { endpoint, headers })
    }
}

#[cfg(test)]
mod tests;
