//! `CoverLetterApp`: defaults, and every rule once accepted and once refused.

use kube::CustomResourceExt as _;
use kube::api::DynamicObject;
use serde_json::{Value, json};

use crate::cluster::{Cluster, accepts, object, patch_spec, rejects};

fn app(name: &str, spec: Value) -> DynamicObject {
    object(&crds::CoverLetterApp::api_resource(), name, spec)
}

#[tokio::test]
async fn an_empty_spec_gets_every_default() {
    let cluster = Cluster::with_namespace("defaults").await;
    let stored = accepts(&cluster.apps(), &app("letters", json!({}))).await;
    let spec = &stored.data["spec"];
    assert_eq!(spec["web"]["replicas"], 2);
    assert_eq!(spec["web"]["service"]["type"], "ClusterIP");
    assert_eq!(spec["deletionPolicy"], "Retain");
    // A default that were stored would stand in the way of what is applied later.
    assert_eq!(spec["database"], json!({}));
    assert_eq!(spec["inference"]["model"], json!({}));
    assert_eq!(spec["inference"]["replicas"], 0);
    assert_eq!(spec["inference"]["scaling"]["maxReplicas"], 8);
    assert_eq!(spec["requests"]["maxAttempts"], 3);
    assert_eq!(spec["requests"]["maxQueued"], 500);
    assert_eq!(spec["web"]["maxAccounts"], 10_000);
    let typed: crds::CoverLetterApp = stored.try_parse().expect("what the server stored is what the types describe");
    assert_eq!(typed.spec, crds::CoverLetterAppSpec::default());
}

#[tokio::test]
async fn a_full_spec_is_kept_as_written() {
    let cluster = Cluster::with_namespace("full").await;
    let spec = json!({
        "paused": true, "deletionPolicy": "Delete",
        "web": {"replicas": 3, "service": {"type": "NodePort", "nodePort": 30080}, "secureCookies": false,
            "route": {"hostnames": ["letters.example.org"], "parentRef": {"name": "gateway"}},
            "resources": {"limits": {"cpu": 2, "memory": "256Mi"}}, "nodeSelector": {"disk": "fast"},
            "tolerations": [{"key": "gpu", "operator": "Exists"}]},
        "database": {"managed": {"storage": {"size": "10Gi"}, "backup": {"schedule": "0 3 * * *", "keep": 7}}},
        "inference": {"model": {"volume": {"persistentVolumeClaim": {"claimName": "models"}, "path": "qwen"}},
            "modelCache": {"persistentVolumeClaim": {"claimName": "models"}}, "quantization": "Q4",
            "backend": "Candle", "slots": 4, "generation": {"maxTokensPerSecond": 20},
            "scaling": {"minReplicas": 0, "maxReplicas": 2, "scaleToZeroAfterSeconds": 60}},
        "requests": {"activeDeadlineSeconds": 600},
        "telemetry": {"otlpEndpoint": "http://mlflow.ml.svc:5000", "headersSecretRef": {"name": "mlflow", "key": "headers"}}
    });
    let stored = accepts(&cluster.apps(), &app("letters", spec.clone())).await;
    assert_eq!(stored.data["spec"]["web"]["resources"], spec["web"]["resources"]);
    assert_eq!(stored.data["spec"]["inference"]["model"], spec["inference"]["model"]);
    assert_eq!(stored.data["spec"]["inference"]["generation"]["maxTokensPerSecond"], 20);
    assert_eq!(stored.data["spec"]["inference"]["modelCache"], spec["inference"]["modelCache"]);
    let typed: crds::CoverLetterApp = stored.try_parse().expect("integers are fine as quantities");
    assert_eq!(typed.spec.web.pod.resources.expect("given").limits["cpu"].0, "2");
}

#[tokio::test]
async fn contradictions_are_refused_with_advice() {
    let cluster = Cluster::with_namespace("contradictions").await;
    let refused = [
        (
            json!({"database": {"managed": {"image": "x"}, "external": {"urlSecretRef": {"name": "pg", "key": "url"}}}}),
            "takes one of managed and external",
        ),
        (
            json!({"inference": {"model": {"image": {"reference": "x"}, "mlflow": {"trackingUri": "http://mlflow", "name": "w", "version": "3"}}}}),
            "model takes one of",
        ),
        (json!({"inference": {"model": {"image": {"reference": "a b"}}}}), "reference"),
        (
            json!({"inference": {"scaling": {"minReplicas": 3, "maxReplicas": 2}}}),
            "minReplicas must not exceed maxReplicas",
        ),
        (json!({"inference": {"slots": 0}}), "spec.inference.slots"),
        (json!({"requests": {"maxQueued": 0}}), "spec.requests.maxQueued"),
        (json!({"web": {"maxAccounts": 0}}), "spec.web.maxAccounts"),
        (
            json!({"inference": {"model": {"huggingFace": {"repository": "Qwen/Qwen2.5-0.5B-Instruct", "revision": "main"}}}}),
            "revision",
        ),
        (
            json!({"inference": {"model": {"volume": {"persistentVolumeClaim": {"claimName": "m"}, "path": "../etc"}}}}),
            "path must be relative",
        ),
        (json!({"inference": {"quantization": "q8"}}), "spec.inference.quantization"),
        (
            json!({"inference": {"model": {"mlflow": {"trackingUri": "mlflow:5000", "name": "writer", "version": "3"}}}}),
            "trackingUri",
        ),
        (json!({"web": {"service": {"type": "ClusterIP", "nodePort": 30080}}}), "nodePort needs type: NodePort"),
        (json!({"web": {"secureCookies": false, "hostCookies": true}}), "hostCookies needs secureCookies"),
        (json!({"database": {"managed": {"storage": {"size": "plenty"}}}}), "size must be a quantity"),
        (json!({"database": {"managed": {"storage": {"size": "0"}}}}), "size must be more than 0 and at most 64Ti"),
        (json!({"database": {"managed": {"storage": {"size": "-1Gi"}}}}), "size must be more than 0"),
        (json!({"database": {"managed": {"storage": {"size": "999999999999999999999999999999Pi"}}}}), "at most 64Ti"),
        (json!({"database": {"external": {"urlSecretRef": {"name": "PG", "key": "url"}}}}), "urlSecretRef.name"),
        (json!({"deletionPolicy": "Maybe"}), "deletionPolicy"),
        (json!({"telemetry": {}}), "otlpEndpoint"),
        (json!({"telemetry": {"otlpEndpoint": "grpc://collector:4317"}}), "otlpEndpoint"),
        (json!({"telemetry": {"otlpEndpoint": "http://user:password@collector"}}), "otlpEndpoint"),
    ];
    for (spec, why) in refused {
        rejects(&cluster.apps(), &app("letters", spec), why).await;
    }
    let long = app(&"a".repeat(41), json!({}));
    rejects(&cluster.apps(), &long, "at most 40 characters").await;
    for name in ["careers.v2", "2024-careers"] {
        rejects(&cluster.apps(), &app(name, json!({})), "start with a letter").await;
    }
    let external = json!({"database": {"external": {"urlSecretRef": {"name": "pg", "key": "url"}}}});
    accepts(&cluster.apps(), &app(&"a".repeat(40), external)).await;
}

#[tokio::test]
async fn every_size_that_was_accepted_can_be_taken_back() {
    let cluster = Cluster::with_namespace("volume").await;
    let size = |size: &str| json!({"database": {"managed": {"storage": {"size": size}}}});
    accepts(&cluster.apps(), &app("letters", size("2Gi"))).await;
    patch_spec(&cluster.apps(), "letters", size("3Gi")).await.expect("growing is fine");
    patch_spec(&cluster.apps(), "letters", size("2Gi")).await.expect("the operator says what becomes of the volume");
}

/// What an earlier version stored for an empty spec.
fn defaults_of_old() -> Value {
    json!({"database": {"managed": {"storage": {"size": "2Gi"}}}, "inference": {"model": {"builtIn": {}}}})
}

#[tokio::test]
async fn a_default_gives_way_to_what_is_applied() {
    let cluster = Cluster::with_namespace("switch").await;
    let namespace = format!("--namespace={}", cluster.namespace);
    let image = json!({"inference": {"model": {"image": {"reference": "x"}}}});
    let external = json!({"database": {"external": {"urlSecretRef": {"name": "pg", "key": "url"}}}});
    for (index, stored) in [json!({}), defaults_of_old()].into_iter().enumerate() {
        for (way, flags) in [("client", &["apply", "-f", "-"][..]), ("server", &["apply", "--server-side", "-f", "-"])]
        {
            let name = format!("{way}-{index}");
            let apply = async |spec: &Value| {
                let app = serde_json::to_string(&app(&name, spec.clone())).expect("an app is JSON");
                let arguments: Vec<_> = flags.iter().copied().chain([namespace.as_str()]).collect();
                cluster.plane.kubectl_with_input(&arguments, &app).await.expect("it is accepted")
            };
            if index == 0 {
                apply(&stored).await;
            } else {
                accepts(&cluster.apps(), &app(&name, stored.clone())).await;
            }
            for spec in [&image, &external, &json!({})] {
                apply(spec).await;
            }
            let model =
                cluster.apps().get(&name).await.expect("it is there").data["spec"]["inference"]["model"].clone();
            assert!(model.get("image").is_none(), "{name}: {model}");
        }
    }
}

#[tokio::test]
async fn scale_reads_and_writes_the_fixed_number_of_pods() {
    let cluster = Cluster::with_namespace("scale").await;
    accepts(&cluster.apps(), &app("letters", json!({}))).await;
    let replicas = async || {
        let scale = cluster.apps().get_scale("letters").await.expect("the scale subresource is there");
        scale.spec.and_then(|spec| spec.replicas).unwrap_or(0)
    };
    assert_eq!(replicas().await, 0);
    let namespace = format!("--namespace={}", cluster.namespace);
    let scale = ["scale", &namespace, "--replicas=2", "coverletterapp/letters"];
    cluster.plane.kubectl(&scale).await.expect("it can be scaled");
    assert_eq!(replicas().await, 2);
}
