//! Names, ports and addresses within one app.

use std::fmt;

use crds::limits::APP_NAME_MAX;
use crds::names::Component;

/// Port of Postgres.
pub const DATABASE_PORT: i32 = 5_432;
/// Port of the site and of the text stream.
pub const HTTP_PORT: i32 = 8_080;
/// Port of the web's health and metrics.
pub const ADMIN_PORT: i32 = 9_090;
/// Port of the web Service.
pub const SERVICE_PORT: i32 = 80;
/// Postgres user and database.
pub const DATABASE_USER: &str = "coverletter";
/// Postgres user that the site uses while the password of the other is replaced.
pub const DATABASE_SECOND_USER: &str = "coverletter_second";

/// Name of an app from which every child can be named: an RFC 1035 label, as Services need one, short enough for a
/// suffix. It is also a valid label value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppName(String);

impl AppName {
    /// `None` when `name` does not start with a letter, holds anything but `a-z`, `0-9` and `-`, ends with `-`, or is
    /// longer than 40 characters.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let is_label = name.starts_with(|first: char| first.is_ascii_lowercase())
            && !name.ends_with('-')
            && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        (is_label && name.len() <= APP_NAME_MAX).then(|| Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn child(&self, suffix: &str) -> ChildName {
        ChildName(format!("{self}-{suffix}"))
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Name of an object of an app. Only this file makes one, from an [`AppName`], so it is always valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildName(String);

impl ChildName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChildName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ChildName> for String {
    fn from(name: ChildName) -> Self {
        name.0
    }
}

/// The objects of a component, whatever their kind.
#[must_use]
pub fn component(app: &AppName, component: Component) -> ChildName {
    ChildName(component.object_name(&app.0))
}

/// `StatefulSet`, Service and `ServiceAccount` of the database.
#[must_use]
pub fn database(app: &AppName) -> ChildName {
    component(app, Component::Database)
}

/// Deployment, Service, `ServiceAccount` and Role of the web.
#[must_use]
pub fn web(app: &AppName) -> ChildName {
    component(app, Component::Web)
}

/// Deployment, `ServiceAccount` and Role of inference.
#[must_use]
pub fn inference(app: &AppName) -> ChildName {
    component(app, Component::Inference)
}

/// Secret with the keys `password` and `url` of the managed database.
#[must_use]
pub fn database_secret(app: &AppName) -> ChildName {
    app.child("database")
}

/// Claim of the database's volume, as the `StatefulSet` names it.
#[must_use]
pub fn database_claim(app: &AppName) -> ChildName {
    ChildName(format!("data-{}-0", database(app)))
}

/// Claim, `CronJob` and `ServiceAccount` of the backups.
#[must_use]
pub fn backup(app: &AppName) -> ChildName {
    component(app, Component::Backup)
}

/// Secret with the key `jwt-keys`.
#[must_use]
pub fn web_secret(app: &AppName) -> ChildName {
    app.child("web")
}

/// Secret with the key `token`, shared by web and inference.
#[must_use]
pub fn stream_secret(app: &AppName) -> ChildName {
    app.child("stream")
}

/// Job that sets a password of the database; `which` tells one from another.
#[must_use]
pub fn rotation_job(app: &AppName, which: &str) -> ChildName {
    ChildName(format!("{}-{which}", component(app, Component::Rotation)))
}

/// Connection URL of the managed database for `user`, from within the app's namespace.
#[must_use]
pub fn database_url(app: &AppName, user: &str, password: &str) -> String {
    format!("postgres://{user}:{password}@{}:{DATABASE_PORT}/{DATABASE_USER}", database(app))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_a_service_can_have_are_names_of_apps() {
        let longest = "a".repeat(APP_NAME_MAX);
        for name in ["letters", "a", "team-7", &longest] {
            assert_eq!(AppName::parse(name).as_ref().map(AppName::as_str), Some(name));
        }
        let too_long = "a".repeat(APP_NAME_MAX + 1);
        for name in ["", "7letters", "my.letters", "letters-", "-letters", "Letters", &too_long] {
            assert_eq!(AppName::parse(name), None, "{name}");
        }
    }
}
