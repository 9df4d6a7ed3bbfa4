use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Namespace, Pod};
use serde_json::{Value, json};

use super::*;
use crate::node::policies::ports::{Protocol, Span};

const WEB: Ipv4Addr = Ipv4Addr::new(10, 244, 0, 2);
const DATABASE: Ipv4Addr = Ipv4Addr::new(10, 244, 0, 3);
/// A pod of another namespace, with the labels of the web.
const FOREIGN: Ipv4Addr = Ipv4Addr::new(10, 244, 0, 4);
/// A server of the node that stands in for a pod of the namespace `system`.
const NAMES: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 53);
/// No pod.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);

fn pod(namespace: &str, app: &str, address: Ipv4Addr, port: u16) -> Pod {
    let ports = json!([{"name": "serve", "containerPort": port}]);
    object(json!({
        "metadata": {"name": app, "namespace": namespace, "uid": address, "labels": {"app": app, "tier": "one"}},
        "spec": {"containers": [{"name": "one", "ports": ports}]},
        "status": {"phase": "Running", "podIP": address},
    }))
}

fn object<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn pods() -> Vec<Pod> {
    let here = [pod("here", "web", WEB, 8080), pod("here", "db", DATABASE, 5432)];
    here.into_iter().chain([pod("there", "web", FOREIGN, 9090)]).collect()
}

/// The pods with these policies of the namespace `here`.
fn world(policies: &[Value]) -> World {
    let namespaces: Vec<Namespace> = ["here", "there", "system"]
        .map(|name| object(json!({"metadata": {"name": name, "labels": {"name": name}}})))
        .into();
    let policy = |spec: &Value| object(json!({"metadata": {"name": "one", "namespace": "here"}, "spec": spec}));
    let policies = policies.iter().map(policy).collect();
    World::new(&namespaces, &pods(), policies, &BTreeMap::new()).with_stand_in(NAMES, "system", &[("app", "names")])
}

/// Whether `from` reaches `port` of `to`, as an implementation of the rules would decide it.
fn reaches(policies: &[Value], from: Ipv4Addr, to: Ipv4Addr, port: u16) -> bool {
    reaches_in(&world(policies), from, to, (Protocol::Tcp, port))
}

fn reaches_in(world: &World, from: Ipv4Addr, to: Ipv4Addr, port: (Protocol, u16)) -> bool {
    let guarded = resolve(world);
    let of = |address| guarded.iter().find(|pod| pod.address == address);
    let passes = |rules: Option<&BTreeSet<Allowed>>, other| {
        rules.is_none_or(|rules| rules.iter().any(|rule| has_peer(&rule.peers, other) && has_port(&rule.ports, port)))
    };
    passes(of(from).and_then(|pod| pod.egress.as_ref()), to)
        && passes(of(to).and_then(|pod| pod.ingress.as_ref()), from)
}

fn has_peer(peers: &Peers, address: Ipv4Addr) -> bool {
    let is_in = |block: &Block| u64::from(block.address.to_bits() ^ address.to_bits()) >> (32 - block.bits) == 0;
    match peers {
        Peers::Anyone => true,
        Peers::Pods(pods) => pods.contains(&address),
        Peers::Block { block, except } => is_in(block) && !except.iter().any(is_in),
    }
}

fn has_port(ports: &Ports, (protocol, port): (Protocol, u16)) -> bool {
    let is_in = |span: &Span| span.protocol == protocol && (span.first..=span.last).contains(&port);
    match ports {
        Ports::All => true,
        Ports::Some(spans) => spans.iter().any(is_in),
    }
}

fn to_database(from: &Value) -> Value {
    json!({"podSelector": {"matchLabels": {"app": "db"}}, "ingress": [{"from": from}]})
}

#[test]
fn without_a_policy_everybody_reaches_everybody() {
    assert!(reaches(&[], FOREIGN, DATABASE, 1));
    assert_eq!(resolve(&world(&[])), []);
}

#[test]
fn a_policy_closes_the_pods_that_it_selects_in_the_directions_of_which_it_speaks() {
    let ingress = json!({"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]});
    assert!(!reaches(std::slice::from_ref(&ingress), WEB, DATABASE, 1), "nothing is allowed");
    assert!(reaches(std::slice::from_ref(&ingress), DATABASE, WEB, 1), "the other direction is open");
    assert!(reaches(&[ingress], FOREIGN, WEB, 1), "another pod is open");
    let egress = json!({"podSelector": {}, "policyTypes": ["Egress"]});
    assert!(!reaches(std::slice::from_ref(&egress), WEB, DATABASE, 1));
    assert!(!reaches(std::slice::from_ref(&egress), WEB, NAMES, 53), "nor are names resolved");
    assert!(reaches(&[egress], FOREIGN, WEB, 1), "a pod of another namespace is not selected");
    // Without types, a policy speaks of what comes in, and of what goes out if it has such rules.
    let silent = json!({"podSelector": {}});
    assert!(!reaches(std::slice::from_ref(&silent), FOREIGN, WEB, 1) && reaches(&[silent], WEB, OUTSIDE, 1));
    let both = json!({"podSelector": {}, "egress": [{"ports": [{"port": 53, "protocol": "TCP"}]}]});
    assert!(reaches(std::slice::from_ref(&both), WEB, NAMES, 53) && !reaches(&[both], WEB, NAMES, 54));
}

#[test]
fn peers_are_pods_of_the_own_namespace_of_named_ones_or_both() {
    let pods = |app: &str| json!({"matchLabels": {"app": app}});
    let namespaces = |name: &str| json!({"matchLabels": {"name": name}});
    let expression = |key: &str, operator: &str, values: &[&str]| {
        let one = json!({"key": key, "operator": operator, "values": values});
        json!({"matchExpressions": [one]})
    };
    let cases = [
        (json!([{"podSelector": pods("web")}]), [true, false]),
        (json!([{"podSelector": {}}]), [true, false]),
        (json!([{"namespaceSelector": {}}]), [true, true]),
        (json!([{"namespaceSelector": namespaces("there")}]), [false, true]),
        (json!([{"namespaceSelector": namespaces("nowhere")}]), [false, false]),
        (json!([{"namespaceSelector": {}, "podSelector": pods("db")}]), [false, false]),
        (json!([{"namespaceSelector": namespaces("there"), "podSelector": pods("web")}]), [false, true]),
        (json!([{"podSelector": pods("web")}, {"namespaceSelector": namespaces("there")}]), [true, true]),
        (json!([{"podSelector": expression("app", "In", &["web"])}]), [true, false]),
        (json!([{"podSelector": expression("app", "NotIn", &["web"])}]), [false, false]),
        (json!([{"podSelector": expression("gone", "NotIn", &["web"])}]), [true, false]),
        (json!([{"podSelector": expression("tier", "Exists", &[])}]), [true, false]),
        (json!([{"podSelector": expression("tier", "DoesNotExist", &[])}]), [false, false]),
        (json!([]), [true, true]),
    ];
    for (from, expected) in cases {
        let policies = [to_database(&from)];
        assert_eq!([WEB, FOREIGN].map(|pod| reaches(&policies, pod, DATABASE, 1)), expected, "{from}");
    }
}

#[test]
fn ranges_of_addresses_allow_all_that_is_in_them_but_what_they_except() {
    let block = |cidr: &str, except: &[&str]| to_database(&json!([{"ipBlock": {"cidr": cidr, "except": except}}]));
    let cases = [
        (block("203.0.113.9/32", &[]), true),
        (block("203.0.113.8/32", &[]), false),
        (block("203.0.113.77/24", &[]), true),
        (block("203.0.113.0/24", &["203.0.113.8/30"]), false),
        (block("203.0.113.0/24", &["203.0.113.0/30", "203.0.113.128/25"]), true),
        (block("0.0.0.0/0", &[]), true),
        (block("::/0", &[]), false),
    ];
    for (policy, expected) in cases {
        assert_eq!(reaches(std::slice::from_ref(&policy), OUTSIDE, DATABASE, 1), expected, "{policy}");
    }
    assert!(reaches(&[block("10.244.0.0/24", &[])], FOREIGN, DATABASE, 1), "pods have addresses too");
}

#[test]
fn ports_have_a_protocol_a_name_or_an_end() {
    let cases = [
        (json!([]), [true, true, true]),
        (json!([{"port": 5432}]), [true, false, false]),
        (json!([{"port": 5432, "protocol": "UDP"}]), [false, false, true]),
        (json!([{"protocol": "TCP"}]), [true, true, false]),
        (json!([{"port": 5433, "endPort": 5440}]), [false, true, false]),
        (json!([{"port": 5000, "endPort": 6000}, {"port": 53, "protocol": "UDP"}]), [true, true, false]),
        (json!([{"port": "serve"}]), [true, false, false]),
        (json!([{"port": "serve", "protocol": "UDP"}]), [false, false, false]),
        (json!([{"port": "other"}]), [false, false, false]),
        (json!([{"port": "other"}, {"port": 5434}]), [false, true, false]),
    ];
    for (ports, expected) in cases {
        let policy = json!({"podSelector": {"matchLabels": {"app": "db"}}, "ingress": [{"ports": ports}]});
        let world = world(&[policy]);
        let tried = [(Protocol::Tcp, 5432), (Protocol::Tcp, 5434), (Protocol::Udp, 5432)];
        assert_eq!(tried.map(|port| reaches_in(&world, WEB, DATABASE, port)), expected, "{ports}");
    }
}

#[test]
fn a_port_with_a_name_is_what_each_pod_that_is_connected_to_calls_so() {
    let anybody = json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": "serve"}]}]});
    for (to, own, other) in [(DATABASE, 5432, 9090), (FOREIGN, 9090, 5432)] {
        assert!(reaches(std::slice::from_ref(&anybody), WEB, to, own), "{to}");
        assert!(!reaches(std::slice::from_ref(&anybody), WEB, to, other), "{to}");
    }
    assert!(!reaches(&[anybody], WEB, OUTSIDE, 5432), "what is no pod has no names of ports");
    let some = json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [{
        "to": [{"podSelector": {}}], "ports": [{"port": "serve"}],
    }]});
    assert!(reaches(std::slice::from_ref(&some), WEB, DATABASE, 5432) && !reaches(&[some], WEB, FOREIGN, 9090));
}

#[test]
fn both_sides_must_agree_and_policies_of_one_side_add_up() {
    let web = |ports: Value| {
        let selected = json!({"matchLabels": {"app": "web"}});
        json!({"podSelector": selected, "policyTypes": ["Egress"], "egress": [{"ports": ports}]})
    };
    let open = json!({"podSelector": {"matchLabels": {"app": "db"}}, "ingress": [{}]});
    let closed = json!({"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"]});
    assert!(reaches(&[web(json!([{"port": 1}])), open.clone()], WEB, DATABASE, 1));
    assert!(!reaches(&[web(json!([{"port": 2}])), open.clone()], WEB, DATABASE, 1));
    assert!(!reaches(&[web(json!([{"port": 1}])), closed.clone()], WEB, DATABASE, 1));
    assert!(reaches(&[web(json!([{"port": 1}])), web(json!([{"port": 2}])), closed, open], WEB, DATABASE, 1));
}

#[test]
fn servers_that_stand_in_for_pods_are_reached_as_their_pods_would_be() {
    let to = |peer: Value| json!({"podSelector": {}, "egress": [{"to": [peer], "ports": [{"port": 53}]}]});
    let of_system = json!({
        "namespaceSelector": {"matchLabels": {"name": "system"}}, "podSelector": {"matchLabels": {"app": "names"}},
    });
    assert!(reaches(&[to(of_system)], WEB, NAMES, 53));
    assert!(reaches(&[to(json!({"namespaceSelector": {}}))], WEB, NAMES, 53));
    assert!(!reaches(&[to(json!({"podSelector": {}}))], WEB, NAMES, 53));
}

#[test]
fn pods_in_the_network_of_the_node_and_pods_that_have_ended_are_left_out() {
    let mut here = pods();
    here[0].spec.as_mut().unwrap().host_network = Some(true);
    here[1].status.as_mut().unwrap().phase = Some("Succeeded".to_owned());
    let world = World::new(&[], &here, Vec::new(), &BTreeMap::new());
    assert_eq!(world.members.keys().collect::<Vec<_>>(), [&FOREIGN]);
}

#[test]
fn an_address_is_that_of_the_pod_to_which_it_was_given_last() {
    let mut here = pods();
    here[0].status = None;
    let announced = BTreeMap::from([(WEB.to_string(), DATABASE)]);
    let world = World::new(&[], &here, Vec::new(), &announced);
    assert_eq!(world.members.keys().collect::<Vec<_>>(), [&DATABASE, &FOREIGN]);
    assert_eq!(world.members[&DATABASE].labels["app"], "web");
}
