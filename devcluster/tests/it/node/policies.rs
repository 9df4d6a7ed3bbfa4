//! Network policies: who reaches whom on a real node, seen from the networks of its pods.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::{Duration, Instant};

use devcluster::node::{Attempt, DNS_SERVER, NODE_ADDRESS, Node};
use serde_json::{Value, json};

use super::workload::{apply, eventually, kubectl};

const OBJECTS: &str = include_str!("policies.yaml");
/// A policy must hold this soon, on a machine that builds meanwhile too.
const HOLDS_WITHIN: Duration = Duration::from_secs(10);
/// Longer than any answer within a machine takes.
const PATIENCE: Duration = Duration::from_secs(1);
const API_SERVER: SocketAddrV4 = SocketAddrV4::new(NODE_ADDRESS, 6443);
const NAMES: SocketAddrV4 = SocketAddrV4::new(DNS_SERVER, 53);

/// A pod that tries to connect.
struct Pod<'a> {
    node: &'a Node,
    name: &'static str,
    uid: String,
    address: Ipv4Addr,
}

impl<'a> Pod<'a> {
    fn find(node: &'a Node, namespace: &'static str, name: &'static str) -> Self {
        let read = |path: &str| {
            let output = format!("jsonpath={{{path}}}");
            kubectl(node, &["get", "pod", name, "--namespace", namespace, "--output", &output]).unwrap()
        };
        Self { node, name, uid: read(".metadata.uid"), address: read(".status.podIP").parse().unwrap() }
    }

    fn tries(&self, to: SocketAddrV4) -> Attempt {
        self.node.connect_from(&self.uid, to, PATIENCE).unwrap()
    }

    /// All at the same time, since some wait for an answer that does not come.
    fn tries_all<const N: usize>(&self, all: [SocketAddrV4; N]) -> [Attempt; N] {
        thread::scope(|scope| {
            let attempts = all.map(|to| scope.spawn(move || self.tries(to)));
            attempts.map(|attempt| attempt.join().unwrap())
        })
    }

    /// Waits until an attempt ends so, which must be soon.
    fn soon(&self, to: SocketAddrV4, expected: Attempt) {
        let began = Instant::now();
        eventually(self.node, &format!("{expected:?} from {} to {to}", self.name), || {
            (self.tries(to) == expected).then_some(())
        });
        assert!(began.elapsed() < HOLDS_WITHIN, "{expected:?} from {} to {to}: {:?}", self.name, began.elapsed());
    }

    fn at(&self, port: u16) -> SocketAddrV4 {
        SocketAddrV4::new(self.address, port)
    }
}

/// Makes this the only policy of the namespace `here`, in one change.
fn policy(node: &Node, spec: &Value) {
    let policy = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "one", "namespace": "here"}, "spec": spec,
    });
    apply(node, &policy.to_string());
}

fn for_the_server(rules: &Value) -> Value {
    json!({"podSelector": {"matchLabels": {"app": "server"}}, "policyTypes": ["Ingress"], "ingress": rules})
}

pub fn pods_reach_what_policies_allow_and_nothing_else(node: &Node) {
    use Attempt::{Connected, Refused, Unanswered};
    apply(node, OBJECTS);
    for namespace in ["here", "there"] {
        kubectl(node, &["wait", "--for=condition=Ready", "pod", "--all", "--namespace", namespace, "--timeout=120s"])
            .unwrap();
    }
    let [server, friend, other] = ["server", "friend", "other"].map(|name| Pod::find(node, "here", name));
    let foreign = Pod::find(node, "there", "friend");
    let service = ["get", "service", "server", "--namespace", "here", "--output", "jsonpath={.spec.clusterIP}"];
    let service = SocketAddrV4::new(kubectl(node, &service).unwrap().parse().unwrap(), 80);

    for pod in [&friend, &other, &foreign] {
        assert_eq!(pod.tries_all([8080, 8081, 8082].map(|port| server.at(port))), [Connected, Connected, Refused]);
        assert_eq!(pod.tries(service), Connected);
    }

    policy(node, &for_the_server(&json!([])));
    friend.soon(server.at(8080), Unanswered);
    assert_eq!(friend.tries_all([8081, 8082].map(|port| server.at(port))), [Unanswered; 2]);
    assert_eq!(foreign.tries_all([service, server.at(8080)]), [Unanswered; 2]);
    assert_eq!(server.tries(friend.at(8080)), Refused, "what it opens itself passes, and so do the answers");
    assert_eq!(server.tries_all([server.at(8080), service]), [Connected; 2], "a pod reaches itself");
    the_node_reaches_the_server(node);

    let selected = json!([{"podSelector": {"matchLabels": {"app": "friend"}}}]);
    policy(node, &for_the_server(&json!([{"from": selected, "ports": [{"port": "serve"}]}])));
    friend.soon(server.at(8080), Connected);
    assert_eq!(friend.tries_all([service, server.at(8081)]), [Connected, Unanswered]);
    for pod in [&other, &foreign] {
        assert_eq!(pod.tries_all([server.at(8080), service]), [Unanswered; 2]);
    }
    the_first_connection_of_a_new_pod_is_as_every_other(node, server.at(8080), server.at(8081));

    let trusted = json!([{"namespaceSelector": {"matchLabels": {"trusted": "yes"}}}]);
    policy(node, &for_the_server(&json!([{"from": trusted, "ports": [{"port": 8080, "endPort": 8081}]}])));
    friend.soon(server.at(8080), Unanswered);
    assert_eq!(foreign.tries(server.at(8080)), Unanswered);
    kubectl(node, &["label", "namespace", "there", "trusted=yes", "--overwrite"]).unwrap();
    foreign.soon(server.at(8080), Connected);
    assert_eq!(foreign.tries_all([8081, 8082].map(|port| server.at(port))), [Connected, Unanswered]);

    let block = json!([{"ipBlock": {"cidr": "10.244.0.0/24", "except": [format!("{}/32", other.address)]}}]);
    policy(node, &for_the_server(&json!([{"from": block}])));
    friend.soon(server.at(8081), Connected);
    assert_eq!(other.tries(server.at(8081)), Unanswered);

    what_a_pod_opens_is_limited_too(node, &friend, &server);
    kubectl(node, &["delete", "networkpolicy", "one", "--namespace", "here"]).unwrap();
    for pod in [&friend, &other, &foreign] {
        pod.soon(server.at(8081), Connected);
    }
}

fn what_a_pod_opens_is_limited_too(node: &Node, friend: &Pod, server: &Pod) {
    use Attempt::{Connected, Unanswered};
    let opens = |rules: Value| {
        let selected = json!({"matchLabels": {"app": "friend"}});
        json!({"podSelector": selected, "policyTypes": ["Egress"], "egress": rules})
    };
    let names = json!({
        "to": [{
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }],
        "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}],
    });
    let looks_up = || {
        let look = ["exec", "friend", "--namespace", "here", "--", "/bin/busybox", "timeout", "3", "/bin/busybox"];
        kubectl(node, &[&look[..], &["nslookup", "server.here.svc.cluster.local"]].concat())
    };
    assert_eq!(friend.tries_all([API_SERVER, NAMES]), [Connected; 2]);
    policy(node, &opens(json!([])));
    friend.soon(server.at(8080), Unanswered);
    assert_eq!(friend.tries_all([API_SERVER, NAMES]), [Unanswered; 2]);
    assert!(looks_up().is_err());
    policy(node, &opens(json!([names])));
    friend.soon(NAMES, Connected);
    assert!(looks_up().unwrap().contains("10.96."));
    assert_eq!(friend.tries_all([API_SERVER, server.at(8080)]), [Unanswered; 2]);
    let api_server = json!({"to": [{"ipBlock": {"cidr": format!("{NODE_ADDRESS}/32")}}], "ports": [{"port": 6443}]});
    policy(node, &opens(json!([api_server])));
    friend.soon(API_SERVER, Connected);
    assert_eq!(friend.tries(NAMES), Unanswered);
}

/// Probes of the kubelet and the API server's proxy come from the node.
fn the_node_reaches_the_server(node: &Node) {
    let page = "/api/v1/namespaces/here/pods/server:8081/proxy/index.html";
    assert_eq!(kubectl(node, &["get", "--raw", page]).unwrap(), "hello\n");
    let ready = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
    let get = ["get", "pod", "server", "--namespace", "here", "--output", ready];
    assert_eq!(kubectl(node, &get).unwrap(), "True");
}

/// Its container connects with its first instruction.
fn the_first_connection_of_a_new_pod_is_as_every_other(node: &Node, open: SocketAddrV4, closed: SocketAddrV4) {
    let fetch = |to| format!("/bin/busybox timeout 3 /bin/busybox wget -q -O /dev/null http://{to}/index.html");
    let tell = |to| format!("if {}; then echo open; else echo closed; fi", fetch(to));
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "new", "namespace": "here", "labels": {"app": "friend"}},
        "spec": {"restartPolicy": "Never", "containers": [{
            "name": "one", "image": "coverletter.dev/pause:1", "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/busybox", "sh", "-c", format!("exec 2>/dev/null; {}; {}", tell(open), tell(closed))],
        }]},
    });
    apply(node, &pod.to_string());
    let phase = "--for=jsonpath={.status.phase}=Succeeded";
    kubectl(node, &["wait", phase, "pod/new", "--namespace", "here", "--timeout=120s"]).unwrap();
    assert_eq!(kubectl(node, &["logs", "new", "--namespace", "here"]).unwrap(), "open\nclosed\n");
}
