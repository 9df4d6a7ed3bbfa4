//! Finds Chromium and its driver: in `PATH`, else unpacked from the machine's own Debian suite.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result};
use devcluster::debian::{self, Unpacked};

/// What is unpacked: browser, driver, and a font, without which pages are blank.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// Where browser and driver are.
pub struct Programs {
    /// The browser.
    pub chromium: PathBuf,
    /// Its driver.
    pub chromedriver: PathBuf,
    unpacked: Option<Unpacked>,
}

impl Programs {
    /// Both from `PATH` or both unpacked, since their versions must match.
    pub async fn find() -> Result<Self> {
        if let (Some(chromium), Some(chromedriver)) = (in_path("chromium"), in_path("chromedriver")) {
            return Ok(Self { chromium, chromedriver, unpacked: None });
        }
        let unpacked = debian::unpack(&PACKAGES).await.context("unpack Chromium")?;
        let program = |name| unpacked.program(name).with_context(|| format!("Debian's packages have no {name}"));
        Ok(Self { chromium: program("chromium")?, chromedriver: program("chromedriver")?, unpacked: Some(unpacked) })
    }

    /// Tells the driver, and through it the browser, where unpacked libraries and fonts are.
    pub fn environment(&self, command: &mut Command, folder: &Path) -> Result<()> {
        let Some(unpacked) = &self.unpacked else { return Ok(()) };
        let fonts = folder.join("fonts.conf");
        fs::write(&fonts, fonts_conf(unpacked.root(), folder)).context("write fonts.conf")?;
        command.env("LD_LIBRARY_PATH", unpacked.library_path()).env("FONTCONFIG_FILE", fonts);
        Ok(())
    }
}

/// A program of the machine.
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
