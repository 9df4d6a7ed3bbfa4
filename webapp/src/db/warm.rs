//! Connections that one page leaves open for the next.
//!
//! The pool asks a connection whether it lives when it is taken and when it is given back, which are two round trips more
//! for pages that need two or three. Here the first question of a page tells: where the connection is broken, it is asked
//! again on one of the pool's.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::sessions::{self, Known};
use super::{Connection, Held, Pool, is_unreachable};

/// Most connections that wait here; the pool has as many for everything else.
const RESTING_MAX: usize = super::CONNECTIONS_MAX as usize / 2;
/// After so long a connection goes back to the pool, which may end it.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// The connections. Clones share them.
#[derive(Clone)]
pub struct Warm {
    pool: Pool,
    resting: Arc<Mutex<Vec<Open>>>,
}

/// A connection that has answered. It goes back to the pool when dropped, and is kept for the next page by
/// [`rest`](Self::rest).
pub struct Lent {
    open: Open,
    resting: Arc<Mutex<Vec<Open>>>,
}

/// A connection, and when it was taken from the pool.
struct Open {
    connection: Held,
    taken: Instant,
}

impl Warm {
    /// Keeps some connections of this pool.
    #[must_use]
    pub fn new(pool: Pool) -> Self {
        Self { pool, resting: Arc::default() }
    }

    /// What is known of this token of this user, the first question of every page, and the connection for the next one.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn known(&self, jti: &str, user_id: Option<i64>) -> sqlx::Result<(Known, Lent)> {
        let resting = self.resting().pop();
        if let Some(mut open) = resting {
            match sessions::find(&mut *open.connection, jti, user_id).await {
                Ok(known) => return Ok((known, self.lent(open))),
                // Whatever has ended this one has ended the others.
                Err(error) if is_unreachable(&error) => self.resting().clear(),
                Err(error) => return Err(error),
            }
        }
        let mut open = Open { connection: self.pool.acquire().await?, taken: Instant::now() };
        let known = sessions::find(&mut *open.connection, jti, user_id).await?;
        Ok((known, self.lent(open)))
    }

    fn lent(&self, open: Open) -> Lent {
        Lent { open, resting: Arc::clone(&self.resting) }
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<Open>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent {
    /// Keeps the connection for the next page. Its last question must have been answered.
    pub fn rest(self) {
        let Self { open, resting } = self;
        let mut resting = resting.lock().unwrap_or_else(PoisonError::into_inner);
        if resting.len() < RESTING_MAX && open.taken.elapsed() < KEPT_FOR {
            resting.push(open);
        }
    }
}

impl Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.open.connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.open.connection
    }
}
