//! Requests are handed to workers: at once, without conflicts, fairly, and never to one that is about to go.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crds::metrics::BINDINGS;
use crds::names::{DRAINING_ANNOTATION, TROUBLE_ANNOTATION, dispatcher_lease};
use crds::request::{Outcome, State};
use crds::{CoverLetterApp, CoverLetterRequest, life};
use devcluster::control_plane::ControlPlane;
use devcluster::scripted_kubelet::ScriptedKubelet;
use futures::StreamExt as _;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams, PostParams, WatchEvent, WatchParams};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use operator::admin::Shown;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::cluster::{Cluster, arguments, eventually};
use crate::figures::Figures;
use crate::fleet::{FakeWorker, Kind};

/// An app whose pods only the spec decides about.
async fn scene(hint: &str, replicas: usize) -> (Cluster, Vec<Pod>) {
    let cluster = Cluster::start(hint).await;
    cluster.create_app(json!({"inference": {"replicas": replicas}})).await;
    cluster.ready().await;
    let pods = pods(&cluster.api(), replicas).await;
    (cluster, pods)
}

/// The `count` pods of inference that are not ending.
async fn pods(api: &Api<Pod>, count: usize) -> Vec<Pod> {
    let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
    eventually(&format!("there are {count} pods"), async || {
        let pods = api.list(&selector).await.expect("pods can be listed").items;
        let pods: Vec<_> = pods.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()).collect();
        if pods.len() == count { Ok(pods) } else { Err(pods.len()) }
    })
    .await
}

async fn worker(cluster: &Cluster, pod: &Pod, kind: Kind) -> FakeWorker {
    FakeWorker::start(cluster.plane, &cluster.namespace, pod, kind).await
}

async fn request_by(api: &Api<CoverLetterRequest>, name: &str, requester: Option<&str>) -> CoverLetterRequest {
    let request = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest", "metadata": {"name": name},
        "spec": {"appRef": {"name": "letters"}, "job": {"title": "Data Scientist", "company": "google"},
            "requestedBy": requester},
    });
    let request = serde_json::from_value(request).expect("a request");
    api.create(&PostParams::default(), &request).await.expect("the request is accepted")
}

/// Every version of every request of a namespace, and when it was seen, in order.
struct History(JoinHandle<Vec<(Instant, CoverLetterRequest)>>);

impl History {
    /// Records every version until `count` requests have succeeded.
    async fn record(api: &Api<CoverLetterRequest>, count: usize) -> Self {
        let list = api.list(&ListParams::default()).await.expect("they can be listed");
        let (api, mut version) = (api.clone(), list.metadata.resource_version.expect("a list has a version"));
        Self(tokio::spawn(async move {
            let (mut seen, mut done) = (Vec::new(), 0);
            while done < count {
                let watch = api.watch(&WatchParams::default().timeout(290), &version).await.expect("a watch");
                let mut watch = std::pin::pin!(watch);
                // A watch may end at any time, as when definitions change; the next one goes on where it ended.
                while done < count
                    && let Some(Ok(event)) = watch.next().await
                {
                    let request = match event {
                        WatchEvent::Added(request) | WatchEvent::Modified(request) => request,
                        WatchEvent::Deleted(_) | WatchEvent::Bookmark(_) => continue,
                        WatchEvent::Error(status) => panic!("versions were skipped: {status}"),
                    };
                    version = request.resource_version().expect("a stored request has a version");
                    done += usize::from(request.state() == State::Succeeded);
                    seen.push((Instant::now(), request));
                }
            }
            seen
        }))
    }

    async fn finished(self) -> Vec<(Instant, CoverLetterRequest)> {
        let seen = tokio::time::timeout(Duration::from_mins(2), self.0).await;
        seen.expect("all requests succeed in time").expect("it does not panic")
    }
}

fn claimed_by(request: &CoverLetterRequest) -> Option<String> {
    let claim = request.status.as_ref()?.claim.as_ref()?;
    (request.state() == State::Running).then(|| claim.worker.clone())
}

#[tokio::test]
async fn a_lone_letter_waits_for_one_letter_though_somebody_else_asked_for_many() {
    const MANY: usize = 8;
    let (cluster, pods) = scene("fair", 1).await;
    let api = cluster.api::<CoverLetterRequest>();
    let history = History::record(&api, MANY + 2).await;
    for number in 0..MANY {
        request_by(&api, &format!("many-{number}"), Some("many")).await;
    }
    // Longer than a busy machine takes to tell the dispatcher of a new letter.
    let service = Duration::from_secs(4);
    let _worker = worker(&cluster, &pods[0], Kind::new(1, service)).await;
    eventually("the first letters are written", async || {
        let done = api.list(&ListParams::default().fields("status.state=Succeeded")).await.expect("a list").items.len();
        if done >= 2 { Ok(()) } else { Err(done) }
    })
    .await;
    request_by(&api, "lone", Some("lone")).await;
    request_by(&api, "by-hand", None).await;
    let seen = history.finished().await;
    let created = seen.iter().position(|(_, it)| it.name_any() == "lone").expect("it was created");
    // First claims only: on a starved machine one may go back, and is claimed again later.
    let mut names = BTreeSet::new();
    let begun = seen.iter().enumerate().filter(|(_, (_, it))| claimed_by(it).is_some() && names.insert(it.name_any()));
    let begun: Vec<_> = begun.map(|(place, (at, it))| (place, *at, it)).collect();
    let of_many = |it: &CoverLetterRequest| it.name_any().starts_with("many");
    let turn = |name: &str| begun.iter().position(|(.., it)| it.name_any() == name).expect("it was claimed");
    let (lone, by_hand) = (turn("lone"), turn("by-hand"));
    println!("the lone letter waited {:?}; a letter takes {service:?}", begun[lone].1 - seen[created].0);
    // One may be on its way to the worker when the lone one is created; the one by hand may have its turn first.
    let before = begun[..lone].iter().filter(|(place, _, it)| *place > created && of_many(it)).count();
    assert!(before <= 1, "{before} of many letters were begun before the lone one");
    let between = begun.get(lone..by_hand).unwrap_or_default().iter().filter(|(.., it)| of_many(it)).count();
    assert!(between <= 2, "those who name nobody have their turn as well");
    let many: Vec<_> = begun.iter().map(|(.., it)| it).filter(|it| of_many(it)).collect();
    let times: Vec<_> = many.iter().map(|it| it.created()).collect();
    let names: Vec<_> = many.iter().map(|it| it.name_any()).collect();
    assert!(times.is_sorted(), "the oldest go first: {names:?}");
}

#[tokio::test]
async fn what_was_handed_to_a_worker_that_is_gone_is_written_by_another() {
    let (cluster, two) = scene("gone", 2).await;
    let hung = worker(&cluster, &two[0], Kind::hung(2)).await;
    for name in ["one", "two"] {
        cluster.create_request(name, "letters").await;
        let (request, _) = cluster.request_in(name, State::Running).await;
        assert_eq!(claimed_by(&request).as_ref(), Some(&hung.name));
    }
    let (gone, _other) = (hung.name.clone(), worker(&cluster, &two[1], Kind::new(2, Duration::from_millis(50))).await);
    hung.kill().await;
    cluster.api::<Pod>().delete(&gone, &DeleteParams::default()).await.expect("it can be deleted");
    for name in ["one", "two"] {
        let (request, _) = cluster.request_in(name, State::Succeeded).await;
        let status = request.status.expect("it is finished");
        assert_eq!((status.attempt, status.attempts[0].outcome), (Some(2), Outcome::Lost));
        assert_ne!(status.claim.map(|claim| claim.worker), Some(gone.clone()));
    }
}

#[tokio::test]
async fn what_a_worker_does_not_take_is_freed_and_written_by_another_at_no_cost() {
    let (cluster, two) = scene("untaken", 2).await;
    let idle = worker(&cluster, &two[0], Kind::idle(2)).await;
    // Both at once: one that is handed out first may be freed while the other waits for its turn.
    for name in ["one", "two"] {
        cluster.create_request(name, "letters").await;
    }
    for name in ["one", "two"] {
        let (request, _) = cluster.request_in(name, State::Running).await;
        assert_eq!(claimed_by(&request).as_ref(), Some(&idle.name));
    }
    let begun = Instant::now();
    let _other = worker(&cluster, &two[1], Kind::new(1, Duration::from_millis(50))).await;
    for name in ["one", "two"] {
        let (request, _) = cluster.request_in(name, State::Succeeded).await;
        let status = request.status.expect("it is finished");
        assert_eq!((status.attempt, status.attempts[0].outcome), (Some(2), Outcome::Released));
        assert_eq!(life::counted(&status.attempts), 0);
        assert_ne!(status.claim.map(|claim| claim.worker), Some(idle.name.clone()));
    }
    println!("written by another {:?} after they were handed to a worker that does not take them", begun.elapsed());
}

#[tokio::test]
async fn workers_that_leave_or_cannot_write_are_handed_nothing() {
    let (cluster, pods) = scene("leaving", 3).await;
    let told = [DRAINING_ANNOTATION, TROUBLE_ANNOTATION];
    let mut unfit = Vec::new();
    for (pod, annotation) in pods.iter().zip(told) {
        unfit.push(worker(&cluster, pod, Kind::new(8, Duration::from_millis(50)).telling(annotation)).await);
    }
    for number in 0..4 {
        cluster.create_request(&format!("request-{number}"), "letters").await;
    }
    // The operator says so after a second, so there was time to hand it out.
    for number in 0..4 {
        let (_, reason) = cluster.request_in(&format!("request-{number}"), State::Queued).await;
        assert_eq!(reason, "Queued");
    }
    let fit = worker(&cluster, &pods[2], Kind::new(2, Duration::from_millis(50))).await;
    for number in 0..4 {
        let (request, _) = cluster.request_in(&format!("request-{number}"), State::Succeeded).await;
        let status = request.status.expect("it is finished");
        assert_eq!((status.attempt, status.claim.map(|claim| claim.worker)), (Some(1), Some(fit.name.clone())));
    }
}

#[tokio::test]
async fn the_dispatcher_of_an_app_is_known_by_a_lease_that_goes_with_the_app() {
    let (cluster, pods) = scene("known", 1).await;
    assert!(cluster.api::<Lease>().get_opt(&dispatcher_lease("letters")).await.expect("an answer").is_none());
    let _worker = worker(&cluster, &pods[0], Kind::new(1, Duration::ZERO)).await;
    let lease = cluster.exists::<Lease>(&dispatcher_lease("letters")).await;
    let renewed = |lease: &Lease| lease.spec.as_ref().and_then(|spec| spec.renew_time.clone());
    let first = renewed(&lease);
    assert_eq!(lease.spec.and_then(|spec| spec.holder_identity).as_deref(), Some("coverletter-operator-test"));
    eventually("it is renewed", async || {
        let lease = cluster.api::<Lease>().get(&dispatcher_lease("letters")).await.expect("it is there");
        if renewed(&lease) > first { Ok(()) } else { Err(lease) }
    })
    .await;
    cluster.api::<CoverLetterApp>().delete("letters", &DeleteParams::default()).await.expect("it can be deleted");
    cluster.is_gone::<Lease>(&dispatcher_lease("letters")).await;
}

/// Times from the creation of each request until each of its claims was seen, in ascending order.
fn waits(seen: &[(Instant, CoverLetterRequest)]) -> Vec<Duration> {
    let (mut created, mut claimed) = (BTreeMap::new(), BTreeSet::new());
    let mut waits = Vec::new();
    for (at, request) in seen {
        let since = *created.entry(request.name_any()).or_insert(*at);
        // A claim that is seen again, because something else of the request has changed, is no other one.
        if claimed_by(request).is_some() && claimed.insert((request.name_any(), life::attempt(request))) {
            waits.push(*at - since);
        }
    }
    waits.sort_unstable();
    waits
}

/// Most letters that any worker had in hand at the same time.
fn most_in_hand(seen: &[(Instant, CoverLetterRequest)]) -> usize {
    let (mut held, mut most) = (BTreeMap::<_, BTreeSet<_>>::new(), 0);
    for (_, request) in seen {
        let name = request.name_any();
        for names in held.values_mut() {
            names.remove(&name);
        }
        if let Some(worker) = claimed_by(request) {
            let names = held.entry(worker).or_default();
            names.insert(name);
            most = most.max(names.len());
        }
    }
    most
}

/// An operator of a test's own, with metrics of its own. It stops with the value.
struct Operator {
    page: PrometheusHandle,
    stop: DropGuard,
    ended: oneshot::Receiver<()>,
}

impl Operator {
    fn start(plane: &ControlPlane) -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let (page, client, stop) = (recorder.handle(), plane.client(), CancellationToken::new());
        let ((end, ended), stopped) = (oneshot::channel(), stop.clone());
        // Metrics are told from those of the operator of all tests by the thread that counts.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let work = async { operator::work(client, &arguments(), Shown::default(), stopped).await };
            metrics::with_local_recorder(&recorder, || runtime.block_on(work));
            let _ = end.send(());
        });
        Self { page, stop: stop.drop_guard(), ended }
    }

    /// Claims that it has written with this outcome.
    fn bindings(&self, outcome: &str) -> f64 {
        let counter = format!("{}{{outcome=\"{outcome}\"}} ", BINDINGS.name);
        let page = self.page.render();
        page.lines().find_map(|line| line.strip_prefix(&counter)?.parse().ok()).unwrap_or(0.0)
    }

    async fn stop(self) {
        drop(self.stop);
        self.ended.await.expect("it ends well");
    }
}

/// An operator of its own, so that it can be stopped, and on an API server of its own, so that conflicts can be counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_handed_out_once_without_conflicts_and_workers_are_told_when_that_ends() {
    const SLOTS: usize = 2;
    let chosen = |name: &str, number| std::env::var(name).ok().and_then(|chosen| chosen.parse().ok()).unwrap_or(number);
    let (count, letters) = (chosen("WORKERS", 10_usize), chosen("LETTERS", 60_usize));
    let pace = Duration::from_millis(chosen("EVERY_MS", 30) as u64);
    let plane = ControlPlane::start_with(&crds::manifests::custom_resource_definitions()).await.expect("it starts");
    let (client, operator) = (plane.client(), Operator::start(&plane));
    let namespace = plane.namespace("many").await.expect("a namespace");
    let _kubelet = ScriptedKubelet::start(&client, &namespace).await.expect("a node");
    let app = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "metadata": {"name": "letters"},
        "spec": {"inference": {"replicas": count}},
    });
    let app = serde_json::from_value(app).expect("an app");
    let apps = Api::<CoverLetterApp>::namespaced(client.clone(), &namespace);
    apps.create(&PostParams::default(), &app).await.expect("it is accepted");
    let pods = pods(&Api::namespaced(client.clone(), &namespace), count).await;
    let mut workers = Vec::new();
    for pod in &pods {
        let kind = Kind::new(SLOTS, Duration::from_millis(200));
        workers.push(FakeWorker::start(&plane, &namespace, pod, kind).await);
    }
    let api = Api::<CoverLetterRequest>::namespaced(client.clone(), &namespace);
    let names: Vec<_> = workers.iter().map(|worker| worker.name.clone()).collect();
    let mut figures = Figures::start(&plane, &namespace, &names).await;

    let history = History::record(&api, letters).await;
    let (mut every, mut creating) = (tokio::time::interval(pace), JoinSet::new());
    for number in 0..letters {
        every.tick().await;
        let api = api.clone();
        creating.spawn(async move { request_by(&api, &format!("single-{number}"), None).await });
    }
    let singles = (history.finished().await, figures.since().await);
    let conflicts = operator.bindings("Conflict") / letters as f64;
    let history = History::record(&api, letters).await;
    let requests = (0..letters).map(|number| {
        let api = api.clone();
        async move { request_by(&api, &format!("burst-{number}"), Some(&format!("student-{}", number % 7))).await }
    });
    futures::future::join_all(requests).await;
    let burst = (history.finished().await, figures.since().await);

    for (what, (seen, cost)) in [(format!("every {pace:?}"), &singles), ("at once".to_owned(), &burst)] {
        let waits = waits(seen);
        let quantile = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_millis();
        let took = seen.last().expect("versions were seen").0 - seen[0].0;
        // A row of the table of `cargo xtask soak --claims`.
        println!(
            "| {count} | {letters} {what} | {:.0} | {} ms | {} ms | {:.3} | {:.2} | {:.0} |",
            letters as f64 / took.as_secs_f64(),
            quantile(0.5),
            quantile(0.99),
            cost.conflicts / letters as f64,
            cost.writes / letters as f64,
            cost.bytes / letters as f64,
        );
        assert_eq!(waits.len(), letters, "each was claimed once");
        assert!(most_in_hand(seen) <= SLOTS);
    }
    let bound = operator.bindings("Bound");
    assert!(bound >= (2 * letters) as f64, "{bound} claims are counted");
    // Of all conflicts those of its claims: on a busy machine the operator's word about a letter may be late. Not of many
    // at once: those that wait for more than a second are told so, perhaps while they are claimed.
    assert!(conflicts <= 0.02, "{conflicts} conflicts a letter");

    operator.stop().await;
    let lease =
        Api::<Lease>::namespaced(client, &namespace).get(&dispatcher_lease("letters")).await.expect("it is there");
    assert_eq!(lease.spec.and_then(|spec| spec.holder_identity), None);
}
