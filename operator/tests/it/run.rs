//! The whole program: it is ready only when it can work, leads, and hands over when it is told to end.

use std::net::{Ipv4Addr, SocketAddr};

use crds::metrics::OPERATOR;
use crds::{CoverLetterApp, CoverLetterAppSpec};
use devcluster::control_plane::ControlPlane;
use devcluster::ports::free_port;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, PostParams};
use operator::config::RunArguments;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::cluster::eventually;

/// Status line, headers and body of a page.
async fn get(address: SocketAddr, path: &str) -> Result<String, std::io::Error> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn says(address: SocketAddr, path: &str, words: &[&str]) {
    eventually(&format!("{path} says {words:?}"), async || {
        let answer = get(address, path).await.unwrap_or_else(|error| error.to_string());
        if words.iter().all(|word| answer.contains(word)) { Ok(()) } else { Err(answer) }
    })
    .await;
}

#[tokio::test]
async fn it_names_what_is_missing_leads_and_hands_over() {
    let plane = ControlPlane::start().await.expect("a control plane");
    let namespace = plane.namespace("run").await.expect("a namespace");
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().expect("a free port")));
    let arguments = RunArguments {
        image: "coverletter.dev/coverletter:test".to_owned(),
        postgres_image: "coverletter.dev/postgres:15".to_owned(),
        admin_listen: free,
        scaler_listen: ([127, 0, 0, 1], 0).into(),
        leader_namespace: namespace.clone(),
        namespaces: Vec::new(),
        fetch_http_proxy: None,
        fetch_https_proxy: None,
        fetch_no_proxy: None,
        hf_endpoint: None,
        pod_name: "operator-0".to_owned(),
    };
    let cancelled = CancellationToken::new();
    let program = tokio::spawn(operator::run(plane.client(), arguments, cancelled.clone()));
    says(free, "/healthz", &["200 OK"]).await;
    says(free, "/readyz", &["503", "coverletterapps.coverletter.dev is missing"]).await;

    let definitions = Api::<CustomResourceDefinition>::all(plane.client());
    for definition in crds::manifests::custom_resource_definitions() {
        definitions.create(&PostParams::default(), &definition).await.expect("it is accepted");
    }
    says(free, "/readyz", &["200 OK"]).await;
    says(free, "/metrics", &["coverletter_operator_leader 1"]).await;

    let app = CoverLetterApp::new("letters", CoverLetterAppSpec::default());
    let apps = Api::<CoverLetterApp>::namespaced(plane.client(), &namespace);
    apps.create(&PostParams::default(), &app).await.expect("it is accepted");
    let mut told: Vec<_> = OPERATOR.iter().map(|metric| metric.name).collect();
    let pods = format!("coverletter_app_inference_pods_max{{namespace=\"{namespace}\",app=\"letters\"}} 8\n");
    told.extend([pods.as_str(), "type=\"Ready\",status=\"False\""]);
    says(free, "/metrics", &told).await;
    apps.delete("letters", &DeleteParams::default()).await.expect("it is deleted");
    eventually("its series end with it", async || {
        let page = get(free, "/metrics").await.unwrap_or_else(|error| error.to_string());
        if page.contains("200 OK") && !page.contains("letters") { Ok(()) } else { Err(page) }
    })
    .await;

    let leases = Api::<Lease>::namespaced(plane.client(), &namespace);
    let holder = async || {
        let lease = leases.get("coverletter-operator").await.expect("the Lease is there");
        lease.spec.and_then(|spec| spec.holder_identity)
    };
    assert_eq!(holder().await.as_deref(), Some("operator-0"));

    cancelled.cancel();
    program.await.expect("it does not panic").expect("it ends well");
    assert_eq!(holder().await, None);
}
