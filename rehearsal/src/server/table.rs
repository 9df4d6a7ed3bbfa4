//! The objects of one kind, and their history as watches tell it.

use std::collections::BTreeMap;
use std::sync::Arc;

use kube::Resource;

/// A change to one object.
#[derive(Debug)]
pub struct Change<K> {
    /// When it was committed, in milliseconds.
    pub time: i64,
    /// Who made it.
    pub by: String,
    /// Whether the object is gone with it.
    pub is_removal: bool,
    /// The object with it.
    pub object: Arc<K>,
}

/// Objects by name.
#[derive(Debug)]
pub struct Table<K> {
    objects: BTreeMap<String, Arc<K>>,
    history: Vec<Change<K>>,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self { objects: BTreeMap::new(), history: Vec::new() }
    }
}

impl<K> Table<K> {
    /// The object called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<K>> {
        self.objects.get(name)
    }

    /// The object called `name`, as it was at `time` if one is given.
    pub(super) fn at(&self, name: &str, time: Option<i64>) -> Option<Arc<K>>
    where
        K: Resource,
    {
        let Some(time) = time else { return self.get(name).cloned() };
        let mut before = self.history.iter().rev().filter(|change| change.time <= time);
        let last = before.find(|change| change.object.meta().name.as_deref() == Some(name))?;
        (!last.is_removal).then(|| Arc::clone(&last.object))
    }

    /// All objects, by name.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Arc<K>)> {
        self.objects.iter()
    }

    /// All changes, the first one first.
    #[must_use]
    pub fn history(&self) -> &[Change<K>] {
        &self.history
    }

    pub(crate) fn put(&mut self, name: &str, object: Arc<K>, time: i64, by: &str) {
        self.objects.insert(name.to_owned(), Arc::clone(&object));
        self.history.push(Change { time, by: by.to_owned(), is_removal: false, object });
    }

    /// Removes the object, of which `last` is what watches show.
    pub(crate) fn remove(&mut self, name: &str, last: Arc<K>, time: i64, by: &str) {
        self.objects.remove(name);
        self.history.push(Change { time, by: by.to_owned(), is_removal: true, object: last });
    }
}
