//! Backups of the managed database: their volume, the jobs that make them, and the container that restores one.
//!
//! Both scripts run in the Postgres image and need nothing but its programs and a POSIX shell.

use crds::names::Component;
use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, JobSpec, JobTemplateSpec};
use k8s_openapi::api::core::v1::{
    Affinity, Container, PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimVolumeSource,
    PodAffinity, PodAffinityTerm, PodSpec, PodTemplateSpec, Volume, VolumeMount, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use super::pod::{Pod, REPORT, resources, template};
use super::postgres::{DATA, DATA_FOLDER, DATA_MOUNT, USER};
use crate::containers::{from_field, from_secret, mount, restricted, variable};
use crate::names;
use crate::observed::Observed;
use crate::quantity::Quantity;
use crate::validate::{self, Backup, Managed, Resources, ValidatedApp};

/// Makes a backup.
pub const BACKUP: &str = include_str!("backup/backup.sh");
/// Makes the database of a new volume from a backup.
pub const RESTORE: &str = include_str!("backup/restore.sh");

/// The volume of the dumps, and where it is mounted.
const DUMPS: &str = "backups";
const DUMPS_FOLDER: &str = "/backups";
/// Longest time for a backup.
const DEADLINE_SECONDS: i64 = 6 * 3_600;
/// Time to remove what an unfinished backup leaves.
const GRACE_SECONDS: i64 = 10;
/// Most processors of the database's node that a backup takes, unless the author of the app says otherwise.
const PROCESSORS: &str = "1";
/// Tries of a backup besides the first.
const RETRIES: i32 = 2;

/// The claim of the dumps. It outlives the app unless the app says otherwise.
pub fn claim(app: &ValidatedApp, dumps: &validate::Volume) -> PersistentVolumeClaim {
    let (name, component) = (names::backup(&app.name), Some(Component::Backup));
    let metadata =
        if app.deletes_data { labels::owned(app, name, component) } else { labels::kept(app, name, component) };
    // The class of a claim never changes; a claim that got the cluster's own keeps it.
    let class = dumps.stored.class.clone().or_else(|| dumps.class.clone());
    PersistentVolumeClaim {
        metadata: ObjectMeta { annotations: Some(labels::spared()), ..metadata },
        spec: Some(PersistentVolumeClaimSpec { storage_class_name: class, ..claim_of(dumps.wanted()) }),
        status: None,
    }
}

/// What a claim of this size asks for, whatever its class.
pub fn claim_of(size: &Quantity) -> PersistentVolumeClaimSpec {
    PersistentVolumeClaimSpec {
        access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
        resources: Some(VolumeResourceRequirements {
            requests: Some([("storage".to_owned(), size.to_api())].into()),
            limits: None,
        }),
        ..PersistentVolumeClaimSpec::default()
    }
}

/// The jobs that make backups.
pub fn cron_job(app: &ValidatedApp, database: &Managed, backup: &Backup, observed: &Observed) -> CronJob {
    let job = JobSpec {
        backoff_limit: Some(RETRIES),
        active_deadline_seconds: Some(DEADLINE_SECONDS),
        template: pods(app, database, backup, observed),
        ..JobSpec::default()
    };
    let labels = labels::labels(&app.name, Some(Component::Backup));
    CronJob {
        metadata: labels::owned(app, names::backup(&app.name), Some(Component::Backup)),
        spec: Some(CronJobSpec {
            schedule: backup.schedule.as_str().to_owned(),
            time_zone: Some("UTC".to_owned()),
            suspend: Some(backup.is_suspended),
            concurrency_policy: Some("Forbid".to_owned()),
            successful_jobs_history_limit: Some(1),
            failed_jobs_history_limit: Some(1),
            job_template: JobTemplateSpec {
                // Jobs that people make of it are found by these as well.
                metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }),
                spec: Some(job),
            },
            ..CronJobSpec::default()
        }),
        status: None,
    }
}

fn pods(app: &ValidatedApp, database: &Managed, backup: &Backup, observed: &Observed) -> PodTemplateSpec {
    let pod = Pod {
        component: Component::Backup,
        settings: &database.pod,
        container: container(app, database, backup),
        init: None,
        volumes: vec![volume(app)],
        user: USER,
        grace_seconds: GRACE_SECONDS,
        talks_to_api_server: false,
        secrets: Vec::new(),
    };
    let template = template(app, observed, pod);
    let spec = template.spec.map(|spec| PodSpec {
        restart_policy: Some("Never".to_owned()),
        affinity: Some(beside_database(app, spec.affinity.unwrap_or_default())),
        ..spec
    });
    PodTemplateSpec { spec, ..template }
}

/// Most volumes can be mounted on one node at a time, and Postgres mounts this one too where it restores from it.
fn beside_database(app: &ValidatedApp, given: Affinity) -> Affinity {
    let beside = PodAffinityTerm {
        label_selector: Some(labels::selector(&app.name, Component::Database)),
        topology_key: "kubernetes.io/hostname".to_owned(),
        ..PodAffinityTerm::default()
    };
    let pods = given.pod_affinity.unwrap_or_default();
    let mut required = pods.required_during_scheduling_ignored_during_execution.unwrap_or_default();
    required.push(beside);
    Affinity {
        pod_affinity: Some(PodAffinity { required_during_scheduling_ignored_during_execution: Some(required), ..pods }),
        ..given
    }
}

fn container(app: &ValidatedApp, database: &Managed, backup: &Backup) -> Container {
    let secret = names::database_secret(&app.name);
    let mut script = script(database, backup.resources.as_ref());
    if backup.resources.is_none() {
        let limits = script.resources.get_or_insert_default().limits.get_or_insert_default();
        limits.insert("cpu".to_owned(), ApiQuantity(PROCESSORS.to_owned()));
    }
    Container {
        name: "backup".to_owned(),
        args: Some(vec![BACKUP.to_owned()]),
        env: Some(vec![
            variable("PGHOST", names::database(&app.name).as_str()),
            variable("PGPORT", &names::DATABASE_PORT.to_string()),
            variable("PGUSER", names::DATABASE_USER),
            variable("PGDATABASE", names::DATABASE_USER),
            from_secret("PGPASSWORD", secret.as_str(), "password"),
            variable("PGCONNECT_TIMEOUT", "10"),
            variable("BACKUPS", DUMPS_FOLDER),
            variable("KEEP", &backup.keep.to_string()),
            variable("SCRATCH", "/tmp"),
            from_field("POD_NAME", "metadata.name"),
            variable("LONGEST", &DEADLINE_SECONDS.to_string()),
            variable("REPORT", REPORT),
        ]),
        volume_mounts: Some(vec![mount("tmp", "/tmp"), mount(DUMPS, DUMPS_FOLDER)]),
        ..script
    }
}

/// The container that restores backup `name`, or the newest, before Postgres starts on a new volume.
pub fn restore(database: &Managed, app: &ValidatedApp, name: &str) -> Container {
    let secret = names::database_secret(&app.name);
    let dumps = VolumeMount { read_only: Some(true), ..mount(DUMPS, DUMPS_FOLDER) };
    Container {
        name: "restore".to_owned(),
        args: Some(vec![RESTORE.to_owned()]),
        env: Some(vec![
            variable("POSTGRES_USER", names::DATABASE_USER),
            variable("POSTGRES_DB", names::DATABASE_USER),
            from_secret("POSTGRES_PASSWORD", secret.as_str(), "password"),
            variable("PGDATA", DATA_FOLDER),
            variable("BACKUPS", DUMPS_FOLDER),
            variable("BACKUP", name),
            variable("SCRATCH", "/tmp"),
            variable("REPORT", REPORT),
        ]),
        volume_mounts: Some(vec![mount("tmp", "/tmp"), mount(DATA, DATA_MOUNT), dumps]),
        // The work of the database itself, and before it: together they take no more than it does.
        ..script(database, database.pod.resources.as_ref())
    }
}

/// A container of the Postgres image that runs one script, with the resources `given`.
pub fn script(database: &Managed, given: Option<&Resources>) -> Container {
    Container {
        image: Some(database.image.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: Some(vec!["sh".to_owned(), "-c".to_owned()]),
        resources: Some(resources(given, "50m", "128Mi", Some("512Mi"))),
        security_context: Some(restricted()),
        ..Container::default()
    }
}

/// The volume of the dumps, for a pod.
pub fn volume(app: &ValidatedApp) -> Volume {
    let claim = PersistentVolumeClaimVolumeSource { claim_name: names::backup(&app.name).into(), read_only: None };
    Volume { name: DUMPS.to_owned(), persistent_volume_claim: Some(claim), ..Volume::default() }
}
