//! A real headless Chromium, driven through `WebDriver`.

mod extension;
mod programs;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use devcluster::ports::free_port;
use devcluster::process::{Guard, Process, tail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use crate::eventually::eventually_true;
pub use extension::Extension;
use programs::Programs;

/// chromedriver usually answers within a second, and takes a little longer just after it was unpacked.
const DRIVER_WITHIN: Duration = Duration::from_secs(20);
/// Log file of chromedriver and its browsers, in their folder.
const LOG: &str = "chromedriver.log";
/// Chromium may run as root in a sandbox such as a container, and connects to no host but the site.
const ARGUMENTS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "--window-size=1280,900",
];

/// Whether a browser runs the pages' scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// The default of browsers.
    Runs,
    /// Switched off in the browser's settings.
    IsOff,
}

/// A running chromedriver with all browsers that it has opened. They end when this value drops, when its test panics
/// and when the test process is killed.
pub struct Browser {
    driver: String,
    programs: Programs,
    _process: Process,
    _guard: Guard,
    /// Profiles, caches and sockets of the browsers.
    folder: TempDir,
}

impl Browser {
    /// Starts chromedriver on a free port.
    ///
    /// # Errors
    /// When chromedriver or Chromium is not installed and cannot be unpacked, or does not start.
    pub async fn start() -> Result<Self> {
        let programs = Programs::find().await?;
        let folder = tempfile::Builder::new().prefix("e2e").tempdir().context("make a folder for the browser")?;
        let guard = Guard::start().context("start a guard")?;
        guard.remove_folder(folder.path());
        let port = free_port().context("find a free port")?;
        let mut command = Command::new(&programs.chromedriver);
        command.arg(format!("--port={port}"));
        command.env("HOME", folder.path()).env("TMPDIR", folder.path());
        programs.environment(&mut command, folder.path())?;
        let mut process = guard.spawn("chromedriver", &command, &folder.path().join(LOG))?;
        let driver = format!("http://127.0.0.1:{port}");
        eventually_true("chromedriver answers", DRIVER_WITHIN, async || {
            process.check()?;
            Ok(reqwest::get(format!("{driver}/status")).await?.status().is_success())
        })
        .await?;
        Ok(Self { driver, programs, _process: process, _guard: guard, folder })
    }

    /// Opens a browser with a profile of its own, and perhaps with further arguments.
    ///
    /// # Errors
    /// When Chromium does not start.
    ///
    /// # Panics
    /// Never: the capabilities are constants of this file.
    pub async fn open(&self, script: Script, further: &[String]) -> Result<Client> {
        let profile = tempfile::Builder::new().prefix("profile").tempdir_in(self.folder.path())?.keep();
        let profile = format!("--user-data-dir={}", profile.display());
        let arguments: Vec<&str> =
            ARGUMENTS.into_iter().chain([profile.as_str()]).chain(further.iter().map(String::as_str)).collect();
        // 1 allows, 2 blocks; managed settings cannot be changed by a page.
        let javascript = if script == Script::Runs { 1 } else { 2 };
        let options = json!({
            "binary": self.programs.chromium,
            "args": arguments,
            "prefs": { "profile.managed_default_content_settings.javascript": javascript },
        });
        // Without scripts the page of a letter is loading for as long as it grows, and is looked at meanwhile.
        let page_load = if script == Script::Runs { "normal" } else { "none" };
        let capabilities = json!({
            "browserName": "chrome",
            "pageLoadStrategy": page_load,
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let capabilities = capabilities.as_object().expect("it was written as an object").clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&self.driver).await;
        client.with_context(|| format!("open a browser; chromedriver says: {}", tail(&self.log())))
    }
    fn log(&self) -> PathBuf {
        self.folder.path().join(LOG)
    }
}
