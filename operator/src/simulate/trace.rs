//! When letters are asked for, and how long each takes: made traces and those of a file.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Times are in microseconds from the beginning.
pub type Micros = i64;
/// Microseconds in a second.
pub const SECOND: Micros = 1_000_000;

/// One letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When it is asked for.
    pub at: Micros,
    /// How long a slot writes it.
    pub service: Micros,
}

/// A made trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// A constant rate.
    Steady,
    /// A constant rate with times of twelve times the rate, as after a lecture.
    LaunchSpike,
    /// Nothing for minutes, then a few at once.
    Sparse,
    /// A rate that rises and falls like a day.
    Diurnal,
}

impl Made {
    /// Every made trace with its name.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Steady, "steady"),
        (Self::LaunchSpike, "launch-spike"),
        (Self::Sparse, "sparse"),
        (Self::Diurnal, "diurnal"),
    ];

    /// The trace of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(made, _)| made)
    }

    /// The trace: services are lognormal with this mean and half of it as deviation.
    #[must_use]
    pub fn arrivals(self, mean_service: f64, seed: u64) -> Vec<Arrival> {
        let mut draw = Draw(StdRng::seed_from_u64(seed));
        let times = match self {
            Self::Steady => poisson(&mut draw, 3_600.0, |_| 0.8),
            Self::LaunchSpike => {
                let spikes = spikes(&mut draw, 3_600.0);
                poisson(&mut draw, 3_600.0, |at| {
                    let within = spikes.iter().any(|start| (*start..*start + 40.0).contains(&at));
                    if within { 6.0 } else { 0.5 }
                })
            }
            Self::Sparse => clumps(&mut draw, 4.0 * 3_600.0),
            Self::Diurnal => poisson(&mut draw, 4.0 * 3_600.0, |at| {
                0.8 * (1.0 - (at / (4.0 * 3_600.0) * std::f64::consts::TAU).cos()) + 0.02
            }),
        };
        times.into_iter().map(|at| Arrival { at, service: draw.lognormal(mean_service, 0.5) }).collect()
    }
}

/// The letters of lines of `timestamp,service_seconds`. A first line of words is passed over.
///
/// # Errors
/// Names the line that is not of this form.
pub fn parse_csv(text: &str) -> Result<Vec<Arrival>, String> {
    let mut letters = Vec::new();
    for (index, line) in text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()) {
        let number =
            |field: &str| field.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
        let fields = line.split_once(',').and_then(|(at, service)| Some((number(at)?, number(service)?)));
        match fields {
            Some((at, service)) => letters.push((at, service)),
            None if index == 0 => {}
            None => return Err(format!("line {} is not `timestamp,service_seconds`: {line}", index + 1)),
        }
    }
    let begin = letters.iter().map(|(at, _)| *at).fold(f64::INFINITY, f64::min);
    let letter = |(at, service): (f64, f64)| Arrival { at: micros(at - begin), service: micros(service) };
    let mut letters: Vec<_> = letters.into_iter().map(letter).collect();
    letters.sort_by_key(|letter| letter.at);
    Ok(letters)
}

/// When the times of a higher rate begin: some minutes apart.
fn spikes(draw: &mut Draw, end: f64) -> Vec<f64> {
    let mut starts = Vec::new();
    let mut at = 120.0;
    while at < end {
        starts.push(at);
        at += 240.0 + draw.exponential(1.0 / 240.0);
    }
    starts
}

/// Times at a rate that changes, by thinning: `rate` a second, at most 8.
fn poisson(draw: &mut Draw, end: f64, rate: impl Fn(f64) -> f64) -> Vec<Micros> {
    let most = 8.0;
    let (mut at, mut times) = (0.0, Vec::new());
    loop {
        at += draw.exponential(most);
        if at >= end {
            return times;
        }
        if draw.unit() * most < rate(at) {
            times.push(micros(at));
        }
    }
}

fn clumps(draw: &mut Draw, end: f64) -> Vec<Micros> {
    let (mut at, mut times) = (0.0, Vec::new());
    loop {
        at += draw.exponential(1.0 / 480.0);
        if at >= end {
            return times;
        }
        let mut within = at;
        for _ in 0..=(draw.unit() * 6.0) as usize {
            times.push(micros(within));
            within += draw.exponential(0.5);
        }
    }
}

/// A time in seconds.
#[must_use]
pub fn micros(seconds: f64) -> Micros {
    (seconds * SECOND as f64) as Micros
}

/// Draws numbers.
pub struct Draw(pub StdRng);

impl Draw {
    /// From 0 to 1, both excluded.
    pub fn unit(&mut self) -> f64 {
        self.0.random_range(f64::EPSILON..1.0)
    }

    /// Seconds between events of this rate a second.
    pub fn exponential(&mut self, rate: f64) -> f64 {
        -self.unit().ln() / rate
    }

    /// A time with this mean and this share of it as deviation.
    pub fn lognormal(&mut self, mean: f64, deviation: f64) -> Micros {
        let variance = (1.0 + deviation * deviation).ln();
        let normal = (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        micros((mean.ln() - variance / 2.0 + variance.sqrt() * normal).exp())
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }
}
