//! The list of an app's objects, before and after they were applied, and what tells two of them apart.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use kube::api::DynamicObject;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::kinds::Kind;
use crate::observed::Observed;

/// Annotation with a hash of what the operator asked for, so that it finds out when it asks for something else.
pub const APPLIED_ANNOTATION: &str = "coverletter.dev/applied";

/// Kind and name: what tells two objects of one app apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Kind.
    pub kind: Kind,
    /// Name within the app's namespace.
    pub name: String,
}

impl Key {
    /// Kind and name.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

/// Marks objects as decided.
#[derive(Debug)]
pub enum Desired {}

/// Marks objects as the API server answered them.
#[derive(Debug)]
pub enum Applied {}

/// Objects of one app. Iteration order is apply order.
#[derive(Debug)]
pub struct Objects<Stage> {
    objects: BTreeMap<Key, DynamicObject>,
    stage: PhantomData<Stage>,
}

impl<Stage> Default for Objects<Stage> {
    fn default() -> Self {
        Self { objects: BTreeMap::new(), stage: PhantomData }
    }
}

impl<Stage> Objects<Stage> {
    /// Objects in apply order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &DynamicObject)> {
        self.objects.iter()
    }

    /// The object of this kind and name, read as `K`. `None` when it is not there.
    #[must_use]
    pub fn find<K: DeserializeOwned>(&self, kind: Kind, name: &str) -> Option<K> {
        parse(self.objects.get(&Key::new(kind, name))?)
    }

    /// Adds an object as the API server knows it.
    pub(crate) fn insert(&mut self, key: Key, object: DynamicObject) {
        self.objects.insert(key, object);
    }
}

impl Objects<Desired> {
    /// Adds a typed object, stamped with the hash of its content.
    ///
    /// # Panics
    /// When `object` has no name: a bug.
    pub fn add<K: Serialize>(&mut self, kind: Kind, object: &K) {
        let value = serde_json::to_value(object).expect("Kubernetes types are JSON");
        let mut object: DynamicObject = serde_json::from_value(value).expect("Kubernetes types have kind and metadata");
        let hash = hash(&object);
        object.metadata.annotations.get_or_insert_default().insert(APPLIED_ANNOTATION.to_owned(), hash);
        let name = object.metadata.name.clone().expect("every child has a name");
        self.objects.insert(Key::new(kind, name), object);
    }

    /// What the cluster has, this app owns and nobody asks for any more.
    #[must_use]
    pub fn orphans(&self, observed: &Observed, owner_uid: &str) -> Vec<Key> {
        let owned = |object: &DynamicObject| {
            object.metadata.owner_references.iter().flatten().any(|owner| owner.uid == owner_uid)
        };
        let children = observed.children.iter();
        children
            .filter(|(key, object)| owned(object) && !self.objects.contains_key(key))
            .map(|(key, _)| key.clone())
            .collect()
    }
}

/// Reads a dynamic object as a typed one; `None` when it does not fit.
#[must_use]
pub fn parse<K: DeserializeOwned>(object: &DynamicObject) -> Option<K> {
    serde_json::from_value(serde_json::to_value(object).ok()?).ok()
}

/// Whether applying `desired` would change nothing: same hash, and every field that we ask for is still as asked.
#[must_use]
pub fn is_applied(live: &DynamicObject, desired: &DynamicObject) -> bool {
    let annotation = |object: &DynamicObject| {
        object.metadata.annotations.as_ref().and_then(|annotations| annotations.get(APPLIED_ANNOTATION)).cloned()
    };
    annotation(live) == annotation(desired)
        && match (serde_json::to_value(live), serde_json::to_value(desired)) {
            (Ok(live), Ok(desired)) => covers(&live, &desired),
            _ => false,
        }
}

/// Whether `live` says everything that `desired` says. What the API server or others add does not matter.
#[must_use]
pub fn covers(live: &Value, desired: &Value) -> bool {
    match (live, desired) {
        (_, Value::Null) => true,
        (Value::Object(live), Value::Object(desired)) => {
            desired.iter().all(|(key, desired)| live.get(key).map_or(is_empty(desired), |live| covers(live, desired)))
        }
        (Value::Array(live), Value::Array(desired)) => {
            live.len() == desired.len() && live.iter().zip(desired).all(|(live, desired)| covers(live, desired))
        }
        (live, desired) => live == desired,
    }
}

/// Fields that the API server leaves out when they hold nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(value) => !value,
        Value::String(text) => text.is_empty(),
        Value::Number(_) => false,
    }
}

fn hash(object: &DynamicObject) -> String {
    let text = serde_json::to_vec(object).expect("Kubernetes types are JSON");
    hex::encode(&Sha256::digest(text)[..8])
}

#[cfg(test)]
mod tests;
