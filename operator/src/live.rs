//! The objects of an app as the API server has them.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret, Service};
use kube::api::DynamicObject;
use serde::de::DeserializeOwned;

use crate::kinds::{Key, Kind};
use crate::names::ChildName;

/// An object that does not have the fields of its kind.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the {} `{}` as such", key.kind.as_str(), key.name)]
pub struct Malformed {
    /// Kind and name of the object.
    key: Key,
    /// Which field does not fit.
    #[source]
    source: serde_json::Error,
}

/// Objects of one app. Those of the kinds whose content matters are parsed when they are added, so that a lookup finds
/// the object or proves that it does not exist.
#[derive(Clone, Debug, Default)]
pub struct Live {
    objects: BTreeMap<Key, DynamicObject>,
    claims: BTreeMap<String, PersistentVolumeClaim>,
    cron_jobs: BTreeMap<String, CronJob>,
    jobs: BTreeMap<String, Job>,
    deployments: BTreeMap<String, Deployment>,
    secrets: BTreeMap<String, Secret>,
    services: BTreeMap<String, Service>,
    stateful_sets: BTreeMap<String, StatefulSet>,
}

impl Live {
    /// Adds an object.
    ///
    /// # Errors
    /// When its content matters and does not fit its kind.
    pub fn add(&mut self, key: Key, object: DynamicObject) -> Result<(), Malformed> {
        match key.kind {
            Kind::PersistentVolumeClaim => read_into(&mut self.claims, &key, &object)?,
            Kind::CronJob => read_into(&mut self.cron_jobs, &key, &object)?,
            Kind::Job => read_into(&mut self.jobs, &key, &object)?,
            Kind::Deployment => read_into(&mut self.deployments, &key, &object)?,
            Kind::Secret => read_into(&mut self.secrets, &key, &object)?,
            Kind::Service => read_into(&mut self.services, &key, &object)?,
            Kind::StatefulSet => read_into(&mut self.stateful_sets, &key, &object)?,
            _ => {}
        }
        self.objects.insert(key, object);
        Ok(())
    }

    /// The object of this kind and name.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&DynamicObject> {
        self.objects.get(key)
    }

    /// All objects, in apply order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &DynamicObject)> {
        self.objects.iter()
    }

    /// The volume claim of this name.
    #[must_use]
    pub fn claim(&self, name: &ChildName) -> Option<&PersistentVolumeClaim> {
        self.claims.get(name.as_str())
    }

    /// The `CronJob` of this name.
    #[must_use]
    pub fn cron_job(&self, name: &ChildName) -> Option<&CronJob> {
        self.cron_jobs.get(name.as_str())
    }

    /// All Jobs, which are backups.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    /// The Deployment of this name.
    #[must_use]
    pub fn deployment(&self, name: &ChildName) -> Option<&Deployment> {
        self.deployments.get(name.as_str())
    }

    /// The Secret of this name, which need not be one of the app's own.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// The Service of this name.
    #[must_use]
    pub fn service(&self, name: &ChildName) -> Option<&Service> {
        self.services.get(name.as_str())
    }

    /// The `StatefulSet` of this name.
    #[must_use]
    pub fn stateful_set(&self, name: &ChildName) -> Option<&StatefulSet> {
        self.stateful_sets.get(name.as_str())
    }
}

/// The objects of an app after they were applied: only these can be reported.
#[derive(Debug)]
pub struct Applied(pub(crate) Live);

impl Applied {
    /// Objects that the API server has answered.
    #[must_use]
    pub const fn of(live: Live) -> Self {
        Self(live)
    }
}

/// Whether no pod of an earlier template is left.
#[must_use]
pub fn is_rolled_out(deployment: &Deployment) -> bool {
    let status = deployment.status.clone().unwrap_or_default();
    status.observed_generation == deployment.metadata.generation
        && status.updated_replicas.unwrap_or(0) == status.replicas.unwrap_or(0)
}

fn read_into<K: DeserializeOwned>(
    objects: &mut BTreeMap<String, K>,
    key: &Key,
    object: &DynamicObject,
) -> Result<(), Malformed> {
    let read = serde_json::to_value(object).and_then(serde_json::from_value);
    let read = read.map_err(|source| Malformed { key: key.clone(), source })?;
    objects.insert(key.name.clone(), read);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_that_does_not_fit_its_kind_is_an_error_and_not_absent() {
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "letters-web"},
            "spec": {"replicas": "many"},
        });
        let deployment = serde_json::from_value(deployment).expect("it has kind and metadata");
        let error =
            Live::default().add(Key::new(Kind::Deployment, "letters-web"), deployment).expect_err("it does not fit");
        assert_eq!(error.to_string(), "failed to read the Deployment `letters-web` as such");
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(cause.contains("many"), "{cause}");
    }
}
