//! Live pages: what two hundred cost in memory, how late their text is, and how fast other pages are beside two thousand.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use kube::api::ListParams;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use crate::http::{Connection, form, header, page};
use crate::output::{say, say_times};
use crate::people::{Person, students};
use crate::pod::Pod;
use crate::stage::{Server, Stage};
use crate::watching::Readers;

/// Students, and the letters of each that wait.
const STUDENTS: usize = 100;
const WAITING: usize = 20;
/// Letters that are written at the same time, each with a reader.
const WRITTEN: usize = 200;
/// Requests that the queue takes; the other letters wait in the database.
const QUEUE: usize = 500;
/// Forms that are sent to see how soon their page is there.
const FORMS: usize = 50;
/// How long tokens and pages are measured, and how often a page is asked for.
const WITHIN: Duration = Duration::from_secs(20);
const PAGE_EVERY: Duration = Duration::from_millis(10);
/// How often a letter of those that wait is written meanwhile.
const SERVED_EVERY: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_mins(3);

pub async fn measure(stage: &Stage) -> Result<()> {
    let mut site = stage.site().await?;
    let people = students(stage, STUDENTS, 25).await?;
    pages(&site, &people, 100).await?;
    say("memory_idle_mb", site.megabytes("VmRSS")?);
    say("memory_of_its_own_idle_mb", site.megabytes("RssAnon")?);
    generate(&site, &people[0]).await?;

    let pod = Pod::start().await?;
    let letters = submit(stage, &people, WRITTEN / STUDENTS).await?;
    claimed(stage, &pod).await?;
    let readers = Readers::open(site.port, pod.epoch, &letters).await?;
    // The first tokens come with those that were written before.
    for _ in 0..2 {
        readers.late();
        elapse(WITHIN / 2).await;
    }
    let late = readers.late();
    ensure!(late.len() > WRITTEN, "{} tokens have arrived", late.len());
    say("tokens_per_second", late.len() as f64 / (WITHIN / 2).as_secs_f64());
    say_times("token", &late);
    say("memory_with_200_streams_mb", site.megabytes("VmRSS")?);
    say("memory_of_its_own_with_200_streams_mb", site.megabytes("RssAnon")?);
    drop(readers);

    let letters = submit(stage, &people, WAITING).await?;
    // All of those that were written are still claimed: the queue fills with those that wait.
    eventually("a full queue", async || Ok(queued(stage).await?.len() >= QUEUE)).await?;
    let readers = Readers::open(site.port, pod.epoch, &letters).await?;
    say("streams", letters.len() as f64);
    let (before, start) = (site.processor_seconds()?, Instant::now());
    let (times, written) = tokio::join!(pages_meanwhile(&site, &people), serve_meanwhile(stage, &pod));
    say("letters_written_meanwhile", written? as f64);
    say("processors_with_2000_streams", (site.processor_seconds()? - before) / start.elapsed().as_secs_f64());
    say_times("page_beside_2000_streams", &times?);
    say("memory_with_2000_streams_mb", site.megabytes("VmRSS")?);
    say("memory_of_its_own_with_2000_streams_mb", site.megabytes("RssAnon")?);
    say("memory_most_mb", site.megabytes("VmHWM")?);
    drop(readers);
    Ok(site.process.check()?)
}

/// Asks for some pages one after another.
async fn pages(site: &Server, people: &[Person], count: usize) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(site.port).await?;
    let mut times = Vec::new();
    for person in people.iter().cycle().take(count) {
        let asked = Instant::now();
        let answer = connection.ask(&page("/letters", &person.cookies)).await?;
        ensure!(answer.status == 200, "a page is answered with {}", answer.status);
        times.push(asked.elapsed());
    }
    Ok(times)
}

/// Asks for pages at their times, whether earlier ones have arrived or not.
async fn pages_meanwhile(site: &Server, people: &[Person]) -> Result<Vec<Duration>> {
    let mut every = interval(PAGE_EVERY);
    let (start, mut asked) = (Instant::now(), Vec::new());
    for person in people.iter().cycle() {
        every.tick().await;
        if start.elapsed() > WITHIN {
            break;
        }
        let (port, request) = (site.port, page("/letters", &person.cookies));
        asked.push(tokio::spawn(async move {
            let asked = Instant::now();
            let answer = Connection::open(port).await?.ask(&request).await?;
            ensure!(answer.status == 200, "a page is answered with {}", answer.status);
            Ok(asked.elapsed())
        }));
    }
    let mut times = Vec::new();
    for one in asked {
        times.push(one.await??);
    }
    Ok(times)
}

/// Writes letters of those that wait, so that the line moves and every reader is told.
async fn serve_meanwhile(stage: &Stage, pod: &Pod) -> Result<usize> {
    let requests = stage.requests();
    let mut every = interval(SERVED_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (start, mut waiting, mut written) = (Instant::now(), queued(stage).await?, 0);
    while start.elapsed() < WITHIN {
        every.tick().await;
        pod.serve(&requests, waiting.pop().context("a request waits")?).await?;
        written += 1;
    }
    Ok(written)
}

/// From the click on Generate until the page of the letter is there, as a browser without scripts goes.
async fn generate(site: &Server, person: &Person) -> Result<()> {
    let mut connection = Connection::open(site.port).await?;
    let mut times = Vec::new();
    let mut every = interval(Duration::from_millis(100));
    for _ in 0..FORMS {
        every.tick().await;
        let submission = Uuid::new_v4().to_string();
        let mut fields = fixtures::letter_form::EXAMPLE.to_vec();
        fields.extend([("csrf_token", person.csrf.as_str()), ("submission", submission.as_str())]);
        let request = form("/model/query", &person.cookies, &fields);
        let asked = Instant::now();
        let answer = connection.ask(&request).await?;
        ensure!(answer.status == 303, "a form is answered with {}", answer.status);
        let location = header(&answer.head, "location").context("it leads to the letter")?.to_owned();
        let answer = connection.ask(&page(&location, &person.cookies)).await?;
        ensure!(answer.status == 200, "the page of a letter is answered with {}", answer.status);
        times.push(asked.elapsed());
    }
    say_times("generate", &times);
    Ok(())
}

/// Letters of these students, so many of each, as the site keeps them before their requests are made; the site makes these.
async fn submit<'a>(stage: &Stage, people: &'a [Person], of_each: usize) -> Result<Vec<(&'a Person, String)>> {
    let letters: Vec<_> =
        (0..of_each).flat_map(|_| people).map(|person| (person, Uuid::new_v4().to_string())).collect();
    let draft =
        r#"{"job": {"title": "Data Scientist", "company": "google"}, "applicant": {"name": "John"}, "letter": {}}"#;
    // A command line has room for some hundreds.
    for some in letters.chunks(200) {
        let row = |(person, id): &(&Person, String)| {
            format!("('{id}', {}, now(), 'Data Scientist', 'google', '{draft}', 'Submitting')", person.id)
        };
        let insert = "INSERT INTO letters (id, user_id, created_at, job_title, company, draft, state) VALUES";
        stage.sql(&format!("{insert} {}", some.iter().map(row).collect::<Vec<_>>().join(", "))).await?;
    }
    Ok(letters)
}

/// Waits until all letters have their requests, and claims these.
async fn claimed(stage: &Stage, pod: &Pod) -> Result<()> {
    let submitting = "SELECT count(*) FROM letters WHERE state = 'Submitting'";
    eventually("every request", async || Ok(stage.sql(submitting).await? == "0")).await?;
    let requests = stage.requests();
    for request in queued(stage).await? {
        pod.claim(&requests, request).await?;
    }
    Ok(())
}

async fn queued(stage: &Stage) -> Result<Vec<crds::CoverLetterRequest>> {
    let all = stage.requests().list(&ListParams::default()).await?.items;
    Ok(all.into_iter().filter(|request| request.state() == crds::request::State::Queued).collect())
}

async fn elapse(time: Duration) {
    let mut passed = interval(time);
    passed.tick().await;
    passed.tick().await;
}

async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let (start, mut every) = (Instant::now(), interval(Duration::from_millis(200)));
    while !is_so().await? {
        every.tick().await;
        ensure!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}");
    }
    Ok(())
}
