//! A child process with a log of its own.
