//! The administrator's command line: `webapp admin ...` in a pod of the site.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::accounts::reset_link;
use crate::clock::{Clock as _, SystemClock};
use crate::db::audit::{self, Event};
use crate::db::users::{self, User};
use crate::db::{self, Pool, resets, sessions};

/// Accounts that are read at once.
const PAGE: i64 = 500;

/// Looks after the accounts of the site.
#[derive(Debug, Parser)]
#[command(name = "webapp admin", about = "Looks after the accounts of the site")]
pub struct Administer {
    /// Postgres; a pod of the site has it in its environment.
    #[arg(long, env, hide_env_values = true)]
    database_url: SecretString,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List all accounts: number, name, state, letters, quota, passkeys, since when.
    List,
    /// Let an account log in no more, and end its sessions.
    Disable {
        /// Its name.
        username: String,
    },
    /// Let a disabled account log in again.
    Enable {
        /// Its name.
        username: String,
    },
    /// Print a link with which the owner sets a new password, which removes passkeys. It works once, for 24 hours;
    /// earlier links are void.
    ResetLink {
        /// Its name.
        username: String,
        /// Address of the site, for example `https://letters.example.org`.
        #[arg(long, default_value = "")]
        site: String,
    },
    /// Set how many letters an account may ask for in an hour; without a number, what the app says.
    Quota {
        /// Its name.
        username: String,
        /// Letters an hour.
        #[arg(value_parser = clap::value_parser!(i32).range(1..=100_000))]
        letters: Option<i32>,
    },
    /// End all sessions of an account.
    LogOut {
        /// Its name.
        username: String,
    },
    /// Print what happened to accounts, newest first.
    Audit {
        /// Only to this one.
        username: Option<String>,
        /// At most so many lines.
        #[arg(long, default_value_t = 100)]
        limit: i64,
    },
}

impl Administer {
    /// Does what was asked and returns what to print.
    ///
    /// # Errors
    /// When there is no such account, or the database fails.
    pub async fn run(self) -> anyhow::Result<String> {
        let db = db::connect(&self.database_url, None, &CancellationToken::new()).await?;
        let db = db.context("failed to connect")?;
        let now = SystemClock.now();
        match self.verb {
            Verb::List => list(&db).await,
            Verb::Disable { username } => disable(&db, &username, now).await,
            Verb::Enable { username } => {
                let user = find(&db, &username).await?;
                users::set_disabled(&db, user.id, None).await?;
                record(&db, &user, Event::Enabled, now).await?;
                Ok(format!("{username} can log in again.\n"))
            }
            Verb::ResetLink { username, site } => reset(&db, &username, site.trim_end_matches('/'), now).await,
            Verb::Quota { username, letters } => {
                let user = find(&db, &username).await?;
                users::set_quota(&db, user.id, letters).await?;
                record(&db, &user, Event::QuotaSet, now).await?;
                let letters =
                    letters.map_or_else(|| "as many as the app says".to_owned(), |letters| letters.to_string());
                Ok(format!("{username} may ask for {letters} an hour.\n"))
            }
            Verb::LogOut { username } => {
                let user = find(&db, &username).await?;
                end_sessions(&db, &user, now).await?;
                record(&db, &user, Event::SessionsEnded, now).await?;
                Ok(format!("All sessions of {username} are ended.\n"))
            }
            Verb::Audit { username, limit } => print_audit(&db, username.as_deref(), limit).await,
        }
    }
}

async fn list(db: &Pool) -> anyhow::Result<String> {
    let mut lines = format!(
        "{:<6} {:<24} {:<9} {:>7} {:>9} {:>8}  SINCE\n",
        "ID", "NAME", "STATE", "LETTERS", "PER HOUR", "PASSKEYS"
    );
    let mut after = 0;
    loop {
        let page = users::list(db, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(lines) };
        after = last.id;
        for user in page {
            let state = if user.is_disabled { "disabled" } else { "active" };
            let quota = user.letters_per_hour.map_or_else(|| "default".to_owned(), |letters| letters.to_string());
            let since = user.created_at.strftime("%Y-%m-%d");
            writeln!(
                lines,
                "{:<6} {:<24} {state:<9} {:>7} {quota:>9} {:>8}  {since}",
                user.id, user.username, user.letters, user.passkeys
            )?;
        }
    }
}

async fn disable(db: &Pool, username: &str, now: Timestamp) -> anyhow::Result<String> {
    let user = find(db, username).await?;
    users::set_disabled(db, user.id, Some(now)).await?;
    end_sessions(db, &user, now).await?;
    record(db, &user, Event::Disabled, now).await?;
    Ok(format!("{username} is disabled and logged out. Letters and data stay.\n"))
}

async fn reset(db: &Pool, username: &str, site: &str, now: Timestamp) -> anyhow::Result<String> {
    let user = find(db, username).await?;
    let secret = reset_link::new(&mut rand::rng());
    resets::add(db, user.id, &reset_link::hash(&secret), now + reset_link::LIFETIME).await?;
    record(db, &user, Event::ResetLinkMade, now).await?;
    Ok(format!("{site}/auth/reset/{secret}\n"))
}

async fn print_audit(db: &Pool, username: Option<&str>, limit: i64) -> anyhow::Result<String> {
    let user = match username {
        Some(username) => Some(find(db, username).await?.id),
        None => None,
    };
    let events = audit::latest(db, user, limit).await?;
    let lines = events.into_iter().map(|event| format!("{}  user {:<6} {}\n", event.at, event.user_id, event.event));
    Ok(lines.collect())
}

async fn find(db: &Pool, username: &str) -> anyhow::Result<User> {
    let Some(user) = users::find_by_username(db, username).await? else {
        bail!("there is no account `{username}`; `webapp admin list` shows all of them")
    };
    Ok(user)
}

async fn end_sessions(db: &Pool, user: &User, now: Timestamp) -> anyhow::Result<()> {
    let mut transaction = db.begin().await?;
    sessions::end_all(&mut transaction, user.id, now).await?;
    Ok(transaction.commit().await?)
}

async fn record(db: &Pool, user: &User, event: Event, now: Timestamp) -> anyhow::Result<()> {
    Ok(audit::record(db, user.id, event, now).await?)
}
