//! KEDA asks for the work of an app: gRPC over plain HTTP/2, with messages of its own definition, against the operator of
//! all tests.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, Response};
use crds::CoverLetterApp;
use crds::request::State;
use h2::RecvStream;
use h2::client::SendRequest;
use kube::api::DeleteParams;
use prost::Message;
use serde_json::json;
use tokio::net::TcpStream;

use crate::cluster::{Cluster, eventually, scaler};

/// Within this time KEDA must know of the first letter.
const PUSHED_WITHIN: Duration = Duration::from_secs(1);

#[derive(Clone, PartialEq, Message)]
struct ScaledObjectRef {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    namespace: String,
    #[prost(btree_map = "string, string", tag = "3")]
    scaler_metadata: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Message)]
struct GetMetricsRequest {
    #[prost(message, optional, tag = "1")]
    scaled_object_ref: Option<ScaledObjectRef>,
    #[prost(string, tag = "2")]
    metric_name: String,
}

#[derive(Clone, PartialEq, Message)]
struct IsActiveResponse {
    #[prost(bool, tag = "1")]
    result: bool,
}

/// The shape of both `GetMetricSpecResponse` and `GetMetricsResponse`.
#[derive(Clone, PartialEq, Message)]
struct Metrics {
    #[prost(message, repeated, tag = "1")]
    metrics: Vec<Metric>,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int64, tag = "2")]
    whole: i64,
    #[prost(double, tag = "3")]
    float: f64,
}

/// KEDA as a client.
struct Keda(SendRequest<Bytes>);

/// What comes back for a call, message by message.
struct Answer {
    body: RecvStream,
    read: Vec<u8>,
    status: Option<(String, String)>,
}

impl Keda {
    async fn connect() -> Self {
        let stream = eventually("the operator listens", async || TcpStream::connect(scaler()).await).await;
        let (sender, connection) = h2::client::handshake(stream).await.expect("it speaks HTTP/2");
        tokio::spawn(connection);
        Self(sender)
    }

    async fn send(&mut self, method: &str, content_type: &str, body: Vec<u8>) -> Response<RecvStream> {
        let call = Request::post(format!("http://operator/externalscaler.ExternalScaler/{method}"))
            .header("content-type", content_type)
            .header("te", "trailers")
            .header("user-agent", "grpc-go/1.84.0")
            .body(())
            .expect("a call");
        let (answer, mut stream) = self.0.send_request(call, false).expect("the connection stands");
        stream.send_data(body.into(), true).expect("it is sent");
        answer.await.expect("an answer")
    }

    async fn call(&mut self, method: &str, message: &impl Message) -> Answer {
        let mut framed = vec![0];
        framed.extend((message.encoded_len() as u32).to_be_bytes());
        framed.extend(message.encode_to_vec());
        let answer = self.send(method, "application/grpc", framed).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/grpc");
        Answer { body: answer.into_body(), read: Vec::new(), status: None }
    }

    /// The one message of an answer that succeeds.
    async fn ask<M: Message + Default>(&mut self, method: &str, message: &impl Message) -> M {
        let mut answer = self.call(method, message).await;
        let one = answer.next().await.expect("a message");
        assert!(answer.next::<M>().await.is_none(), "there is one message");
        assert_eq!(answer.status, Some(("0".to_owned(), String::new())));
        one
    }

    /// Status and message of an answer that fails.
    async fn fails(&mut self, method: &str, message: &impl Message) -> (String, String) {
        let mut answer = self.call(method, message).await;
        assert_eq!(answer.next::<IsActiveResponse>().await, None);
        answer.status.expect("it has a status")
    }
}

impl Answer {
    /// The next message; `None` when the status has come.
    async fn next<M: Message + Default>(&mut self) -> Option<M> {
        loop {
            if let Some((prefix, rest)) = self.read.split_first_chunk::<5>() {
                let [compressed, length @ ..] = *prefix;
                let length = u32::from_be_bytes(length) as usize;
                assert_eq!(compressed, 0);
                if rest.len() >= length {
                    let message = M::decode(&rest[..length]).expect("a message of this kind");
                    self.read.drain(..5 + length);
                    return Some(message);
                }
            }
            let data = tokio::time::timeout(Duration::from_secs(90), self.body.data()).await.expect("news in time");
            let Some(data) = data else {
                assert!(self.read.is_empty(), "whole messages");
                self.status = Some(status(&self.body.trailers().await.expect("it ends well").expect("trailers")));
                return None;
            };
            self.read.extend(data.expect("the connection stands"));
        }
    }

    /// Whether there is work, at the next news.
    async fn is_active(&mut self) -> bool {
        self.next::<IsActiveResponse>().await.expect("the stream goes on").result
    }
}

/// Status and message at the end of an answer.
fn status(trailers: &HeaderMap) -> (String, String) {
    let text = |name| trailers.get(name).map_or("", |value| value.to_str().expect("a text")).to_owned();
    (text("grpc-status"), text("grpc-message"))
}

/// A `ScaledObject` called `keda` whose trigger names the app `letters` of the namespace.
fn reference(namespace: &str) -> ScaledObjectRef {
    let metadata = [("scalerAddress", "coverletter-operator.coverletter-system:9091"), ("name", "letters")];
    ScaledObjectRef {
        name: "keda".to_owned(),
        namespace: namespace.to_owned(),
        scaler_metadata: metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
    }
}

/// An app that leaves the number of its pods to others, and has none.
async fn scene(hint: &str) -> (Cluster, Keda, ScaledObjectRef) {
    let cluster = Cluster::start(hint).await;
    let none = json!({"minReplicas": 0, "maxReplicas": 0});
    cluster.create_app(json!({"inference": {"slots": 4, "scaling": none}})).await;
    cluster.observed().await;
    let reference = reference(&cluster.namespace);
    (cluster, Keda::connect().await, reference)
}

#[tokio::test]
async fn keda_is_told_of_the_first_letter_within_a_second_and_of_the_last_one() {
    let (cluster, mut keda, reference) = scene("keda-push").await;
    let mut stream = keda.call("StreamIsActive", &reference).await;
    assert!(!stream.is_active().await, "what is true at first is said at once");
    let mut fastest = Duration::MAX;
    for name in ["first", "second", "third", "fourth", "fifth"] {
        let asked = Instant::now();
        cluster.create_request(name, "letters").await;
        assert!(stream.is_active().await);
        println!("pushed {:?} after the creation of a letter was asked for", asked.elapsed());
        fastest = fastest.min(asked.elapsed());
        let cancel = json!({"spec": {"cancelRequested": true}});
        cluster.patch::<crds::CoverLetterRequest>(name, cancel).await;
        assert!(!stream.is_active().await);
        cluster.request_in(name, State::Cancelled).await;
    }
    // A busy machine delays some of them. Without pushes all would wait for the next look, 5 s after the last one.
    assert!(fastest < PUSHED_WITHIN, "{fastest:?}");
    cluster.api::<CoverLetterApp>().delete("letters", &DeleteParams::default()).await.expect("it can be deleted");
    assert_eq!(stream.next::<IsActiveResponse>().await, None);
    assert_eq!(stream.status.expect("it ends").0, "5", "the app is not found any more");
}

#[tokio::test]
async fn keda_reads_the_letters_of_an_app_and_how_many_a_pod_writes() {
    let (cluster, mut keda, reference) = scene("keda-read").await;
    let spec: Metrics = keda.ask("GetMetricSpec", &reference).await;
    assert_eq!(spec.metrics, [Metric { name: "letters".to_owned(), whole: 4, float: 4.0 }]);
    let metrics = GetMetricsRequest { scaled_object_ref: Some(reference.clone()), metric_name: "letters".to_owned() };
    let none: Metrics = keda.ask("GetMetrics", &metrics).await;
    assert_eq!(none.metrics, [Metric { name: "letters".to_owned(), whole: 0, float: 0.0 }]);
    assert!(!keda.ask::<IsActiveResponse>("IsActive", &reference).await.result);

    for name in ["one", "two", "three", "four", "five"] {
        cluster.create_request(name, "letters").await;
    }
    cluster.create_request("another", "others").await;
    let keda = tokio::sync::Mutex::new(keda);
    eventually("all five count", async || {
        let seen: Metrics = keda.lock().await.ask("GetMetrics", &metrics).await;
        let five = [Metric { name: "letters".to_owned(), whole: 5, float: 5.0 }];
        if seen.metrics == five { Ok(()) } else { Err(seen) }
    })
    .await;
    let mut keda = keda.into_inner();
    assert!(keda.ask::<IsActiveResponse>("IsActive", &reference).await.result);

    // As KEDA does it for an app that has the name of its ScaledObject.
    let by_name = ScaledObjectRef { name: "letters".to_owned(), scaler_metadata: BTreeMap::new(), ..reference };
    assert!(keda.ask::<IsActiveResponse>("IsActive", &by_name).await.result);
}

#[tokio::test]
async fn calls_that_cannot_be_answered_say_why() {
    let (cluster, mut keda, reference) = scene("keda-wrong").await;
    let mut other = reference.clone();
    other.scaler_metadata.insert("name".to_owned(), "früher".to_owned());
    for method in ["IsActive", "StreamIsActive", "GetMetricSpec"] {
        let why = format!("no CoverLetterApp `fr%C3%BCher` in namespace `{}`", cluster.namespace);
        assert_eq!(keda.fails(method, &other).await, ("5".to_owned(), why), "{method}");
    }
    let words = GetMetricsRequest { scaled_object_ref: Some(reference.clone()), metric_name: "words".to_owned() };
    assert_eq!(keda.fails("GetMetrics", &words).await.0, "3");
    // KEDA 2.21 asks for it, and goes on without it when it is told so.
    assert_eq!(keda.fails("StreamMetricSpec", &reference).await.0, "12");
    for broken in [vec![], vec![0; 4], vec![0, 0, 0, 0, 9, 1], vec![0; 70_000]] {
        let mut body = keda.send("IsActive", "application/grpc", broken).await.into_body();
        assert!(body.data().await.is_none());
        let trailers = body.trailers().await.expect("it ends well").expect("a status");
        assert_eq!(status(&trailers).0, "3");
    }
    assert_eq!(keda.send("IsActive", "application/json", vec![]).await.status(), 415);
    assert!(!keda.ask::<IsActiveResponse>("IsActive", &reference).await.result, "the connection stands");
}
