//! Metadata of an app's Secrets: labels, and whether they go with the app. Their content is never applied.

use crds::names::Component;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::labels;
use crate::names;
use crate::validate::{Database, ValidatedApp};

/// The app's Secrets, without data.
pub fn secrets(app: &ValidatedApp) -> Vec<Secret> {
    let mut secrets = vec![
        secret(labels::owned(app, names::web_secret(&app.name), Some(Component::Web))),
        secret(labels::owned(app, names::stream_secret(&app.name), None)),
    ];
    if matches!(app.database, Database::Managed(_)) {
        let name = names::database_secret(&app.name);
        let component = Some(Component::Database);
        // A volume that outlives its app is worthless without the password that it was made with.
        let metadata =
            if app.deletes_data() { labels::owned(app, name, component) } else { labels::kept(app, name, component) };
        secrets.push(secret(metadata));
    }
    secrets
}

fn secret(metadata: ObjectMeta) -> Secret {
    Secret { metadata, ..Secret::default() }
}
