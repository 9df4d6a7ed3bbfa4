//! Finds Chromium and its driver: in `PATH`, else unpacked from the machine's own Debian suite.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result};
use devcluster::debian::{self, Unpacked};

/// Packages to unpack: browser, driver and a font, without which pages are blank.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// Paths of the browser and its driver.
pub struct Programs {
    /// The browser.
    pub chromium: PathBuf,
    /// Its driver.
    pub chromedriver: PathBuf,
    unpacked: Option<Unpacked>,
}

impl Programs {
    /// Finds both in `PATH` or unpacks both, since their versions must match.
    pub async fn find() -> Result<Self> {
        if let (Some(chromium), Some(chromedriver)) = (in_path("chromium"), in_path("chromedriver")) {
            return Ok(Self { chromium, chromedriver, unpacked: None });
        }
        let unpacked = debian::unpack(&PACKAGES).await.context("unpack Chromium")?;
        let program = |name| unpacked.program(name).with_context(|| format!("Debian's packages have no {name}"));
        Ok(Self { chromium: program("chromium")?, chromedriver: program("chromedriver")?, unpacked: Some(unpacked) })
    }

    /// Sets the environment in which the driver, and with it the browser, finds unpacked libraries and fonts.
    pub fn environment(&self, command: &mut Command, folder: &Path) -> Result<()> {
        let Some(unpacked) = &self.unpacked else { return Ok(()) };
        let fonts = folder.join("fonts.conf");
        fs::write(&fonts, fonts_conf(unpacked.root(), folder)).context("write fonts.conf")?;
        command.env("LD_LIBRARY_PATH", unpacked.library_path()).env("FONTCONFIG_FILE", fonts);
        Ok(())
    }
}

/// Path of a program that the machine has in `PATH`.
fn in_path(name: &str) -> Option<PathBuf> {
    let path: OsString = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn fonts_conf(root: &Path, cache: &Path) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir><cachedir>{}</cachedir></fontconfig>\n",
        root.join("usr/share/fonts").display(),
        cache.join("fonts").display()
    )
}
