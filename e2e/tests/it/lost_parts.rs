//! The other parts that can fail for a while: the web, the operator and the database.

use std::time::Duration;

use anyhow::{Result, ensure};
use crds::CoverLetterApp;
use crds::names::Component;
use e2e::cluster::SYSTEM;
use e2e::eventually::eventually_true;
use e2e::letter::{is_signed_by, request};
use e2e::{Play, Student, app, play};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;

const BACK_WITHIN: Duration = Duration::from_secs(90);
const WRITTEN_WITHIN: Duration = Duration::from_mins(2);

#[tokio::test]
async fn the_web_deployment_is_deleted_and_comes_back() {
    play("lost-web", async |play: &Play| {
        let (john, path, letter) = a_student_with_a_letter(play, app::paced(Some(app::SLOW))).await?;
        john.new_example().await?;
        john.sees_beginning(20, WRITTEN_WITHIN).await?;
        let name = Component::Web.object_name(app::NAME);
        let deployments = play.cluster.api::<Deployment>();
        let before = deployments.get(&name).await?.metadata.uid;
        play.cluster.kubectl(&["delete", "deployment", &name]).await?;
        eventually_true("the web Deployment is back", BACK_WITHIN, async || {
            let Some(deployment) = deployments.get_opt(&name).await? else { return Ok(false) };
            let ready = deployment.status.and_then(|status| status.ready_replicas).unwrap_or(0);
            Ok(deployment.metadata.uid != before && ready > 0)
        })
        .await?;
        // The page stayed open; it continues where it was once the site is back.
        let second = john.finished_letter(BACK_WITHIN).await?;
        ensure!(is_signed_by(&second, "John"), "not a letter signed by John: {second}");
        // A pod is ready a moment before the node leads new connections to it.
        play.site_answers().await?;
        still_reads(&john, &path, &letter).await
    })
    .await;
}

#[tokio::test]
async fn a_letter_is_written_while_the_operator_is_away() {
    play("lost-operator", async |play: &Play| {
        let cluster = &play.cluster;
        cluster.install(&app::small()).await?;
        cluster.apply(&[request("before", 1)]).await?;
        let system = cluster.in_namespace(SYSTEM);
        let operators = system.api::<Pod>();
        let names = async || -> Result<Vec<String>> {
            let pods = operators.list(&kube::api::ListParams::default()).await?;
            let running = pods.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none());
            Ok(running.filter_map(|pod| pod.metadata.name).collect())
        };
        let killed = names().await?;
        for pod in &killed {
            system.kill_pod(pod).await?;
        }
        cluster.apply(&[request("during", 2)]).await?;
        for name in ["before", "during"] {
            cluster.letter(name, WRITTEN_WITHIN).await?;
            ensure!(cluster.request(name).await?.status.and_then(|status| status.attempt) == Some(1), "{name}");
        }

        let rollout = ["rollout", "status", "deployment/coverletter-operator", "--timeout=90s"];
        system.kubectl(&rollout).await?;
        ensure!(names().await?.iter().all(|name| !killed.contains(name)), "the operator was not replaced");
        // The new operator works: it repairs what is deleted.
        let service = Component::Web.object_name(app::NAME);
        cluster.kubectl(&["delete", "service", &service]).await?;
        eventually_true("the new operator repairs the Service", BACK_WITHIN, async || {
            Ok(cluster.api::<k8s_openapi::api::core::v1::Service>().get_opt(&service).await?.is_some())
        })
        .await?;
        cluster.apply(&[request("after", 3)]).await?;
        cluster.letter("after", WRITTEN_WITHIN).await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn data_is_there_after_the_database_pod_was_deleted() {
    play("lost-database", async |play: &Play| {
        let (john, path, letter) = a_student_with_a_letter(play, app::paced(None)).await?;
        let pod = play.cluster.only_pod(Component::Database).await?;
        let pods = play.cluster.api::<Pod>();
        let before = pods.get(&pod).await?.metadata.uid;
        play.cluster.kubectl(&["delete", "pod", &pod]).await?;
        eventually_true("another database pod is ready", BACK_WITHIN, async || {
            let Some(now) = pods.get_opt(&pod).await? else { return Ok(false) };
            let conditions = now.status.and_then(|status| status.conditions).unwrap_or_default();
            let ready = conditions.iter().any(|condition| condition.type_ == "Ready" && condition.status == "True");
            Ok(now.metadata.uid != before && ready)
        })
        .await?;
        eventually_true("the site reads its letters again", BACK_WITHIN, async || {
            john.open("/letters").await?;
            Ok(john.page().await?.contains("Data Scientist"))
        })
        .await?;
        still_reads(&john, &path, &letter).await?;
        let path = john.new_example().await?;
        let second = john.finished_letter(WRITTEN_WITHIN).await?;
        ensure!(is_signed_by(&second, "John"), "no letter at {path} after the database came back: {second}");
        Ok(())
    })
    .await;
}

/// A student at a new site with one finished letter: the student, its path and its text.
pub async fn a_student_with_a_letter(play: &Play, app: CoverLetterApp) -> Result<(Student, String, String)> {
    play.install_site(&app).await?;
    let john = play.student("John").await?;
    john.register().await?;
    john.log_in().await?;
    let path = john.new_example().await?;
    let letter = john.finished_letter(WRITTEN_WITHIN).await?;
    archived(play).await?;
    Ok((john, path, letter))
}

/// Waits until the letter is in Postgres, the only place that keeps it once its request is deleted.
async fn archived(play: &Play) -> Result<()> {
    eventually_true("the letter is archived", WRITTEN_WITHIN, async || {
        let request = play.cluster.only_request().await?;
        Ok(request.metadata.labels.unwrap_or_default().contains_key(crds::names::ARCHIVED_LABEL))
    })
    .await
}

/// Checks that the letter is shown without another login.
pub async fn still_reads(student: &Student, path: &str, letter: &str) -> Result<()> {
    student.open(path).await?;
    let now = student.finished_letter(WRITTEN_WITHIN).await?;
    ensure!(now == letter, "the letter at {path} is now: {now}");
    Ok(())
}
