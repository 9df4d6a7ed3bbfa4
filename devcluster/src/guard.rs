//! Ends what a process started, and removes its folders, even when that process is killed.
//!
//! A guard is a small shell that reads from a pipe whose other end only the owner holds. Every process is started
//! through [`Guard::spawn`] and tells the guard its own number before it becomes the program asked for, so there is no
//! moment in which it runs and the guard does not know. When the [`Guard`] drops, or when the owner is gone for
//! whatever reason and the kernel closes the pipe, the guard ends them all.
//!
//! The kernel's parent-death signal would not do: it is sent when the starting *thread* ends.

use std::{
    fs,
    io::{self, PipeWriter, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use crate::process::{Process, ProcessError};

const GUARD: &str = include_str!("guard/guard.sh");
/// Registers itself with the guard, which is its standard output, and becomes the program.
const REGISTER: &str = r#"echo "kill $$"; log=$1; shift; exec "$@" >>"$log" 2>&1"#;

/// Owns everything that was started and every folder that was named through it.
#[derive(Debug)]
pub struct Guard {
    orders: Orders,
    shell: Child,
    folders: Mutex<Vec<PathBuf>>,
}

impl Guard {
    /// Starts the guarding process.
    ///
    /// # Errors
    /// When `sh` or a pipe cannot be had.
    pub fn start() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let shell = Command::new("sh")
            .args(["-c", GUARD, "devcluster-guard"])
            .stdin(reader)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // An interrupt from the terminal goes to the owner's group; the guard must outlive it.
            .process_group(0)
            .spawn()?;
        Ok(Self { orders: Orders(Arc::new(writer)), shell, folders: Mutex::default() })
    }

    /// Starts `command` in a process group of its own, with both outputs appended to the file `log`.
    ///
    /// # Errors
    /// [`ProcessError::Start`]. A program that does not exist shows as a process that ended at once.
    pub fn spawn(&self, name: &str, command: &Command, log: &Path) -> Result<Process, ProcessError> {
        let failed = |source| ProcessError::Start { name: name.to_owned(), source };
        let mut register = Command::new("sh");
        register.args(["-c", REGISTER, "sh"]).arg(log).arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => register.env(key, value),
                None => register.env_remove(key),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            register.current_dir(folder);
        }
        let registration = self.orders.0.try_clone().map_err(failed)?;
        register.stdin(Stdio::null()).stdout(registration).stderr(Stdio::null()).process_group(0);
        let child = register.spawn().map_err(failed)?;
        Ok(Process::new(name, child, log, self.orders.clone()))
    }

    /// Has `folder` and all that is in it removed at the end.
    pub fn remove_folder(&self, folder: &Path) {
        self.orders.give("folder", folder.display());
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).push(folder.to_owned());
    }

    /// Has the cgroup at `folder` and those below it removed at the end, once their processes are gone.
    pub fn remove_cgroup(&self, folder: &Path) {
        self.orders.give("cgroup", folder.display());
    }

    /// The number of the guarding process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.shell.id()
    }
}

impl Drop for Guard {
    /// Returns when the processes and folders are gone.
    fn drop(&mut self) {
        self.orders.give("end", "");
        let _ = self.shell.wait();
        for folder in self.folders.get_mut().unwrap_or_else(PoisonError::into_inner) {
            // Only finds something to do when the guard itself was killed.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// The owner's end of the guard's pipe.
#[derive(Clone, Debug)]
pub(crate) struct Orders(Arc<PipeWriter>);

impl Orders {
    /// Lines are shorter than a pipe's atomic write, so orders of several threads do not mix.
    pub(crate) fn give(&self, order: &str, value: impl std::fmt::Display) {
        // A guard that is gone cannot be told; the owner's own drops still end the processes.
        let _ = (&*self.0).write_all(format!("{order} {value}\n").as_bytes());
    }
}

#[cfg(test)]
mod tests;
