//! Two API servers that are asked the same: the rehearsed one and a real one.

use std::path::Path;
use std::time::{Duration, Instant};

use crds::manifests::custom_resource_definitions;
use crds::names::ARCHIVED_LABEL;
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use devcluster::control_plane::ControlPlane;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::{Client, ResourceExt as _};
use rehearsal::server::{Laws, timestamp};
use serde_json::{Value, json};

use crate::rehearsed::{
    FINALIZER, Outcome, PODS, Read, Rehearsed, TITLE, claimants, long, other_uid, request, shown, version,
};
use crate::script::{By, Step};

/// Longest wait for a policy to be enforced.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What is the same for all scripts.
pub struct Both {
    laws: Laws,
    namespace: String,
    admin: Client,
    workers: [Client; 2],
    unbound: Client,
    uids: [String; 2],
}

/// The letter of one script, on both.
pub struct Pair<'a> {
    both: &'a Both,
    rehearsed: Rehearsed<'a>,
    /// What was read of the real one.
    read: Read,
    /// The version that the real one has now.
    version: Option<String>,
}

impl Both {
    pub async fn start() -> Self {
        let plane = ControlPlane::shared_with(&custom_resource_definitions()).await.expect("a control plane");
        let policy = operator::generate::files(&[]).remove(Path::new("admission/claim-policy.yaml")).expect("a policy");
        plane.kubectl_with_input(&["apply", "--server-side", "-f", "-"], &policy).await.expect("it is accepted");
        let namespace = plane.namespace("rehearsal").await.expect("a namespace");
        let admin = plane.client();
        for object in objects() {
            let text = object.to_string();
            let applied = plane.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &text).await;
            applied.expect("it is accepted");
        }
        let pods = Api::<k8s_openapi::api::core::v1::Pod>::namespaced(admin.clone(), &namespace);
        let mut uids = [String::new(), String::new()];
        for (uid, name) in uids.iter_mut().zip(PODS) {
            *uid = pods.get(name).await.expect("it was made").uid().expect("it is stored");
        }
        let worker = async |pod: usize| {
            let bound = Some((PODS[pod], uids[pod].as_str()));
            plane.client_as_service_account(&namespace, "letters-inference", bound).await.expect("a token")
        };
        let workers = [worker(0).await, worker(1).await];
        let unbound = plane.client_as_service_account(&namespace, "letters-inference", None).await.expect("a token");
        let both = Self { laws: Laws::real(), namespace, admin, workers, unbound, uids };
        both.wait_for_policy().await;
        both
    }

    /// Messages of all rules.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.laws.admission.messages()
    }

    pub fn pair(&self, seed: u64) -> Pair<'_> {
        Pair { both: self, rehearsed: Rehearsed::new(&self.laws, seed), read: Read::default(), version: None }
    }

    /// A policy takes a moment to be enforced, and so do rights.
    async fn wait_for_policy(&self) {
        let api = self.api(&self.workers[0]);
        let made = self
            .api(&self.admin)
            .create(&PostParams::default(), &request("policy", "letters"))
            .await
            .expect("it is accepted");
        let mut ended = made.clone();
        ended.status = Some(crds::life::cancelled(&made, timestamp(0)));
        // A dry run: what is written once would be refused for another reason from then on.
        let asked_only = PostParams { dry_run: true, ..PostParams::default() };
        let (begun, mut looks) = (Instant::now(), tokio::time::interval(LOOK));
        loop {
            looks.tick().await;
            match api.replace_status("policy", &asked_only, &ended).await {
                Err(error) if error.to_string().contains("must not end a request") => return,
                other => assert!(begun.elapsed() < PATIENCE, "the policy is not enforced: {other:?}"),
            }
        }
    }

    fn api(&self, client: &Client) -> Api<CoverLetterRequest> {
        Api::namespaced(client.clone(), &self.namespace)
    }

    fn client(&self, by: By) -> &Client {
        match by {
            By::Admin => &self.admin,
            By::Unbound => &self.unbound,
            By::Pod(pod) => &self.workers[pod],
        }
    }

    /// What was refused of a real write, and which of our rules it broke.
    fn told(&self, error: kube::Error) -> (Option<u16>, Vec<String>) {
        let kube::Error::Api(status) = error else { panic!("{error}") };
        let broken = self.messages().filter(|message| status.message.contains(message)).map(str::to_owned).collect();
        (Some(status.code), broken)
    }
}

impl Pair<'_> {
    /// Makes one write on both. Returns what became of it: on the rehearsed one, on the real one.
    pub async fn play(&mut self, step: &Step, number: i64) -> (Outcome, Outcome) {
        (self.rehearsed.play(step, number), self.really(step, number).await)
    }

    async fn really(&mut self, step: &Step, number: i64) -> Outcome {
        let (name, both) = (self.rehearsed.name.clone(), self.both);
        let api = both.api(&both.admin);
        let params = PatchParams::default();
        let patch = async |patch: Value| api.patch(&name, &params, &Patch::Merge(patch)).await.map(|_| ());
        let written = match step {
            Step::Create(app) => api.create(&PostParams::default(), &request(&name, app)).await.map(|_| ()),
            Step::CreateLong => api.create(&PostParams::default(), &request(&long(), "letters")).await.map(|_| ()),
            Step::Retitle => patch(json!({"spec": {"job": {"title": TITLE}}})).await,
            Step::Uncancel => patch(json!({"spec": {"cancelRequested": false}})).await,
            Step::Cancel => patch(json!({"spec": {"cancelRequested": true}})).await,
            Step::Label => patch(json!({"metadata": {"labels": {ARCHIVED_LABEL: "true"}}})).await,
            Step::Finalizers(has) => {
                let finalizers: Vec<_> = has.then_some(FINALIZER).into_iter().collect();
                patch(json!({"metadata": {"finalizers": finalizers}})).await
            }
            Step::Delete { is_stale } => {
                let read = self.read.chosen(*is_stale);
                let resource_version = read.and_then(kube::ResourceExt::resource_version);
                let params = DeleteParams::background().preconditions(Preconditions { uid: None, resource_version });
                api.delete(&name, &params).await.map(|_| ())
            }
            Step::Status { by, is_stale, is_of_another, change } => {
                let empty = request(&name, "letters");
                let read = self.read.chosen(*is_stale).unwrap_or(&empty);
                let status = (change.make)(read, &claimants(&both.uids), timestamp(number * 1_000));
                self.put(read, status, *by, *is_of_another).await
            }
        };
        let (code, broken) = written.map_or_else(|error| both.told(error), |()| (None, Vec::new()));
        let after = api.get_opt(&name).await.expect("it can be read");
        let is_changed = self.version.as_deref() != version(after.as_ref());
        self.version = version(after.as_ref()).map(str::to_owned);
        let outcome = Outcome { code, broken, is_changed, after: shown(after.as_ref(), &both.uids) };
        self.read.note(after);
        outcome
    }

    async fn put(
        &self,
        read: &CoverLetterRequest,
        status: Option<CoverLetterRequestStatus>,
        by: By,
        is_of_another: bool,
    ) -> kube::Result<()> {
        let mut new = read.clone();
        new.metadata.managed_fields = None;
        new.status = status;
        if is_of_another {
            new.metadata.uid = Some(other_uid());
        }
        let api = self.both.api(self.both.client(by));
        api.replace_status(&self.rehearsed.name, &PostParams::default(), &new).await.map(|_| ())
    }
}

/// The account of the workers, its rights, and two pods.
fn objects() -> Vec<Value> {
    let pod = |name: &str| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {"serviceAccountName": "letters-inference", "containers": [{"name": "inference", "image": "none"}]}})
    };
    let rule = json!({"apiGroups": ["coverletter.dev"], "verbs": ["get", "update"],
        "resources": ["coverletterrequests", "coverletterrequests/status"]});
    let rbac = "rbac.authorization.k8s.io";
    vec![
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "letters-inference"}}),
        json!({"apiVersion": format!("{rbac}/v1"), "kind": "Role", "metadata": {"name": "worker"}, "rules": [rule]}),
        json!({"apiVersion": format!("{rbac}/v1"), "kind": "RoleBinding", "metadata": {"name": "worker"},
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "worker"},
            "subjects": [{"kind": "ServiceAccount", "name": "letters-inference"}]}),
        pod(PODS[0]),
        pod(PODS[1]),
    ]
}
