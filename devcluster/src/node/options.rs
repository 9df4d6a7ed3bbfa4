//! What a caller may ask of a node.

use std::path::PathBuf;

use super::error::NodeError;
use super::layout::default_home;
use super::settings::{Forward, Programs};

/// Name of an instance, unless told otherwise.
pub const DEFAULT_NAME: &str = "dev";
/// The local port that leads to the web, unless told otherwise.
pub const DEFAULT_WEB_PORT: u16 = 8080;
/// The port of the node at which the web's Service is expected.
pub const WEB_NODE_PORT: u16 = 30080;
/// How many ports after the web's may be tried when it is taken.
const WEB_PORT_TRIES: u16 = 100;
/// Names become cgroups, host names and parts of socket paths, which the kernel keeps short.
const NAME_LENGTH_MAX: usize = 32;

/// How long a node lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Until the [`Node`](super::Node) is dropped or this process ends, however it ends.
    Owned,
    /// Until it is stopped.
    Detached,
}

/// What a node should be.
#[derive(Clone, Debug)]
pub struct NodeOptions {
    /// Its name: 1 to 32 of a-z, 0-9 and `-`, starting with a letter.
    pub name: String,
    /// The folder that holds all instances.
    pub home: PathBuf,
    /// The local port that leads to [`WEB_NODE_PORT`]; the next free one is used when it is taken.
    pub web_port: u16,
    /// Further local ports and where they lead.
    pub forwards: Vec<Forward>,
    /// Image archives to import before the node is ready.
    pub images: Vec<PathBuf>,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// The `devcluster` program; found beside this one when not given.
    pub devcluster: Option<PathBuf>,
    /// The node's programs; built and unpacked as needed when not given.
    pub programs: Option<Programs>,
}

impl NodeOptions {
    /// A node `name` that ends with this process, with everything else as `devcluster up` has it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            home: default_home(),
            web_port: DEFAULT_WEB_PORT,
            forwards: Vec::new(),
            images: Vec::new(),
            lifetime: Lifetime::Owned,
            devcluster: None,
            programs: None,
        }
    }

    /// All forwards, the web's first.
    pub(super) fn all_forwards(&self) -> Vec<Forward> {
        let tries = if self.web_port == 0 { 0 } else { WEB_PORT_TRIES };
        let web = Forward { local_port: self.web_port, tries, node_port: WEB_NODE_PORT };
        std::iter::once(web).chain(self.forwards.iter().copied()).collect()
    }

    /// Refuses a name that could not be a host name, a cgroup or a folder.
    pub(super) fn validate(&self) -> Result<(), NodeError> {
        let mut characters = self.name.chars();
        let starts = characters.next().is_some_and(|first| first.is_ascii_lowercase());
        let rest = characters.all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-');
        if starts && rest && !self.name.ends_with('-') && self.name.len() <= NAME_LENGTH_MAX {
            Ok(())
        } else {
            Err(NodeError::Name { name: self.name.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_must_be_a_short_host_name() {
        for name in ["dev", "a", "e2e-2"] {
            assert!(NodeOptions::named(name).validate().is_ok(), "{name}");
        }
        for name in ["", "2a", "Dev", "a/b", "..", "a-", &"a".repeat(33)] {
            assert!(NodeOptions::named(name).validate().is_err(), "{name}");
        }
    }
}
