//! Forms of letters that were typed and not sent.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;
use sqlx::types::Json;
use uuid::Uuid;

use crate::letter::ABOUT;

/// A form as it was typed.
#[derive(Clone)]
pub struct Unsent {
    /// The letter whose form it repeats; nil for a new letter.
    pub about: Uuid,
    /// Names and values, as sent.
    pub fields: Vec<(String, String)>,
}

impl Unsent {
    /// The draft of a form with these fields, one of which may name the letter that it repeats.
    pub fn typed(fields: Vec<(String, String)>) -> Self {
        let about = fields.iter().find(|(name, _)| name == ABOUT).and_then(|(_, id)| id.parse().ok());
        Self { about: about.unwrap_or_default(), fields }
    }
}

/// The page that shows the draft about this letter.
pub fn path(about: Uuid) -> String {
    if about.is_nil() { "/user/protected".to_owned() } else { format!("/user/protected?from={about}") }
}

/// Keeps a draft in place of the earlier one about the same letter. False when there is no such letter of this user.
pub async fn save(db: impl PgExecutor<'_>, user_id: i64, draft: &Unsent, now: Timestamp) -> sqlx::Result<bool> {
    let saved = sqlx::query!(
        "INSERT INTO drafts (user_id, about, fields, saved_at)
         SELECT $1::bigint, $2::uuid, $3::jsonb, $4::timestamptz
         WHERE $2 = '00000000-0000-0000-0000-000000000000'
             OR EXISTS (SELECT 1 FROM letters WHERE id = $2 AND user_id = $1)
         ON CONFLICT (user_id, about) DO UPDATE SET fields = excluded.fields, saved_at = excluded.saved_at",
        user_id,
        draft.about,
        Json(&draft.fields) as _,
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await?;
    Ok(saved.rows_affected() > 0)
}

/// The draft of this user about this letter.
pub async fn find(db: impl PgExecutor<'_>, user_id: i64, about: Uuid) -> sqlx::Result<Option<Unsent>> {
    let fields = sqlx::query_scalar!(
        r#"SELECT fields AS "fields: Json<Vec<(String, String)>>" FROM drafts WHERE user_id = $1 AND about = $2"#,
        user_id,
        about,
    )
    .fetch_optional(db)
    .await?;
    Ok(fields.map(|fields| Unsent { about, fields: fields.0 }))
}

/// All drafts of this user.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Vec<Unsent>> {
    let rows = sqlx::query!(
        r#"SELECT about, fields AS "fields: Json<Vec<(String, String)>>" FROM drafts WHERE user_id = $1 ORDER BY about"#,
        user_id,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| Unsent { about: row.about, fields: row.fields.0 }).collect())
}

/// Forgets the draft of this user about this letter.
pub async fn delete(db: impl PgExecutor<'_>, user_id: i64, about: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM drafts WHERE user_id = $1 AND about = $2", user_id, about).execute(db).await.map(drop)
}
