//! How busy others keep the machine while something is measured.

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result};

/// Ticks a second in `/proc` on every Linux of today.
const TICKS: f64 = 100.0;
/// Fields of the first line of `/proc/stat` after its name: user, nice, system, idle, iowait, irq, softirq, steal.
const IDLE: [usize; 2] = [3, 4];
const FIELDS: usize = 8;
/// Fields of `/proc/self/stat` behind the name of the program: own time and that of children that have ended.
const OWN: std::ops::RangeInclusive<usize> = 11..=14;

/// Counts from the start of a measurement.
pub struct Watch {
    start: Instant,
    busy: f64,
    own: f64,
}

impl Watch {
    /// Begins to count.
    pub fn start() -> Result<Self> {
        Ok(Self { start: Instant::now(), busy: busy()?, own: own()? })
    }

    /// Processors that others kept busy on average, the hypervisor's other guests included. Every child of ours must have
    /// ended.
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
