//! How busy other programs keep the machine during a measurement.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result};

/// Ticks per second in `/proc`: `USER_HZ`, the same on every Linux.
const TICKS: f64 = 100.0;
/// Fields of the first line of `/proc/stat` after its name: user, nice, system, idle, iowait, irq, softirq, steal.
const IDLE: [usize; 2] = [3, 4];
const FIELDS: usize = 8;
/// Fields of `/proc/self/stat` after the program's name: its own time and that of children that have ended.
const OWN: std::ops::RangeInclusive<usize> = 11..=14;

/// Counters of processor time at the start of a measurement.
pub struct Watch {
    start: Instant,
    busy: f64,
    own: f64,
}

impl Watch {
    /// Reads the counters.
    pub fn start() -> Result<Self> {
        Ok(Self { start: Instant::now(), busy: busy()?, own: own()? })
    }

    /// Processors that other programs and the hypervisor's other guests kept busy on average. Correct only when every
    /// child of ours has ended.
    pub fn foreign_cores(&self) -> Result<f64> {
        let foreign = (busy()? - self.busy) - (own()? - self.own);
        Ok((foreign / TICKS / self.start.elapsed().as_secs_f64()).max(0.0))
    }
}

fn busy() -> Result<f64> {
    let text = fs::read_to_string("/proc/stat").context("read /proc/stat")?;
    let line = text.lines().next().context("/proc/stat has a line")?;
    let fields = line.split_whitespace().skip(1).take(FIELDS).enumerate();
    Ok(fields.filter(|(index, _)| !IDLE.contains(index)).filter_map(|(_, ticks)| ticks.parse::<f64>().ok()).sum())
}

fn own() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat").context("read /proc/self/stat")?;
    let (_, fields) = text.rsplit_once(')').context("/proc/self/stat has a name in brackets")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    Ok(fields[OWN].iter().filter_map(|ticks| ticks.parse::<f64>().ok()).sum())
}
