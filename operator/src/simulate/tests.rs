//! The simulator against queueing theory, and the decision against its goals.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::trace::Draw;
use super::*;

/// A fixed number of pods.
struct Fixed;

impl Policy for Fixed {
    fn period(&self) -> Micros {
        600 * SECOND
    }

    fn look(&mut self, _: &mut Fleet) {}
}

/// Mean wait in seconds of M/M/c with `load` letters at a time, `servers` slots and services of `mean` seconds, by the
/// formula of Erlang.
fn erlang_c(load: f64, servers: u32, mean: f64) -> f64 {
    let mut blocked = 1.0;
    for server in 1..=servers {
        blocked = load * blocked / (f64::from(server) + load * blocked);
    }
    let servers = f64::from(servers);
    let waits = blocked / (1.0 - load / servers * (1.0 - blocked));
    waits * mean / (servers - load)
}

fn poisson(rate: f64, mean: f64, count: usize, seed: u64) -> Vec<Arrival> {
    let mut draw = Draw(StdRng::seed_from_u64(seed));
    let mut at = 1_000.0;
    let mut next = || {
        at += draw.exponential(rate);
        Arrival { at: micros(at), service: micros(draw.exponential(1.0 / mean)) }
    };
    (0..count).map(|_| next()).collect()
}

fn scene(arrivals: Vec<Arrival>, cold_start: f64, seed: u64) -> Scene {
    let (lag, cold_start) = (SECOND / 5, micros(cold_start));
    Scene { arrivals, slots: 1, min: 1, max: 200, cold_start, lag, crashes: None, seed }
}

fn spikes(cold_start: f64) -> Vec<Scene> {
    (1..=3).map(|seed| scene(Made::LaunchSpike.arrivals(12.0, seed), cold_start, seed)).collect()
}

#[test]
fn waits_on_a_fixed_fleet_are_those_of_erlang_c() {
    for (load, servers, slots) in [(5.0, 8, 1), (10.0, 14, 1), (12.0, 16, 8)] {
        let runs: Vec<_> = (1..=4)
            .map(|seed| {
                let arrivals = poisson(load / 12.0, 12.0, 400_000, seed);
                let pods = servers / slots;
                let scene = Scene { slots: slots as usize, min: pods, max: pods, ..scene(arrivals, 1.0, seed) };
                run(&scene, &mut Fixed, 0).mean_wait()
            })
            .collect();
        let mean = runs.iter().sum::<f64>() / runs.len() as f64;
        let theory = erlang_c(load, servers as u32, 12.0);
        assert!((mean / theory - 1.0).abs() < 0.03, "{load} on {servers}: {mean} s, in theory {theory} s");
    }
}

#[test]
fn a_spike_waits_less_for_less_than_under_keda_at_its_best() {
    let scenes = spikes(10.0);
    let ours = ours(&scenes, 30 * SECOND);
    let best = tuned(&scenes).into_iter().min_by(|a, b| a.product().total_cmp(&b.product())).expect("there are some");
    assert!(ours.p95 <= 0.7 * best.p95, "{ours:#?} {best:#?}");
    assert!(ours.replica_seconds <= 0.9 * best.replica_seconds, "{ours:#?} {best:#?}");
    assert_eq!((ours.busy_ended, ours.unwritten), (0, 0));
}

#[test]
fn with_slow_starts_nobody_waits_less_for_less() {
    let scenes = spikes(45.0);
    let ours = ours(&scenes, 30 * SECOND);
    let others = compare(&scenes, 30 * SECOND).into_iter().skip(1).chain(tuned(&scenes));
    for other in others {
        let is_worse = other.p95 >= ours.p95 || other.replica_seconds >= ours.replica_seconds;
        assert!(is_worse, "{ours:#?} {other:#?}");
    }
    assert_eq!((ours.busy_ended, ours.unwritten), (0, 0));
}

#[test]
fn no_busy_pod_ends_however_late_the_watches_and_however_often_pods_crash() {
    for (made, name) in Made::ALL {
        for (lag, crashes) in [(0.2, None), (3.0, None), (0.2, Some(600 * SECOND)), (10.0, Some(600 * SECOND))] {
            for seed in 1..=2 {
                let arrivals = made.arrivals(12.0, seed);
                let scene = Scene { min: 0, lag: micros(lag), crashes, ..scene(arrivals, 10.0, seed) };
                let row = ours(&[scene], 30 * SECOND);
                assert_eq!((row.busy_ended, row.unwritten), (0, 0), "{name}, lag {lag}, {crashes:?}: {row:#?}");
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run_whose_decisions_are_decided_again() {
    let scene = scene(Made::Sparse.arrivals(12.0, 7), 10.0, 7);
    let lines = decisions(&scene, 30 * SECOND);
    assert_eq!(lines, decisions(&scene, 30 * SECOND));
    assert_eq!(scaling::replay(&lines), scaling::Replayed::Same(lines.lines().count()));
}

#[test]
fn a_trace_of_a_file_is_read_in_order_of_time_and_a_bad_line_is_named() {
    let letters = parse_csv("timestamp,service_seconds\n7.5,2\n5.0, 1.5\n\n").expect("it is a trace");
    let expect = [(0.0, 1.5), (2.5, 2.0)].map(|(at, service)| Arrival { at: micros(at), service: micros(service) });
    assert_eq!(letters, expect);
    let error = parse_csv("1,2\n3;4").expect_err("the second line has no comma");
    assert_eq!(error, "line 2 is not `timestamp,service_seconds`: 3;4");
}
