//! What an app tells about its work, besides the pages of numbers that every pod has.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::database::SecretKeyRef;

/// Where traces go. A trace says how long the parts of a letter took and how many tokens it had, never what it says.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Telemetry {
    /// Base URL of a collector that takes OTLP over HTTP, such as `http://collector.observability.svc:4318`; traces go to
    /// `/v1/traces` below it.
    #[schemars(
        length(min = 8, max = 512),
        regex(pattern = r"^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~/-]*)?$")
    )]
    pub otlp_endpoint: String,
    /// Secret key with headers for the collector, `name=value,name=value`, read when a pod starts. Without the Secret
    /// letters are written all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers_secret_ref: Option<SecretKeyRef>,
}
