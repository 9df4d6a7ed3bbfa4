//! Programs that start, each in its pod.

use crds::life::Claimant;
use rand::RngExt as _;

use super::Play;
use super::event::{Event, Who};
use super::feed::Kind;
use super::seat::Program;
use crate::actor::Clock;
use crate::leader::Leader;
use crate::server::Writer;
use crate::worker::Worker;

impl Play<'_> {
    /// Starts the program of a place, in a new pod if it has none.
    pub(super) fn start(&mut self, seat: usize) {
        if self.seats[seat].program.is_some() {
            return;
        }
        self.starts += 1;
        let (start, now) = (self.starts, self.now);
        let clock = Clock { base: self.base, offset: self.seats[seat].offset };
        let app = self.chance.app.clone();
        let who = Who { seat, start };
        let (program, kinds) = if seat == 0 {
            self.seats[seat].writer = Writer::account("system:serviceaccount:coverletter-system:coverletter-operator");
            let leader = Leader::new(&app, clock, &format!("operator-{start}"));
            (Program::Leader(Box::new(leader)), &[Kind::Requests, Kind::Leases, Kind::Pods][..])
        } else {
            if self.seats[seat].pod.is_none() {
                let name = format!("pod-{start}");
                let uid = self.server.add_pod(&name, now);
                self.seats[seat].pod = Some((name, uid));
                self.spread(Kind::Pods);
            }
            let (name, uid) = self.seats[seat].pod.clone().expect("it has one");
            let boot_id = format!("boot-{start}");
            let mut writer = Writer::worker(&name, &uid, app.name);
            writer.name.clone_from(&boot_id);
            self.seats[seat].writer = writer;
            let claimant = Claimant { worker: name, pod_uid: uid, boot_id, endpoint: "10.0.0.1:8080".to_owned() };
            let seed = self.rng.random_range(0..u64::MAX);
            let worker = Worker::new(app, clock, self.chance.talent, claimant, seed);
            (Program::Worker(Box::new(worker)), &[Kind::Own, Kind::Dispatcher][..])
        };
        self.clocks.insert(self.seats[seat].writer.name.clone(), clock.offset);
        (self.seats[seat].program, self.seats[seat].start) = (Some(program), Some(start));
        for kind in kinds {
            let delay = self.latency();
            self.after(delay, Event::List(who, *kind));
        }
        self.after(0, Event::Wake(who));
    }
}
