//! `logs`: what the pods of an app say, and which pod says it.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::bail;
use crds::names::{COMPONENT_LABEL, INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL};
use futures::stream::FuturesUnordered;
use futures::{AsyncBufReadExt as _, StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Pod;
use kube::api::LogParams;
use serde_json::json;

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
    let found = async || Ok::<_, anyhow::Error>(speakers(&connection.list::<Pod>(&labels).await?));
    let first = found().await?;
    if first.is_empty() && !wanted.follow {
        bail!("there is no such pod ({labels})");
    }
    for speaker in &first {
        if let Some(why) = &speaker.silent {
            terminal::complain(&format!("{}/{} has said nothing: {why}", speaker.pod, speaker.container));
        }
    }
    if !wanted.follow {
        for speaker in first.iter().filter(|speaker| speaker.silent.is_none()) {
            listen(connection, speaker, wanted, output).await?;
        }
        return Ok(());
    }
    let mut heard = BTreeSet::new();
    let mut voices = FuturesUnordered::new();
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = look.tick() => for speaker in found().await? {
                if speaker.silent.is_none() && heard.insert(speaker.clone()) {
                    voices.push(async move { listen(connection, &speaker, wanted, output).await });
                }
            },
            Some(ended) = voices.next() => ended?,
        }
    }
}

/// Prints what one container says until it ends.
async fn listen(
    connection: &Connection,
    speaker: &Speaker,
    wanted: &Wanted,
    output: Option<Output>,
) -> anyhow::Result<()> {
    let Speaker { namespace, pod, container, restarts, .. } = speaker;
    if wanted.previous && *restarts == 0 {
        return Ok(());
    }
    let what = LogParams {
        container: Some(container.clone()),
        follow: wanted.follow,
        previous: wanted.previous,
        tail_lines: Some(wanted.tail),
        ..LogParams::default()
    };
    let log = match connection.log(namespace, pod, &what).await {
        Ok(log) => log,
        Err(error) if error.missing().is_some() => return Err(error.into()),
        // A pod that went meanwhile does not silence the others.
        Err(error) => {
            terminal::complain(&format!("{pod}/{container}: {:#}", anyhow::Error::from(error)));
            return Ok(());
        }
    };
    let mut lines = std::pin::pin!(log.lines());
    while let Some(line) = lines.try_next().await? {
        let line = match output {
            Some(Output::Json) => {
                json!({"namespace": namespace, "pod": pod, "container": container, "line": line}).to_string()
            }
            None => format!("{pod}/{container} | {line}"),
        };
        terminal::print(&format!("{line}\n"))?;
    }
    Ok(())
}
