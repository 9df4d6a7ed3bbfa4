//! The messages of KEDA's protocol `externalscaler.ExternalScaler`, field by field as its definition numbers them.

use std::collections::BTreeMap;

use prost::Message;

/// Before the name of each method.
pub const SERVICE: &str = "/externalscaler.ExternalScaler/";

/// Which `ScaledObject` asks, and what its trigger says.
#[derive(Clone, PartialEq, Message)]
pub struct ScaledObjectRef {
    /// Name of the `ScaledObject`.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its namespace.
    #[prost(string, tag = "2")]
    pub namespace: String,
    /// `metadata` of the trigger.
    #[prost(btree_map = "string, string", tag = "3")]
    pub scaler_metadata: BTreeMap<String, String>,
}

/// Whether there is work.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct IsActiveResponse {
    /// Whether there is.
    #[prost(bool, tag = "1")]
    pub result: bool,
}

/// What a number of pods follows from.
#[derive(Clone, PartialEq, Message)]
pub struct GetMetricSpecResponse {
    /// One metric.
    #[prost(message, repeated, tag = "1")]
    pub metric_specs: Vec<MetricSpec>,
}

/// A metric, and how much of it one pod is for.
#[derive(Clone, PartialEq, Message)]
pub struct MetricSpec {
    /// Name of the metric.
    #[prost(string, tag = "1")]
    pub metric_name: String,
    /// For earlier versions of KEDA, which read no fractions.
    #[prost(int64, tag = "2")]
    pub target_size: i64,
    /// The same.
    #[prost(double, tag = "3")]
    pub target_size_float: f64,
}

/// Which metric is asked for.
#[derive(Clone, PartialEq, Message)]
pub struct GetMetricsRequest {
    /// Who asks.
    #[prost(message, optional, tag = "1")]
    pub scaled_object_ref: Option<ScaledObjectRef>,
    /// Name of the metric.
    #[prost(string, tag = "2")]
    pub metric_name: String,
}

/// Values of the metric that was asked for.
#[derive(Clone, PartialEq, Message)]
pub struct GetMetricsResponse {
    /// One value.
    #[prost(message, repeated, tag = "1")]
    pub metric_values: Vec<MetricValue>,
}

/// The value of a metric.
#[derive(Clone, PartialEq, Message)]
pub struct MetricValue {
    /// Name of the metric.
    #[prost(string, tag = "1")]
    pub name: String,
    /// For earlier versions of KEDA, which read no fractions.
    #[prost(int64, tag = "2")]
    pub whole: i64,
    /// The same.
    #[prost(double, tag = "3")]
    pub float: f64,
}
