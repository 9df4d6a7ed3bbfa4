//! Follows one kind of object into a store, for as long as the future is polled. The only code that watches anything.
//!
//! Our own kinds are followed guarded: the API server may hold an object that this version cannot read, for example one
//! that a newer version wrote. Unguarded, that one object would fail every list, and hide all the others.

mod merge;
mod watch;

use std::fmt::Debug;
use std::future::ready;
use std::hash::Hash;
use std::pin::pin;

use futures::{Stream, StreamExt as _};
use kube::api::Api;
use kube::core::{DeserializeGuard, ObjectMeta};
use kube::runtime::reflector::ObjectRef;
use kube::runtime::reflector::store::{Store, Writer};
use kube::runtime::watcher::{self, Config, Event};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use tracing::warn;

use crate::chain::Chain;
use merge::merged;
use watch::watched;

/// Bounds of a kind that can be followed.
pub trait Followed:
    Resource<DynamicType: Eq + Hash + Clone + Send + Sync> + Clone + Debug + Send + Sync + 'static
{
}
impl<K> Followed for K where
    K: Resource<DynamicType: Eq + Hash + Clone + Send + Sync> + Clone + Debug + Send + Sync + 'static
{
}

/// A change of a store.
#[derive(Debug)]
pub enum Change<'a, K> {
    /// This object came, changed or went.
    Object(&'a K),
    /// Everything was read anew; any object may have come or gone.
    All,
    /// For a while nothing was seen.
    Gap,
}

/// Follows `api` into the store of `writer`, and calls `changed` after each change of the store.
pub async fn follow<K: Followed + DeserializeOwned>(
    api: Api<K>,
    config: Config,
    writer: Writer<K>,
    changed: impl Fn(Change<'_, K>) + Send,
) {
    follow_each(vec![(String::new(), api)], config, writer, changed).await;
}

/// The same for one kind in several namespaces, each with its name. None of them waits for another, except that the
/// store is ready when all of them were listed.
pub async fn follow_each<K: Followed + DeserializeOwned>(
    apis: Vec<(String, Api<K>)>,
    config: Config,
    writer: Writer<K>,
    changed: impl Fn(Change<'_, K>) + Send,
) {
    let url = urls(&apis);
    // Field ownership is the larger half of an object, and nothing here reads it.
    let trim = |object: &mut K| object.managed_fields_mut().clear();
    let watches = apis.into_iter().map(|(namespace, api)| (namespace, watched(api, config.clone())));
    let events = merged(watches.collect(), writer.as_reader());
    reflect(&url, events, writer, trim, changed).await;
}

/// [`follow`] for a kind of our own: an object that cannot be read is not in the store, and a warning names it. `trim` drops
/// what need not be kept of an object.
pub async fn follow_guarded<K: Followed<DynamicType = ()> + DeserializeOwned>(
    api: Api<DeserializeGuard<K>>,
    config: Config,
    writer: Writer<K>,
    trim: impl Fn(&mut K) + Send,
    changed: impl Fn(Change<'_, K>) + Send,
) {
    follow_guarded_each(vec![(String::new(), api)], config, writer, trim, changed).await;
}

/// [`follow_each`] for a kind of our own.
pub async fn follow_guarded_each<K: Followed<DynamicType = ()> + DeserializeOwned>(
    apis: Vec<(String, Api<DeserializeGuard<K>>)>,
    config: Config,
    writer: Writer<K>,
    trim: impl Fn(&mut K) + Send,
    changed: impl Fn(Change<'_, K>) + Send,
) {
    let url = urls(&apis);
    let watches = apis.into_iter().map(|(namespace, api)| {
        let (events, store) = (watched(api, config.clone()), writer.as_reader());
        let events = events.filter_map(move |event| ready(event.map(|event| readable(event, &store)).transpose()));
        (namespace, events.boxed())
    });
    let events = merged(watches.collect(), writer.as_reader());
    reflect(&url, events, writer, trim, changed).await;
}

fn urls<K: Resource>(apis: &[(String, Api<K>)]) -> String {
    apis.iter().map(|(_, api)| api.resource_url()).collect::<Vec<_>>().join(", ")
}

async fn reflect<K: Followed>(
    url: &str,
    events: impl Stream<Item = watcher::Result<Event<K>>> + Send,
    mut writer: Writer<K>,
    trim: impl Fn(&mut K) + Send,
    changed: impl Fn(Change<'_, K>) + Send,
) {
    let mut events = pin!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(mut event) => {
                if let Event::Apply(object) | Event::InitApply(object) = &mut event {
                    trim(object);
                }
                writer.apply_watcher_event(&event);
                match &event {
                    Event::Apply(object) | Event::Delete(object) => changed(Change::Object(object)),
                    Event::InitDone => changed(Change::All),
                    Event::Init => changed(Change::Gap),
                    Event::InitApply(_) => {}
                }
            }
            Err(error) => {
                warn!(url, error = %Chain(&error), "Lost a watch");
                changed(Change::Gap);
            }
        }
    }
}

/// The event without the guard. An object that can no longer be read leaves the store as if it were deleted.
fn readable<K: Followed<DynamicType = ()>>(event: Event<DeserializeGuard<K>>, store: &Store<K>) -> Option<Event<K>> {
    let last_read = |metadata: &ObjectMeta| {
        let reference = ObjectRef::new(metadata.name.as_deref().unwrap_or_default());
        let reference = match &metadata.namespace {
            Some(namespace) => reference.within(namespace),
            None => reference,
        };
        store.get(&reference).map(|object| Event::Delete((*object).clone()))
    };
    match event {
        Event::Init => Some(Event::Init),
        Event::InitDone => Some(Event::InitDone),
        Event::InitApply(guard) => match guard.0 {
            Ok(object) => Some(Event::InitApply(object)),
            Err(invalid) => {
                skipped::<K>(&invalid.metadata);
                None
            }
        },
        Event::Apply(guard) => match guard.0 {
            Ok(object) => Some(Event::Apply(object)),
            Err(invalid) => {
                skipped::<K>(&invalid.metadata);
                last_read(&invalid.metadata)
            }
        },
        Event::Delete(guard) => match guard.0 {
            Ok(object) => Some(Event::Delete(object)),
            Err(invalid) => last_read(&invalid.metadata),
        },
    }
}

/// Logs which object was skipped, but not why, since the reason may quote what a person wrote.
fn skipped<K: Resource<DynamicType = ()>>(metadata: &ObjectMeta) {
    let (kind, name) = (K::kind(&()), metadata.name.as_deref().unwrap_or_default());
    warn!(object.kind = %kind, object.name = name, "Skipped {kind} `{name}`: it cannot be read");
}

#[cfg(test)]
mod tests;
