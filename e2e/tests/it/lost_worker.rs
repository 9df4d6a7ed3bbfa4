//! A worker dies in the middle of a letter: another worker writes the letter, once, and the page continues it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crds::names::Component;
use crds::request::{Outcome, State};
use crds::{CoverLetterApp, CoverLetterRequest};
use e2e::eventually::eventually_true;
use e2e::followed::Followed;
use e2e::letter::request;
use e2e::proxied::Proxied;
use e2e::{Cluster, Play, Student, app, node, play};

/// A letter takes about twenty seconds at this pace: enough to see it begin and to kill its worker.
const PACE: i32 = 12;
/// Enough for a letter at this pace, a new pod and the backoff after a lost attempt.
const WRITTEN_WITHIN: Duration = Duration::from_mins(5);
/// New pods are looked for every three seconds.
const HEARD_WITHIN: Duration = Duration::from_secs(30);
/// Characters of a letter after which its worker is killed.
const BEGUN: usize = 80;
const SEED: i64 = 42;

#[tokio::test]
async fn a_letter_survives_the_loss_of_its_pod() {
    play("lost-pod", async |play: &Play| {
        let (john, calm) = a_student_and_the_letter_undisturbed(play).await?;
        let mut logs = play.cluster.plugin_goes_on(&["logs", "--component=inference", "--follow"])?;
        let (path, seen) = begin(play, &john, "pod").await?;
        let pod = play.cluster.only_pod(Component::Inference).await?;
        serves(&mut logs, &[&pod]).await?;
        play.cluster.kill_pod(&pod).await?;
        let lost = check(play, &john, (&path, &seen), ("pod", &calm)).await?;
        // Who follows the logs hears the pod that took over as well.
        serves(&mut logs, &[&pod, &play.cluster.only_pod(Component::Inference).await?]).await?;
        ensure!(lost == pod, "attempt 1 was made by {lost}, not by {pod}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

#[tokio::test]
async fn a_letter_survives_the_death_of_its_process() {
    play("lost-process", async |play: &Play| {
        let (john, calm) = a_student_and_the_letter_undisturbed(play).await?;
        let way = Proxied::start(play.cluster.environment()).await?;
        let follow = ["logs", "--component=inference", "--follow"];
        let mut logs = play.cluster.plugin_goes_on_by(&way.kubeconfig(), &follow)?;
        serves(&mut logs, &[&play.cluster.only_pod(Component::Inference).await?]).await?;
        // Whoever follows the logs goes on where a connection broke, and hears nothing twice.
        way.cut();
        let (path, seen) = begin(play, &john, "process").await?;
        let goes_on = |said: &str| said.contains("Claimed request `process`").then_some(());
        logs.prints("the same log goes on", HEARD_WITHIN, goes_on).await?;
        // The container starts again in the same pod: only the boot id tells the new process from the dead one.
        node::kill_processes(&play.cluster.environment().kubeconfig, "inference")?;
        let pod = check(play, &john, (&path, &seen), ("process", &calm)).await?;
        serves(&mut logs, &[&pod, &pod]).await?;
        // What the dead process said last is still there for whoever asks.
        let logs = play.cluster.plugin(&["logs", "--component=inference", "--previous"]).await?;
        ensure!(logs.lines().count() > 0 && logs.lines().all(|line| line.starts_with(&format!("{pod}/"))), "{logs}");
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_is_asked_to_go_finishes_its_letters() {
    play("leaving-worker", async |play: &Play| {
        play.install_site(&slow()).await?;
        let john = a_student(play).await?;
        begin(play, &john, "last").await?;
        let pod = play.cluster.only_pod(Component::Inference).await?;
        play.cluster.kubectl(&["delete", "pod", &pod, "--wait=false"]).await?;
        john.finished_letter(WRITTEN_WITHIN).await?;
        play.cluster.letter("last", WRITTEN_WITHIN).await?;
        for request in play.cluster.requests().await? {
            let status = request.status.unwrap_or_default();
            let worker = status.claim.map(|claim| claim.worker);
            ensure!(status.attempt == Some(1) && worker.as_ref() == Some(&pod), "{:?} by {worker:?}", status.attempt);
        }
        Ok::<_, anyhow::Error>(())
    })
    .await;
}

/// Waits until workers in just these pods have said, one after the other, that they serve the app.
async fn serves(logs: &mut Followed, pods: &[&str]) -> Result<()> {
    logs.prints(&format!("{pods:?} have said so"), HEARD_WITHIN, |printed| {
        let serving = printed.lines().filter(|line| line.contains("Serving app"));
        let heard: Vec<_> = serving.filter_map(|line| Some(line.split_once('/')?.0)).collect();
        (heard == pods).then_some(())
    })
    .await
}

fn slow() -> CoverLetterApp {
    let mut app = app::paced(Some(PACE));
    // One pod holds both letters, so that its loss hits both.
    app.spec.inference.scaling.max_replicas = 1;
    app
}

/// A student at a new site, and the letter of [`SEED`] when nothing happens to it, which is written while they register.
async fn a_student_and_the_letter_undisturbed(play: &Play) -> Result<(Student, String)> {
    play.install_site(&slow()).await?;
    play.cluster.apply(&[request("calm", SEED)]).await?;
    let john = a_student(play).await?;
    Ok((john, play.cluster.letter("calm", WRITTEN_WITHIN).await?))
}

async fn a_student(play: &Play) -> Result<Student> {
    let john = play.student("John").await?;
    john.register().await?;
    john.log_in().await?;
    Ok(john)
}

/// Requests a letter at the site and one with kubectl, and waits until both are being written. Returns the page of
/// the first and its text so far.
async fn begin(play: &Play, john: &Student, name: &str) -> Result<(String, String)> {
    let path = john.new_example().await?;
    // kubectl comes second, because it takes no time, while a browser can take as long as a whole letter.
    play.cluster.apply(&[request(name, SEED)]).await?;
    let seen = john.sees_beginning(BEGUN, WRITTEN_WITHIN).await?;
    let is_written = async || Ok(play.cluster.request(name).await?.state() == State::Running);
    eventually_true(&format!("request {name} is being written"), WRITTEN_WITHIN, is_written).await?;
    Ok((path, seen))
}

/// Checks that attempt 2 finished both letters: the student's continues the text that was seen, the other one is the
/// same as without the loss. Returns the worker of attempt 1.
async fn check(play: &Play, john: &Student, (path, seen): (&str, &str), (name, calm): (&str, &str)) -> Result<String> {
    let cluster = &play.cluster;
    // The student only watches; the page itself has to find the other worker.
    let shown = john.finished_letter(WRITTEN_WITHIN).await?;
    ensure!(shown.starts_with(seen), "seen before the loss:\n{seen}\nand after it:\n{shown}");
    ensure!(john.path().await? == path, "the student was led elsewhere");
    let theirs = the_students_request(cluster).await?;
    let status = theirs.status.clone().unwrap_or_default();
    ensure!(status.letter.as_deref().map(str::trim) == Some(&shown), "page and resource differ: {:?}", status.letter);

    written_once_by_the_second_attempt(&theirs)?;
    let letter = cluster.letter(name, WRITTEN_WITHIN).await?;
    ensure!(letter == calm, "the second attempt wrote another letter:\n{letter}\ninstead of\n{calm}");
    written_once_by_the_second_attempt(&cluster.request(name).await?)
}

async fn the_students_request(cluster: &Cluster) -> Result<CoverLetterRequest> {
    let mut theirs = cluster.requests().await?;
    theirs.retain(|request| request.spec.requested_by.is_some());
    ensure!(theirs.len() == 1, "{} requests of the student", theirs.len());
    Ok(theirs.remove(0))
}

fn written_once_by_the_second_attempt(request: &CoverLetterRequest) -> Result<String> {
    let status = request.status.as_ref().context("it has a status")?;
    ensure!(request.state() == State::Succeeded && status.attempt == Some(2), "{status:?}");
    let [lost] = &status.attempts[..] else { anyhow::bail!("not one earlier attempt: {:?}", status.attempts) };
    ensure!(lost.number == 1 && lost.outcome == Outcome::Lost, "{lost:?}");
    Ok(lost.worker.clone())
}
