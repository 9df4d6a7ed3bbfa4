//! The whole system on a real cluster and in a real browser; each file tells one story.

mod backup;
mod by_hand;
mod contract;
mod general_model;
mod ingress;
mod journey;
mod monitoring;
mod oidc;
mod passkeys;
mod profiles;
mod without_scripts;

mod lost_parts;
mod lost_worker;
mod reachability;
mod scaling;
mod separation;
