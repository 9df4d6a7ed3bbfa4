//! Requests a second on the list of letters: the site, its twin, and what limits both.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::http::{Connection, load, page};
use crate::output::{say, say_times};
use crate::people::{Person, students};
use crate::stage::{Server, Stage};
use crate::twin;

/// Students who ask at the same time, and how many letters each has.
const VISITORS: usize = 16;
const LETTERS: usize = 25;
/// How long each is asked in a round, and before the first.
const WITHIN: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(2);
/// Pages whose transactions are counted: so many that those of the site's background work hardly count.
const COUNTED: u32 = 5_000;

pub async fn measure(stage: &Stage, python: &Path, folder: &Path, rounds: usize) -> Result<()> {
    let site = stage.site().await?;
    let people = students(stage, VISITORS, LETTERS).await?;
    let mut servers = vec![("ours", site)];
    for way in twin::WAYS {
        servers.push((way.0, twin::start(stage, python, folder, way).await?));
    }
    let list: Vec<_> = people.iter().map(|person| page("/letters", &person.cookies)).collect();
    let log_in = vec![page("/auth/login", "none=none"); VISITORS];
    for (name, server) in &servers {
        the_same_letters(name, server, &people[0]).await?;
        load(server.port, &list, WARM_UP).await?;
    }
    for _ in 0..rounds {
        for (name, server) in &servers {
            let (before, start) = (server.processor_seconds()?, Instant::now());
            let loaded = load(server.port, &list, WITHIN).await?;
            let busy = (server.processor_seconds()? - before) / start.elapsed().as_secs_f64();
            say(&format!("{name}_requests_per_second"), loaded.per_second);
            say_times(&format!("{name}_page"), &loaded.times);
            if *name == "ours" {
                say("ours_processors", busy);
            }
        }
        say("ours_without_database_requests_per_second", load(servers[0].1.port, &log_in, WITHIN).await?.per_second);
        say("round_trips_per_second", round_trips(stage).await?);
    }
    let before: i64 = statements(stage).await?;
    let mut connection = Connection::open(servers[0].1.port).await?;
    for _ in 0..COUNTED {
        connection.ask(&list[0]).await?;
    }
    say("ours_transactions_per_page", (statements(stage).await? - before) as f64 / f64::from(COUNTED));
    Ok(())
}

/// Both show what there is to see: the page of the twin would be cheap without.
async fn the_same_letters(name: &str, server: &Server, person: &Person) -> Result<()> {
    let answer = Connection::open(server.port).await?.ask(&page("/letters", &person.cookies)).await?;
    let body = String::from_utf8(answer.body)?;
    let (letters, drafts) = (body.matches("Data Scientist").count(), body.matches("Analyst").count());
    ensure!((letters, drafts) == (LETTERS, 1), "{name} shows {letters} letters and {drafts} drafts: {body}");
    say(&format!("{name}_page_bytes"), body.len() as f64);
    Ok(())
}

/// Transactions of the database so far: each statement of a page is one.
async fn statements(stage: &Stage) -> Result<i64> {
    // A connection that does nothing more has told what it did after ten seconds.
    let mut pause = tokio::time::interval(Duration::from_secs(11));
    pause.tick().await;
    pause.tick().await;
    Ok(stage.sql("SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'").await?.parse()?)
}

/// How often the smallest statement is answered in a second, over as many connections as a site has: what Postgres and the
/// way there cost without a page.
async fn round_trips(stage: &Stage) -> Result<f64> {
    let pool = webapp::db::connect(&SecretString::from(stage.postgres.url()), None, &CancellationToken::new()).await?;
    let pool = Arc::new(pool.expect("it is not stopped"));
    let start = Instant::now();
    let askers: Vec<_> = (0..VISITORS)
        .map(|_| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move {
                let mut count = 0_u32;
                while start.elapsed() < WITHIN {
                    webapp::db::ping(&pool).await?;
                    count += 1;
                }
                anyhow::Ok(count)
            })
        })
        .collect();
    let mut all = 0.0;
    for asker in askers {
        all += f64::from(asker.await??);
    }
    Ok(all / start.elapsed().as_secs_f64())
}
