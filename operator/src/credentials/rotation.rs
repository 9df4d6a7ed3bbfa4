//! Replaces an app's database password and signing keys, one write at a time, so that no pod is ever without a valid one.
//!
//! Every step is a write of one Secret, or a Job that may run any number of times; what comes next is read from the Secret
//! alone. So a rotation goes on wherever it was interrupted. A step is taken when every web pod has the Secrets as they are.
//!
//! ```text
//! password    made, and stored beside the present one ─▶ Job: the second login of Postgres takes it
//!             ─▶ the site goes over to the second login ─▶ Job: the first login takes it ─▶ the site goes back
//! signing key made, and accepted by every pod ─▶ it signs ─▶ no token of the earlier key is valid ─▶ that key goes
//! ```
//!
//! Postgres knows one password for each login, hence the second login: both are never changed while pods use them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use rand::{CryptoRng, RngExt as _};
use sha2::{Digest as _, Sha256};

use crate::names::{self, ChildName};
use crate::observed::Observed;
use crate::validate::{Database, Managed, ValidatedApp};

/// Annotation on a Secret: the value of `spec.rotateSecrets` for which its content was replaced last, or is being.
pub const ROTATION: &str = "coverletter.dev/rotation";
/// Annotation on a Secret whose content is being replaced: the step that is due.
const STEP: &str = "coverletter.dev/rotation-step";
/// Key of the password that takes over.
pub const NEXT: &str = "next-password";
/// Step: the second login takes the new password, which no pod knows.
const SECOND: &str = "SecondLogin";
/// Step: the first login takes it; all pods use the second.
const FIRST: &str = "FirstLogin";
/// Step: every pod accepts the new signing key; none uses it.
const ACCEPTED: &str = "Accepted";
/// Step, with a time after it: the new key signs, and the earlier one goes then.
const SIGNS: &str = "Signs";
/// How long a key is kept that signs no more: longer than any token of it is valid, which is an hour.
const KEPT: SignedDuration = SignedDuration::from_hours(2);

/// A write of one Secret. Never printed: it holds secrets.
#[derive(Clone)]
pub struct Change {
    /// Name of the Secret.
    pub name: ChildName,
    /// The version that this follows; another one makes the write void.
    pub version: String,
    /// New values, and `None` for keys that go.
    pub data: BTreeMap<String, Option<ByteString>>,
    /// The same of annotations.
    pub annotations: BTreeMap<String, Option<String>>,
}

/// A login of the database whose password is to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Name of the Job that does it.
    pub job: ChildName,
    /// The login.
    pub login: &'static str,
}

/// How far a rotation is, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// What is being done.
    Running(&'static str),
    /// All is replaced. Until this time, the earlier signing key is accepted.
    Done(Option<Timestamp>),
}

/// The writes that are due. `has_present_secrets` says whether every web pod has the Secrets as they are now.
pub fn due(
    app: &ValidatedApp,
    observed: &Observed,
    has_present_secrets: bool,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> Vec<Change> {
    let mut due = Vec::new();
    if let Database::Managed(database) = &app.database
        && let Some(secret) = observed.children.secret(names::database_secret(&app.name).as_str())
    {
        due.extend(password(app, database, observed, secret, rng));
    }
    if let Some(secret) = observed.children.secret(names::web_secret(&app.name).as_str()) {
        due.extend(signing_key(app, secret, has_present_secrets, now, rng));
    }
    due
}

fn password(
    app: &ValidatedApp,
    database: &Managed,
    observed: &Observed,
    secret: &Secret,
    rng: &mut impl CryptoRng,
) -> Option<Change> {
    let change = Change::of(names::database_secret(&app.name), secret)?;
    let Some(step) = step(secret) else {
        let token = begins(app, secret)?;
        value(secret, "password")?;
        let password = hex::encode(rng.random::<[u8; 32]>());
        return Some(change.set(NEXT, password).annotate(ROTATION, token).annotate(STEP, SECOND));
    };
    let order = order_of(app, database, secret)?;
    let is_done = observed.children.jobs().any(|job| job.name_any() == order.job.as_str() && ended(job, "Complete"));
    let next = value(secret, NEXT).filter(|_| is_done)?;
    match step {
        SECOND => {
            let url = names::database_url(&app.name, names::DATABASE_SECOND_USER, &next);
            Some(change.set("url", url).annotate(STEP, FIRST))
        }
        FIRST => {
            let url = names::database_url(&app.name, names::DATABASE_USER, &next);
            Some(change.set("url", url).set("password", next).remove(NEXT).without(STEP))
        }
        _ => None,
    }
}

fn signing_key(
    app: &ValidatedApp,
    secret: &Secret,
    has_present_secrets: bool,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> Option<Change> {
    let change = Change::of(names::web_secret(&app.name), secret)?;
    let text = value(secret, "jwt-keys")?;
    let keys: Vec<_> = text.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    let Some(step) = step(secret) else {
        let token = begins(app, secret)?;
        let key = new_key(&keys, rng);
        let keys = [&keys[..], &[&key]].concat().join(",");
        return Some(change.set("jwt-keys", keys).annotate(ROTATION, token).annotate(STEP, ACCEPTED));
    };
    if !has_present_secrets {
        return None;
    }
    if step == ACCEPTED {
        let (newest, earlier) = keys.split_last()?;
        let keys = [&[*newest], earlier].concat().join(",");
        return Some(change.set("jwt-keys", keys).annotate(STEP, &format!("{SIGNS} {}", now.checked_add(KEPT).ok()?)));
    }
    let signs = keys.first().filter(|_| kept_until(step).is_some_and(|until| now >= until))?;
    Some(change.set("jwt-keys", (*signs).to_owned()).without(STEP))
}

/// A key with a name that none of `keys` has.
fn new_key(keys: &[&str], rng: &mut impl CryptoRng) -> String {
    let is_free = |name: &String| keys.iter().all(|key| key.split(':').next() != Some(name));
    // Of so many names, one more than there are keys, at least one is free.
    let name = (1..=keys.len() + 1).map(|number| format!("k{number}")).find(is_free).unwrap_or_default();
    format!("{name}:{}", STANDARD.encode(rng.random::<[u8; 32]>()))
}

/// The login whose password is to be set now. Nothing while a Job for it has failed, so that the Job goes and is made anew.
#[must_use]
pub fn order(app: &ValidatedApp, observed: &Observed, has_present_secrets: bool) -> Option<Order> {
    let Database::Managed(database) = &app.database else { return None };
    let secret = observed.children.secret(names::database_secret(&app.name).as_str())?;
    let order = order_of(app, database, secret).filter(|_| has_present_secrets)?;
    let has_failed = observed.children.jobs().any(|job| job.name_any() == order.job.as_str() && ended(job, "Failed"));
    (!has_failed).then_some(order)
}

fn order_of(app: &ValidatedApp, database: &Managed, secret: &Secret) -> Option<Order> {
    let (number, login) = match step(secret)? {
        SECOND => (2, names::DATABASE_SECOND_USER),
        FIRST => (1, names::DATABASE_USER),
        _ => return None,
    };
    // The pods of a Job never change, and what an earlier one has done says nothing of this password.
    let hash = Sha256::new().chain_update(value(secret, NEXT)?).chain_update(&database.image).finalize();
    Some(Order { job: names::rotation_job(&app.name, &format!("{number}-{}", hex::encode(&hash[..4]))), login })
}

/// How far the rotation is that the spec asks for; `None` when it asks for none and none is under way.
#[must_use]
pub fn progress(app: &ValidatedApp, observed: &Observed) -> Option<Progress> {
    let web = observed.children.secret(names::web_secret(&app.name).as_str());
    let database = match &app.database {
        Database::Managed(_) => observed.children.secret(names::database_secret(&app.name).as_str()),
        Database::External(_) => None,
    };
    let secrets = || [web, database].into_iter().flatten();
    let steps: Vec<_> = secrets().filter_map(step).collect();
    if app.rotation.is_none() && steps.is_empty() {
        return None;
    }
    let running = steps.iter().find_map(|step| match *step {
        SECOND => Some("The second login of the database takes a new password"),
        FIRST => Some("The site uses the second login, and the first one takes the new password"),
        ACCEPTED => Some("The site learns a new signing key"),
        _ => None,
    });
    if secrets().any(|secret| step(secret).is_none() && begins(app, secret).is_some()) {
        return Some(Progress::Running(running.unwrap_or("It is about to begin")));
    }
    Some(running.map_or_else(|| Progress::Done(steps.iter().find_map(|step| kept_until(step))), Progress::Running))
}

/// The value for which a rotation is to begin, if one is.
fn begins<'a>(app: &'a ValidatedApp, secret: &Secret) -> Option<&'a str> {
    let token = app.rotation.as_deref()?;
    let last = secret.annotations().get(ROTATION).map(String::as_str);
    (last != Some(token)).then_some(token)
}

fn step(secret: &Secret) -> Option<&str> {
    secret.annotations().get(STEP).map(String::as_str)
}

fn kept_until(step: &str) -> Option<Timestamp> {
    step.strip_prefix(SIGNS)?.trim().parse().ok()
}

fn value(secret: &Secret, key: &str) -> Option<String> {
    let value = secret.data.as_ref()?.get(key)?;
    Some(String::from_utf8_lossy(&value.0).into_owned()).filter(|value| !value.is_empty())
}

fn ended(job: &Job, how: &str) -> bool {
    let conditions = job.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    conditions.iter().any(|condition| condition.type_ == how && condition.status == "True")
}

impl Change {
    fn of(name: ChildName, secret: &Secret) -> Option<Self> {
        let version = secret.resource_version()?;
        Some(Self { name, version, data: BTreeMap::new(), annotations: BTreeMap::new() })
    }

    fn set(mut self, key: &str, value: String) -> Self {
        self.data.insert(key.to_owned(), Some(ByteString(value.into_bytes())));
        self
    }

    fn remove(mut self, key: &str) -> Self {
        self.data.insert(key.to_owned(), None);
        self
    }

    fn annotate(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), Some(value.to_owned()));
        self
    }

    fn without(mut self, key: &str) -> Self {
        self.annotations.insert(key.to_owned(), None);
        self
    }
}

#[cfg(test)]
mod tests;
