//! A student, who uses the site through a browser as a person does.

mod files;
mod passkeys;
mod pictures;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};

use crate::browser::{Extension, Script};
use crate::eventually::eventually;
use crate::letter;

/// Satisfies the documented password policy, as the predecessor's example does.
pub const PASSWORD: &str = "Bar2024!";
/// Pages answer in milliseconds, but logging in hashes a password, perhaps on a busy machine.
const PAGE_WITHIN: Duration = Duration::from_secs(20);
/// Pause between two looks at a page.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A student with a browser.
#[derive(Clone, Debug)]
pub struct Student {
    browser: Client,
    script: Script,
    url: String,
    name: String,
}

/// What the page of a letter shows at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// State of the letter in one word; the page shows it in words of its own.
    pub state: String,
    /// Text of the letter so far.
    pub text: String,
}

impl Student {
    /// A student called `name` at the site `url`, whose browser runs the pages' scripts or not.
    #[must_use]
    pub fn new(browser: Client, script: Script, url: &str, name: &str) -> Self {
        Self { browser, script, url: url.to_owned(), name: name.to_owned() }
    }

    /// Name of the student.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens a page of the site.
    ///
    /// # Errors
    /// When the site cannot be reached.
    pub async fn open(&self, path: &str) -> Result<()> {
        let url = format!("{}{path}", self.url);
        if self.script == Script::Runs {
            return self.browser.goto(&url).await.with_context(|| format!("open {path}"));
        }
        // A browser without scripts does not wait for pages: what is typed next must not go into the one that is left.
        self.evaluate("document.documentElement.dataset.left = 'yes'").await?;
        self.browser.goto(&url).await.with_context(|| format!("open {path}"))?;
        eventually(&format!("the browser leaves for {path}"), PAGE_WITHIN, async || {
            let left = self.evaluate("return document.documentElement.dataset.left ?? 'no'").await?;
            Ok((left == "no").then_some(()))
        })
        .await
    }

    /// Path of the page that is open.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn path(&self) -> Result<String> {
        Ok(self.browser.current_url().await?.path().to_owned())
    }

    /// Registers an account.
    ///
    /// # Errors
    /// When the site does not confirm the account.
    pub async fn register(&self) -> Result<()> {
        self.open("/auth/register").await?;
        let email = format!("{}@example.org", self.name);
        self.fill(&[("username", &self.name), ("email", &email), ("password", PASSWORD)]).await?;
        self.press("form[action='/auth/register'] button").await?;
        self.sees("Created user successfully").await
    }

    /// Logs in and arrives at the form of a new letter.
    ///
    /// # Errors
    /// When the site leads elsewhere.
    pub async fn log_in(&self) -> Result<()> {
        self.try_to_log_in().await?;
        self.arrives_at("/user/protected").await?;
        Ok(())
    }

    /// Sends name and password, without looking at the answer.
    ///
    /// # Errors
    /// When the form is not there.
    pub async fn try_to_log_in(&self) -> Result<()> {
        self.open("/auth/login").await?;
        self.fill(&[("username", &self.name), ("password", PASSWORD)]).await?;
        self.press("form[action='/auth/login'] button").await
    }

    /// Logs out and arrives at the front page.
    ///
    /// # Errors
    /// When the site leads elsewhere.
    pub async fn log_out(&self) -> Result<()> {
        self.press("form[action='/auth/logout'] button").await?;
        self.arrives_at("/").await?;
        Ok(())
    }

    /// Fills in the form of a new letter and sends it. Returns the path of the letter's page, which is then open.
    ///
    /// # Errors
    /// When the site does not lead to a letter.
    pub async fn new_letter(&self, fields: &[(&str, &str)]) -> Result<String> {
        self.open("/user/protected").await?;
        self.fill(fields).await?;
        self.press("#generate").await?;
        self.arrives_at("/letters/").await
    }

    /// Submits the predecessor's example.
    ///
    /// # Errors
    /// As [`Self::new_letter`].
    pub async fn new_example(&self) -> Result<String> {
        self.new_letter(&letter::EXAMPLE).await
    }

    /// What the page of a letter shows now; `None` on other pages.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn sight(&self) -> Result<Sight> {
        // A page that grows without scripts has a state after the other.
        let script = "const states = document.querySelectorAll('[data-state]'); \
            const state = states[states.length - 1]?.dataset.state ?? ''; \
            return state + '\\n' + (document.getElementById('letter')?.textContent ?? '')";
        let seen = self.evaluate(script).await?;
        let (state, text) = seen.split_once('\n').unwrap_or_default();
        Ok(Sight { state: state.to_owned(), text: text.trim().to_owned() })
    }

    /// Waits until the page shows at least `count` characters of the letter, and returns them.
    ///
    /// # Errors
    /// When `within` passes first, or the letter is finished by then.
    pub async fn sees_beginning(&self, count: usize, within: Duration) -> Result<String> {
        let sight = eventually("the page shows the beginning of the letter", within, async || {
            Ok(Some(self.sight().await?).filter(|sight| sight.text.chars().count() >= count))
        })
        .await?;
        ensure!(sight.state == "Running", "the letter is {} where it should be half done", sight.state);
        Ok(sight.text)
    }

    /// Waits until the page shows the finished letter. Every text on the way must be a beginning of it, so that nothing
    /// was lost, shown twice or taken back. Returns the letter and the different lengths that were seen.
    ///
    /// # Errors
    /// When the letter is not finished within `within`, or an earlier text is not its beginning.
    pub async fn watches(&self, within: Duration) -> Result<(String, BTreeSet<usize>)> {
        let mut seen = BTreeSet::new();
        let letter = eventually("the page shows the finished letter", within, async || {
            let Sight { state, text } = self.sight().await?;
            if state == "Succeeded" && !text.is_empty() {
                return Ok(Some(text));
            }
            seen.insert(text);
            Ok(None)
        })
        .await?;
        if let Some(other) = seen.iter().find(|text| !letter.starts_with(text.as_str())) {
            bail!("the page showed\n{other}\nand at the end\n{letter}");
        }
        Ok((letter, seen.iter().map(|text| text.chars().count()).filter(|length| *length > 0).collect()))
    }

    /// Waits until the page shows the finished letter, and returns it.
    ///
    /// # Errors
    /// As [`Self::watches`].
    pub async fn finished_letter(&self, within: Duration) -> Result<String> {
        Ok(self.watches(within).await?.0)
    }

    /// Presses the button that stops the letter.
    ///
    /// # Errors
    /// When the page has no such button.
    pub async fn stop(&self) -> Result<()> {
        self.press("#stop").await
    }

    /// Complaints of the browser since the last call: script errors, refused and missing resources.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        let entries = Extension::console().send(&self.browser).await?;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let serious = entries.into_iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        Ok(serious.map(|entry| entry["message"].to_string()).collect())
    }

    /// The whole text of the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn page(&self) -> Result<String> {
        self.evaluate("return document.body.innerText").await
    }

    /// Paths that the page's own content links to.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn links(&self) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('main a')].map(a => a.getAttribute('href')).join('\\n')";
        Ok(self.evaluate(script).await?.lines().map(str::to_owned).collect())
    }

    /// Waits until the page shows `text`.
    ///
    /// # Errors
    /// When the page does not show it in time, with the text that it shows.
    pub async fn sees(&self, text: &str) -> Result<()> {
        let what = format!("the page says {text:?}");
        eventually(&what, PAGE_WITHIN, async || {
            let page = self.page().await?;
            ensure!(page.contains(text), "it says {page:?}");
            Ok(Some(()))
        })
        .await
    }

    /// Waits until the path of the open page begins with `path` (or is `/`, for `/`), and returns it.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn arrives_at(&self, path: &str) -> Result<String> {
        let what = format!("the site leads {} to {path}", self.name);
        let there = eventually(&what, PAGE_WITHIN, async || {
            let there = self.path().await?;
            Ok(Some(there).filter(|there| if path == "/" { there == "/" } else { there.starts_with(path) }))
        })
        .await;
        match there {
            Ok(there) => Ok(there),
            Err(error) => Err(error).with_context(|| "see the post-mortem for the page"),
        }
    }

    /// Fills in form fields, given as names and values.
    ///
    /// # Errors
    /// When the page has no such field.
    pub async fn fill(&self, fields: &[(&str, &str)]) -> Result<()> {
        for (name, value) in fields {
            let selector = format!("[name='{name}']");
            self.type_into(&selector, value).await?;
        }
        Ok(())
    }

    async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        let field = self.element(selector).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("fill in {selector}"))
    }

    /// Presses a button or follows a link.
    ///
    /// # Errors
    /// When the page has none.
    pub async fn press(&self, selector: &str) -> Result<()> {
        self.element(selector).await?.click().await.with_context(|| format!("press {selector}"))
    }

    /// Waits until the page has such an element.
    ///
    /// # Errors
    /// When it has none in time.
    pub async fn has(&self, selector: &str) -> Result<()> {
        self.element(selector).await.map(drop)
    }

    /// The first element of this kind, once the page has one: a browser without scripts does not wait for pages, since
    /// those that grow take as long as a letter.
    async fn element(&self, selector: &str) -> Result<Element> {
        let wait = self.browser.wait().at_most(PAGE_WITHIN).every(LOOK_EVERY);
        wait.for_element(Locator::Css(selector)).await.with_context(|| format!("find {selector}"))
    }

    /// The value of the cookie that is the session.
    ///
    /// # Errors
    /// When nobody is logged in.
    pub async fn session(&self) -> Result<String> {
        let cookie = self.browser.get_named_cookie("access_token_cookie").await.context("find the session")?;
        Ok(cookie.value().to_owned())
    }

    /// Deletes the account and arrives at the front page.
    ///
    /// # Errors
    /// When the site does not delete it.
    pub async fn delete_account(&self, password: &str) -> Result<()> {
        self.open("/user/profile").await?;
        self.press("details.danger summary").await?;
        self.type_into("#deletion-password", password).await?;
        self.press("#delete").await?;
        self.arrives_at("/").await?;
        Ok(())
    }

    /// Runs a script of the test that reads the page. The driver can do so even when the page's scripts are off.
    async fn evaluate(&self, script: &str) -> Result<String> {
        let value = self.browser.execute(script, Vec::new()).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }
}
