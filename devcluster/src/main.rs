//! Runs and stops the Level B cluster.

fn main() {}
