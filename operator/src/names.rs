//! Names, ports and addresses within one app.

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

/// `StatefulSet`, Service and `ServiceAccount` of the database.
#[must_use]
pub fn database(app: &str) -> String {
    Component::Database.object_name(app)
}

/// Deployment, Service, `ServiceAccount` and Role of the web.
#[must_use]
pub fn web(app: &str) -> String {
    Component::Web.object_name(app)
}

/// Deployment, `ServiceAccount` and Role of inference.
#[must_use]
pub fn inference(app: &str) -> String {
    Component::Inference.object_name(app)
}

/// Secret with the keys `password` and `url` of the managed database.
#[must_use]
pub fn database_secret(app: &str) -> String {
    format!("{app}-database")
}

/// Secret with the key `jwt-keys`.
#[must_use]
pub fn web_secret(app: &str) -> String {
    format!("{app}-web")
}

/// Secret with the key `token`, shared by web and inference.
#[must_use]
pub fn stream_secret(app: &str) -> String {
    format!("{app}-stream")
}

/// Connection URL of the managed database, from within the app's namespace.
#[must_use]
pub fn database_url(app: &str, password: &str) -> String {
    format!("postgres://{DATABASE_USER}:{password}@{}:{DATABASE_PORT}/{DATABASE_USER}", database(app))
}
