//! Who may talk to whom: each component is closed but for what is listed here.

use crds::names::Component;
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::labels;
use crate::names;
use crate::observed::Observed;
use crate::validate::{Database, Origin, Peer, ValidatedApp};

/// One policy for each component.
pub fn policies(app: &ValidatedApp, observed: &Observed) -> Vec<NetworkPolicy> {
    let web = vec![to(vec![pods(app, Component::Inference)], &[names::HTTP_PORT]), to_database(app)];
    let mut policies = vec![
        policy(
            app,
            Component::Web,
            vec![from(Vec::new(), &[names::HTTP_PORT]), from(vec![all_pods()], &[names::ADMIN_PORT])],
            [web, to_cluster(observed)].concat(),
        ),
        policy(
            app,
            Component::Inference,
            vec![from(vec![pods(app, Component::Web)], &[names::HTTP_PORT])],
            [to_cluster(observed), to_model(app), to_collector(app)].concat(),
        ),
    ];
    if matches!(app.database, Database::Managed(_)) {
        let ingress = vec![from(vec![pods(app, Component::Web)], &[names::DATABASE_PORT])];
        policies.push(policy(app, Component::Database, ingress, Vec::new()));
    }
    policies
}

fn policy(
    app: &ValidatedApp,
    component: Component,
    ingress: Vec<NetworkPolicyIngressRule>,
    egress: Vec<NetworkPolicyEgressRule>,
) -> NetworkPolicy {
    NetworkPolicy {
        metadata: labels::owned(app, component.object_name(&app.name), Some(component)),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(labels::selector(&app.name, component)),
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ingress: Some(ingress),
            egress: Some(egress),
        }),
    }
}

fn to_database(app: &ValidatedApp) -> NetworkPolicyEgressRule {
    match &app.database {
        Database::Managed(_) => to(vec![pods(app, Component::Database)], &[names::DATABASE_PORT]),
        // Its address is in a Secret and may change; its port is known.
        Database::External { port, .. } => to(Vec::new(), &[*port]),
    }
}

/// Where the model is fetched from, and nothing when it is not.
fn to_model(app: &ValidatedApp) -> Vec<NetworkPolicyEgressRule> {
    let Some(fetch) = app.model.fetch() else { return Vec::new() };
    let proxies = [&app.outside.http_proxy, &app.outside.https_proxy];
    let proxies = proxies.into_iter().flatten().filter_map(|proxy| Origin::parse(proxy));
    let mut rules: Vec<_> =
        std::iter::once(fetch.origin.clone()).chain(proxies).map(|origin| to_origin(&origin)).collect();
    if fetch.redirects {
        // A hub sends us to storage whose name nobody knows before.
        let storage = to(Vec::new(), &[443]);
        rules.retain(|rule| *rule != storage);
        rules.push(storage);
    }
    rules
}

/// Where traces go, and nothing when they go nowhere.
fn to_collector(app: &ValidatedApp) -> Vec<NetworkPolicyEgressRule> {
    let endpoint = app.spec.telemetry.as_ref().and_then(|telemetry| Origin::parse(&telemetry.otlp_endpoint));
    endpoint.iter().map(to_origin).collect()
}

/// As narrow as a policy can say it: it knows addresses and pods, but no names.
fn to_origin(origin: &Origin) -> NetworkPolicyEgressRule {
    match origin.peer() {
        Peer::Address(ip) => to(vec![address(&ip)], &[origin.port]),
        Peer::Anybody => to(Vec::new(), &[origin.port]),
        // Policies look at connections behind the Service, where the port is the pod's own, which nobody knows here.
        Peer::Namespace(name) => to_all_ports(NetworkPolicyPeer {
            namespace_selector: Some(LabelSelector {
                match_labels: Some([("kubernetes.io/metadata.name".to_owned(), name)].into()),
                ..LabelSelector::default()
            }),
            ..NetworkPolicyPeer::default()
        }),
        Peer::Neighbours => to_all_ports(NetworkPolicyPeer {
            pod_selector: Some(LabelSelector::default()),
            ..NetworkPolicyPeer::default()
        }),
    }
}

fn to_all_ports(peer: NetworkPolicyPeer) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule { to: Some(vec![peer]), ports: None }
}

/// Name resolution and the API server.
fn to_cluster(observed: &Observed) -> Vec<NetworkPolicyEgressRule> {
    // Node-local name servers answer on this link-local address.
    let dns = NetworkPolicyEgressRule {
        to: Some(vec![all_pods(), address("169.254.20.10")]),
        ports: Some(vec![port(53, "UDP"), port(53, "TCP")]),
    };
    let mut rules = vec![dns];
    if observed.api_server.is_empty() {
        // Nobody knows where it is: its usual ports rather than a site that cannot work.
        rules.push(to(Vec::new(), &[443, 6_443]));
    }
    rules.extend(observed.api_server.iter().map(|(ip, port)| to(vec![address(ip)], &[*port])));
    rules
}

fn from(peers: Vec<NetworkPolicyPeer>, ports: &[i32]) -> NetworkPolicyIngressRule {
    NetworkPolicyIngressRule { from: (!peers.is_empty()).then_some(peers), ports: Some(tcp(ports)) }
}

fn to(peers: Vec<NetworkPolicyPeer>, ports: &[i32]) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule { to: (!peers.is_empty()).then_some(peers), ports: Some(tcp(ports)) }
}

fn pods(app: &ValidatedApp, component: Component) -> NetworkPolicyPeer {
    NetworkPolicyPeer { pod_selector: Some(labels::selector(&app.name, component)), ..NetworkPolicyPeer::default() }
}

fn all_pods() -> NetworkPolicyPeer {
    NetworkPolicyPeer { namespace_selector: Some(LabelSelector::default()), ..NetworkPolicyPeer::default() }
}

fn address(ip: &str) -> NetworkPolicyPeer {
    let bits = if ip.contains(':') { 128 } else { 32 };
    let block = IPBlock { cidr: format!("{ip}/{bits}"), except: None };
    NetworkPolicyPeer { ip_block: Some(block), ..NetworkPolicyPeer::default() }
}

fn tcp(ports: &[i32]) -> Vec<NetworkPolicyPort> {
    ports.iter().map(|number| port(*number, "TCP")).collect()
}

fn port(number: i32, protocol: &str) -> NetworkPolicyPort {
    NetworkPolicyPort { port: Some(IntOrString::Int(number)), protocol: Some(protocol.to_owned()), end_port: None }
}
