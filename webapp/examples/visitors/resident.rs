//! What the site's memory is while the API server holds many requests.

use std::time::Duration;

use anyhow::{Result, ensure};
use fixtures::requests::largest;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kube::api::PostParams;

use crate::http::{Connection, page};
use crate::output::say;
use crate::people::students;
use crate::stage::{APP, Server, Stage};

/// Requests of the app that are there.
const REQUESTS: usize = 10_000;
/// How many are created at the same time.
const AT_ONCE: usize = 16;
/// How often memory is looked at, and how many looks in turn must see the same.
const LOOK: Duration = Duration::from_millis(500);
const LOOKS: usize = 6;

pub async fn measure(stage: &Stage) -> Result<()> {
    let mut watching = stage.site().await?;
    let people = students(stage, 1, 25).await?;
    look(&watching, &people[0].cookies).await?;
    say("memory_with_no_request_mb", watching.megabytes("VmRSS")?);
    say("memory_with_no_request_most_mb", watching.megabytes("VmHWM")?);
    let requests = stage.requests();
    let create = |number: usize| {
        let requests = requests.clone();
        async move {
            let request = serde_json::from_value(largest(&format!("request-{number}"), APP, "python"))?;
            anyhow::Ok(requests.create(&PostParams::default(), &request).await.map(drop)?)
        }
    };
    stream::iter(0..REQUESTS).map(create).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    look(&watching, &people[0].cookies).await?;
    say("memory_with_10000_requests_mb", settled(&watching).await?);
    say("memory_with_10000_requests_most_mb", watching.megabytes("VmHWM")?);
    let mut listing = stage.site().await?;
    look(&listing, &people[0].cookies).await?;
    say("memory_after_a_list_of_10000_requests_mb", settled(&listing).await?);
    say("memory_after_a_list_of_10000_requests_most_mb", listing.megabytes("VmHWM")?);
    watching.process.check()?;
    Ok(listing.process.check()?)
}

/// The memory of the process once it has not changed for a while: nothing tells when it has listed all requests.
async fn settled(site: &Server) -> Result<f64> {
    let mut every = tokio::time::interval(LOOK);
    let (mut memory, mut looks) = (0.0, 0);
    while looks < LOOKS {
        every.tick().await;
        let now = site.megabytes("VmRSS")?;
        looks = if (now - memory).abs() < 0.1 { looks + 1 } else { 0 };
        memory = now;
    }
    Ok(memory)
}

/// Asks for a page, as somebody does who looks at the letters.
async fn look(site: &Server, cookies: &str) -> Result<()> {
    let answer = Connection::open(site.port).await?.ask(&page("/letters", cookies)).await?;
    ensure!(answer.status == 200, "the page has status {}", answer.status);
    Ok(())
}
