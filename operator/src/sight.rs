//! What the leader sees of apps and requests, for the metrics page.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::Timestamp;

use crate::readings;
use crate::world::World;

/// Where the world is while this process leads. Clones share it.
#[derive(Clone, Default)]
pub struct Sight(Arc<Mutex<Weak<World>>>);

impl Sight {
    /// Shows `world` for as long as it lives.
    pub fn look_at(&self, world: &Arc<World>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(world);
    }

    /// The lines about every app; empty where another replica leads.
    #[must_use]
    pub fn readings(&self) -> String {
        let world = self.0.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        world
            .map(|world| readings::render(&world.apps.state(), &world.requests.state(), Timestamp::now()))
            .unwrap_or_default()
    }
}
