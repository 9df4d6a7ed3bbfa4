//! The volume of the database is lost, and everything is back from a backup.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use crds::app::conditions::{BACKED_UP, RESTORED};
use crds::app::{Backup, Storage};
use crds::condition::find;
use crds::names::Component;
use e2e::eventually::eventually_true;
use e2e::letter::is_signed_by;
use e2e::{Play, Student, app, play};
use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use kube::ResourceExt as _;

use crate::lost_parts::{a_student_with_a_letter, still_reads};

const MADE_WITHIN: Duration = Duration::from_secs(90);
const BACK_WITHIN: Duration = Duration::from_mins(2);
const CLAIM: &str = "data-letters-db-0";

#[tokio::test]
async fn accounts_and_letters_are_back_after_the_volume_was_lost() {
    play("backup", async |play: &Play| {
        let mut app = app::with_site();
        let backup = Backup {
            schedule: "0 3 * * *".into(),
            keep: 3,
            suspend: false,
            storage: Storage::default(),
            resources: None,
        };
        app.spec.database.managed.get_or_insert_default().backup = Some(backup);
        let (john, path, letter) = a_student_with_a_letter(play, app).await?;
        let cluster = &play.cluster;

        let start = Instant::now();
        let made = cluster.plugin(&["backup", "now", "--timeout=90"]).await?;
        ensure!(made.starts_with("Backup 20") && made.contains("restored to prove it; 1 kept"), "{made}");
        says(play, BACKED_UP, "True", "BackedUp", MADE_WITHIN).await?;
        eprintln!("backup: made and proved in {:.1} s", start.elapsed().as_secs_f32());

        the_plugin_tells(play).await?;

        // Beside data nothing is restored.
        let restore = r#"{"spec":{"database":{"managed":{"restoreFrom":{}}}}}"#;
        cluster.kubectl(&["patch", "coverletterapp", app::NAME, "--type=merge", "--patch", restore]).await?;
        says(play, RESTORED, "False", "NothingRestored", BACK_WITHIN).await?;
        reads_again(&john).await?;
        still_reads(&john, &path, &letter).await?;

        let claims = cluster.api::<PersistentVolumeClaim>();
        let lost = claims.get(CLAIM).await?.uid();
        let start = Instant::now();
        cluster.kubectl(&["delete", "persistentvolumeclaim", CLAIM, "--wait=false"]).await?;
        let pod = cluster.only_pod(Component::Database).await?;
        cluster.kubectl(&["delete", "pod", &pod, "--wait=false"]).await?;
        says(play, RESTORED, "True", "Restored", BACK_WITHIN).await?;
        cluster.ready().await?;
        ensure!(claims.get(CLAIM).await?.uid() != lost, "the volume is still the old one");
        reads_again(&john).await?;
        eprintln!("backup: account and letter are back {:.1} s after the loss", start.elapsed().as_secs_f32());
        still_reads(&john, &path, &letter).await?;
        john.log_out().await?;
        john.log_in().await?;
        john.new_example().await?;
        let second = john.finished_letter(MADE_WITHIN).await?;
        ensure!(is_signed_by(&second, "John"), "no letter after the database came back: {second}");
        Ok(())
    })
    .await;
}

/// What `kubectl coverletter` says about an app that is well.
async fn the_plugin_tells(play: &Play) -> Result<()> {
    let cluster = &play.cluster;
    let status = cluster.plugin(&["status"]).await?;
    ensure!(status.starts_with(&format!("{}/{}: Ready\n", cluster.namespace(), app::NAME)), "{status}");
    for word in ["web         1/1", "database    1/1", "0 waiting", "model", "1 kept"] {
        ensure!(status.contains(word), "no `{word}` in: {status}");
    }
    let requests = cluster.plugin(&["requests", "--state=succeeded"]).await?;
    ensure!(requests.contains("Written") && requests.contains("1 Succeeded"), "{requests}");
    ensure!(!requests.contains("John") && !requests.contains("Data Scientist"), "a request's text: {requests}");
    let pod = cluster.only_pod(Component::Database).await?;
    let logs = cluster.plugin(&["logs", "--component=database", "--tail=5"]).await?;
    ensure!(logs.lines().count() > 0 && logs.lines().all(|line| line.starts_with(&format!("{pod}/"))), "{logs}");
    let backups = cluster.plugin(&["backup", "-o", "json"]).await?;
    ensure!(backups.contains("\"bytes\"") && backups.contains("letters-backup-now-"), "{backups}");
    Ok(())
}

/// Waits until the site, whose database has been restarted, shows the student's letters.
async fn reads_again(john: &Student) -> Result<()> {
    eventually_true("the site reads its letters again", BACK_WITHIN, async || {
        john.open("/letters").await?;
        Ok(john.page().await?.contains("Data Scientist"))
    })
    .await
}

/// Waits until the condition `type_` of the app says this.
async fn says(play: &Play, type_: &str, status: &str, reason: &str, within: Duration) -> Result<()> {
    eventually_true(&format!("{type_}={status} {reason}"), within, async || {
        let app = play.cluster.api::<crds::CoverLetterApp>().get(app::NAME).await?;
        let conditions = app.status.context("the app has a status")?.conditions;
        Ok(find(&conditions, type_).is_some_and(|it| it.status == status && it.reason == reason))
    })
    .await
}
