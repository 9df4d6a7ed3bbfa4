//! The two tasks of the program: to write letters, or to fetch a model and end.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::config::Args;
use crate::source::FetchArgs;

/// Name of the subcommand that fetches a model.
const FETCH: &str = "fetch";

/// The task of the process.
#[derive(Debug)]
pub enum Command {
    /// Claim requests and write letters; the task without a subcommand.
    Work(Box<Args>),
    /// Fetch a model into a folder and end.
    Fetch(Box<FetchArgs>),
}

impl Command {
    /// Parses the arguments of the process. Prints help or an error and exits where there is nothing to do.
    #[must_use]
    pub fn parse() -> Self {
        Self::try_parse_from(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Parses arguments, the first of which is the name of the program.
    ///
    /// # Errors
    /// The error in the arguments, or the requested help.
    pub fn try_parse_from<T: Into<OsString> + Clone>(
        arguments: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let fetch = FetchArgs::command().name(FETCH);
        let matches =
            Args::command().subcommand(fetch).subcommand_negates_reqs(true).try_get_matches_from(arguments)?;
        match matches.subcommand() {
            Some((FETCH, matches)) => FetchArgs::from_arg_matches(matches).map(|args| Self::Fetch(Box::new(args))),
            _ => Args::from_arg_matches(&matches).map(|args| Self::Work(Box::new(args))),
        }
    }
}

#[cfg(test)]
mod tests;
