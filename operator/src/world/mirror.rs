//! Follows one kind of object into a store.

use std::fmt::Debug;
use std::hash::Hash;
use std::pin::pin;

use futures::StreamExt as _;
use kube::api::Api;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::reflector::store::Writer;
use kube::runtime::watcher::{Config, Event, watcher};
use kube::{Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use tracing::warn;

/// Bounds of a kind that can be followed.
pub trait Watched: Resource + Clone + DeserializeOwned + Debug + Send + Sync + 'static {}
impl<K: Resource + Clone + DeserializeOwned + Debug + Send + Sync + 'static> Watched for K {}

/// Bounds of the type information of a kind that can be followed.
pub trait WatchedType: Eq + Hash + Clone + Send + Sync {}
impl<T: Eq + Hash + Clone + Send + Sync> WatchedType for T {}

/// What happened in a store.
pub enum Change<'a, K> {
    /// This object came, changed or went.
    Object(&'a K),
    /// Everything was read anew; any object may have come or gone.
    All,
    /// Nothing was seen for a while.
    Gap,
}

/// Follows `api` for ever and calls `changed` after the store has changed.
pub async fn mirror<K: Watched>(
    api: Api<K>,
    config: Config,
    mut writer: Writer<K>,
    changed: impl Fn(Change<'_, K>) + Send,
) where
    K::DynamicType: WatchedType,
{
    let url = api.resource_url().to_owned();
    let mut events = pin!(watcher(api, config).default_backoff());
    while let Some(event) = events.next().await {
        match event {
            Ok(mut event) => {
                if let Event::Apply(object) | Event::InitApply(object) = &mut event {
                    // Who owns which field is the larger half of an object, and nobody here asks for it.
                    object.managed_fields_mut().clear();
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
                warn!(url, error = %crate::error::Chain(&error), "Lost a watch");
                changed(Change::Gap);
            }
        }
    }
}
