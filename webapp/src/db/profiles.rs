//! Profiles of students.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crds::request::Applicant;

use crate::profile::{PROFILES_MAX, Profile};

/// Whether a profile could be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is saved.
    Yes,
    /// Nothing is saved: the user has as many as there may be.
    NoRoom,
    /// Nothing is saved: another user has a profile of this id.
    NotTheirs,
}

/// Saves a profile of this user in place of the earlier one of the same id. One that was deleted meanwhile is there again.
pub async fn save(db: &mut PgConnection, user_id: i64, profile: &Profile) -> sqlx::Result<Saved> {
    // Two new profiles at the same time count each other.
    sqlx::query!("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", user_id).fetch_optional(&mut *db).await?;
    let saved = sqlx::query!(
        "INSERT INTO profiles (id, user_id, label, applicant, saved_at)
         SELECT $1::uuid, $2::bigint, $3::text, $4::jsonb, $5::timestamptz
         WHERE (SELECT count(*) FROM profiles WHERE user_id = $2 AND id <> $1) < $6
         ON CONFLICT (id) DO UPDATE SET label = excluded.label, applicant = excluded.applicant,
             saved_at = excluded.saved_at WHERE profiles.user_id = excluded.user_id",
        profile.id,
        user_id,
        profile.label,
        Json(&profile.applicant) as _,
        profile.saved_at.to_sqlx() as Timestamptz,
        i64::from(PROFILES_MAX),
    )
    .execute(&mut *db)
    .await?;
    if saved.rows_affected() > 0 {
        return Ok(Saved::Yes);
    }
    let is_anothers = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM profiles WHERE id = $1 AND user_id <> $2) AS "is_anothers!""#,
        profile.id,
        user_id,
    );
    Ok(if is_anothers.fetch_one(db).await? { Saved::NotTheirs } else { Saved::NoRoom })
}

/// The profile of this user with this id.
pub async fn find(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<Option<Profile>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, label, applicant AS "applicant: Json<Applicant>", saved_at AS "saved_at: Timestamptz"
         FROM profiles WHERE user_id = $1 AND id = $2"#,
        user_id,
        id,
    );
    Ok(row.fetch_optional(db).await?.map(Profile::from))
}

/// All profiles of this user, by label.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Vec<Profile>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, label, applicant AS "applicant: Json<Applicant>", saved_at AS "saved_at: Timestamptz"
         FROM profiles WHERE user_id = $1 ORDER BY lower(label), saved_at, id"#,
        user_id,
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(Profile::from).collect())
}

/// Deletes the profile of this user with this id. Whether there was one.
pub async fn delete(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<bool> {
    let deleted = sqlx::query!("DELETE FROM profiles WHERE user_id = $1 AND id = $2", user_id, id).execute(db).await?;
    Ok(deleted.rows_affected() > 0)
}

struct Row {
    id: Uuid,
    label: String,
    applicant: Json<Applicant>,
    saved_at: Timestamp,
}

impl From<Row> for Profile {
    fn from(row: Row) -> Self {
        Self { id: row.id, label: row.label, applicant: row.applicant.0, saved_at: row.saved_at }
    }
}
