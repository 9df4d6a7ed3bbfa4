//! Where an app keeps accounts and letters.

use crds::app::{ExternalDatabase, ManagedDatabase};

use super::pod::{PodSettings, Resources};
use super::secret;
use super::violation::Violations;
use super::volume::{Stored, Volume};
use crate::names::{self, AppName};
use crate::observed::Observed;
use crate::schedule::Schedule;

/// Where accounts and letters are kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Database {
    /// Postgres of our own.
    Managed(Box<Managed>),
    /// Postgres that runs outside the app.
    External(External),
}

/// Postgres that the operator runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Managed {
    /// Its image.
    pub image: String,
    /// Its volume.
    pub volume: Volume,
    /// The volume of its backups, where it has one.
    pub dumps: Option<Volume>,
    /// When and how many backups are made.
    pub backup: Option<Backup>,
    /// The backup that a new volume is made from; empty for the newest.
    pub restores: Option<String>,
    /// Settings of its pod.
    pub pod: PodSettings,
}

/// When and how many backups are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// When a backup is due.
    pub schedule: Schedule,
    /// How many are kept.
    pub keep: i32,
    /// Whether none are made at present.
    pub is_suspended: bool,
    /// What its pods get; `None` leaves it to the operator.
    pub resources: Option<Resources>,
}

/// Where a Postgres outside the app is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Secret with the URL.
    pub secret: String,
    /// Key of the URL in it.
    pub key: String,
    /// Port in the URL.
    pub port: i32,
}

impl Database {
    /// The one database that `given` names. `image` is the image for those that name none.
    pub(super) fn parse(
        given: &crds::app::Database,
        image: &str,
        observed: &Observed,
        app: Option<&AppName>,
        violations: &mut Violations,
    ) -> Option<Self> {
        match (&given.managed, &given.external) {
            // A `managed` beside it is a default that an earlier version stored.
            (_, Some(external)) => External::parse(external, observed, violations).map(Self::External),
            (managed, None) => {
                let managed = managed.clone().unwrap_or_default();
                Managed::parse(&managed, image, observed, app?, violations)
                    .map(|managed| Self::Managed(Box::new(managed)))
            }
        }
    }
}

impl Managed {
    fn parse(
        given: &ManagedDatabase,
        image: &str,
        observed: &Observed,
        app: &AppName,
        violations: &mut Violations,
    ) -> Option<Self> {
        let field = "database.managed.storage";
        let data = Stored::of(observed, &names::database_claim(app));
        let has_data = data.size.is_some();
        let volume = Volume::parse(&given.storage, field, data, violations);
        let dumps = Stored::of(observed, &names::backup(app));
        let restores = given.restore_from.as_ref().filter(|_| may_restore(&dumps, has_data, app, violations));
        let backup = given.backup.as_ref().map(|backup| Backup::parse(backup, violations));
        let dumps = match &given.backup {
            Some(backup) => Some(Volume::parse(&backup.storage, "database.managed.backup.storage", dumps, violations)?),
            None => Volume::kept(dumps),
        };
        let pod = PodSettings::parse(&given.pod, "database.managed", violations);
        Some(Self {
            image: given.image.clone().unwrap_or_else(|| image.to_owned()),
            volume: volume?,
            dumps,
            backup: backup.flatten(),
            restores: restores.map(|restore| restore.backup.clone().unwrap_or_default()),
            pod: pod?,
        })
    }
}

/// Whether there is a volume to restore from. Without one a new database must not begin empty, and one that is there
/// needs no restoring.
fn may_restore(dumps: &Stored, has_data: bool, app: &AppName, violations: &mut Violations) -> bool {
    if dumps.size.is_some() {
        return true;
    }
    let sentence = format!(
        "`database.managed.restoreFrom` must find a volume claim `{}` of this app with backups, and there is none: bring it back, \
         or leave it out",
        names::backup(app)
    );
    if has_data {
        violations.add_partial(sentence);
    } else {
        violations.add(sentence);
    }
    false
}

impl Backup {
    fn parse(given: &crds::app::Backup, violations: &mut Violations) -> Option<Self> {
        let schedule = violations.require(Schedule::parse(&given.schedule), || {
            "`database.managed.backup.schedule` must be minute, hour, day of the month, month and day of the week in the syntax of cron, such as `0 3 * * *`".to_owned()
        });
        let resources = given.resources.as_ref();
        let resources = resources.map(|given| Resources::parse(given, "database.managed.backup", violations));
        Some(Self {
            schedule: schedule?,
            keep: given.keep,
            is_suspended: given.suspend,
            resources: resources.map_or(Some(None), |resources| resources.map(Some))?,
        })
    }
}

impl External {
    fn parse(given: &ExternalDatabase, observed: &Observed, violations: &mut Violations) -> Option<Self> {
        let reference = &given.url_secret_ref;
        let fact = observed.external_database.as_ref().filter(|fact| fact.has_url);
        let fact = violations.require(fact, || {
            format!(
                "`database.external.urlSecretRef` must name a Secret with a connection URL: there is no key `{}` in a Secret `{}`",
                reference.key, reference.name
            )
        })?;
        if !secret::may_use(&reference.name, observed) {
            violations.add(secret::sentence("database.external.urlSecretRef", &reference.name));
        }
        let port = fact.port.unwrap_or(names::DATABASE_PORT);
        Some(Self { secret: reference.name.clone(), key: reference.key.clone(), port })
    }
}
