//! One test: its namespace, its students, the report of a failure and the cleanup.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use crds::names::Component;
use crds::{CoverLetterApp, CoverLetterRequest};
use futures::FutureExt as _;
use k8s_openapi::api::core::v1::{Namespace, Service};
use kube::Client;
use kube::api::{Api, DeleteParams, PostParams};
use tokio::sync::{MutexGuard, OnceCell};

use crate::browser::{Browser, Script};
use crate::cluster::Cluster;
use crate::environment::Environment;
use crate::eventually::eventually_true;
use crate::relay::Relay;
use crate::student::Student;
use crate::{app, post_mortem};

/// Runs one test at a time, because cluster, browser and tests share two cores.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
/// Longest time from the app being Ready until the node's proxy knows the new Service.
const ANSWERS_WITHIN: Duration = Duration::from_secs(90);
/// Longest time that the deletion of an object takes when it does not wait for pods.
const GONE_WITHIN: Duration = Duration::from_mins(1);

/// A running test.
pub struct Play {
    /// The test's own namespace.
    pub cluster: Cluster,
    name: &'static str,
    client: Client,
    browser: OnceCell<Browser>,
    namespaces: Mutex<Vec<String>>,
    students: Mutex<Vec<Student>>,
}

/// The turn of one story, until the value drops.
pub(crate) async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

/// Runs a test in a namespace whose name begins with `e2e-<name>`, once earlier tests have ended. If it fails, prints
/// the state of the cluster. Always deletes what the test made.
///
/// # Panics
/// When the test fails.
pub async fn play(name: &'static str, act: impl AsyncFnOnce(&Play) -> Result<()>) {
    let _turn = turn().await;
    let began = Instant::now();
    let play = Play::start(name).await.expect("a play can start");
    let outcome = AssertUnwindSafe(act(&play)).catch_unwind().await;
    let acted = began.elapsed();
    if !matches!(outcome, Ok(Ok(()))) {
        play.post_mortem().await;
    }
    let cleared = play.clear().await;
    eprintln!("{name}: played in {:.1} s, cleared after {:.1} s", acted.as_secs_f32(), began.elapsed().as_secs_f32());
    match outcome {
        Ok(Ok(())) => cleared.expect("what a play made can be taken away"),
        Ok(Err(error)) => panic!("{error:?}"),
        Err(panic) => resume_unwind(panic),
    }
}

impl Play {
    async fn start(name: &'static str) -> Result<Self> {
        let environment = Environment::from_variables();
        let client = connect(&environment).await?;
        let cluster = Cluster::new(&environment, client.clone(), "");
        let mut play = Self {
            cluster,
            name,
            client,
            browser: OnceCell::new(),
            namespaces: Mutex::default(),
            students: Mutex::default(),
        };
        play.cluster = play.another_namespace(name).await?;
        Ok(play)
    }

    /// A further namespace, whose name begins with `e2e-<hint>`. It admits only pods of the restricted profile.
    ///
    /// # Errors
    /// When the namespace cannot be created.
    pub async fn another_namespace(&self, hint: &str) -> Result<Cluster> {
        let name = format!("e2e-{hint}-{:04x}", rand::random::<u16>());
        let namespace: Namespace = serde_json::from_value(serde_json::json!({
            "metadata": { "name": name, "labels": { "pod-security.kubernetes.io/enforce": "restricted" } },
        }))?;
        let namespaces = Api::<Namespace>::all(self.client.clone());
        namespaces
            .create(&PostParams::default(), &namespace)
            .await
            .with_context(|| format!("make namespace {name}"))?;
        self.namespaces.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
        Ok(self.cluster.in_namespace(&name))
    }

    /// URL of the site of [`app::with_site`].
    #[must_use]
    pub fn url(&self) -> &str {
        &self.cluster.environment().url
    }

    /// Installs an app whose site is at [`Self::url`], and waits until it answers there.
    ///
    /// # Errors
    /// When the app is refused, is not Ready in time or cannot be reached.
    pub async fn install_site(&self, app: &CoverLetterApp) -> Result<()> {
        self.cluster.install(app).await?;
        self.site_answers().await
    }

    /// Waits until the site answers at [`Self::url`].
    ///
    /// # Errors
    /// When the site does not answer in time.
    pub async fn site_answers(&self) -> Result<()> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        eventually_true("the site answers", ANSWERS_WITHIN, async || {
            let answer = reqwest::Client::new().get(self.url()).timeout(Duration::from_secs(5)).send().await?;
            Ok(answer.status().is_success())
        })
        .await
    }

    /// A student called `name` with a browser of their own, at the site of [`app::with_site`].
    ///
    /// # Errors
    /// When no browser can be started.
    pub async fn student(&self, name: &str) -> Result<Student> {
        self.student_at(self.url(), name, Script::Runs).await
    }

    /// A student at the site `url`, with scripts switched on or off.
    ///
    /// # Errors
    /// When no browser can be started.
    pub async fn student_at(&self, url: &str, name: &str, script: Script) -> Result<Student> {
        self.open_browser(url, name, script, &[]).await
    }

    /// A student whose browser reaches a server of the node too.
    ///
    /// # Errors
    /// When no browser can be started.
    pub async fn student_beyond(&self, relay: &Relay, name: &str) -> Result<Student> {
        self.open_browser(self.url(), name, Script::Runs, &[relay.argument()]).await
    }

    async fn open_browser(&self, url: &str, name: &str, script: Script, further: &[String]) -> Result<Student> {
        let browser = self.browser.get_or_try_init(Browser::start).await?;
        let student = Student::new(browser.open(script, further).await?, script, url, name);
        self.students.lock().unwrap_or_else(PoisonError::into_inner).push(student.clone());
        Ok(student)
    }

    /// Prints the state of a failed test before it is deleted.
    async fn post_mortem(&self) {
        eprintln!("---- {} failed: what the cluster looks like", self.name);
        for namespace in self.namespaces() {
            post_mortem::print(&self.cluster.in_namespace(&namespace)).await;
        }
        let students = self.students.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for student in students {
            student.last_picture(self.name).await;
        }
    }

    /// Deletes what the test made. Waits for what the next test needs (the node port), not for pods to end.
    async fn clear(&self) -> Result<()> {
        for namespace in self.namespaces() {
            let cluster = self.cluster.in_namespace(&namespace);
            // While the app exists, the operator would create its children again.
            remove::<CoverLetterApp>(&cluster.api(), app::NAME).await?;
            cluster.api::<CoverLetterRequest>().delete_collection(&now(), &kube::api::ListParams::default()).await?;
            remove::<Service>(&cluster.api(), &Component::Web.object_name(app::NAME)).await?;
            let namespaces = Api::<Namespace>::all(self.client.clone());
            namespaces.delete(&namespace, &now()).await.with_context(|| format!("delete namespace {namespace}"))?;
        }
        Ok(())
    }

    fn namespaces(&self) -> Vec<String> {
        self.namespaces.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn connect(environment: &Environment) -> Result<Client> {
    Client::try_from(environment.configuration().await?).context("make a Kubernetes client")
}

/// Deletes an object if it exists, and returns when it is gone.
async fn remove<K>(api: &Api<K>, name: &str) -> Result<()>
where
    K: Clone + serde::de::DeserializeOwned + std::fmt::Debug,
{
    match api.delete(name, &now()).await {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.is_not_found() => {}
        Err(error) => return Err(error).with_context(|| format!("delete {name}")),
    }
    eventually_true(&format!("{name} is gone"), GONE_WITHIN, async || Ok(api.get_opt(name).await?.is_none())).await
}

fn now() -> DeleteParams {
    DeleteParams::background()
}
