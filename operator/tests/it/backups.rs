//! Backups of an app on a real API server: what is made for them, and what is told of them.

use crds::CoverLetterApp;
use crds::condition::find;
use devcluster::scripted_kubelet::Outcome;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod, Secret, ServiceAccount};
use kube::ResourceExt as _;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually};
use crate::trouble::{create, says};

const BACKUP: &str = "letters-backup";

fn backed_up() -> Value {
    json!({"database": {"managed": {"backup": {"schedule": "0 3 * * *", "keep": 3, "storage": {"size": "1Gi"}}}}})
}

/// Makes a backup as the documentation says, and waits for its pod.
async fn back_up(cluster: &Cluster, name: &str) -> String {
    let namespace = format!("--namespace={}", cluster.namespace);
    let from = format!("--from=cronjob/{BACKUP}");
    cluster.plane.kubectl(&["create", "job", &namespace, &from, name]).await.expect("it is made");
    let of_job = ListParams::default().labels(&format!("job-name={name}"));
    eventually("the backup has a pod", async || {
        let pods = cluster.api::<Pod>().list(&of_job).await.expect("pods can be listed");
        pods.items.first().map(kube::ResourceExt::name_any).ok_or("none")
    })
    .await
}

/// Ends the pod as a script ends that leaves `message`.
async fn end(cluster: &Cluster, pod: &str, phase: &str, code: i32, message: &str) {
    let ended = json!({"exitCode": code, "message": message, "reason": "Ended"});
    let status = json!({"name": "backup", "image": "i", "imageID": "i", "ready": false, "restartCount": 0, "state": {"terminated": ended}});
    let patch = json!({"status": {"phase": phase, "containerStatuses": [status]}});
    let pods = cluster.api::<Pod>();
    pods.patch_status(pod, &PatchParams::default(), &Patch::Merge(patch)).await.expect("it is accepted");
}

#[tokio::test]
async fn backups_are_scheduled_made_and_told() {
    let cluster = Cluster::start("backups").await;
    cluster.kubelet.by_label("app.kubernetes.io/component", "backup", Outcome::Unready);
    cluster.create_app(backed_up()).await;
    let cron_job = cluster.exists::<CronJob>(BACKUP).await.spec.expect("it has a spec");
    assert_eq!((cron_job.schedule.as_str(), cron_job.suspend), ("0 3 * * *", Some(false)));
    cluster.exists::<PersistentVolumeClaim>(BACKUP).await;
    says(&cluster, "BackedUp", "Unknown", "BackupPending", &["kubectl create job --from=cronjob/letters-backup"]).await;
    cluster.ready().await;

    let pod = back_up(&cluster, "one").await;
    let report = r#"{"name":"20261128T030000Z-7","bytes":2989,"kept":1}"#;
    end(&cluster, &pod, "Succeeded", 0, report).await;
    says(&cluster, "BackedUp", "True", "BackedUp", &["Backup 20261128T030000Z-7 was finished at"]).await;
    let status = cluster.app().await.status.and_then(|status| status.backup).expect("it is told");
    assert_eq!((status.bytes, status.kept, status.time.is_some()), (Some(2_989), Some(1), true));

    // One that fails costs nothing but its own success: the app stays ready. It is tried three times.
    let pod = back_up(&cluster, "two").await;
    end(&cluster, &pod, "Failed", 1, "The backup volume is full.").await;
    // Past its deadline a Job deletes its pods.
    cluster.patch::<Job>("two", json!({"spec": {"activeDeadlineSeconds": 1}})).await;
    says(&cluster, "BackedUp", "False", "BackupFailed", &["The backup of", "The last one that succeeded is of"]).await;
    cluster.ready().await;

    cluster
        .patch::<CoverLetterApp>("letters", json!({"spec": {"database": {"managed": {"backup": {"suspend": true}}}}}))
        .await;
    eventually("the schedule is suspended", async || {
        let cron_job = cluster.exists::<CronJob>(BACKUP).await;
        cron_job.spec.and_then(|spec| spec.suspend).filter(|suspend| *suspend).ok_or("not yet")
    })
    .await;
}

#[tokio::test]
async fn dumps_outlive_their_schedule_and_their_app() {
    let cluster = Cluster::start("dumps").await;
    cluster.create_app(backed_up()).await;
    let claim = cluster.exists::<PersistentVolumeClaim>(BACKUP).await;
    assert!(claim.owner_references().is_empty());
    cluster.patch::<CoverLetterApp>("letters", json!({"spec": {"database": {"managed": {"backup": null}}}})).await;
    cluster.is_gone::<CronJob>(BACKUP).await;
    cluster.is_gone::<ServiceAccount>(BACKUP).await;
    let app = cluster.ready().await;
    assert!(find(&app.status.expect("it has one").conditions, "BackedUp").is_none(), "nothing is said any more");
    cluster.api::<CoverLetterApp>().delete("letters", &DeleteParams::default()).await.expect("it can be deleted");
    cluster.is_gone::<StatefulSet>("letters-db").await;
    let kept = cluster.exists::<PersistentVolumeClaim>(BACKUP).await;
    assert_eq!(kept.uid(), claim.uid());

    // The app is made anew and restores from it. Postgres starts after the container that restores.
    cluster.create_app(json!({"database": {"managed": {"restoreFrom": {"backup": "20261128T030000Z-7"}}}})).await;
    let set = cluster.exists::<StatefulSet>("letters-db").await;
    let pod = set.spec.and_then(|spec| spec.template.spec).expect("it has pods");
    let restore = pod.init_containers.and_then(|containers| containers.into_iter().next()).expect("it restores");
    let chosen = restore.env.unwrap_or_default().into_iter().find(|variable| variable.name == "BACKUP");
    assert_eq!(chosen.and_then(|variable| variable.value).as_deref(), Some("20261128T030000Z-7"));
    says(&cluster, "Restored", "Unknown", "RestorePending", &[]).await;
    let ended = |message: &str| {
        let status = json!({"name": "restore", "image": "i", "imageID": "i", "ready": true, "restartCount": 0,
            "state": {"terminated": {"exitCode": 0, "message": message}}});
        json!({"status": {"initContainerStatuses": [status]}})
    };
    eventually("the database has a pod", async || {
        cluster.api::<Pod>().get_opt("letters-db-0").await.ok().flatten().ok_or("none")
    })
    .await;
    cluster.ready().await;
    for (message, status, reason, words) in [
        (
            r#"{"restored":"20261128T030000Z-7","kept":false}"#,
            "True",
            "Restored",
            "restored from backup 20261128T030000Z-7",
        ),
        (
            r#"{"restored":"20261101T030000Z-7","kept":true}"#,
            "False",
            "NothingRestored",
            "delete claim `data-letters-db-0`",
        ),
        (r#"{"restored":"","kept":true}"#, "False", "NothingRestored", "held a database already"),
    ] {
        let pods = cluster.api::<Pod>();
        let patched = pods.patch_status("letters-db-0", &PatchParams::default(), &Patch::Merge(ended(message))).await;
        patched.expect("it is accepted");
        says(&cluster, "Restored", status, reason, &[words]).await;
    }
}

#[tokio::test]
async fn an_external_database_that_refuses_is_told_and_a_corrected_secret_heals_the_app() {
    let cluster = Cluster::start("refuses").await;
    cluster.kubelet.by_label("app.kubernetes.io/component", "web", Outcome::Unready);
    let url = |host: &str| json!({"stringData": {"url": format!("postgres://u:p@{host}/letters")}});
    let mut secret = url("db.invalid");
    secret["metadata"] = json!({"name": "pg", "labels": {"coverletter.dev/usable": "true"}});
    create::<Secret>(&cluster, secret).await;
    let database = json!({"external": {"urlSecretRef": {"name": "pg", "key": "url"}}});
    cluster.create_app(json!({"web": {"replicas": 1}, "database": database})).await;
    let web = ListParams::default().labels("app.kubernetes.io/component=web");
    let running = async || {
        let pods = cluster.api::<Pod>().list(&web).await.expect("pods can be listed");
        pods.items
            .iter()
            .find(|pod| pod.status.as_ref().is_some_and(|it| it.container_statuses.is_some()))
            .map(kube::ResourceExt::name_any)
    };
    let pod = eventually("a web pod runs", async || running().await.ok_or("none")).await;
    let ended = json!({"exitCode": 69, "message": "db.invalid:5432 cannot be reached: Name or service not known"});
    let status = json!({"name": "web", "image": "i", "imageID": "i", "ready": false, "restartCount": 1,
        "state": {"running": {}}, "lastState": {"terminated": ended}});
    let patch = Patch::Merge(json!({"status": {"containerStatuses": [status]}}));
    cluster.api::<Pod>().patch_status(&pod, &PatchParams::default(), &patch).await.expect("it is accepted");
    let words = ["db.invalid:5432 cannot be reached: Name or service not known", "key `url` of Secret `pg`"];
    says(&cluster, "DatabaseAvailable", "False", "DatabaseRefuses", &words).await;
    says(&cluster, "Ready", "False", "DatabaseRefuses", &words).await;
    cluster.kubelet.by_label("app.kubernetes.io/component", "web", Outcome::Ready);
    cluster.patch::<Secret>("pg", url("db.example.org")).await;
    cluster.ready().await;
}

#[tokio::test]
async fn a_claim_of_somebody_else_gets_no_backups() {
    let cluster = Cluster::start("foreigndumps").await;
    let spec = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
    let claim = json!({"metadata": {"name": BACKUP}, "spec": spec});
    create::<PersistentVolumeClaim>(&cluster, claim).await;
    cluster.create_app(backed_up()).await;
    says(&cluster, "BackedUp", "False", "ForeignObject", &["PersistentVolumeClaim `letters-backup`"]).await;
    says(&cluster, "DatabaseAvailable", "True", "Available", &[]).await;
    assert!(cluster.api::<CronJob>().get_opt(BACKUP).await.expect("it can be read").is_none());
}
