//! What our pods need of a node, checked with kubectl as a user would.
//!
//! The pods use the one image that every node has, the pause image, which contains busybox.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use devcluster::node::Node;
use nix::sys::signal::{Signal, kill};

pub const NAMESPACE: &str = "letters";
const OBJECTS: &str = include_str!("workload.yaml");
const CLAIM: &str = include_str!("claim.yaml");
const DEADLINE: Duration = Duration::from_mins(2);

/// Runs kubectl and returns its output, or its errors.
pub fn kubectl(node: &Node, arguments: &[&str]) -> Result<String, String> {
    outcome(&node.kubectl().unwrap().args(arguments).output().unwrap())
}

fn in_namespace(node: &Node, arguments: &[&str]) -> String {
    let arguments = [&["--namespace", NAMESPACE], arguments].concat();
    kubectl(node, &arguments).unwrap_or_else(|error| panic!("kubectl {arguments:?}: {error}\n{}", state(node)))
}

fn outcome(output: &Output) -> Result<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// `kubectl apply`.
pub fn apply(node: &Node, objects: &str) {
    let mut command = node.kubectl().unwrap();
    command.args(["apply", "--filename", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(objects.as_bytes()).unwrap();
    outcome(&child.wait_with_output().unwrap()).unwrap();
}

/// Shown when a wait fails.
fn state(node: &Node) -> String {
    ["pods,pvc,pv", "events"]
        .map(|what| kubectl(node, &["get", what, "--all-namespaces"]).unwrap_or_default())
        .join("\n")
}

/// Waits until an attempt succeeds.
pub fn eventually<T>(node: &Node, what: &str, attempt: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(Instant::now() < deadline, "never: {what}\n{}", state(node));
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub fn rolls_out_under_restricted_security(node: &Node) {
    apply(node, OBJECTS);
    in_namespace(node, &["rollout", "status", "deployment/hello", "--timeout=120s"]);
}

pub fn limit_is_the_containers_own(node: &Node) {
    // cgroup v1, else v2.
    let [old, new] = ["memory/memory.limit_in_bytes", "memory.max"].map(|file| format!("/sys/fs/cgroup/{file}"));
    let script = format!("/bin/busybox cat {old} 2>/dev/null || /bin/busybox cat {new}");
    let shell = ["exec", "deployment/hello", "--", "/bin/busybox", "sh", "-c", &script];
    assert_eq!(in_namespace(node, &shell).trim(), (32 << 20).to_string());
}

pub fn service_answers_at_the_node_port(node: &Node) {
    let address = node.web();
    let page = eventually(node, "a page at the node port", || {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        stream.write_all(b"GET /index.html HTTP/1.0\r\n\r\n").ok()?;
        let mut page = String::new();
        stream.read_to_string(&mut page).ok()?;
        (page.split(' ').nth(1) == Some("200")).then_some(page)
    });
    assert!(page.ends_with("hello from a pod\n"), "{page}");
}

pub fn names_and_services_work_in_a_pod(node: &Node) {
    let busybox = |arguments: &[&str]| {
        in_namespace(node, &[&["exec", "deployment/hello", "--", "/bin/busybox"], arguments].concat())
    };
    let name = format!("hello.{NAMESPACE}.svc.cluster.local");
    // The name server learns of a Service by a watch.
    eventually(node, "a name that is known", || {
        let asked = ["--namespace", NAMESPACE, "exec", "deployment/hello", "--", "/bin/busybox", "nslookup", &name];
        kubectl(node, &asked).ok().filter(|answer| answer.contains("10.96."))
    });
    // From a pod through the Service to a pod on the same bridge, and back. Several times, to reach both pods.
    for _ in 0..8 {
        assert_eq!(busybox(&["wget", "-q", "-O", "-", "http://hello/index.html"]), "hello from a pod\n");
    }
    // The API server through its Service, as clients in pods use it: its answer to plain HTTP names TLS.
    let script = r"printf 'GET / HTTP/1.0\r\n\r\n' | /bin/busybox nc -w 5 kubernetes.default 443";
    assert!(busybox(&["sh", "-c", script]).contains("to an HTTPS server"));
}

pub fn exec_and_logs_reach_the_container(node: &Node) {
    assert!(in_namespace(node, &["exec", "deployment/hello", "--", "/bin/busybox", "id"]).contains("uid=65532"));
    logs_become(node, "deployment/hello", |logs| logs.contains("serving"));
}

/// A container is ready a moment before its first words have come.
fn logs_become(node: &Node, of: &str, fit: impl Fn(&str) -> bool) {
    eventually(node, &format!("logs of {of} that fit"), || {
        kubectl(node, &["--namespace", NAMESPACE, "logs", of]).ok().filter(|logs| fit(logs))
    });
}

pub fn claim_keeps_its_data_until_it_is_deleted(node: &Node) {
    let started = || {
        apply(node, CLAIM);
        in_namespace(node, &["wait", "--for=condition=Ready", "pod/writer", "--timeout=120s"]);
    };
    started();
    logs_become(node, "writer", |logs| logs == "kept\n");
    in_namespace(node, &["delete", "pod", "writer"]);
    started();
    logs_become(node, "writer", |logs| logs == "kept\nkept\n");

    let volumes = node.folder().join("volumes");
    let count = || std::fs::read_dir(&volumes).unwrap().count();
    assert_eq!(count(), 1);
    in_namespace(node, &["delete", "pod/writer", "pvc/data"]);
    eventually(node, "the volume and its folder removed", || {
        let left = kubectl(node, &["get", "pv", "--output", "name"]).ok()?;
        (left.is_empty() && count() == 0).then_some(())
    });
}

pub fn killed_component_comes_back(node: &Node) {
    let [before] = node.processes("kube-apiserver").unwrap()[..] else { panic!("must be one API server") };
    kill(before, Signal::SIGKILL).unwrap();
    eventually(node, "an API server that answers", || kubectl(node, &["get", "--raw", "/readyz"]).ok());
    assert_ne!(node.processes("kube-apiserver").unwrap(), [before]);
}

pub fn metrics_arrive(node: &Node) {
    let arguments = ["top", "node", node.name(), "--no-headers"];
    let line =
        eventually(node, "metrics of the node", || kubectl(node, &arguments).ok().filter(|line| line.contains("Mi")));
    assert!(line.starts_with(node.name()), "{line}");
}
