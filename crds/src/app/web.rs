//! The web part of an app.

mod oidc;

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pod::PodSettings;
use crate::limits;

pub use oidc::Oidc;

/// The web application.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default = "Web::default", rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!self.hostCookies || self.secureCookies").message("hostCookies needs secureCookies: browsers take such cookies over TLS only"))]
pub struct Web {
    /// Number of web pods.
    #[schemars(range(min = 0, max = 100))]
    pub replicas: i32,
    /// How the site is reached inside, or from outside, the cluster.
    pub service: Service,
    /// An `HTTPRoute` (Gateway API), where the cluster has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// An `Ingress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Ingress>,
    /// Cookies only travel over TLS (and to localhost), and browsers that came by HTTPS come by nothing else for a year.
    /// Switch off only for plain HTTP under another name.
    pub secure_cookies: bool,
    /// Names of cookies begin with `__Host-`, so that no other site of the same domain can set them or is sent them.
    /// Needs `secureCookies`. Programs that know the documented names must use these, and everybody logs in anew.
    pub host_cookies: bool,
    /// Letters that one account may ask for in an hour.
    #[schemars(range(min = 1, max = 100_000))]
    pub letters_per_hour: i32,
    /// Accounts that the site may have. Beyond this number nobody can register.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_accounts: i32,
    /// Proxies before the site that add to `X-Forwarded-For`, whose clients are told apart by it. Default: 1 with a
    /// `route` or an `ingress`, else 0. Too high a number lets clients choose their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 16))]
    pub forwarded_hops: Option<i32>,
    /// Logging in at a provider. Default: with passwords of the site alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<Oidc>,
    /// Settings of the pods.
    #[serde(flatten)]
    pub pod: PodSettings,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            replicas: 2,
            service: Service::default(),
            route: None,
            ingress: None,
            secure_cookies: true,
            host_cookies: false,
            letters_per_hour: 60,
            max_accounts: 10_000,
            forwarded_hops: None,
            oidc: None,
            pod: PodSettings::default(),
        }
    }
}

/// The Service in front of the web pods.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("!has(self.nodePort) || self.type == 'NodePort'").message("nodePort needs type: NodePort"))]
#[x_kube(validation = Rule::new("!has(self.externalTrafficPolicy) || self.type != 'ClusterIP'").message("externalTrafficPolicy needs type: NodePort or LoadBalancer"))]
pub struct Service {
    /// Type of the Service.
    #[serde(default, rename = "type")]
    pub type_: ServiceType,
    /// Port on every node, with type `NodePort`. Default: chosen by the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65_535))]
    pub node_port: Option<i32>,
    /// Annotations of the Service, for example for the load balancer of a cloud.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 32))]
    pub annotations: BTreeMap<String, String>,
    /// `Local` keeps the addresses of clients, with types `NodePort` and `LoadBalancer`. Default: `Cluster`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_traffic_policy: Option<TrafficPolicy>,
    /// Address families of the Service. Default: the cluster's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_family_policy: Option<IpFamilyPolicy>,
}

/// Which pods get what comes from outside the cluster.
#[derive(JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrafficPolicy {
    /// Those of all nodes.
    Cluster,
    /// Those of the node that it reaches first.
    Local,
}

/// Address families of a Service.
#[derive(JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IpFamilyPolicy {
    /// One.
    SingleStack,
    /// Both, where the cluster has both.
    PreferDualStack,
    /// Both.
    RequireDualStack,
}

/// Type of a Service.
#[derive(JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceType {
    /// Only inside the cluster.
    #[default]
    ClusterIP,
    /// On a port of every node.
    NodePort,
    /// Through the load balancer of the cloud.
    LoadBalancer,
}

/// Where an `HTTPRoute` hangs the site.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Host names of the site.
    #[serde(default)]
    #[schemars(length(max = 16), inner(length(min = 1, max = 253)))]
    pub hostnames: Vec<String>,
    /// The Gateway that carries the route.
    pub parent_ref: ParentRef,
}

/// What an `Ingress` of the site says.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ingress {
    /// Class of the controller that serves it. Default: the cluster's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = limits::DNS_NAME))]
    pub class_name: Option<String>,
    /// Host names of the site.
    #[schemars(length(min = 1, max = 16), inner(length(min = 1, max = 253), regex(pattern = limits::DNS_NAME)))]
    pub hostnames: Vec<String>,
    /// Secret with the certificate and key for these names, `tls.crt` and `tls.key`, from which the controller serves
    /// HTTPS. cert-manager makes it where an annotation says so. Default: the controller's own certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253), regex(pattern = limits::DNS_NAME))]
    pub tls_secret_name: Option<String>,
    /// Annotations of the Ingress, for its controller or for cert-manager.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 32))]
    pub annotations: BTreeMap<String, String>,
}

/// Names a Gateway.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentRef {
    /// Name of the Gateway.
    #[schemars(length(min = 1, max = 253), regex(pattern = limits::DNS_NAME))]
    pub name: String,
    /// Its namespace, when it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub namespace: Option<String>,
}
