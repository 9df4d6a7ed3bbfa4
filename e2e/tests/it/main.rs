//! The whole, on a real cluster and in a real browser: one file a story.

mod by_hand;
mod contract;
mod journey;
mod without_scripts;

mod lost_parts;
mod lost_worker;
mod scaling;
mod separation;
