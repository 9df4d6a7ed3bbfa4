//! The stages in which this program starts itself again to become a node.

use std::path::PathBuf;

use super::error::NodeError;
use super::layout::Layout;
use super::supervisor::{COMPONENTS, ENTER, INIT, PROBE, SUPERVISE};
use super::{enter, init, probe, start, supervisor};

/// What a process of a node is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Owns the ports and the end of everything.
    Supervise,
    /// Makes the namespaces.
    Enter,
    /// Is the first process inside.
    Init,
    /// Starts the components.
    Components,
    /// Tries out what a node would need.
    Probe,
}

impl Stage {
    /// The stage that a first argument names.
    #[must_use]
    pub fn from_argument(argument: &str) -> Option<Self> {
        match argument {
            SUPERVISE => Some(Self::Supervise),
            ENTER => Some(Self::Enter),
            INIT => Some(Self::Init),
            COMPONENTS => Some(Self::Components),
            PROBE => Some(Self::Probe),
            _ => None,
        }
    }
}

/// Runs a stage of the instance in `folder`. Must be called first in `main`, before there is a second thread.
///
/// # Errors
/// [`NodeError`], when the stage ended: a node that is told to end is killed instead.
pub fn run_stage(stage: Stage, folder: PathBuf) -> Result<(), NodeError> {
    let layout = Layout::at(folder);
    match stage {
        Stage::Supervise => supervisor::supervise(&layout),
        Stage::Enter => enter::enter(&layout),
        Stage::Init => init::init(&layout),
        Stage::Probe => probe::probe(layout.folder()),
        Stage::Components => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(NodeError::at("start threads for", layout.folder()))?
            .block_on(start::components(&layout)),
    }
}
