//! How many live pages there may be: of one user, so that nobody takes all, and of one pod.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Live pages of one user. A browser opens six connections to a site.
const OF_USER: usize = 30;
/// Live pages of one pod; each holds a connection and about ten kilobytes.
const OF_POD: usize = 2_500;

/// The live pages of this pod, counted by user.
#[derive(Clone, Debug, Default)]
pub struct Seats(Arc<Mutex<HashMap<i64, usize>>>);

/// One live page. It is given back when dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    user_id: i64,
}

impl Seats {
    /// A seat for this user; `None` when the user or the pod has no more.
    #[must_use]
    pub fn take(&self, user_id: i64) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = taken.get(&user_id).copied().unwrap_or(0);
        if of_user >= OF_USER || taken.values().sum::<usize>() >= OF_POD {
            return None;
        }
        taken.insert(user_id, of_user + 1);
        Some(Seat { seats: self.clone(), user_id })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        assert!(seats.0.lock().expect("is free").is_empty(), "nothing is kept of users who left");
    }

    #[test]
    fn a_pod_has_a_bound() {
        let seats = Seats::default();
        let all: Vec<_> = (0..OF_POD).map(|at| seats.take((at / OF_USER) as i64).expect("there is one")).collect();
        assert!(seats.take(-1).is_none());
        drop(all);
    }
}
