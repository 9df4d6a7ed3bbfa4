//! `logs`: what the pods of an app say, and which pod says it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{bail, ensure};
use crds::names::{COMPONENT_LABEL, INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL};
use futures::stream::FuturesUnordered;
use futures::{AsyncBufReadExt as _, StreamExt as _};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use kube::api::LogParams;
use serde_json::json;
use tokio::time::MissedTickBehavior;

use crate::arguments::{Output, Wanted};
use crate::connection::Connection;
use crate::speaker::{Speaker, speakers};
use crate::terminal;

/// How often new pods are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Prints the logs.
///
/// # Errors
/// When pods or logs cannot be read, or there is no such pod.
pub async fn run(connection: &Connection, wanted: &Wanted, output: Option<Output>) -> anyhow::Result<()> {
    let mut labels = vec![format!("{MANAGED_BY_LABEL}={MANAGED_BY}")];
    labels.extend(wanted.app.iter().map(|app| format!("{INSTANCE_LABEL}={app}")));
    labels.extend(wanted.component.iter().map(|component| format!("{COMPONENT_LABEL}={}", component.label())));
    let labels = labels.join(",");
    let first = speakers(&connection.list::<Pod>(&labels).await?);
    if first.is_empty() && !wanted.follow {
        bail!("there is no such pod ({labels})");
    }
    for speaker in &first {
        if let Some(why) = &speaker.silent {
            terminal::complain(&format!("{}/{} has said nothing: {why}", speaker.pod, speaker.container));
        }
    }
    if !wanted.follow {
        let mut is_whole = true;
        for speaker in first.iter().filter(|speaker| speaker.silent.is_none()) {
            is_whole &= !matches!(listen(connection, speaker, None, wanted, output).await?, End::BrokenOff(_));
        }
        ensure!(is_whole, "a part of the logs is missing");
        return Ok(());
    }
    follow(connection, &labels, wanted, output).await
}

/// Prints what all containers say from now on, also those of pods that come later, until somebody ends it. A log that breaks
/// off is heard again from where it broke.
async fn follow(connection: &Connection, labels: &str, wanted: &Wanted, output: Option<Output>) -> anyhow::Result<()> {
    let mut heard = BTreeSet::new();
    let mut broken_off = BTreeMap::new();
    let mut voices = FuturesUnordered::new();
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_away = false;
    loop {
        tokio::select! {
            _ = look.tick() => {
                let found = match connection.list::<Pod>(labels).await {
                    Ok(pods) => speakers(&pods),
                    Err(error) if error.missing().is_some() => return Err(error.into()),
                    Err(error) => {
                        if !std::mem::replace(&mut is_away, true) {
                            terminal::complain(&format!("{:#}; trying again", anyhow::Error::from(error)));
                        }
                        continue;
                    }
                };
                is_away = false;
                for speaker in found.into_iter().filter(|speaker| speaker.silent.is_none()) {
                    if heard.insert(speaker.clone()) {
                        let since = broken_off.remove(&speaker);
                        voices.push(async move {
                            let end = listen(connection, &speaker, since, wanted, output).await;
                            (speaker, end)
                        });
                    }
                }
            }
            Some((speaker, end)) = voices.next() => {
                let last = match end? {
                    End::Over => continue,
                    End::Unheard(last) | End::BrokenOff(last) => last,
                };
                heard.remove(&speaker);
                broken_off.extend(last.map(|last| (speaker, last)));
            }
        }
    }
}

/// How the log of a container ended.
enum End {
    /// The container ended, or there is nothing to hear of it.
    Over,
    /// It could not be opened. Up to this time it was heard before.
    Unheard(Option<Timestamp>),
    /// The connection broke after the line of this time.
    BrokenOff(Option<Timestamp>),
}

/// Prints what one container says until it ends, after the line of the time `since` if there is one.
async fn listen(
    connection: &Connection,
    speaker: &Speaker,
    since: Option<Timestamp>,
    wanted: &Wanted,
    output: Option<Output>,
) -> anyhow::Result<End> {
    let Speaker { namespace, pod, container, restarts, .. } = speaker;
    if wanted.previous && *restarts == 0 {
        return Ok(End::Over);
    }
    let what = LogParams {
        container: Some(container.clone()),
        follow: wanted.follow,
        previous: wanted.previous,
        // Sent in whole seconds, rounded: some lines come again, and none is lost.
        since_time: since.and_then(|last| last.checked_sub(Duration::from_secs(1)).ok()),
        tail_lines: since.is_none().then_some(wanted.tail),
        timestamps: true,
        ..LogParams::default()
    };
    let complain = |error: anyhow::Error| terminal::complain(&format!("{pod}/{container}: {error:#}"));
    let log = match connection.log(namespace, pod, &what).await {
        Ok(log) => log,
        Err(error) if error.missing().is_some() => return Err(error.into()),
        // A pod that went meanwhile does not silence the others.
        Err(error) => {
            complain(error.into());
            return Ok(End::Unheard(since));
        }
    };
    let (mut log, mut last, mut line) = (std::pin::pin!(log), since, Vec::new());
    loop {
        line.clear();
        match log.read_until(b'\n', &mut line).await {
            Ok(0) => return Ok(End::Over),
            Ok(_) => {}
            Err(error) => {
                complain(error.into());
                return Ok(End::BrokenOff(last));
            }
        }
        // Programs may write what is no text.
        let line = String::from_utf8_lossy(&line);
        let (time, line) = timed(line.trim_end_matches(['\r', '\n']));
        if time.is_some() && time <= since {
            continue;
        }
        last = last.max(time);
        print(speaker, line, output)?;
    }
}

/// A line and when it was written, which stands before it.
fn timed(line: &str) -> (Option<Timestamp>, &str) {
    let parted = line.split_once(' ').and_then(|(time, line)| Some((time.parse().ok()?, line)));
    parted.map_or((None, line), |(time, line)| (Some(time), line))
}

fn print(speaker: &Speaker, line: &str, output: Option<Output>) -> anyhow::Result<()> {
    let Speaker { namespace, pod, container, .. } = speaker;
    let line = match output {
        Some(Output::Json) => {
            json!({"namespace": namespace, "pod": pod, "container": container, "line": line}).to_string()
        }
        None => format!("{pod}/{container} | {line}"),
    };
    terminal::print(&format!("{line}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_parted_from_the_time_that_stands_before_it() {
        let time = |text: &str| Some(text.parse().expect("a time"));
        assert_eq!(timed("2026-11-03T08:00:01.5Z it began"), (time("2026-11-03T08:00:01.5Z"), "it began"));
        assert_eq!(timed("2026-11-03T08:00:01.000000002+01:00 "), (time("2026-11-03T07:00:01.000000002Z"), ""));
        assert_eq!(timed("unable to read the log"), (None, "unable to read the log"));
    }
}
