//! Watches of several namespaces as one: what a namespace lists replaces what was known of it, and of no other.

use std::hash::Hash;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream, select_all};
use kube::runtime::reflector::Store;
use kube::runtime::watcher::{Event, Result};
use kube::{Resource, ResourceExt as _};

/// One namespace's watch.
struct Watched<K> {
    namespace: String,
    /// What the list that is under way has brought so far.
    listing: Vec<K>,
    /// Whether it was listed and has not failed since.
    is_seen: bool,
}

/// The events of all `watches`, each with the name of its namespace, for the writer of `store`.
pub fn merged<K>(
    mut watches: Vec<(String, BoxStream<'static, Result<Event<K>>>)>,
    store: Store<K>,
) -> BoxStream<'static, Result<Event<K>>>
where
    K: Resource<DynamicType: Eq + Hash + Clone + Send + Sync> + Clone + Send + Sync + 'static,
{
    if watches.len() == 1 {
        // A list is swapped in as a whole then.
        return watches.remove(0).1;
    }
    let mut all = Vec::new();
    let numbered = watches.into_iter().enumerate().map(|(number, (namespace, events))| {
        all.push(Watched { namespace, listing: Vec::new(), is_seen: false });
        events.map(move |event| (number, event))
    });
    let events = select_all(numbered.collect::<Vec<_>>());
    // Each answer is applied to the store before the next event is looked at.
    events.flat_map(move |(number, event)| stream::iter(translated(&mut all, number, event, &store))).boxed()
}

fn translated<K>(
    all: &mut [Watched<K>],
    number: usize,
    event: Result<Event<K>>,
    store: &Store<K>,
) -> Vec<Result<Event<K>>>
where
    K: Resource<DynamicType: Eq + Hash + Clone> + Clone + 'static,
{
    let watched = &mut all[number];
    match event {
        Ok(Event::Init) => {
            watched.listing.clear();
            watched.is_seen = false;
            vec![Ok(Event::Init)]
        }
        Ok(Event::InitApply(object)) => {
            watched.listing.push(object);
            Vec::new()
        }
        Ok(Event::InitDone) => {
            let listing = std::mem::take(&mut watched.listing);
            watched.is_seen = true;
            let namespace = watched.namespace.clone();
            let is_complete = all.iter().all(|watched| watched.is_seen);
            listed(&namespace, listing, is_complete, store)
        }
        Err(error) => {
            watched.is_seen = false;
            vec![Err(error)]
        }
        event => vec![event],
    }
}

/// What a list of one namespace changes. With the list after which every namespace is seen comes everything that is in the
/// store, for whoever waits for that.
fn listed<K>(namespace: &str, listing: Vec<K>, is_complete: bool, store: &Store<K>) -> Vec<Result<Event<K>>>
where
    K: Resource<DynamicType: Eq + Hash + Clone> + Clone + 'static,
{
    let (own, others): (Vec<_>, Vec<_>) =
        store.state().into_iter().partition(|known| known.namespace().as_deref() == Some(namespace));
    if is_complete {
        let all = others.iter().map(|known| (**known).clone()).chain(listing);
        let all = all.map(|object| Ok(Event::InitApply(object)));
        return [Ok(Event::Init)].into_iter().chain(all).chain([Ok(Event::InitDone)]).collect();
    }
    let is_gone = |known: &K| listing.iter().all(|object| object.meta().name != known.meta().name);
    let gone: Vec<_> =
        own.iter().filter(|known| is_gone(known)).map(|known| Event::Delete((**known).clone())).collect();
    gone.into_iter().chain(listing.into_iter().map(Event::Apply)).map(Ok).collect()
}

#[cfg(test)]
mod tests {
    use crds::CoverLetterRequest;
    use kube::runtime::reflector;
    use serde_json::json;

    use super::*;

    fn request(namespace: &str, name: &str) -> CoverLetterRequest {
        let object = json!({
            "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"appRef": {"name": "letters"}, "job": {"title": "Data Scientist", "company": "google"}},
        });
        serde_json::from_value(object).expect("a request")
    }

    /// Whether each of these events tells that everything is seen.
    fn told(events: Vec<(usize, Result<Event<CoverLetterRequest>>)>) -> Vec<bool> {
        let (store, _) = reflector::store();
        let watched = |namespace: &str| Watched { namespace: namespace.into(), listing: Vec::new(), is_seen: false };
        let mut all = [watched("one"), watched("two")];
        let mut is_all = |(number, event)| {
            let events = translated(&mut all, number, event, &store);
            events.iter().any(|event| matches!(event, Ok(Event::InitDone)))
        };
        events.into_iter().map(&mut is_all).collect()
    }

    /// What the store holds after these events, and whether it is ready.
    fn after(events: Vec<(usize, Event<CoverLetterRequest>)>) -> (Vec<String>, bool) {
        let (store, mut writer) = reflector::store();
        let watched = |namespace: &str| Watched { namespace: namespace.into(), listing: Vec::new(), is_seen: false };
        let mut all = [watched("one"), watched("two")];
        for (number, event) in events {
            for event in translated(&mut all, number, Ok(event), &store) {
                writer.apply_watcher_event(&event.expect("no event is an error"));
            }
        }
        let mut names: Vec<_> = store.state().iter().map(|request| request.name_any()).collect();
        names.sort_unstable();
        (names, futures::FutureExt::now_or_never(store.wait_until_ready()).is_some())
    }

    fn list(number: usize, namespace: &str, names: &[&str]) -> Vec<(usize, Event<CoverLetterRequest>)> {
        let objects = names.iter().map(|name| Event::InitApply(request(namespace, name)));
        let events = [Event::Init].into_iter().chain(objects).chain([Event::InitDone]);
        events.map(|event| (number, event)).collect()
    }

    #[test]
    fn the_store_is_ready_when_every_namespace_was_listed() {
        let one = list(0, "one", &["a"]);
        assert_eq!(after(one.clone()), (vec!["a".to_owned()], false));
        let both = [one, vec![(0, Event::Apply(request("one", "b")))], list(1, "two", &["c"])].concat();
        assert_eq!(after(both), (["a", "b", "c"].map(str::to_owned).to_vec(), true));
    }

    #[test]
    fn everything_is_seen_again_once_what_failed_is_listed_again() {
        let failed = || Err(kube::runtime::watcher::Error::NoResourceVersion);
        let (begin, end) = (|| Ok(Event::Init), || Ok(Event::InitDone));
        let both = vec![(0, begin()), (1, begin()), (0, end()), (1, end())];
        assert_eq!(told(both), [false, false, false, true]);
        let both = || vec![(0, begin()), (0, end()), (1, begin()), (1, end())];
        let one_fails = both().into_iter().chain([(0, failed()), (0, begin()), (0, end())]).collect();
        assert_eq!(told(one_fails)[4..], [false, false, true]);
        let fail = [(0, failed()), (1, failed()), (0, begin()), (0, end()), (1, begin()), (1, end())];
        assert_eq!(told(both().into_iter().chain(fail).collect())[6..], [false, false, false, true]);
    }

    #[test]
    fn a_list_replaces_its_own_namespace_and_no_other() {
        let begun = [list(0, "one", &["a", "b"]), list(1, "two", &["c"])].concat();
        let again = [begun.clone(), list(0, "one", &["b", "d"])].concat();
        assert_eq!(after(again).0, ["b", "c", "d"]);
        // A list that is interrupted changes nothing.
        let interrupted = [begun, vec![(0, Event::Init), (1, Event::Delete(request("two", "c")))]].concat();
        assert_eq!(after(interrupted).0, ["a", "b"]);
    }
}
