//! The one object that the plugin makes: a Job that makes a backup, from the `CronJob` of the app.

use k8s_openapi::api::batch::v1::{CronJob, Job};
use kube::ResourceExt as _;
use kube::api::{ObjectMeta, PostParams};

use crate::connection::{AskError, Connection};
use crate::rights::Right;

/// Makes the Job, as `kubectl create job --from` does.
///
/// # Errors
/// [`AskError`].
pub async fn start(connection: &Connection, namespace: &str, from: &CronJob) -> Result<Job, AskError> {
    let template = from.spec.clone().unwrap_or_default().job_template;
    let given = template.metadata.unwrap_or_default();
    let mut annotations = given.annotations.unwrap_or_default();
    annotations.insert("cronjob.kubernetes.io/instantiate".to_owned(), "manual".to_owned());
    let owner = kube::Resource::controller_owner_ref(from, &());
    let job = Job {
        metadata: ObjectMeta {
            generate_name: Some(format!("{}-now-", from.name_any())),
            labels: given.labels,
            annotations: Some(annotations),
            owner_references: owner.map(|owner| vec![owner]),
            ..ObjectMeta::default()
        },
        spec: template.spec,
        status: None,
    };
    let made = connection.api::<Job>(namespace).create(&PostParams::default(), &job).await;
    made.map_err(|error| AskError::of(Right::to::<Job>("create", None, Some(namespace)), error))
}
