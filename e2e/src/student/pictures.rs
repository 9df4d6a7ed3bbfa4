//! How pages look: on a phone and on a wide screen, in light and dark colours; and whether axe finds a fault in them.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use fixtures::axe;
use serde_json::Value;

use super::Student;
use crate::browser::Extension;
use crate::environment::pictures;

/// Screen and colours of a screenshot.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// Width of the screen in pixels.
    width: u32,
    /// Whether the system prefers dark pages.
    dark: bool,
}

/// A narrow phone and a wide screen, in light and dark colours.
const LOOKS: [Look; 4] = [
    Look { width: 320, dark: false },
    Look { width: 320, dark: true },
    Look { width: 1280, dark: false },
    Look { width: 1280, dark: true },
];

/// Asks axe, and tells each fault in a line: its rule, its place and what to do about it.
const ASK: &str = "; const told = arguments[arguments.length - 1]; \
    axe.run(document, { resultTypes: ['violations'] }).then( \
        result => told(result.violations.flatMap(fault => fault.nodes.map(node => \
            `${fault.id} at ${node.target}: ${node.failureSummary}`))), \
        error => told([String(error)]))";

impl Student {
    /// Opens a page in every look, saves screenshots under `target/e2e` and asks axe about it.
    ///
    /// # Errors
    /// When a screenshot cannot be taken or saved, the page is wider than the screen or shows what is hidden, or axe finds
    /// a fault.
    pub async fn pictures(&self, page: &str, path: &str) -> Result<()> {
        for look in LOOKS {
            self.look(look).await?;
            self.open(path).await?;
            self.picture(page, look).await?;
        }
        Ok(())
    }

    /// As [`Self::pictures`], of the page that is open, such as the answer to a form.
    ///
    /// # Errors
    /// As for [`Self::pictures`].
    pub async fn pictures_of_this(&self, page: &str) -> Result<()> {
        for look in LOOKS {
            self.look(look).await?;
            self.picture(page, look).await?;
        }
        Ok(())
    }

    async fn look(&self, look: Look) -> Result<()> {
        Extension::colours(look.dark).send(&self.browser).await?;
        Extension::screen(look.width, look.height()).send(&self.browser).await?;
        Ok(())
    }

    async fn picture(&self, page: &str, look: Look) -> Result<()> {
        let width = self.evaluate("return String(document.documentElement.scrollWidth)").await?;
        ensure!(width.parse::<u32>()? <= look.width, "{page} is {width} px wide on a screen of {} px", look.width);
        let shown = "const hidden = [...document.querySelectorAll('[hidden]')]; \
            return String(hidden.filter(element => element.getClientRects().length).length)";
        ensure!(self.evaluate(shown).await? == "0", "{page} shows what is hidden");
        // Take the whole page, not only the first screen.
        let whole = self.evaluate("return String(document.documentElement.scrollHeight)").await?;
        let height = whole.parse::<u32>()?.max(look.height());
        Extension::screen(look.width, height).send(&self.browser).await?;
        let colours = if look.dark { "dark" } else { "light" };
        self.save(&format!("{page}-{}-{colours}.png", look.width)).await?;
        let faults = self.faults().await?;
        ensure!(faults.is_empty(), "{page} at {} px, {colours}: {faults:#?}", look.width);
        Ok(())
    }

    /// What axe finds wrong about the page that is open.
    async fn faults(&self) -> Result<Vec<String>> {
        let script = axe::script().await.context("find axe")?;
        let told = self.browser.execute_async(&(script + ASK), Vec::new()).await.context("ask axe")?;
        let faults = told.as_array().with_context(|| format!("axe told no list: {told}"))?;
        Ok(faults.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Saves a screenshot after a test has failed. Best effort: the fault may be in the browser.
    pub async fn last_picture(&self, play: &str) {
        let name = format!("failed-{play}-{}.png", self.name);
        let path = self.path().await.unwrap_or_default();
        match self.save(&name).await {
            Ok(()) => eprintln!("---- {} was at {path}, see target/e2e/{name}", self.name),
            Err(error) => eprintln!("---- {} was at {path}: {error:#}", self.name),
        }
        eprintln!("{}", self.page().await.unwrap_or_default());
    }

    async fn save(&self, name: &str) -> Result<()> {
        let picture = self.browser.screenshot().await.context("take a picture")?;
        fs::create_dir_all(pictures()).context("make the folder of pictures")?;
        fs::write(pictures().join(name), picture).with_context(|| format!("write {name}"))
    }
}

impl Look {
    const fn height(self) -> u32 {
        if self.width < 600 { 640 } else { 900 }
    }
}
