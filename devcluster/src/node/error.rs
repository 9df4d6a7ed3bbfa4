//! The errors of a node.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

/// Why a node could not be started, reached or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// A file or folder could not be used.
    #[error("failed to {action} `{}`", path.display())]
    Path {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The kernel refused something.
    #[error("failed to {action}")]
    System {
        /// What was tried, as a verb.
        action: String,
        /// The kernel's answer.
        #[source]
        source: nix::Error,
    },
    /// A program that the node needs could not be run.
    #[error("failed to run `{program}`: {fix}")]
    Program {
        /// Name of the program.
        program: String,
        /// What the user can do about it.
        fix: String,
        /// Why it could not be run.
        #[source]
        source: io::Error,
    },
    /// A program that the node needs ran and failed.
    #[error("failed to {action}: {message}")]
    Command {
        /// What was tried, as a verb.
        action: String,
        /// What the program printed.
        message: String,
    },
    /// The machine cannot run a node.
    #[error("failed to find {what}: {fix}")]
    Unsupported {
        /// What is missing.
        what: String,
        /// What the user can do about it.
        fix: String,
    },
    /// No local port was free for the web.
    #[error("failed to listen on {address}:{port} or one of the {tries} ports after it")]
    Port {
        /// The address.
        address: Ipv4Addr,
        /// The first port tried.
        port: u16,
        /// How many ports after it were tried.
        tries: u16,
        /// Why the last one failed.
        #[source]
        source: io::Error,
    },
    /// The name cannot name an instance.
    #[error("failed to use `{name}` as a name: must be 1 to 32 of a-z, 0-9 and `-`, starting with a letter")]
    Name {
        /// The refused name.
        name: String,
    },
    /// An instance of that name is running already.
    #[error("failed to start a second cluster named `{name}`")]
    AlreadyRunning {
        /// The instance's name.
        name: String,
    },
    /// No instance of that name is running.
    #[error("failed to find a running cluster named `{name}`: start it with `devcluster up --name {name}`")]
    NotRunning {
        /// The instance's name.
        name: String,
    },
    /// The node did not become ready.
    #[error("failed to start the cluster: {message}\n{excerpt}\nlogs: {}", logs.display())]
    Start {
        /// The last report of the node.
        message: String,
        /// The last lines of the log that explains it.
        excerpt: String,
        /// Where the logs were kept.
        logs: PathBuf,
    },
    /// A component of the node ended repeatedly.
    #[error("failed to keep `{component}` running")]
    Component {
        /// The component's name, also the name of its log.
        component: String,
    },
    /// A component did not answer in time.
    #[error("failed to see {what} within {seconds} s")]
    Timeout {
        /// What was awaited.
        what: String,
        /// How long, in seconds.
        seconds: u64,
        /// The component whose log explains it.
        component: String,
    },
    /// Part of an instance could not be removed.
    #[error("failed to remove {what}")]
    Left {
        /// Which part.
        what: String,
    },
    /// A record of the node could not be read or written.
    #[error("failed to read or write {what}")]
    Record {
        /// Which record.
        what: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The certificates or programs could not be prepared.
    #[error("failed to prepare {what}")]
    Prepare {
        /// What was being prepared.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The API server refused a request.
    #[error("failed to {action}")]
    Kube {
        /// What was tried, as a verb.
        action: String,
        /// The API server's answer.
        #[source]
        source: Box<kube::Error>,
    },
    /// The kubeconfig could not be used.
    #[error("failed to use the kubeconfig of the cluster")]
    Kubeconfig(#[source] Box<kube::config::KubeconfigError>),
}

impl NodeError {
    /// Turns an I/O error at `path` into one that says what was tried.
    pub(super) fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Path { action, path, source }
    }

    /// Turns an error of the kernel into one that says what was tried.
    pub(super) fn system(action: impl Into<String>) -> impl FnOnce(nix::Error) -> Self {
        let action = action.into();
        move |source| Self::System { action, source }
    }

    /// Turns an error of another module into one that says what was being prepared.
    pub(super) fn prepare<E>(what: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Prepare { what, source: source.into() }
    }

    /// Turns an error of the API server into one that says what was tried.
    pub(super) fn kube(action: impl Into<String>) -> impl FnOnce(kube::Error) -> Self {
        let action = action.into();
        move |source| Self::Kube { action, source: Box::new(source) }
    }

    /// The component whose log explains the error, if there is one.
    #[must_use]
    pub fn component(&self) -> Option<&str> {
        match self {
            Self::Component { component } | Self::Timeout { component, .. } => Some(component),
            _ => None,
        }
    }
}

/// An error and its causes, on one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
