//! Who may write the status of a request: the worker that holds the claim, other workers, and others.

use crds::life::{self, Claimant, Written};
use crds::request::{Model, State, Usage};
use crds::{CoverLetterRequest, RequestReason};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::cluster::{Cluster, eventually, uid};

/// A namespace with the app's accounts and two pods of inference; the operator is paused, so that it does not interfere.
struct Scene {
    cluster: Cluster,
    pods: Vec<Pod>,
}

impl Scene {
    async fn start(hint: &str) -> Self {
        let cluster = Cluster::start(hint).await;
        cluster.create_app(json!({"inference": {"replicas": 2}})).await;
        cluster.ready().await;
        cluster.patch::<crds::CoverLetterApp>("letters", json!({"spec": {"paused": true}})).await;
        let selector = kube::api::ListParams::default().labels("app.kubernetes.io/component=inference");
        let pods = eventually("there are two workers", async || {
            let pods = cluster.api::<Pod>().list(&selector).await.expect("pods can be listed").items;
            if pods.len() == 2 { Ok(pods) } else { Err(pods.len()) }
        })
        .await;
        Self { cluster, pods }
    }

    /// Creates a request to the app `app`. Once the operator has spoken about it, nobody but the test writes it.
    async fn request(&self, name: &str, app: &str) {
        self.cluster.create_request(name, app).await;
        self.cluster.request_in(name, State::Queued).await;
    }

    /// The worker that runs in one of the pods.
    async fn worker(&self, pod: usize) -> Client {
        let (name, uid) = (self.pods[pod].metadata.name.clone().expect("a name"), uid(&self.pods[pod]));
        let client = self.cluster.plane.client_as_service_account(
            &self.cluster.namespace,
            "letters-inference",
            Some((&name, &uid)),
        );
        client.await.expect("a token")
    }

    /// A client with the worker's account, outside any pod.
    async fn unbound(&self) -> Client {
        let client = self.cluster.plane.client_as_service_account(&self.cluster.namespace, "letters-inference", None);
        client.await.expect("a token")
    }

    fn claimant(&self, pod: usize) -> Claimant {
        Claimant {
            worker: self.pods[pod].metadata.name.clone().expect("a name"),
            pod_uid: uid(&self.pods[pod]),
            boot_id: "boot".into(),
            endpoint: "192.0.2.1:8080".into(),
        }
    }

    /// Replaces the status, as `client`, with what `next` makes of the present one.
    async fn write(
        &self,
        client: Client,
        name: &str,
        next: impl Fn(&CoverLetterRequest) -> crds::CoverLetterRequestStatus,
    ) -> Result<CoverLetterRequest, String> {
        let mut request: CoverLetterRequest = self.cluster.api().get(name).await.expect("it can be read");
        request.status = Some(next(&request));
        let api = Api::<CoverLetterRequest>::namespaced(client, &self.cluster.namespace);
        let written = api.replace_status(name, &PostParams::default(), &request).await;
        written.map_err(|error| match error {
            kube::Error::Api(status) => status.message.clone(),
            other => panic!("{other}"),
        })
    }
}

fn written(request: &CoverLetterRequest) -> crds::CoverLetterRequestStatus {
    let letter = Written {
        letter: "Dear Hiring Manager,".into(),
        checks: Vec::new(),
        usage: Usage { prompt_tokens: 1, completion_tokens: 1 },
        model: Model { name: "built-in".into(), sha256: "ab".into() },
        first_token: None,
        plain: None,
    };
    life::succeeded(request, letter, Timestamp::now())
}

fn refuses(answer: Result<CoverLetterRequest, String>, because: &str) {
    match answer {
        Ok(_) => panic!("accepted; expected: {because}"),
        Err(message) => assert!(message.contains(because), "{message}"),
    }
}

#[tokio::test]
async fn only_the_pod_of_the_claim_finishes_a_request() {
    let scene = Scene::start("policy").await;
    scene.request("one", "letters").await;
    let claim = |pod| {
        let claimant = scene.claimant(pod);
        move |request: &CoverLetterRequest| life::claimed(request, &claimant, Timestamp::now())
    };
    let (first, second, unbound) = (scene.worker(0).await, scene.worker(1).await, scene.unbound().await);

    refuses(scene.write(unbound.clone(), "one", claim(0)).await, "a token that is bound to its pod");
    refuses(scene.write(second.clone(), "one", claim(0)).await, "a worker must claim for its own pod");
    scene.write(first.clone(), "one", claim(0)).await.expect("the first pod claims for itself");

    let release = |request: &CoverLetterRequest| life::released(request, Timestamp::now());
    refuses(scene.write(second.clone(), "one", release).await, "another pod has claimed");
    refuses(scene.write(second, "one", written).await, "only the pod that holds the claim");
    refuses(scene.write(unbound, "one", written).await, "only the pod that holds the claim");
    // Not even an administrator.
    refuses(scene.write(scene.cluster.client.clone(), "one", written).await, "only the pod that holds the claim");
    scene.write(first, "one", written).await.expect("the pod of the claim finishes");
}

#[tokio::test]
async fn the_operator_claims_in_the_name_of_a_pod_which_alone_finishes_then() {
    let scene = Scene::start("handed").await;
    scene.request("one", "letters").await;
    let account = scene.cluster.plane.client_as_service_account("coverletter-system", "coverletter-operator", None);
    let operator = account.await.expect("the operator's account");
    let claimant = scene.claimant(0);
    let claim = |request: &CoverLetterRequest| life::claimed(request, &claimant, Timestamp::now());
    scene.write(operator.clone(), "one", claim).await.expect("the operator hands it to the pod");
    refuses(scene.write(operator, "one", written).await, "only the pod that holds the claim");
    refuses(scene.write(scene.worker(1).await, "one", written).await, "only the pod that holds the claim");
    scene.write(scene.worker(0).await, "one", written).await.expect("the pod of the claim finishes");
}

#[tokio::test]
async fn a_worker_of_one_app_cannot_write_requests_of_another() {
    let scene = Scene::start("foreign").await;
    scene.request("theirs", "other").await;
    let claimant = scene.claimant(0);
    let claim = |request: &CoverLetterRequest| life::claimed(request, &claimant, Timestamp::now());
    refuses(scene.write(scene.worker(0).await, "theirs", claim).await, "requests of another app");
}

#[tokio::test]
async fn a_worker_ends_only_what_it_claimed_and_touches_only_its_own_lease() {
    let scene = Scene::start("bounds").await;
    scene.request("one", "letters").await;
    let worker = scene.worker(0).await;
    let fail = |request: &CoverLetterRequest| {
        life::failed(request, RequestReason::InvalidRequest, "ended by a stranger".into(), Timestamp::now())
    };
    refuses(scene.write(worker.clone(), "one", fail).await, "must not end a request that it has not claimed");

    let leases = Api::<Lease>::namespaced(worker, &scene.cluster.namespace);
    let names = [0, 1].map(|pod: usize| scene.pods[pod].metadata.name.clone().expect("a name"));
    let apply = async |name: &str| {
        let lease = json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}});
        leases.patch(name, &PatchParams::apply("worker").force(), &Patch::Apply(lease)).await
    };
    eventually("the policy on Leases is enforced", async || match apply("strange").await {
        Err(error) if error.to_string().contains("no Lease but that of its own pod") => Ok(()),
        other => Err(other),
    })
    .await;
    apply(&names[0]).await.expect("its own");
    scene.cluster.api::<Lease>().create(&PostParams::default(), &lease(&names[1])).await.expect("an administrator may");
    let stranger = leases.delete(&names[1], &DeleteParams::default()).await.expect_err("it is a neighbour's");
    assert!(stranger.to_string().contains("no Lease but that of its own pod"), "{stranger}");
    leases.delete(&names[0], &DeleteParams::default()).await.expect("its own");
}

fn lease(name: &str) -> Lease {
    serde_json::from_value(json!({"metadata": {"name": name}})).expect("a Lease")
}
