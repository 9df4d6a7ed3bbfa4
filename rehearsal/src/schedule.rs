//! One schedule: the operator, some workers and a site, the API server between them, and whatever goes wrong, in one queue of
//! events that a seed decides. The same seed is the same schedule.

mod chance;
mod event;
mod faults;
mod feed;
mod seat;
pub(crate) mod site;
mod starts;
mod visits;
mod watches;
mod ways;

use std::collections::BTreeMap;
use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::actor::Wishes;
use crate::checker::{self, Tally, Terms};
use crate::server::{Call, Laws, Refusal, Server, Writer};
use chance::Chance;
use event::{Event, Who};
use feed::Kind;
use seat::{Program, Seat};
use site::Site;

/// How long after the last fault everything must have come to its end, in milliseconds.
const PATIENCE: i64 = 400_000;
/// Most events of a schedule: more are a program that runs in a circle.
const EVENTS_MAX: usize = 50_000;

struct Play<'a> {
    server: Server<'a>,
    queue: BTreeMap<(i64, u64), Event>,
    /// Number of the next event.
    next: u64,
    now: i64,
    rng: StdRng,
    chance: Chance,
    base: Instant,
    seats: Vec<Seat>,
    site: Site,
    /// Until when the API server cannot be reached.
    away_until: i64,
    starts: u32,
    /// By how many milliseconds the clock of each writer is wrong.
    clocks: BTreeMap<String, i64>,
    faults: usize,
}

/// Plays the schedule of `seed` under `laws`. `base` is any instant.
///
/// # Errors
/// When the history breaks a promise; the error says which.
pub fn play(seed: u64, laws: &Laws, base: Instant) -> Result<Tally, String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let chance = Chance::draw(&mut rng);
    let mut play = Play {
        server: Server::new(laws),
        queue: BTreeMap::new(),
        next: 0,
        now: 0,
        seats: (0..=chance.workers).map(|_| Seat::draw(&mut rng, &chance)).collect(),
        site: Site::draw(&mut rng, &chance),
        rng,
        chance,
        base,
        away_until: 0,
        starts: 0,
        clocks: BTreeMap::new(),
        faults: 0,
    };
    let mut tally = Tally { events: play.run()?, faults: play.faults, ..Tally::default() };
    let terms = Terms { limits: &play.chance.app.limits, is_calm: play.chance.is_calm(), clocks: &play.clocks };
    checker::check(&play.server, terms, &mut tally)?;
    Ok(tally)
}

impl Play<'_> {
    /// Lets everything happen until all requests have come to their end. Returns the number of events.
    fn run(&mut self) -> Result<usize, String> {
        for seat in 0..self.seats.len() {
            let delay = self.rng.random_range(0..2_000);
            self.after(delay, Event::Start(seat));
        }
        self.site.times().into_iter().for_each(|time| self.after(time, Event::Site));
        if !self.chance.is_calm() {
            self.after(self.chance.fault_every, Event::Fault);
        }
        let end = self.chance.faults_until + PATIENCE;
        for events in 0..EVENTS_MAX {
            if self.site.has_made_all() && self.now > self.chance.faults_until && self.has_ended() {
                return Ok(events);
            }
            let next = self.queue.pop_first().filter(|((time, _), _)| *time <= end);
            let Some(((time, _), event)) = next else {
                return Err(format!("after {} s this still waits: {}", self.now / 1_000, self.waiting()));
            };
            self.now = time;
            self.happen(event);
            let mut workers = self.seats.iter().filter_map(|seat| seat.program.as_ref());
            if workers.any(|program| matches!(program, Program::Worker(worker) if worker.spins())) {
                return Err(format!("a worker runs in a circle at {} ms", self.now));
            }
        }
        let seconds = self.now / 1_000;
        Err(format!("{EVENTS_MAX} events happened within {seconds} s, and this still waits: {}", self.waiting()))
    }

    fn after(&mut self, delay: i64, event: Event) {
        self.next += 1;
        self.queue.insert((self.now + delay.max(0), self.next), event);
    }

    fn happen(&mut self, event: Event) {
        let of = match &event {
            Event::Wake(who)
            | Event::Answer(who, ..)
            | Event::Tell(who, _)
            | Event::List(who, _)
            | Event::Leave(who)
            | Event::Release(who) => Some(*who),
            _ => None,
        };
        if let Some(who) = of {
            let seat = &self.seats[who.seat];
            if seat.start != Some(who.start) {
                return;
            }
            if seat.frozen_until > self.now {
                let delay = seat.frozen_until - self.now;
                self.after(delay, event);
                return;
            }
        }
        match event {
            Event::Wake(who) => self.act(who, Program::work),
            Event::Answer(who, number, answer) => {
                self.act(who, |program, now, wishes| program.answered(number, *answer, now, wishes));
            }
            Event::Arrive { who, by, number, call, answered } => self.arrive(who, &by, number, &call, answered),
            Event::Tell(who, kind) => self.tell(who, kind),
            Event::List(who, kind) => self.list(who, kind),
            Event::Start(seat) => self.start(seat),
            Event::Leave(who) => self.act(who, |program, now, wishes| {
                if let Program::Worker(worker) = program {
                    worker.leave(now);
                    wishes.wake(now + 500);
                    worker.work(now, wishes);
                }
            }),
            Event::Release(who) => self.act(who, |program, now, wishes| {
                if let Program::Worker(worker) = program {
                    worker.release();
                    worker.work(now, wishes);
                }
            }),
            Event::Fault => self.fail(),
            Event::Site => self.visit(),
            Event::CollectGarbage => {
                self.server.collect_garbage(self.now);
                self.spread(Kind::Leases);
            }
        }
    }

    /// Lets a program do something, and grants what it wishes.
    fn act(&mut self, who: Who, act: impl FnOnce(&mut Program, i64, &mut Wishes)) {
        let now = self.now;
        let seat = &mut self.seats[who.seat];
        let (Some(program), wishes) = (&mut seat.program, &mut seat.wishes) else { return };
        act(program, now, wishes);
        let wants_all = matches!(program, Program::Worker(worker) if worker.sight.wants_all());
        let has_left = matches!(program, Program::Worker(worker) if worker.has_left());
        let (calls, wakes) = (std::mem::take(&mut wishes.calls), std::mem::take(&mut wishes.wakes));
        for (number, call, within) in calls {
            self.send(who, number, call, within);
        }
        let put_off = self.seats[who.seat].wishes.put_off(now);
        for wake in wakes.into_iter().chain(put_off) {
            if self.seats[who.seat].wakes_at(wake, now) {
                self.after(wake - now, Event::Wake(who));
            }
        }
        if self.seats[who.seat].wants(Kind::All, wants_all) {
            let delay = self.latency();
            self.after(delay, Event::List(who, Kind::All));
        }
        if has_left {
            self.replace_pod(who.seat);
        }
    }

    /// Sends a call on its way. It may get lost, and so may its answer.
    fn send(&mut self, who: Who, number: u64, call: Call, within: i64) {
        let by = self.seats[who.seat].writer.clone();
        let silence = || Box::new(Err(Refusal::silence()));
        let way = self.way();
        if self.now < self.away_until || way.is_lost {
            let delay = if way.is_refused { 1 } else { within };
            self.after(delay, Event::Answer(who, number, silence()));
            return;
        }
        if let Some(code) = way.refused {
            self.after(way.there, Event::Answer(who, number, Box::new(Err(Refusal::new(code, "not now")))));
            return;
        }
        let in_time = !way.answer_is_lost && way.there + way.back < within;
        if !in_time {
            self.after(within, Event::Answer(who, number, silence()));
        }
        let answered = in_time.then_some(way.back);
        self.after(way.there, Event::Arrive { who, by, number, call: Box::new(call), answered });
    }

    fn arrive(&mut self, who: Who, by: &Writer, number: u64, call: &Call, answered: Option<i64>) {
        let answer = self.server.answer(call, by, self.now);
        if let Some(kind) = Kind::of(call).filter(|_| answer.is_ok()) {
            self.spread(kind);
        }
        if let Some(back) = answered {
            self.after(back, Event::Answer(who, number, Box::new(answer)));
        }
    }
}
