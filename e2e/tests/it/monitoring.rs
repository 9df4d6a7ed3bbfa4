//! Prometheus reads a working system: what alerts and dashboard name is there, and nothing calls for help.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use crds::metrics::{ALL, Kind, Metric, SERVED};
use crds::names::{COMPONENT_LABEL, Component};
use e2e::cluster::SYSTEM;
use e2e::forward::Forward;
use e2e::letter::request;
use e2e::{Cluster, Play, app, environment, eventually, play};
use fixtures::prometheus::{Prometheus, Target};
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use serde_json::Value;

const METRICS: u16 = 9_090;
const INFERENCE: u16 = 8_080;
/// Every page is read every five seconds.
const SEEN_WITHIN: Duration = Duration::from_mins(3);

#[tokio::test]
async fn prometheus_finds_whatever_alerts_and_dashboard_name_and_no_alert_fires() {
    play("monitoring", async |play: &Play| {
        let cluster = &play.cluster;
        cluster.install(&app::small()).await?;
        cluster.apply(&[request("one", 1)]).await?;
        cluster.letter("one", Duration::from_mins(1)).await?;
        let site = Forward::open(cluster, "letters-web", 80).await?;
        ensure!(reqwest::get(site.url()).await?.status().is_success(), "the site does not answer");

        let (forwards, targets) = pods(cluster).await?;
        let rules = environment::root().join("config/monitoring/prometheus-rules.yaml");
        let prometheus = Prometheus::start(&targets, &rules).await?;
        let ask = async |query: &str| ask(&prometheus, query).await;
        eventually("every pod is read", SEEN_WITHIN, async || {
            let up = ask("up == 1").await?;
            Ok((up.len() == targets.len()).then_some(()))
        })
        .await?;
        let dashboard = fs::read_to_string(environment::root().join("config/monitoring/dashboard.json"))?;
        let named = named(&[fs::read_to_string(&rules)?, dashboard.clone()].concat());
        ensure!(named.len() > 20, "few names were found: {named:?}");
        for name in &named {
            let series =
                eventually(name, SEEN_WITHIN, async || Ok(Some(ask(name).await?).filter(|all| !all.is_empty())));
            series.await?;
        }
        for query in queries(&serde_json::from_str(&dashboard)?) {
            ask(&query).await?;
        }
        // Another story may end the leader whose metrics are read here: an alert may be pending then.
        let firing = ask("ALERTS{alertstate=\"firing\"}").await?;
        ensure!(firing.is_empty(), "{firing:?}");
        drop(forwards);
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// The pods of the app and of the operator, with the labels that their monitors give them.
async fn pods(cluster: &Cluster) -> Result<(Vec<Forward>, Vec<Target>)> {
    let system = cluster.in_namespace(SYSTEM);
    let of_operator = ListParams::default().labels(&format!("{COMPONENT_LABEL}=operator"));
    let operators: Vec<Pod> = system.api::<Pod>().list(&of_operator).await?.items;
    let groups = [
        (&system, operators, METRICS, ""),
        (cluster, cluster.pods(Component::Web).await?, METRICS, app::NAME),
        (cluster, cluster.pods(Component::Inference).await?, INFERENCE, app::NAME),
    ];
    let (mut forwards, mut targets) = (Vec::new(), Vec::new());
    for (cluster, pods, port, app) in groups {
        ensure!(!pods.is_empty(), "no pods in {}", cluster.namespace());
        for pod in pods {
            let name = pod.metadata.name.context("a pod has a name")?;
            let forward = Forward::to(cluster, &format!("pod/{name}"), port).await?;
            let address = forward.url().trim_start_matches("http://").to_owned();
            let labels = vec![("namespace", cluster.namespace().to_owned()), ("app", app.to_owned()), ("pod", name)];
            targets.push(Target { address, labels });
            forwards.push(forward);
        }
    }
    Ok((forwards, targets))
}

/// The series of our metrics that `text` names, but for those of a model server, which this app does not have.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let words: BTreeSet<_> = words.collect();
    let metrics = ALL.iter().filter(|(_, metrics)| *metrics != SERVED).flat_map(|(_, metrics)| *metrics);
    metrics.flat_map(series).filter(|series| words.contains(series.as_str())).collect()
}

fn series(metric: &Metric) -> Vec<String> {
    match metric.kind {
        Kind::Histogram => ["_bucket", "_sum", "_count"].map(|suffix| format!("{metric}{suffix}")).into(),
        Kind::Counter | Kind::Gauge => vec![metric.to_string()],
    }
}

/// The queries of a dashboard, for all apps.
fn queries(dashboard: &Value) -> Vec<String> {
    let panels = dashboard["panels"].as_array().into_iter().flatten();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let queries = targets.filter_map(|target| target["expr"].as_str());
    let all = [("$namespace", ".*"), ("$app", ".*"), ("$__rate_interval", "1m")];
    queries.map(|query| all.iter().fold(query.to_owned(), |query, (name, value)| query.replace(name, value))).collect()
}

/// The series that answer a query.
async fn ask(prometheus: &Prometheus, query: &str) -> Result<Vec<Value>> {
    let url = reqwest::Url::parse_with_params(&format!("{}/api/v1/query", prometheus.url()), [("query", query)])?;
    let answer: Value = serde_json::from_str(&reqwest::get(url).await?.text().await?)?;
    match answer["data"]["result"].as_array() {
        Some(series) if answer["status"] == "success" => Ok(series.clone()),
        _ => bail!("`{query}`: {answer}"),
    }
}
