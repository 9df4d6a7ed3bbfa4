//! Whether the operator has asked this worker to claim nothing more, and whether the worker has come to that.
//!
//! The operator ends only pods that have confirmed it, so that no letter is interrupted, however late anybody's watch
//! is. A worker that is called back claims again.

use std::sync::Arc;

use tokio::sync::watch;

/// What the operator asks, and what the worker has in hand. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Retirement(Arc<watch::Sender<State>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    /// Number of the request to retire, while it stands.
    asked: Option<String>,
    /// Tokens of the claims in hand.
    held: Vec<String>,
    /// Whether a claim is under way, whose outcome is not known yet.
    claims: bool,
}

impl Retirement {
    /// Notes what the Lease says: the number of the request to retire, if there is one.
    pub fn ask(&self, asked: Option<String>) {
        self.change(|state| state.asked = asked);
    }

    /// Whether the operator asks this worker to retire.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.borrow().asked.is_some()
    }

    /// Begins a claim, unless the worker was asked to retire. [`Self::end_claim`] or [`Self::hold`] ends it.
    #[must_use]
    pub fn begin_claim(&self) -> bool {
        let mut may = false;
        self.0.send_modify(|state| {
            may = state.asked.is_none();
            state.claims |= may;
        });
        may
    }

    /// Begins to take what was claimed in the name of this worker, retired or not. It ends as a claim does.
    pub fn begin_taking(&self) {
        self.change(|state| state.claims = true);
    }

    /// Ends a claim that came to nothing.
    pub fn end_claim(&self) {
        self.change(|state| state.claims = false);
    }

    /// Notes which claims the worker has in hand; one that was under way is among them.
    pub fn hold(&self, held: Vec<String>) {
        self.change(|state| (state.held, state.claims) = (held, false));
    }

    /// Tokens of the claims that the worker has in hand.
    #[must_use]
    pub fn held(&self) -> Vec<String> {
        self.0.borrow().held.clone()
    }

    /// The request to retire that the worker can confirm now.
    #[must_use]
    pub fn confirmed(&self) -> Option<String> {
        let state = self.0.borrow();
        state.asked.clone().filter(|_| state.held.is_empty() && !state.claims)
    }

    /// Resolves when the worker is called back.
    pub async fn called_back(&self) {
        let mut states = self.0.subscribe();
        // The sender lives as long as `self`.
        let _ = states.wait_for(|state| state.asked.is_some()).await;
        let _ = states.wait_for(|state| state.asked.is_none()).await;
    }

    /// Resolves when [`Self::confirmed`] is no longer `said`.
    pub async fn says_other_than(&self, said: Option<&str>) {
        let mut states = self.0.subscribe();
        while self.confirmed().as_deref() == said {
            if states.changed().await.is_err() {
                return;
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.0.send_if_modified(|state| {
            let old = state.clone();
            change(state);
            *state != old
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_confirms_once_it_holds_nothing_and_claims_nothing() {
        let retirement = Retirement::default();
        assert!(retirement.begin_claim());
        retirement.ask(Some("7".to_owned()));
        assert_eq!(retirement.confirmed(), None, "the claim may still succeed");
        retirement.hold(vec!["uid/1".to_owned()]);
        assert_eq!(retirement.held(), ["uid/1"]);
        assert_eq!(retirement.confirmed(), None);
        assert!(!retirement.begin_claim(), "it was asked to claim nothing more");
        retirement.hold(Vec::new());
        assert_eq!(retirement.confirmed().as_deref(), Some("7"));
        retirement.ask(Some("8".to_owned()));
        assert_eq!(retirement.confirmed().as_deref(), Some("8"));
        retirement.ask(None);
        assert_eq!(retirement.confirmed(), None);
        assert!(retirement.begin_claim());
        retirement.end_claim();
    }
}
