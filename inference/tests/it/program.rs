//! The program itself, with the built-in model, as a pod runs it: from its arguments to SIGTERM.

use std::net::Ipv4Addr;
use std::process::Stdio;

use crds::request::State;
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::cluster::{APP, Namespace, eventually, shared};

const TOKEN: &str = "secret-of-the-app";
const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/built-in");

/// A port that was free a moment ago, and that no outgoing connection takes.
pub fn free_port() -> u16 {
    devcluster::ports::free_port().expect("a free port")
}

/// The program as a pod of `namespace`, with the model in the folder `model`.
async fn command(namespace: &Namespace, port: u16, model: &str) -> Command {
    let pod_uid = namespace.pod("program").await;
    let mut program = Command::new(env!("CARGO_BIN_EXE_inference"));
    // The API server is on this machine, so a proxy of the environment must not be used.
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        program.env_remove(proxy);
    }
    program
        .env("KUBECONFIG", shared().await.kubeconfig())
        .env("STREAM_TOKEN", TOKEN)
        .args(["--namespace", &namespace.name, "--app", APP, "--pod-name", "program", "--pod-uid", &pod_uid])
        .args(["--pod-ip", "127.0.0.1", "--listen", &format!("127.0.0.1:{port}"), "--model", model])
        .args(["--shutdown-grace-seconds", "20"])
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    program
}

/// A running program.
pub struct Program {
    child: Child,
    port: u16,
}

impl Program {
    /// Starts it with two slots, the `pace` of tokens a second and more `variables`, and waits until it is ready.
    pub async fn start(namespace: &Namespace, pace: &str, variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let child = command(namespace, port, MODEL)
            .await
            .envs(variables.iter().copied())
            .args(["--settings", &format!(r#"{{"slots":2,"generation":{{"maxTokensPerSecond":{pace}}}}}"#)])
            .spawn()
            .expect("the program starts");
        let mut program = Self { child, port };
        program.ready().await;
        program
    }

    async fn ready(&mut self) {
        eventually("the program is ready", async || {
            assert!(self.child.try_wait().expect("it can be asked").is_none(), "the program has ended");
            get(self.port, "/readyz").await.filter(|answer| answer.starts_with("HTTP/1.1 200"))
        })
        .await;
    }

    /// Status line, headers and body as they come over the wire; `None` while the port is closed.
    pub async fn get(&self, path: &str) -> Option<String> {
        get(self.port, path).await
    }

    /// Sends SIGTERM, waits for the end and returns the log.
    pub async fn terminate(mut self) -> String {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill");
        assert!(sent.success());
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().expect("it is piped");
        stderr.read_to_string(&mut log).await.expect("the log is text");
        assert!(self.child.wait().await.expect("it ends").success(), "{log}");
        log
    }
}

async fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: pod\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

#[tokio::test]
async fn the_program_writes_a_letter_streams_it_and_leaves_no_lease_behind() {
    let namespace = Namespace::new("program").await;
    let program = Program::start(&namespace, "1000", &[]).await;
    let leases: Api<Lease> = Api::namespaced(namespace.client.clone(), &namespace.name);
    leases.get("program").await.expect("it has a Lease");

    let uid = namespace.english_request("one").await.metadata.uid.expect("a stored request has a uid");
    let status = namespace.in_state("one", State::Succeeded).await.status.expect("it is finished");
    let letter = status.letter.expect("a letter");
    assert!(letter.starts_with("Dear ") && letter.ends_with("John"), "{letter}");
    let streamed = program.get(&format!("/v1/requests/{uid}/stream?offset=0")).await.expect("it listens");
    assert!(streamed.contains(r#"{"state":"Succeeded"}"#), "{streamed}");
    let metrics = program.get("/metrics").await.expect("it listens");
    for name in [
        "gen_ai_server_time_to_first_token_seconds_count",
        "coverletter_worker_inter_token_seconds_count",
        "coverletter_model_prefill_seconds_total",
    ] {
        assert!(metrics.contains(name), "{name} is missing in\n{metrics}");
    }

    let log = program.terminate().await;
    assert!(leases.get_opt("program").await.expect("an answer").is_none());
    assert!(log.lines().all(|line| line.starts_with('{')), "{log}");
    for personal in ["John", "python", "google", TOKEN, "Data Scientist"] {
        assert!(!log.contains(personal), "{personal} is in the log");
    }
}

#[tokio::test]
async fn the_program_gives_back_what_it_cannot_finish_in_its_grace_period() {
    let namespace = Namespace::new("sigterm").await;
    let program = Program::start(&namespace, "2", &[]).await;
    // It takes more than a minute at this pace.
    namespace.english_request("long").await;
    namespace.in_state("long", State::Running).await;
    program.terminate().await;
    let request = namespace.get("long").await;
    assert_eq!((request.state(), request.is_claimable(jiff::Timestamp::now())), (State::Queued, true));
}

#[tokio::test]
async fn the_program_writes_the_reason_of_a_failed_start_as_the_termination_message() {
    let namespace = Namespace::new("no-model").await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("config.json"), r#"{"model_type": "mamba"}"#).expect("writes");
    let (model, report) = (folder.path().to_str().expect("a plain path"), folder.path().join("termination-log"));
    let mut program = command(&namespace, free_port(), model).await;
    let ended = program.arg("--report").arg(&report).output().await.expect("it runs");
    assert!(!ended.status.success());
    let reason = std::fs::read_to_string(&report).expect("it left a reason");
    let expected = format!("failed to load the model: model folder `{model}` has no weights");
    assert!(reason.starts_with(&expected), "{reason}");
}
