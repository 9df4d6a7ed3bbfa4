//! Ends what a process started even when that process is killed.
