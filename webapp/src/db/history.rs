//! The history: the page that people open most. What its token is good for, its letters and its drafts are one statement,
//! because each round trip to the database costs as much as all other work for a page.

use std::cmp::Reverse;

use jiff_sqlx::Timestamp as Timestamptz;
use sqlx::types::{Json, Text};

use crate::db::Connection;
use crate::db::drafts::Unsent;
use crate::db::question::{Question, Standing};
use crate::letter::{Application, LetterLine, LetterState};

/// Letters on one page.
const PAGE: usize = 50;

/// What a page shows.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Words in job title, company or note.
    pub words: String,
    /// Only applications of this status.
    pub application: Option<Application>,
    /// Number of the page, from 0.
    pub page: i64,
}

/// One page.
#[derive(Default)]
pub struct History {
    /// Letters, newest first.
    pub lines: Vec<LetterLine>,
    /// Whether there are more.
    pub has_more: bool,
    /// All drafts.
    pub drafts: Vec<Unsent>,
}

impl Question for Search {
    type Answer = History;

    async fn ask(&self, db: &mut Connection, jti: &str, user_id: Option<i64>) -> sqlx::Result<(Standing, History)> {
        let pattern = format!("%{}%", self.words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        let rows = sqlx::query!(
            r#"SELECT EXISTS (SELECT 1 FROM revoked_tokens WHERE jti = $1) AS "is_revoked!",
                 (SELECT last_used_at FROM sessions WHERE jti = $1) AS "last_used_at: Timestamptz",
                 tokens_valid_after AS "valid_after?: Timestamptz", disabled_at IS NOT NULL AS "is_disabled!",
                 line.id AS "id?", line.created_at AS "created_at?: Timestamptz", job_title AS "job_title?",
                 company AS "company?", state AS "state?: Text<LetterState>",
                 application AS "application?: Text<Application>", application_at AS "application_at?: Timestamptz",
                 note AS "note?", fields AS "fields?: Json<Vec<(String, String)>>"
             FROM (SELECT) AS one LEFT JOIN users u ON u.id = $2 LEFT JOIN LATERAL (
                 (SELECT id, created_at, job_title, company, state, application, application_at, note, NULL::jsonb AS fields
                  FROM letters
                  WHERE user_id = u.id AND ($3 = '%%' OR job_title ILIKE $3 OR company ILIKE $3 OR note ILIKE $3)
                      AND ($4::text IS NULL OR application = $4)
                  ORDER BY created_at DESC, id LIMIT $5 OFFSET $6)
                 UNION ALL
                 SELECT about, NULL, NULL, NULL, NULL, NULL, NULL, NULL, fields FROM drafts WHERE user_id = u.id
             ) AS line ON true"#,
            jti,
            user_id,
            pattern,
            self.application.map(Application::as_str),
            PAGE as i64 + 1,
            self.page.saturating_mul(PAGE as i64),
        )
        .fetch_all(db)
        .await?;
        let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let standing = Standing {
            is_revoked: first.is_revoked,
            is_disabled: first.is_disabled,
            last_used_at: first.last_used_at.map(Timestamptz::to_jiff),
            valid_after: first.valid_after.map(Timestamptz::to_jiff),
        };
        let mut history = History::default();
        for row in rows {
            let Some(id) = row.id else { continue };
            if let Some(fields) = row.fields {
                history.drafts.push(Unsent { about: id, fields: fields.0 });
                continue;
            }
            // The columns of a letter are all there.
            let line = || {
                Some(LetterLine {
                    id,
                    created_at: row.created_at?.to_jiff(),
                    job_title: row.job_title?,
                    company: row.company?,
                    state: row.state?.0,
                    application: row.application?.0,
                    application_at: row.application_at.map(Timestamptz::to_jiff),
                    note: row.note?,
                })
            };
            history.lines.extend(line());
        }
        // Postgres returns them in this order and does not promise it; to sort there once more would cost a sixth of the
        // statement.
        history.lines.sort_by_key(|line| (Reverse(line.created_at), line.id));
        history.drafts.sort_by_key(|draft| draft.about);
        history.has_more = history.lines.len() > PAGE;
        history.lines.truncate(PAGE);
        Ok((standing, history))
    }
}
