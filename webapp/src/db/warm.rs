//! Connections that one page leaves open for the next.
//!
//! The pool asks a connection whether it lives when it is taken and when it is given back, which are two round trips more
//! for pages that need one or two. Here the first question of a page tells: where the connection is broken, it is asked
//! again on one of the pool's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::question::{Question, Standing};
use super::{Held, Pool, is_unreachable};

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

    /// Asks the first question of a page, and keeps the connection for the next page.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn ask<Q: Question>(
        &self,
        question: &Q,
        jti: &str,
        user_id: Option<i64>,
    ) -> sqlx::Result<(Standing, Q::Answer)> {
        let resting = self.resting().pop();
        if let Some(mut open) = resting {
            match question.ask(&mut open.connection, jti, user_id).await {
                Ok(answer) => {
                    self.keep(open);
                    return Ok(answer);
                }
                // Whatever has ended this one has ended the others.
                Err(error) if is_unreachable(&error) => self.resting().clear(),
                Err(error) => return Err(error),
            }
        }
        let mut open = Open { connection: self.pool.acquire().await?, taken: Instant::now() };
        let answer = question.ask(&mut open.connection, jti, user_id).await?;
        self.keep(open);
        Ok(answer)
    }

    /// Keeps a connection whose last question was answered.
    fn keep(&self, open: Open) {
        let mut resting = self.resting();
        if resting.len() < RESTING_MAX && open.taken.elapsed() < KEPT_FOR {
            resting.push(open);
        }
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<Open>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
