//! A collector that is away or silent delays no letter, and one that answers gets every trace before the program ends.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use crds::request::State;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::receiver::Receiver;
use super::{letter, start, tree};
use crate::cluster::{Namespace, eventually};
use crate::program::{Program, free_port};

/// More letters than the queue can hold. Waiting for the silent collector, they would take ten seconds for each of 35
/// batches.
const MANY: usize = 20_000;
/// Longest time that they take on a busy machine.
const MANY_WITHIN: Duration = Duration::from_mins(1);
/// Shorter than any wait for an answer of the collector, which takes ten seconds.
const UNANSWERED: Duration = Duration::from_secs(8);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_never_answers_delays_no_letter() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    // Accepts connections and reads, but does not answer.
    tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut start = [0; 64];
            let _ = connection.read(&mut start).await;
            connections.push(connection);
        }
    });
    let traces = start(&format!("http://{address}/v1/traces"), "");
    let begun = Instant::now();
    for _ in 0..MANY {
        letter(&traces.tracer()).end("Written", false);
    }
    let took = begun.elapsed();
    println!("{MANY} traces took {took:?}");
    assert!(took < MANY_WITHIN, "spans wait for the collector: {took:?}");

    let (begun, within) = (Instant::now(), Duration::from_millis(300));
    traces.end(within).await;
    assert!(begun.elapsed() < UNANSWERED, "the end waits for the collector");
}

#[tokio::test]
async fn the_program_sends_its_last_traces_before_it_ends() {
    let (namespace, receiver) = (Namespace::new("last-traces").await, Receiver::start().await);
    // Longer than the test: only the end of the program makes it send.
    let collector =
        [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", receiver.url.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "600000")];
    let program = Program::start(&namespace, "1000", &collector).await;
    namespace.english_request("one").await;
    namespace.in_state("one", State::Succeeded).await;
    let log = program.terminate().await;
    let spans = receiver.spans();
    let (whole, parts) = tree(&spans);
    assert_eq!((whole.name.as_str(), parts.len()), ("chat built-in", 5), "{log}");
    receiver.assert_impersonal(&["John", "python", "google", "Data Scientist", "Dear"]);
}

#[tokio::test]
async fn the_program_writes_its_letters_and_warns_once_when_the_collector_is_away() {
    let namespace = Namespace::new("no-collector").await;
    // Nobody listens there.
    let url = format!("http://127.0.0.1:{}/v1/traces", free_port());
    let collector = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let program = Program::start(&namespace, "1000", &collector).await;
    for name in ["one", "two", "three"] {
        namespace.request(name).await;
        namespace.in_state(name, State::Succeeded).await;
    }
    eventually("the failures are counted", async || {
        let page = program.get("/metrics").await?;
        page.contains(r#"coverletter_worker_trace_exports_total{outcome="Failed"}"#).then_some(())
    })
    .await;
    let log = program.terminate().await;
    assert_eq!(log.matches("Could not deliver traces").count(), 1, "{log}");
    assert!(!log.contains("BatchSpanProcessor"), "{log}");
}
