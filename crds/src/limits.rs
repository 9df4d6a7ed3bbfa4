//! Numbers that several programs must agree on: the schema states them, the web form shows them, the worker checks them.
//!
//! Lengths of texts count Unicode scalar values, as the API server does.

use std::ops::RangeInclusive;

/// Longest name of a `CoverLetterApp`: `<app>-inference` plus a ReplicaSet hash and a pod suffix must stay within the
/// 63 characters of a DNS label.
pub const APP_NAME_MAX: usize = 40;
/// Names of Secrets, claims, Gateways and storage classes: DNS subdomains.
pub const DNS_NAME: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
/// Keys of Secrets.
pub const SECRET_KEY: &str = r"^([-_a-zA-Z0-9]|\.[-_a-zA-Z0-9])[-._a-zA-Z0-9]*$";
/// References of images.
pub const IMAGE: &str = r"^[!-~]+$";
/// Five fields in the syntax of cron; the operator checks what they hold.
pub const SCHEDULE: &str = r"^[0-9A-Za-z*?,/-]+( [0-9A-Za-z*?,/-]+){4}$";
/// Names of backups.
pub const BACKUP_NAME: &str = r"^[0-9A-Za-z][-0-9A-Za-z]*$";
/// Largest volume of a database. Whatever a storage class offers is far below.
pub const STORAGE_MAX: &str = "64Ti";

/// Longest name of a `CoverLetterRequest`.
pub const REQUEST_NAME_MAX: usize = 63;

/// Longest text of one line: job title, company, name of the applicant.
pub const LINE_MAX: usize = 200;
/// Longest text of several lines: experience, skills, qualifications.
pub const TEXT_MAX: usize = 4_000;
/// Longest answer to "Why this employer?": a letter has room for a few sentences.
pub const REASON_MAX: usize = 1_000;
/// Longest job advert.
pub const ADVERT_MAX: usize = 8_000;
/// Longest letter.
pub const LETTER_MAX: usize = 16_384;

/// Most attempts that a status remembers.
pub const ATTEMPTS_MAX: usize = 16;
/// Most checks of a letter.
pub const CHECKS_MAX: usize = 32;
/// Most marks of a check.
pub const MARKS_MAX: usize = 16;
/// Longest message of a check or an attempt.
pub const MESSAGE_MAX: usize = 1_024;

/// Letters that one worker writes at the same time.
pub const SLOTS: RangeInclusive<i32> = 1..=64;
/// Longest letter in tokens.
pub const MAX_NEW_TOKENS: RangeInclusive<i32> = 16..=4_096;
/// Sampling temperature in thousandths.
pub const TEMPERATURE_MILLI: RangeInclusive<i32> = 0..=2_000;
/// Probability of the nucleus in thousandths.
pub const TOP_P_MILLI: RangeInclusive<i32> = 1..=1_000;
/// Letters written for one request, of which the best is kept.
pub const CANDIDATES: RangeInclusive<i32> = 1..=8;
/// Pace at which a letter is shown, in tokens a second.
pub const MAX_TOKENS_PER_SECOND: RangeInclusive<i32> = 1..=100_000;
/// Attempts that may fail before a request fails.
pub const MAX_ATTEMPTS: RangeInclusive<i32> = 1..=10;
/// Requests of one app that may wait for a worker before the site holds further ones back.
pub const MAX_QUEUED: RangeInclusive<i32> = 1..=10_000;
/// Seconds from the creation of a request to its deadline.
pub const ACTIVE_DEADLINE_SECONDS: RangeInclusive<i64> = 10..=86_400;
