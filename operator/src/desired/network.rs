//! Which pods may connect to which: each component refuses every connection that is not listed here.

use crds::names::Component;
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::labels;
use crate::names;
use crate::observed::{Observed, ServiceFact, ServiceName};
use crate::validate::{Database, External, HttpUrl, Model, Peer, ValidatedApp};

/// One policy for each component.
pub fn policies(app: &ValidatedApp, observed: &Observed, rotates: bool) -> Vec<NetworkPolicy> {
    let web = vec![to(vec![pods(app, Component::Inference)], &[names::HTTP_PORT]), to_database(app)];
    let mut policies = vec![
        policy(
            app,
            Component::Web,
            vec![from(Vec::new(), &[names::HTTP_PORT]), from(vec![all_pods()], &[names::ADMIN_PORT])],
            [web, to_cluster(observed), to_provider(app, observed)].concat(),
        ),
        policy(
            app,
            Component::Inference,
            // The web follows letters, with a token; Prometheus reads the metrics, wherever it runs.
            vec![from(vec![all_pods()], &[names::HTTP_PORT])],
            [to_cluster(observed), to_model(app, observed), to_collector(app, observed)].concat(),
        ),
    ];
    if let Database::Managed(database) = &app.database {
        let mut clients = vec![pods(app, Component::Web)];
        let jobs = [(Component::Backup, database.backup.is_some()), (Component::Rotation, rotates)];
        for (job, _) in jobs.into_iter().filter(|(_, is_there)| *is_there) {
            clients.push(pods(app, job));
            policies.push(policy(app, job, Vec::new(), vec![to_names(), to_database(app)]));
        }
        policies.push(policy(app, Component::Database, vec![from(clients, &[names::DATABASE_PORT])], Vec::new()));
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
        metadata: labels::owned(app, names::component(&app.name, component), Some(component)),
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
        Database::External(External { port, .. }) => to(Vec::new(), &[*port]),
    }
}

/// The server that computes the model; or the one that it is fetched from, and the proxies on the way.
fn to_model(app: &ValidatedApp, observed: &Observed) -> Vec<NetworkPolicyEgressRule> {
    let (server, redirects) = match &app.inference.model {
        Model::Server(server) => return vec![to_server(&server.url, observed)],
        // A hub sends its clients to storage whose name is not known beforehand.
        Model::HuggingFace(model) => (&model.endpoint, true),
        Model::Mlflow(model) => (&model.tracking_uri, false),
        Model::BuiltIn | Model::Volume { .. } | Model::Image { .. } => return Vec::new(),
    };
    let proxies = [&app.outside.http_proxy, &app.outside.https_proxy];
    let proxies = proxies.into_iter().flatten().filter_map(|proxy| HttpUrl::parse(proxy));
    let mut rules: Vec<_> =
        std::iter::once(server.clone()).chain(proxies).map(|url| to_server(&url, observed)).collect();
    if redirects {
        let storage = to(Vec::new(), &[443]);
        rules.retain(|rule| *rule != storage);
        rules.push(storage);
    }
    rules
}

/// The provider where people log in, if there is one. Its parts may be at other names, on the same port.
fn to_provider(app: &ValidatedApp, observed: &Observed) -> Vec<NetworkPolicyEgressRule> {
    app.web.oidc.iter().map(|oidc| to_server(&oidc.issuer, observed)).collect()
}

/// The collector of traces, if there is one.
fn to_collector(app: &ValidatedApp, observed: &Observed) -> Vec<NetworkPolicyEgressRule> {
    app.collector.iter().map(|collector| to_server(&collector.endpoint, observed)).collect()
}

/// As narrow as a policy can be, which knows addresses and pods but no names.
fn to_server(url: &HttpUrl, observed: &Observed) -> NetworkPolicyEgressRule {
    match url.peer() {
        Peer::Address(ip) => to(vec![address(&ip.to_string())], &[url.port()]),
        Peer::Anywhere => to(Vec::new(), &[url.port()]),
        Peer::Service(service) => to_service(&service, url.port(), observed.services.get(&service)),
    }
}

/// Policies apply behind a Service: to its pods and their port, or to all pods of its namespace while it is not known.
fn to_service(name: &ServiceName, port: i32, known: Option<&ServiceFact>) -> NetworkPolicyEgressRule {
    let namespace_selector = name.namespace.as_ref().map(|namespace| LabelSelector {
        match_labels: Some([("kubernetes.io/metadata.name".to_owned(), namespace.clone())].into()),
        ..LabelSelector::default()
    });
    let known = known.filter(|service| !service.selector.is_empty());
    let target = known.and_then(|service| service.ports.iter().find(|(own, _)| *own == port));
    let pod_selector =
        known.map(|service| LabelSelector { match_labels: Some(service.selector.clone()), ..LabelSelector::default() });
    // Without a namespace, a peer needs a selector of pods.
    let all = namespace_selector.is_none().then(LabelSelector::default);
    let peer =
        NetworkPolicyPeer { namespace_selector, pod_selector: pod_selector.or(all), ..NetworkPolicyPeer::default() };
    let ports = target.map(|(_, target)| NetworkPolicyPort { port: Some(target.clone()), ..tcp_port() });
    NetworkPolicyEgressRule { to: Some(vec![peer]), ports: ports.map(|port| vec![port]) }
}

fn tcp_port() -> NetworkPolicyPort {
    NetworkPolicyPort { port: None, protocol: Some("TCP".to_owned()), end_port: None }
}

/// Name resolution.
fn to_names() -> NetworkPolicyEgressRule {
    // Node-local name servers answer on this link-local address. Policies apply behind the Service, where the name
    // servers of OpenShift listen on 5353.
    NetworkPolicyEgressRule {
        to: Some(vec![all_pods(), address("169.254.20.10")]),
        ports: Some(vec![port(53, "UDP"), port(53, "TCP"), port(5_353, "UDP"), port(5_353, "TCP")]),
    }
}

/// Name resolution and the API server.
fn to_cluster(observed: &Observed) -> Vec<NetworkPolicyEgressRule> {
    let mut rules = vec![to_names()];
    if observed.api_server.is_empty() {
        // Its address is not known: its usual ports, rather than a site that cannot work.
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
