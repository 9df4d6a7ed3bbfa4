//! curl, as a person or a script uses it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

/// curl gives up after this long; the blocking query takes as long as its letter.
const ANSWERS_WITHIN: Duration = Duration::from_mins(2);

/// Runs curl as a person does, with `--silent`.
pub struct Curl {
    url: String,
    jar: PathBuf,
    options: Vec<String>,
}

impl Curl {
    /// curl for the site at `url`, with its cookies in a folder.
    #[must_use]
    pub fn new(url: &str, folder: &Path) -> Self {
        Self { url: url.to_owned(), jar: folder.join("cookies.txt"), options: Vec::new() }
    }

    /// The same with these options in every call.
    #[must_use]
    pub fn with(self, options: &[&str]) -> Self {
        Self { options: options.iter().map(|option| (*option).to_owned()).collect(), ..self }
    }

    /// The body of the answer.
    ///
    /// # Errors
    /// When curl fails, with what it says.
    pub async fn body(&self, path: &str, arguments: &[&str]) -> Result<String> {
        self.call(path, arguments).await
    }

    /// Status line and headers of the answer to any method.
    ///
    /// # Errors
    /// As for [`Curl::body`].
    pub async fn head(&self, path: &str, arguments: &[&str]) -> Result<String> {
        let only_headers = ["--dump-header", "-", "--output", "/dev/null"];
        self.call(path, &[arguments, &only_headers].concat()).await
    }

    async fn call(&self, path: &str, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--max-time", &ANSWERS_WITHIN.as_secs().to_string()]);
        command.args(&self.options).args(arguments).arg(format!("{}{path}", self.url)).kill_on_drop(true);
        let output = command.output().await.context("start curl: install it (Debian: apt-get install curl)")?;
        ensure!(output.status.success(), "curl {path}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The file of the cookies.
    #[must_use]
    pub fn jar(&self) -> String {
        self.jar.display().to_string()
    }

    /// Value of a cookie in the jar, whose lines are fields between tabs: the name is the sixth, the value the last.
    ///
    /// # Errors
    /// When it is not there.
    pub fn cookie(&self, name: &str) -> Result<String> {
        let jar = std::fs::read_to_string(&self.jar).context("read the cookie jar")?;
        let mut lines = jar.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let found = lines.find(|fields| fields.len() == 7 && fields[5] == name);
        Ok(found.with_context(|| format!("no cookie {name} in the jar"))?[6].to_owned())
    }
}
