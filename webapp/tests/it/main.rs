//! The site as its visitors meet it: over HTTP, with a real Postgres and a real API server behind it.
//!
//! Only the inference pod is played: `worker` writes the request's status as a worker would and serves its text.

mod browser;
mod handing_in;
mod site;
mod waiting;
mod worker;

mod accounts;
mod archiving;
mod contract;
mod crowds;
mod database;
mod evidence;
mod export;
mod faults;
mod finished;
mod growing;
mod history;
mod imports;
mod keeping;
mod letters;
mod limits;
mod line;
mod live;
mod log_ins;
mod oidc;
mod openapi;
mod outage;
mod owners;
mod passkeys;
mod profiles;
mod queries;
mod refused;
mod sessions;
mod tokens;
mod transport;
mod typed;
mod uploads;
