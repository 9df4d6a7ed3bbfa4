//! How many live pages or uploads there may be: of one user, so that nobody takes all, and of one pod.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Live pages of one user. A browser opens six connections to a site.
const OF_USER: usize = 30;
/// Live pages of one pod; each holds a connection and about ten kilobytes.
const OF_POD: usize = 2_500;

/// What takes long in this pod, counted by user.
#[derive(Clone, Debug)]
pub struct Seats {
    of_user: usize,
    of_pod: usize,
    taken: Arc<Mutex<HashMap<i64, usize>>>,
}

/// A place of one user. It is given back when dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    user_id: i64,
}

impl Default for Seats {
    /// Those of live pages.
    fn default() -> Self {
        Self::new(OF_USER, OF_POD)
    }
}

impl Seats {
    /// So many for one user, and so many for all.
    #[must_use]
    pub fn new(of_user: usize, of_pod: usize) -> Self {
        Self { of_user, of_pod, taken: Arc::default() }
    }

    /// A seat for this user; `None` when the user or the pod has no more.
    #[must_use]
    pub fn take(&self, user_id: i64) -> Option<Seat> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = taken.get(&user_id).copied().unwrap_or(0);
        if of_user >= self.of_user || taken.values().sum::<usize>() >= self.of_pod {
            return None;
        }
        taken.insert(user_id, of_user + 1);
        Some(Seat { seats: self.clone(), user_id })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_user) = taken.get_mut(&self.user_id) {
            *of_user -= 1;
            if *of_user == 0 {
                taken.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_leaves_seats_for_others() {
        let seats = Seats::default();
        let mut mine: Vec<_> = (0..OF_USER).map(|_| seats.take(1).expect("there is one")).collect();
        assert!(seats.take(1).is_none() && seats.take(2).is_some());
        mine.pop();
        assert!(seats.take(1).is_some());
        drop(mine);
        assert!(seats.taken.lock().expect("is free").is_empty(), "nothing is kept of users who left");
    }

    #[test]
    fn a_pod_has_a_bound() {
        let seats = Seats::default();
        let all: Vec<_> = (0..OF_POD).map(|at| seats.take((at / OF_USER) as i64).expect("there is one")).collect();
        assert!(seats.take(-1).is_none());
        drop(all);
    }
}
