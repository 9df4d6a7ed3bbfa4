//! The whole worker with a model that a server computes, against a real API server and a server that follows a script.

pub mod scripted;

use std::path::Path;

use crds::RequestReason;
use crds::request::{Form, Outcome as AttemptOutcome, State};
use fixtures::llama_server::LlamaServer;
use inference::Token;
use inference::config::{ModelConfig, Place, WorkConfig};
use inference::server::ServerConfig;
use inference::worker::Writer;
use k8s_openapi::ByteString;
use kube::config::Kubeconfig;
use serde_json::json;
use tokio::net::TcpListener;

use crate::cluster::{Namespace, count_of, counted, eventually, shared};
use crate::program::free_port;
use crate::worker::{Running, WORK};
use scripted::{Dialect, Reply, Server, TOKEN, words};

fn config(url: &str, token: Option<&str>) -> ModelConfig {
    let server = ServerConfig {
        url: url.parse().expect("an address"),
        model: "qwen".to_owned(),
        token: token.map(|token| format!("{token}\n").parse::<Token>().expect("every text is a token")),
        ca: None,
        concurrency: 4,
    };
    ModelConfig {
        place: Place::Server(server),
        name: "qwen".to_owned(),
        max_new_tokens: 200,
        temperature_milli: 700,
        top_p_milli: 900,
        candidates: None,
        max_tokens_per_second: None,
    }
}

async fn writer(url: &str) -> Writer {
    Writer::load(config(url, Some(TOKEN)), None, 4).await.expect("it connects")
}

/// A worker that writes with `server`.
async fn worker(namespace: &Namespace, server: &Server, work: WorkConfig) -> Running {
    Running::with(namespace, "worker", writer(&server.url).await, work)
}

/// What the writer says is wrong, as soon as it is said.
async fn trouble(writer: &Writer) -> String {
    let trouble = writer.trouble().expect("a server can be in trouble");
    eventually("the trouble is known", async || {
        let words = trouble.borrow().clone();
        words.filter(|words| !words.ends_with("has not answered yet"))
    })
    .await
}

#[tokio::test]
async fn a_free_letter_is_written_by_servers_of_every_dialect_and_counted_as_they_count() {
    for dialect in [Dialect::Vllm, Dialect::Llama, Dialect::Ollama] {
        let namespace = Namespace::new("dialect").await;
        let server = Server::start(dialect, [Reply::Pieces(words(5))]).await;
        let worker = worker(&namespace, &server, WORK).await;
        namespace.request("one").await;
        let status = namespace.in_state("one", State::Succeeded).await.status.expect("it is finished");
        let letter = status.letter.expect("a letter");
        assert!(letter.contains("wörd0 wörd1") && letter.ends_with("John"), "{dialect:?}: {letter}");
        let usage = status.usage.expect("it is counted");
        assert_eq!((usage.prompt_tokens, usage.completion_tokens), (345, 6), "{dialect:?}");
        let model = status.model.expect("a model");
        assert_eq!((model.name.as_str(), model.sha256.as_str(), status.form), ("qwen", "", Some(Form::Model)));
        worker.drain().await;
    }
}

#[tokio::test]
async fn the_server_of_llama_cpp_writes_planned_and_free_letters() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
    assert!(model.exists(), "bring the model by `cargo xtask model --smollm2`, which `cargo xtask test` does too");
    let server = LlamaServer::start(&model, "qwen").await.expect("llama.cpp's server");
    let namespace = Namespace::new("real").await;
    let writer = Writer::load(config(&format!("{}/v1", server.url()), None), None, 4).await.expect("it connects");
    let worker = Running::with(&namespace, "worker", writer, WORK);
    namespace.english_request("planned").await;
    namespace.request("free").await;
    for name in ["planned", "free"] {
        let status = namespace.in_state(name, State::Succeeded).await.status.expect("it is finished");
        let letter = status.letter.expect("a letter");
        println!("{name}: {:?} {:?}\n{letter}", status.usage, status.form);
        assert!(letter.ends_with("John"), "{letter}");
        assert_eq!((status.form, status.attempt), (Some(Form::Model), Some(1)), "{name}: {letter}");
        let usage = status.usage.expect("it is counted");
        assert!(usage.prompt_tokens > 0 && usage.completion_tokens > 0, "{usage:?}");
    }
    worker.drain().await;
}

#[tokio::test]
async fn a_planned_letter_says_what_the_server_chooses_and_nothing_else() {
    let namespace = Namespace::new("planned").await;
    let server = Server::start(Dialect::Vllm, [Reply::Chooses]).await;
    let worker = worker(&namespace, &server, WORK).await;
    namespace.english_request("chosen").await;
    let status = namespace.in_state("chosen", State::Succeeded).await.status.expect("it is finished");
    let asked = server.script().asked[0].clone();
    let offered = &asked["response_format"]["json_schema"]["schema"]["properties"]["01"]["enum"];
    let chosen = offered.as_array().and_then(|all| all.iter().rev().find(|text| **text != "")).expect("a text");
    let letter = status.letter.expect("a letter");
    assert!(letter.contains(chosen.as_str().expect("a text")), "{letter}");
    assert_eq!((status.form, status.usage.map(|usage| usage.prompt_tokens)), (Some(Form::Model), Some(345)));
    let question = asked["messages"].to_string();
    assert!(question.contains("Python") && !question.contains("John"), "{question}");

    let lies = |text: &str| Reply::Pieces(vec![text.to_owned()]);
    for (name, lie) in [
        ("other", lies(r#"{"01": "I hold a PhD from Oxford.", "02": "[Your Name]"}"#)),
        ("free", lies("Sure! I hold a PhD from Oxford.")),
        ("silent", lies("")),
    ] {
        server.script().replies = [lie].into();
        namespace.english_request(name).await;
        let status = namespace.in_state(name, State::Succeeded).await.status.expect("it is finished");
        let letter = status.letter.expect("a letter");
        assert!(!letter.contains("PhD") && !letter.contains('['), "{letter}");
        assert!(letter.contains("Python") && letter.ends_with("John"), "{letter}");
    }
    worker.drain().await;
}

#[tokio::test]
async fn a_cancellation_closes_the_connection_and_frees_the_slot() {
    let namespace = Namespace::new("hangs").await;
    let server = Server::start(Dialect::Llama, [Reply::Hangs(words(2)), Reply::Pieces(words(3))]).await;
    let worker = worker(&namespace, &server, WorkConfig { slots: 1, ..WORK }).await;
    namespace.request("unwanted").await;
    eventually("it streams", async || (server.script().asked.len() == 1).then_some(())).await;
    namespace.in_state("unwanted", State::Running).await;
    namespace.cancel("unwanted").await;
    namespace.in_state("unwanted", State::Cancelled).await;
    eventually("the server is left alone", async || (server.script().dropped == 1).then_some(())).await;
    namespace.request("next").await;
    namespace.in_state("next", State::Succeeded).await;
    worker.drain().await;
}

#[tokio::test]
async fn a_server_that_never_ends_is_left_when_the_letter_is_as_long_as_it_may_be() {
    let namespace = Namespace::new("endless").await;
    let server = Server::start(Dialect::Vllm, [Reply::Repeats(words(40))]).await;
    let worker = worker(&namespace, &server, WORK).await;
    namespace.request("free").await;
    namespace.english_request("planned").await;
    for name in ["free", "planned"] {
        let status = namespace.in_state(name, State::Succeeded).await.status.expect("it is finished");
        assert!(status.letter.is_some_and(|letter| letter.ends_with("John")), "{name}");
        let usage = status.usage.expect("it is counted");
        assert!((1..=270).contains(&usage.completion_tokens), "{name}: {usage:?}");
    }
    worker.drain().await;
}

#[tokio::test]
async fn a_busy_server_is_waited_for_as_long_as_it_asks() {
    let namespace = Namespace::new("busy").await;
    counted();
    let before = count_of("coverletter_worker_server_busy_total");
    let busy = |status| Reply::Refuses(status, Some(1), json!({"error": {"message": "busy", "type": "overloaded"}}));
    let server = Server::start(Dialect::Vllm, [busy(429), busy(503), Reply::Pieces(words(3))]).await;
    let worker = worker(&namespace, &server, WORK).await;
    namespace.request("patient").await;
    let status = namespace.in_state("patient", State::Succeeded).await.status.expect("it is finished");
    assert_eq!((status.attempt, status.attempts.len()), (Some(1), 0), "waiting costs no attempt");
    assert!(status.timings.is_some_and(|timings| timings.total >= 2_000));
    assert_eq!(server.script().asked.len(), 3);
    assert!(count_of("coverletter_worker_server_busy_total") >= before + 2);
    worker.drain().await;
}

#[tokio::test]
async fn a_server_that_dies_in_a_letter_is_asked_again_and_in_the_end_the_plain_form_says_why() {
    let namespace = Namespace::new("dies").await;
    let server = Server::start(Dialect::Vllm, [Reply::Breaks(words(2)), Reply::Pieces(words(4))]).await;
    let worker = worker(&namespace, &server, WorkConfig { max_attempts: 2, ..WORK }).await;
    namespace.request("bumpy").await;
    let status = namespace.in_state("bumpy", State::Succeeded).await.status.expect("it is finished");
    assert!(status.letter.is_some_and(|letter| letter.contains("wörd3")));
    assert_eq!(status.attempts.iter().map(|attempt| attempt.outcome).collect::<Vec<_>>(), [AttemptOutcome::Failed]);
    assert_eq!(status.attempts[0].message, "The model server broke off in the letter.");

    for (name, reply) in [("breaks", Reply::Breaks(words(2))), ("fails", Reply::Fails(words(2)))] {
        server.script().replies = [reply].into();
        namespace.request(name).await;
        let request = namespace.in_state(name, State::Succeeded).await;
        assert_eq!(request.reason(), Some(RequestReason::PlainForm));
        let status = request.status.expect("it is finished");
        let why = "the model server broke off in the letter after 2 attempts";
        assert!(status.conditions[0].message.contains(why), "{}", status.conditions[0].message);
        assert!(status.letter.is_some_and(|letter| letter.contains("“Data Scientist” at google")));
    }
    worker.drain().await;
}

#[tokio::test]
async fn a_server_that_knows_fewer_fields_is_asked_with_those_that_it_knows() {
    for field in ["chat_template_kwargs", "stream_options"] {
        let namespace = Namespace::new("fields").await;
        let server = Server::start(Dialect::Vllm, [Reply::RefusesField(field)]).await;
        let worker = worker(&namespace, &server, WORK).await;
        namespace.request("one").await;
        let status = namespace.in_state("one", State::Succeeded).await.status.expect("it is finished");
        assert!(status.letter.is_some_and(|letter| letter.contains("wörd2")));
        assert!(server.script().asked.last().is_some_and(|body| body.get(field).is_none() && body["stream"] == true));
        worker.drain().await;
    }
}

#[tokio::test]
async fn a_request_that_is_too_long_for_the_server_fails_with_advice() {
    let namespace = Namespace::new("server-too-long").await;
    let error = json!({"error": {"code": 400, "type": "exceed_context_size_error",
        "message": "request (3031 tokens) exceeds the available context size (2048 tokens), try increasing it"}});
    let server = Server::start(Dialect::Llama, [Reply::Refuses(400, None, error)]).await;
    let worker = worker(&namespace, &server, WORK).await;
    namespace.request("novel").await;
    let request = namespace.in_state("novel", State::Failed).await;
    assert_eq!(request.reason(), Some(RequestReason::InvalidRequest));
    assert!(request.status.is_some_and(|status| status.conditions[0].message.contains("Shorten")));
    worker.drain().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_server_is_said_and_nothing_is_claimed_until_it_is_well() {
    let namespace = Namespace::new("unwell").await;
    let address = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{address}/v1");
    let writer = writer(&url).await;
    let is_available = writer.availability();
    let words_of_trouble = trouble(&writer).await;
    assert!(words_of_trouble.starts_with(&format!("failed to reach http://{address}: ")), "{words_of_trouble}");
    assert!(!is_available());
    let worker = Running::with(&namespace, "worker", writer, WORK);
    namespace.request("patient").await;
    // Every look whether the server is well again is one more chance to claim.
    let listener = TcpListener::bind(&address).await.expect("the port is still free");
    for _ in 0..2 {
        drop(listener.accept().await.expect("the worker looks again"));
    }
    assert_eq!(namespace.get("patient").await.status.and_then(|status| status.attempt), None, "nobody has claimed it");
    let server = Server::on(listener, Dialect::Vllm, [Reply::Pieces(words(3))]);
    namespace.in_state("patient", State::Succeeded).await;
    assert!(is_available());
    drop(server);
    worker.drain().await;
}

#[tokio::test]
async fn a_wrong_token_model_or_address_is_named() {
    let server = Server::start(Dialect::Vllm, [Reply::Pieces(words(3))]).await;
    let of = async |config: ModelConfig| trouble(&Writer::load(config, None, 1).await.expect("it connects")).await;
    let wrong = of(config(&server.url, Some("another-token"))).await;
    assert!(wrong.contains("refuses the token (401): correct `inference.model.server.tokenSecretRef`"), "{wrong}");
    assert!(!wrong.contains("another-token"), "{wrong}");
    let missing = of(config(&server.url, None)).await;
    assert!(missing.contains("refuses requests without a token (401)"), "{missing}");
    let elsewhere = of(config(&server.url.replace("/v1", "/api"), Some(TOKEN))).await;
    assert!(
        elsewhere.contains("/api/chat/completions does not exist: `inference.model.server.url` must"),
        "{elsewhere}"
    );
    server.script().models = vec!["llama-3".to_owned(), "mistral".to_owned()];
    let unknown = of(config(&server.url, Some(TOKEN))).await;
    assert!(unknown.ends_with("has no model `qwen`; it has: llama-3, mistral"), "{unknown}");
}

#[tokio::test]
async fn authorities_of_ones_own_are_trusted_and_others_are_not() {
    // The API server of the tests has a certificate of its own authority, and answers strangers with 401 or 403.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let kubeconfig = Kubeconfig::read_from(shared().await.kubeconfig()).expect("a kubeconfig");
    let cluster = kubeconfig.clusters[0].cluster.clone().expect("a cluster");
    let url = cluster.server.expect("an address");
    let folder = tempfile::tempdir().expect("a folder");
    let ca = if let Some(file) = cluster.certificate_authority {
        file.into()
    } else {
        let data = json!(cluster.certificate_authority_data.expect("an authority"));
        let data: ByteString = serde_json::from_value(data).expect("base64");
        let file = folder.path().join("cluster.crt");
        std::fs::write(&file, data.0).expect("writes");
        file
    };
    let with = |ca: Option<std::path::PathBuf>| {
        let mut config = config(&url, Some(TOKEN));
        if let Place::Server(server) = &mut config.place {
            server.ca = ca;
        }
        Writer::load(config, None, 1)
    };
    let trusted = trouble(&with(Some(ca)).await.expect("it connects")).await;
    assert!(trusted.contains("refuses the token (40"), "{trusted}");
    let stranger = trouble(&with(None).await.expect("it connects")).await;
    assert!(stranger.starts_with("failed to reach https://"), "{stranger}");
    let empty = folder.path().join("ca.crt");
    std::fs::write(&empty, "no certificate").expect("writes");
    let refused = with(Some(empty)).await.err().map(|error| cluster::Chain(&error).to_string());
    assert!(refused.is_some_and(|error| error.contains("it holds no certificate in PEM form")));
}
