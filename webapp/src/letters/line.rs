//! The letters that wait in the database until the queue of the app has room.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use uuid::Uuid;

use crate::db::{self, Pool, letters};

/// How old a place in line may be.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// The place of each letter, from 0.
type Places = Arc<HashMap<Uuid, usize>>;

/// The letters that wait, as this replica last saw them. Clones share what was seen.
#[derive(Clone, Default)]
pub struct Line {
    /// Whether a letter waited for room when this replica last looked.
    waits: Arc<AtomicBool>,
    counted: Arc<Mutex<Option<Counted>>>,
}

/// The places, and when they were counted.
type Counted = (Instant, Places);

impl Line {
    /// Whether a letter waited for room when this replica last looked.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.waits.load(Ordering::Relaxed)
    }

    /// Notes whether a letter waits for room.
    pub fn note(&self, waits: bool) {
        self.waits.store(waits, Ordering::Relaxed);
    }

    /// How many letters of the database wait before this one, as counted in the last second. One reader counts for all
    /// others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn before(&self, db: &Pool, letter: Uuid) -> Result<usize, db::Error> {
        let mut counted = self.counted.lock().await;
        let places = match &*counted {
            Some((at, places)) if at.elapsed() < COUNT_EVERY => Arc::clone(places),
            _ => {
                let ids = letters::in_line(db).await?;
                let places = Arc::new(ids.into_iter().enumerate().map(|(place, id)| (id, place)).collect());
                *counted = Some((Instant::now(), Arc::clone(&places)));
                places
            }
        };
        // A letter that is not there yet was handed in after the count.
        Ok(places.get(&letter).copied().unwrap_or(places.len()))
    }
}
