//! Pods and Leases: who applies an annotation owns it, and a Lease goes with its pod.

use std::collections::BTreeSet;
use std::sync::Arc;

use crds::names::TAKEN_ANNOTATION;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;

use super::{Answer, Server};

impl Server<'_> {
    /// Makes a pod, and returns its uid.
    pub fn add_pod(&mut self, name: &str, now: i64) -> String {
        let mut pod = Pod::default();
        pod.metadata.name = Some(name.to_owned());
        self.stamp(&mut pod, now);
        pod.metadata.resource_version = Some(self.next_version());
        let uid = pod.uid().unwrap_or_default();
        self.pods.put(name, Arc::new(pod), now, "kubelet");
        uid
    }

    /// Removes a pod.
    pub fn remove_pod(&mut self, name: &str, now: i64) {
        let Some(pod) = self.pods.get(name).cloned() else { return };
        self.version += 1;
        self.pods.remove(name, pod, now, "kubelet");
    }

    /// A Lease as it is shown to whoever reads or watches it.
    #[must_use]
    pub fn shown(&self, lease: &Arc<Lease>) -> Arc<Lease> {
        let mut shown = Arc::clone(lease);
        if !self.laws.shows_taken
            && let Some(taken) = Arc::make_mut(&mut shown).annotations_mut().get_mut(TAKEN_ANNOTATION)
        {
            taken.clear();
        }
        shown
    }

    /// Removes the Leases whose pods are gone.
    pub fn collect_garbage(&mut self, now: i64) {
        let is_owned = |lease: &Lease| {
            let mut pods = lease.owner_references().iter().filter(|owner| owner.kind == "Pod").peekable();
            pods.peek().is_none()
                || pods.any(|owner| {
                    self.pods.get(&owner.name).is_some_and(|pod| pod.metadata.uid.as_ref() == Some(&owner.uid))
                })
        };
        let orphans: Vec<_> =
            self.leases.all().filter(|(_, lease)| !is_owned(lease)).map(|(name, _)| name.clone()).collect();
        for name in orphans {
            self.end_lease(&name, now, "garbage collector");
        }
    }

    /// Server-side apply: `manager` owns what it sends, and what it sent before and sends no longer goes.
    pub(super) fn apply(&mut self, lease: &Lease, manager: &str, now: i64, by: &str) -> Arc<Lease> {
        let name = lease.name_any();
        let old = self.leases.get(&name).cloned();
        let mut new = lease.clone();
        let sent: BTreeSet<_> = lease.annotations().keys().cloned().collect();
        let owners = self.owned.entry(name.clone()).or_default();
        let dropped = owners.insert(manager.to_owned(), sent).unwrap_or_default();
        let others: BTreeSet<_> =
            owners.iter().filter(|(other, _)| *other != manager).flat_map(|(_, keys)| keys.clone()).collect();
        if let Some(old) = &old {
            let kept = old.annotations().iter().filter(|(key, _)| !dropped.contains(*key) || others.contains(*key));
            for (key, value) in kept {
                new.annotations_mut().entry(key.clone()).or_insert_with(|| value.clone());
            }
            new.metadata.uid.clone_from(&old.metadata.uid);
            new.metadata.creation_timestamp.clone_from(&old.metadata.creation_timestamp);
            new.metadata.generation = old.metadata.generation;
            new.metadata.namespace.clone_from(&old.metadata.namespace);
        } else {
            self.stamp(&mut new, now);
        }
        new.metadata.resource_version = Some(self.next_version());
        let new = Arc::new(new);
        self.leases.put(&name, Arc::clone(&new), now, by);
        new
    }

    pub(super) fn end_lease(&mut self, name: &str, now: i64, by: &str) -> Answer {
        let Some(lease) = self.leases.get(name).cloned() else { return Answer::Done };
        self.version += 1;
        self.owned.remove(name);
        self.leases.remove(name, lease, now, by);
        Answer::Done
    }
}
