//! Backups that are made and listed with the plugin; the test plays the pod that makes them.

use devcluster::scripted_kubelet::Outcome;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::json;

use crate::cluster::{Cluster, eventually};

#[tokio::test]
async fn a_backup_is_made_awaited_and_told_however_it_ends() {
    let cluster = Cluster::start("backup").await;
    cluster.kubelet.by_label("app.kubernetes.io/component", "backup", Outcome::Unready);
    cluster.app(json!({})).await;
    let said = cluster.says(&["backup", "now"]).await;
    assert!(!said.ok && said.err.contains("has no backups: set `spec.database.managed.backup`"), "{said:?}");
    cluster.app(json!({"database": {"managed": {"backup": {"schedule": "0 3 * * *"}}}})).await;
    let client = cluster.plane.client();
    let cron_jobs = Api::<CronJob>::namespaced(client.clone(), &cluster.namespace);
    eventually("there is a schedule", async || cron_jobs.get("letters-backup").await).await;
    let said = cluster.says(&["backup"]).await;
    assert!(said.ok && said.out.contains("No backup is known"), "{said:?}");

    let pods = Api::<Pod>::namespaced(client.clone(), &cluster.namespace);
    let report = r#"{"name":"20261128T030000Z-7","bytes":2989,"kept":1}"#;
    let ended = json!({"exitCode": 0, "message": report, "reason": "Completed", "finishedAt": "2026-11-28T03:00:04Z"});
    let status = json!({"name": "backup", "image": "i", "imageID": "i", "ready": false, "restartCount": 0, "state": {"terminated": ended}});
    let patch = json!({"status": {"phase": "Succeeded", "containerStatuses": [status]}});
    let succeeds = async {
        let pod = pod_of_backup(&pods).await;
        pods.patch_status(&pod, &PatchParams::default(), &Patch::Merge(patch)).await.expect("it is accepted");
    };
    let (said, ()) = tokio::join!(cluster.says(&["backup", "now"]), succeeds);
    assert_eq!(
        (said.ok, said.out.as_str()),
        (true, "Backup 20261128T030000Z-7, 2.9 kB: restored to prove it; 1 kept then.\n"),
        "{said:?}"
    );
    cluster.comes_to_say(&["backup", "list"], &["20261128T030000Z-7", "2.9 kB", "letters-backup-now-"]).await;

    let jobs = Api::<Job>::namespaced(client, &cluster.namespace);
    let before: Vec<_> = jobs.list(&ListParams::default()).await.expect("Jobs").items;
    let fails = async {
        let job = eventually("there is a second Job", async || {
            let all = jobs.list(&ListParams::default()).await.expect("Jobs").items;
            all.into_iter().find(|job| before.iter().all(|old| old.metadata.uid != job.metadata.uid)).ok_or("none")
        })
        .await;
        let late = json!({"spec": {"activeDeadlineSeconds": 1}});
        let name = job.metadata.name.expect("it has a name");
        jobs.patch(&name, &PatchParams::default(), &Patch::Merge(late)).await.expect("it is accepted");
    };
    let (said, ()) = tokio::join!(cluster.says(&["backup", "now"]), fails);
    assert!(
        !said.ok && said.out.contains("made no backup") && said.out.contains("grow `backup.storage.size`"),
        "{said:?}"
    );
}

/// Waits for the pod of a backup that runs.
async fn pod_of_backup(pods: &Api<Pod>) -> String {
    let of_backups = ListParams::default().labels("app.kubernetes.io/component=backup");
    eventually("the backup has a pod that runs", async || {
        let pods = pods.list(&of_backups).await.expect("pods can be listed").items;
        let running =
            pods.into_iter().find(|pod| pod.status.as_ref().is_some_and(|it| it.phase.as_deref() == Some("Running")));
        running.and_then(|pod| pod.metadata.name).ok_or("none")
    })
    .await
}
