//! The texts that owners saved of their letters.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// Saves of one open editor are one version for this long, so that autosaving makes a version for each stretch of work.
const STRETCH: SignedDuration = SignedDuration::from_mins(5);

/// A text that was saved.
#[derive(Clone, Debug)]
pub struct Version {
    /// Number, from 1.
    pub number: i32,
    /// The text.
    pub text: String,
    /// When it was saved last.
    pub saved_at: Timestamp,
}

/// Saves the owner's text of a written letter. `editing` names the open editor. Whether there is such a letter.
///
/// Nothing that was saved is replaced: not by another editor, not after some minutes, and not when half of it is gone.
pub async fn save(
    db: &mut PgConnection,
    user_id: i64,
    id: Uuid,
    text: &str,
    editing: Uuid,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let current = sqlx::query_scalar!(
        r#"SELECT coalesce(edited_letter, letter) AS "text!" FROM letters
         WHERE id = $1 AND user_id = $2 AND letter IS NOT NULL FOR UPDATE"#,
        id,
        user_id,
    );
    let Some(current) = current.fetch_optional(&mut *db).await? else { return Ok(false) };
    if current == text {
        return Ok(true);
    }
    sqlx::query!("UPDATE letters SET edited_letter = $3 WHERE id = $1 AND user_id = $2", id, user_id, text)
        .execute(&mut *db)
        .await?;
    let updated = sqlx::query!(
        "UPDATE letter_versions SET text = $2, saved_at = $3
         WHERE letter_id = $1 AND number = (SELECT max(number) FROM letter_versions WHERE letter_id = $1)
             AND editing = $4 AND started_at > $5 AND length(text) <= 2 * length($2)",
        id,
        text,
        now.to_sqlx() as Timestamptz,
        editing,
        (now - STRETCH).to_sqlx() as Timestamptz,
    )
    .execute(&mut *db)
    .await?;
    if updated.rows_affected() == 0 {
        sqlx::query!(
            "INSERT INTO letter_versions (letter_id, number, text, editing, started_at, saved_at)
             SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $4 FROM letter_versions WHERE letter_id = $1",
            id,
            text,
            editing,
            now.to_sqlx() as Timestamptz,
        )
        .execute(db)
        .await?;
    }
    Ok(true)
}

/// The saved texts of a letter of this user, newest first.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<Vec<Version>> {
    sqlx::query_as!(
        Version,
        r#"SELECT v.number, v.text, v.saved_at AS "saved_at: Timestamptz"
         FROM letter_versions v JOIN letters l ON l.id = v.letter_id
         WHERE v.letter_id = $1 AND l.user_id = $2 ORDER BY v.number DESC"#,
        id,
        user_id,
    )
    .fetch_all(db)
    .await
}
