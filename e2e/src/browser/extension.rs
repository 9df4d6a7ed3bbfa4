//! Commands that `fantoccini` does not know: the `DevTools` protocol and the console, which chromedriver adds to
//! `WebDriver`, and devices that keep passkeys.

use std::path::Path;

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// A command of chromedriver.
#[derive(Clone, Debug)]
pub struct Extension {
    path: &'static str,
    body: Value,
}

impl Extension {
    /// Sets the width of the screen in pixels.
    #[must_use]
    pub fn screen(width: u32, height: u32) -> Self {
        let parameters = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        Self::devtools("Emulation.setDeviceMetricsOverride", &parameters)
    }

    /// Sets the preferred colour scheme, as an operating system does.
    #[must_use]
    pub fn colours(dark: bool) -> Self {
        let value = if dark { "dark" } else { "light" };
        let parameters = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        Self::devtools("Emulation.setEmulatedMedia", &parameters)
    }

    /// Has links to files saved in this folder without a question.
    #[must_use]
    pub fn downloads(folder: &Path) -> Self {
        Self::devtools("Browser.setDownloadBehavior", &json!({ "behavior": "allow", "downloadPath": folder }))
    }

    /// Lets scripts read what was copied, as a person allows.
    #[must_use]
    pub fn clipboard() -> Self {
        let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        Self::devtools("Browser.grantPermissions", &json!({ "permissions": permissions }))
    }

    /// Adds a device that keeps passkeys, whose user is always there and verified ("Web Authentication", section 11.4).
    #[must_use]
    pub fn authenticator() -> Self {
        let body = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserConsenting": true,
            "isUserVerified": true,
        });
        Self { path: "webauthn/authenticator", body }
    }

    /// Takes the messages of the console: script errors, and resources that were refused or not found.
    #[must_use]
    pub fn console() -> Self {
        Self { path: "se/log", body: json!({ "type": "browser" }) }
    }

    /// Sends the command.
    ///
    /// # Errors
    /// When the browser refuses it.
    pub async fn send(self, client: &Client) -> Result<Value, CmdError> {
        client.issue_cmd(self).await
    }

    fn devtools(command: &str, parameters: &Value) -> Self {
        Self { path: "goog/cdp/execute", body: json!({ "cmd": command, "params": parameters }) }
    }
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        let session = session_id.expect("commands are sent in a session");
        base_url.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
