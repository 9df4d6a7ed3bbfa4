//! A rotation in a small world of web pods and a database, where anything may happen between two steps and be lost.

use std::collections::BTreeSet;

use k8s_openapi::api::batch::v1::{JobCondition, JobStatus};
use kube::api::ObjectMeta;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::*;
use crate::fixtures;
use crate::kinds::Kind;

/// What a web pod was started with.
#[derive(Clone, PartialEq)]
struct WebPod {
    url: String,
    keys: String,
}

struct Scene {
    app: ValidatedApp,
    database: Secret,
    web: Secret,
    pods: Vec<WebPod>,
    /// Passwords of the logins.
    logins: BTreeMap<String, String>,
    /// Jobs whose end the API server knows.
    jobs: BTreeMap<String, &'static str>,
    now: Timestamp,
    rng: StdRng,
}

fn secret(name: &str, data: &[(&str, &str)]) -> Secret {
    let data = data.iter().map(|(key, value)| ((*key).to_owned(), ByteString(value.as_bytes().to_vec())));
    let metadata = ObjectMeta { name: Some(name.into()), resource_version: Some("1".into()), ..ObjectMeta::default() };
    Secret { metadata, data: Some(data.collect()), ..Secret::default() }
}

fn apply(secret: &mut Secret, change: Change) {
    let version = secret.metadata.resource_version.clone().expect("it has a version");
    assert_eq!(change.version, version);
    secret.metadata.resource_version = Some(format!("{}", version.parse::<u32>().expect("a number") + 1));
    let data = secret.data.get_or_insert_default();
    for (key, value) in change.data {
        match value {
            Some(value) => drop(data.insert(key, value)),
            None => drop(data.remove(&key)),
        }
    }
    let annotations = secret.metadata.annotations.get_or_insert_default();
    for (key, value) in change.annotations {
        match value {
            Some(value) => drop(annotations.insert(key, value)),
            None => drop(annotations.remove(&key)),
        }
    }
}

impl Scene {
    fn start(seed: u64) -> Self {
        let mut app = fixtures::valid("minimal");
        app.rotation = Some("first".into());
        let url = names::database_url(&app.name, names::DATABASE_USER, "old");
        let database = secret("letters-database", &[("password", "old"), ("url", &url)]);
        let web = secret("letters-web", &[("jwt-keys", "k1:b2xk")]);
        let pod = WebPod { url, keys: "k1:b2xk".into() };
        let logins = [(names::DATABASE_USER.to_owned(), "old".to_owned())].into();
        let (now, rng) = (fixtures::CREATED, StdRng::seed_from_u64(seed));
        Self { app, database, web, pods: vec![pod; 3], logins, jobs: BTreeMap::new(), now, rng }
    }

    fn observed(&self) -> Observed {
        let mut observed = Observed::default();
        fixtures::observe(&mut observed, Kind::Secret, &self.database);
        fixtures::observe(&mut observed, Kind::Secret, &self.web);
        for (name, end) in &self.jobs {
            let condition = JobCondition { type_: (*end).to_owned(), status: "True".into(), ..JobCondition::default() };
            let job = Job {
                metadata: ObjectMeta { name: Some(name.clone()), ..ObjectMeta::default() },
                status: Some(JobStatus { conditions: Some(vec![condition]), ..JobStatus::default() }),
                ..Job::default()
            };
            fixtures::observe(&mut observed, Kind::Job, &job);
        }
        observed
    }

    fn fresh(&self) -> WebPod {
        WebPod { url: value(&self.database, "url").expect("a URL"), keys: value(&self.web, "jwt-keys").expect("keys") }
    }

    fn is_present(&self) -> bool {
        self.pods.iter().all(|pod| *pod == self.fresh())
    }

    /// One thing that may happen next.
    fn happen(&mut self) {
        let (observed, is_present) = (self.observed(), self.is_present());
        match self.rng.random_range(0..6) {
            0 => {
                let (now, mut rng) = (self.now, StdRng::seed_from_u64(self.rng.random()));
                for change in due(&self.app, &observed, is_present, now, &mut rng) {
                    // The process may end between any two writes.
                    if self.rng.random_bool(0.7) {
                        let is_database = change.name.as_str() == "letters-database";
                        apply(if is_database { &mut self.database } else { &mut self.web }, change);
                    }
                }
            }
            1 => {
                let Some(order) = order(&self.app, &observed, is_present) else { return };
                let next = value(&self.database, NEXT).expect("there is a next password");
                let first = &self.logins[names::DATABASE_USER];
                assert!([value(&self.database, "password"), Some(next.clone())].contains(&Some(first.clone())));
                // It may end before or after it has set the password.
                if self.rng.random_bool(0.8) {
                    self.logins.insert(order.login.to_owned(), next);
                    let end = if self.rng.random_bool(0.7) { "Complete" } else { "Failed" };
                    self.jobs.insert(order.job.into(), end);
                }
            }
            2 => {
                // What is not desired is pruned.
                let order = order(&self.app, &observed, is_present);
                self.jobs.retain(|name, _| order.as_ref().is_some_and(|order| order.job.as_str() == name));
            }
            3 | 4 => {
                let number = self.rng.random_range(0..self.pods.len());
                self.pods[number] = self.fresh();
            }
            _ => self.now += SignedDuration::from_mins(15),
        }
        self.check();
    }

    fn check(&self) {
        for pod in &self.pods {
            let url = url::Url::parse(&pod.url).expect("a URL");
            let password = self.logins.get(url.username()).map(String::as_str);
            assert_eq!(password, url.password(), "a pod cannot log in as {}", url.username());
            let signs = pod.keys.split(',').next();
            assert!(self.pods.iter().all(|other| other.keys.split(',').any(|key| Some(key) == signs)));
        }
    }

    fn rotate(&mut self) {
        let mut steps = 0;
        while progress(&self.app, &self.observed()) != Some(Progress::Done(None)) {
            self.happen();
            steps += 1;
            assert!(steps < 10_000, "it does not end: {:?}", progress(&self.app, &self.observed()));
        }
    }
}

#[test]
fn no_pod_is_without_a_valid_password_or_key_whatever_happens_between_two_steps() {
    for seed in 0..300 {
        let mut scene = Scene::start(seed);
        let mut seen = BTreeSet::from(["old".to_owned()]);
        for token in ["first", "second", "third"] {
            scene.app.rotation = Some(token.into());
            scene.rotate();
            let password = value(&scene.database, "password").expect("a password");
            assert_eq!(scene.logins[names::DATABASE_USER], password);
            assert_eq!(value(&scene.database, NEXT), None);
            assert!(seen.insert(password) && seen.insert(value(&scene.web, "jwt-keys").expect("keys")), "all is new");
        }
        assert_eq!(value(&scene.web, "jwt-keys").expect("keys").split(',').count(), 1);
    }
}

#[test]
fn nothing_is_rotated_that_nobody_asked_for() {
    let mut scene = Scene::start(1);
    scene.app.rotation = None;
    let mut rng = StdRng::seed_from_u64(1);
    assert!(due(&scene.app, &scene.observed(), true, scene.now, &mut rng).is_empty());
    assert_eq!(progress(&scene.app, &scene.observed()), None);
    // What was begun is finished though nobody asks for it any more.
    scene.app.rotation = Some("one".into());
    for change in due(&scene.app, &scene.observed(), true, scene.now, &mut rng) {
        apply(if change.name.as_str() == "letters-database" { &mut scene.database } else { &mut scene.web }, change);
    }
    scene.app.rotation = None;
    while progress(&scene.app, &scene.observed()).is_some() {
        scene.happen();
    }
    assert_ne!(scene.logins[names::DATABASE_USER], "old");
}

#[test]
fn keys_that_a_person_chose_are_all_accepted_until_the_new_one_has_signed_long_enough() {
    let mut scene = Scene::start(1);
    scene.web = secret("letters-web", &[("jwt-keys", "k2:YQ, mine:Yg")]);
    let mut rng = StdRng::seed_from_u64(1);
    let mut keys = |scene: &mut Scene| {
        for change in due(&scene.app, &scene.observed(), true, scene.now, &mut rng) {
            if change.name.as_str() == "letters-web" {
                apply(&mut scene.web, change);
            }
        }
        let keys = value(&scene.web, "jwt-keys").expect("keys");
        keys.split(',').map(|key| key.split(':').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&mut scene), ["k2", "mine", "k1"]);
    assert_eq!(keys(&mut scene), ["k1", "k2", "mine"]);
    assert_eq!(keys(&mut scene), ["k1", "k2", "mine"]);
    scene.now += KEPT;
    assert_eq!(keys(&mut scene), ["k1"]);
}
