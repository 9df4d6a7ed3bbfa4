//! Labels, annotations and object names that more than one program must agree on.

/// Beginning of our own labels and annotations.
pub const OWN_PREFIX: &str = "coverletter.dev/";
/// Label on a request that the site made: the app that it names, for people who select requests. Tools such as Argo CD prune by the standard one.
pub const APP_LABEL: &str = "coverletter.dev/app";
/// Label by which the owner of a Secret lets apps of its namespace use it.
pub const USABLE_LABEL: &str = "coverletter.dev/usable";
/// Label on a request whose letter is safe in Postgres; the operator may delete it after its TTL.
pub const ARCHIVED_LABEL: &str = "coverletter.dev/archived";
/// Annotation on a request whose owner wants it gone; the operator deletes it at once.
pub const ERASE_ANNOTATION: &str = "coverletter.dev/erase";
/// Annotation on a worker's Lease: changes whenever the process restarts, so that a restarted pod is told from a slow one.
pub const BOOT_ID_ANNOTATION: &str = "coverletter.dev/boot-id";
/// Annotation on a worker's Lease: `true` once the worker takes no new requests (it is shutting down).
pub const DRAINING_ANNOTATION: &str = "coverletter.dev/draining";
/// Annotation on a worker's Lease: why its model server cannot be asked, as a sentence without a full stop.
pub const TROUBLE_ANNOTATION: &str = "coverletter.dev/trouble";

/// Annotation on a worker's Lease: how many letters it writes at the same time. A worker without it is handed nothing.
pub const SLOTS_ANNOTATION: &str = "coverletter.dev/slots";
/// Annotation on a worker's Lease: `host:port` of its text stream.
pub const ENDPOINT_ANNOTATION: &str = "coverletter.dev/endpoint";
/// Annotation on a worker's Lease: the claims that the worker has taken, as [`crate::life::token`] names them, with spaces
/// between them. A claim that is missing here though there was time goes back to the queue.
pub const TAKEN_ANNOTATION: &str = "coverletter.dev/taken";

/// Annotation on a worker's Lease by which the operator asks the worker to retire, that is, to claim nothing more. Its
/// value is the number of this request to retire. Taking the annotation away calls the worker back.
pub const RETIRE_ANNOTATION: &str = "coverletter.dev/retire";
/// Annotation on a worker's Lease by which the worker confirms that it holds nothing and claims nothing: the value of
/// [`RETIRE_ANNOTATION`] that it answers.
pub const RETIRED_ANNOTATION: &str = "coverletter.dev/retired";

/// `app.kubernetes.io/name` of everything the operator makes.
pub const APP_NAME: &str = "coverletter";
/// `app.kubernetes.io/managed-by` of everything the operator makes.
pub const MANAGED_BY: &str = "coverletter-operator";
/// Standard label that holds [`MANAGED_BY`].
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
/// Standard label that holds the name of the `CoverLetterApp`.
pub const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";
/// Standard label that holds the [`Component`].
pub const COMPONENT_LABEL: &str = "app.kubernetes.io/component";

/// Exit code of the web when an external database does not let it in; its report is the database's own words.
pub const DATABASE_REFUSES: i32 = 69;

/// Name of the built-in model in statuses and metrics.
pub const BUILT_IN_MODEL: &str = "built-in";

/// Name of the Lease that the operator renews while it hands the requests of the app called `app` to workers. While there
/// is none, or nobody renews it, workers claim for themselves.
#[must_use]
pub fn dispatcher_lease(app: &str) -> String {
    format!("{app}-dispatcher")
}

/// One of the parts that an app is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// The web application.
    Web,
    /// Postgres, when the operator manages it.
    Database,
    /// The pods that write letters.
    Inference,
    /// The jobs that dump the database, when the app has backups.
    Backup,
    /// The jobs that set a new password of the database, while it is rotated.
    Rotation,
}

impl Component {
    /// Every component, in the order in which they become available.
    pub const ALL: [Self; 5] = [Self::Database, Self::Inference, Self::Web, Self::Backup, Self::Rotation];

    /// Value of [`COMPONENT_LABEL`].
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Database => "database",
            Self::Inference => "inference",
            Self::Backup => "backup",
            Self::Rotation => "rotation",
        }
    }

    /// Name of this component's objects (Deployment, Service, ServiceAccount, ...) for the app called `app`.
    #[must_use]
    pub fn object_name(self, app: &str) -> String {
        match self {
            Self::Web => format!("{app}-web"),
            Self::Database => format!("{app}-db"),
            Self::Inference => format!("{app}-inference"),
            Self::Backup => format!("{app}-backup"),
            Self::Rotation => format!("{app}-rotation"),
        }
    }
}
