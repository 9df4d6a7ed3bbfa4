//! Passkeys: a student with a device that keeps them, which the browser plays.

use anyhow::{Context as _, Result};

use super::Student;
use crate::browser::Extension;

impl Student {
    /// Gives the student a device that keeps passkeys, and says yes whenever it is asked.
    ///
    /// # Errors
    /// When the browser has none to play.
    pub async fn gets_a_device(&self) -> Result<()> {
        Extension::authenticator().send(&self.browser).await.context("give the browser an authenticator")?;
        Ok(())
    }

    /// Adds a passkey on the page of the account, which is open then, and does not wait for it.
    ///
    /// # Errors
    /// When the form is not there.
    pub async fn try_to_add_passkey(&self, name: &str, password: &str) -> Result<()> {
        self.open("/user/profile").await?;
        self.press("#new-passkey summary").await?;
        self.type_into("#passkey-name", name).await?;
        self.type_into("#passkey-password", password).await?;
        self.press("#add-passkey").await
    }

    /// Presses the button of the log-in page that asks for a passkey, and does not wait for the answer.
    ///
    /// # Errors
    /// When the button is not there.
    pub async fn try_to_log_in_by_passkey(&self) -> Result<()> {
        self.open("/auth/login").await?;
        self.press("#passkey").await
    }

    /// Removes the only passkey.
    ///
    /// # Errors
    /// When the form is not there.
    pub async fn remove_passkey(&self, password: &str) -> Result<()> {
        self.open("/user/profile").await?;
        self.press("#remove-passkey summary").await?;
        self.type_into("#removal-password", password).await?;
        self.press("#remove").await
    }
}
