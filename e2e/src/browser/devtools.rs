//! What `WebDriver` has no word for: the `DevTools` protocol, through chromedriver.

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::{Method, Url};
use serde_json::{Value, json};

/// A command of the `DevTools` protocol.
#[derive(Clone, Debug)]
pub struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl Devtools {
    /// Shows pages at this width, as on a screen of that size.
    #[must_use]
    pub fn screen(width: u32, height: u32) -> Self {
        let parameters = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        Self { command: "Emulation.setDeviceMetricsOverride", parameters }
    }

    /// Prefers dark or light pages, as a person's system does.
    #[must_use]
    pub fn colours(dark: bool) -> Self {
        let value = if dark { "dark" } else { "light" };
        let parameters = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        Self { command: "Emulation.setEmulatedMedia", parameters }
    }

    /// Sends the command.
    ///
    /// # Errors
    /// When the browser refuses it.
    pub async fn send(self, client: &Client) -> Result<Value, CmdError> {
        client.issue_cmd(self).await
    }
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        let session = session_id.expect("commands are sent in a session");
        base_url.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}
