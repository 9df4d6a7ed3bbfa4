//! What every container of the Postgres image shares.

/// User of the image.
pub const USER: i64 = 999;
/// Volume of the database, and prefix of the claim's name.
pub const DATA: &str = "data";
/// Where the volume is mounted.
pub const DATA_MOUNT: &str = "/var/lib/postgresql/data";
/// The database: a folder below the mount, since some volumes come with a lost+found.
pub const DATA_FOLDER: &str = "/var/lib/postgresql/data/pgdata";
