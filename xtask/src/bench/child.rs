//! Runs a program that is measured, with a time limit, and reads its output as measurements.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Metrics with their values, as a program printed them.
pub type Measured = Vec<(String, f64)>;

/// Pause between two looks at whether a program has ended.
const LOOK: Duration = Duration::from_millis(50);
/// Characters of a failed program's error output that are kept.
const LAST_WORDS: usize = 400;

/// A program that is killed when this is dropped.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program that prints one JSON object a line, `{"metric": "...", "value": ...}`.
pub fn measured(command: Command, limit: Duration) -> Result<Measured> {
    let printed = output(command, limit)?;
    let lines = printed.lines().filter(|line| line.starts_with('{'));
    let measured: Measured = lines.map(parse).collect::<Result<_>>()?;
    if measured.is_empty() {
        bail!("the program printed no measurement");
    }
    Ok(measured)
}

/// Runs a program to its end and returns what it printed; an error quotes the end of its error output.
pub fn output(mut command: Command, limit: Duration) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(command.spawn().with_context(|| format!("start `{name}`"))?);
    let mut pipes = (
        running.0.stdout.take().context("its output is piped")?,
        running.0.stderr.take().context("its errors are piped")?,
    );
    let printed = std::thread::spawn(move || {
        let mut text = String::new();
        pipes.0.read_to_string(&mut text).map(|_| text)
    });
    let said = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipes.1.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = running.0.try_wait()? {
            break status;
        }
        if start.elapsed() > limit {
            bail!("`{name}` did not end within {} s", limit.as_secs());
        }
        std::thread::sleep(LOOK);
    };
    let said = said.join().expect("reading a pipe does not panic");
    if !status.success() {
        let start = said.char_indices().rev().nth(LAST_WORDS).map_or(0, |(index, _)| index);
        bail!("`{name}` ended with {status}: {}", said[start..].trim());
    }
    Ok(printed.join().expect("reading a pipe does not panic")?)
}

fn parse(line: &str) -> Result<(String, f64)> {
    let json: serde_json::Value = serde_json::from_str(line).with_context(|| format!("parse `{line}`"))?;
    let metric = json["metric"].as_str().with_context(|| format!("no metric in `{line}`"))?;
    let value = json["value"].as_f64().with_context(|| format!("no value in `{line}`"))?;
    Ok((metric.to_owned(), value))
}
