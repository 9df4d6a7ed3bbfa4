//! Watches: they tell what has changed, in order and late; they break, and then list everything anew.

use crds::names::dispatcher_lease;
use rand::RngExt as _;

use super::Play;
use super::event::{Event, Who};
use super::feed::{Feed, Kind};
use super::seat::Program;
use crate::actor::Clock;

impl Play<'_> {
    /// Has all watches tell that something of this kind has changed, each in its time.
    pub(super) fn spread(&mut self, kind: Kind) {
        for seat in 0..self.seats.len() {
            let kinds: &[Kind] = match (seat, kind) {
                (0, Kind::Dispatcher) => &[],
                (0, _) => std::slice::from_ref(&kind),
                (_, Kind::Requests) => &[Kind::Own, Kind::All],
                (_, Kind::Dispatcher) => &[Kind::Dispatcher],
                _ => &[],
            };
            for kind in kinds {
                self.spread_to(seat, *kind);
            }
        }
    }

    fn spread_to(&mut self, seat: usize, kind: Kind) {
        let Some(start) = self.seats[seat].start else { return };
        let feed = &mut self.seats[seat].feeds[kind.slot()];
        if feed.is_open && !feed.is_told && (kind != Kind::Own || self.concerns(seat)) {
            self.seats[seat].feeds[kind.slot()].is_told = true;
            let delay = self.latency();
            self.after(delay, Event::Tell(Who { seat, start }, kind));
        }
    }

    /// Whether the last change is one that the field selector of this worker lets through.
    fn concerns(&self, seat: usize) -> bool {
        let Some(change) = self.server.requests.history().last() else { return false };
        let claim = change.object.status.as_ref().and_then(|status| status.claim.as_ref());
        let is_mine = claim.map(|claim| &claim.worker) == self.seats[seat].pod.as_ref().map(|(name, _)| name);
        let name = change.object.metadata.name.as_deref().unwrap_or_default();
        is_mine || matches!(&self.seats[seat].program, Some(Program::Worker(worker)) if worker.sight.shows_own(name))
    }

    /// Tells a program what has changed.
    pub(super) fn tell(&mut self, who: Who, kind: Kind) {
        let feed = &mut self.seats[who.seat].feeds[kind.slot()];
        if !feed.is_open {
            return;
        }
        feed.is_told = false;
        let from = feed.position;
        let now = self.now;
        let is_lossy = !self.server.tells_all() && self.rng.random_bool(0.2);
        let skip = usize::from(is_lossy);
        let Some(program) = &mut self.seats[who.seat].program else { return };
        let server = &self.server;
        let end = match (kind, program) {
            (Kind::Requests, Program::Leader(leader)) => {
                let changes = &server.requests.history()[from..];
                changes.iter().skip(skip).for_each(|change| leader.show_request(&change.object, change.is_removal));
                server.requests.history().len()
            }
            (Kind::Leases, Program::Leader(leader)) => {
                let changes = &server.leases.history()[from..];
                for change in changes {
                    leader.show_lease(&server.shown(&change.object), change.is_removal);
                }
                server.leases.history().len()
            }
            (Kind::Pods, Program::Leader(leader)) => {
                let changes = &server.pods.history()[from..];
                for change in changes {
                    leader.show_pod(&change.object, change.is_removal);
                }
                server.pods.history().len()
            }
            (Kind::Own, Program::Worker(worker)) => {
                let changes = &server.requests.history()[from..];
                changes
                    .iter()
                    .skip(skip)
                    .for_each(|change| worker.sight.show_own(&change.object, change.is_removal, now));
                server.requests.history().len()
            }
            (Kind::All, Program::Worker(worker)) => {
                let changes = &server.requests.history()[from..];
                changes.iter().skip(skip).for_each(|change| worker.sight.show_all(&change.object, change.is_removal));
                server.requests.history().len()
            }
            (Kind::Dispatcher, Program::Worker(worker)) => {
                let clock = Clock { base: self.base, offset: 0 };
                let lease = server.leases.get(&dispatcher_lease(self.chance.app.name));
                worker.sight.show_dispatcher(lease.map(|lease| &**lease), now, clock);
                server.leases.history().len()
            }
            _ => from,
        };
        self.seats[who.seat].feeds[kind.slot()].position = end;
        self.act(who, Program::work);
    }

    /// Opens a watch: it lists everything.
    pub(super) fn list(&mut self, who: Who, kind: Kind) {
        if self.now < self.away_until {
            let delay = self.away_until - self.now + self.latency();
            self.after(delay, Event::List(who, kind));
            return;
        }
        let (now, base, server) = (self.now, self.base, &self.server);
        let Some(program) = &mut self.seats[who.seat].program else { return };
        let requests = || server.requests.all().map(|(_, request)| request);
        match (kind, program) {
            (Kind::Requests, Program::Leader(leader)) => leader.list_requests(requests()),
            (Kind::Leases, Program::Leader(leader)) => {
                let leases: Vec<_> = server.leases.all().map(|(_, lease)| server.shown(lease)).collect();
                leader.list_leases(leases.iter());
            }
            (Kind::Pods, Program::Leader(leader)) => leader.list_pods(server.pods.all().map(|(_, pod)| pod)),
            (Kind::Own, Program::Worker(worker)) => worker.sight.list_own(requests(), now),
            (Kind::All, Program::Worker(worker)) => worker.sight.list_all(requests()),
            (Kind::Dispatcher, Program::Worker(worker)) => {
                let clock = Clock { base, offset: 0 };
                let lease = server.leases.get(&dispatcher_lease(self.chance.app.name));
                worker.sight.show_dispatcher(lease.map(|lease| &**lease), now, clock);
            }
            _ => {}
        }
        let position = match kind {
            Kind::Leases | Kind::Dispatcher => server.leases.history().len(),
            Kind::Pods => server.pods.history().len(),
            Kind::Requests | Kind::Own | Kind::All => server.requests.history().len(),
        };
        self.seats[who.seat].feeds[kind.slot()] = Feed { position, is_open: true, opens: true, is_told: false };
        self.act(who, Program::work);
    }

    /// Breaks a watch for so long. While it is broken, what was seen last stands.
    pub(super) fn break_watch(&mut self, seat: usize, kind: Kind, duration: i64) {
        let Some(start) = self.seats[seat].start else { return };
        let feed = &mut self.seats[seat].feeds[kind.slot()];
        if !feed.is_open {
            return;
        }
        (feed.is_open, feed.opens, feed.is_told) = (false, true, false);
        if let (Some(Program::Leader(leader)), Some(watch)) = (&mut self.seats[seat].program, kind.of_operator()) {
            leader.lose(watch);
        }
        self.after(duration, Event::List(Who { seat, start }, kind));
    }
}
