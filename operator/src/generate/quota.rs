//! A bound on the objects of our kinds in one namespace, whoever makes them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ResourceQuota, ResourceQuotaSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::install::labels;

/// Room for the requests that an app keeps by default (500 that wait, 1,500 that are finished), twice over for those made
/// by hand. The API server itself is slow with far more in one namespace.
const REQUESTS: &str = "4000";
/// Each app is at least four pods.
const APPS: &str = "8";

/// The quota of a namespace with apps; the namespace is named when it is applied.
pub fn requests() -> ResourceQuota {
    let hard = [("coverletterrequests", REQUESTS), ("coverletterapps", APPS)]
        .map(|(plural, most)| (format!("count/{plural}.{}", crds::GROUP), Quantity(most.to_owned())));
    ResourceQuota {
        metadata: ObjectMeta { name: Some("coverletter".to_owned()), labels: Some(labels()), ..ObjectMeta::default() },
        spec: Some(ResourceQuotaSpec { hard: Some(BTreeMap::from(hard)), ..ResourceQuotaSpec::default() }),
        status: None,
    }
}
