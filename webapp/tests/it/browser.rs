//! A visitor: keeps the two cookies, sends the CSRF proof, follows nothing by itself.

pub use fixtures::letter_form::EXAMPLE;
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// A password that everybody here has.
pub const PASSWORD: &str = "Bar2024!";

#[derive(Clone)]
pub struct Browser {
    url: String,
    client: reqwest::Client,
    pub access: String,
    pub csrf: String,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Browser {
    pub fn new(url: &str) -> Self {
        let redirects = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().redirect(redirects).no_proxy().build().expect("a client");
        Self { url: url.to_owned(), client, access: String::new(), csrf: String::new() }
    }

    /// The same visitor with another session.
    pub fn with_session(&self, access: &str, csrf: &str) -> Self {
        Self { access: access.to_owned(), csrf: csrf.to_owned(), ..self.clone() }
    }

    /// The cookies of the session, as a browser sends them.
    pub fn session(&self) -> String {
        format!("access_token_cookie={}; csrf_access_token={}", self.access, self.csrf)
    }

    /// A request with the session's cookie, as curl sends it.
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        if self.access.is_empty() {
            return request;
        }
        request.header("cookie", format!("access_token_cookie={}", self.access))
    }

    /// The same with the CSRF proof.
    pub fn ask_signed(&self, method: Method, path: &str) -> RequestBuilder {
        self.ask(method, path).header("x-csrf-token", &self.csrf)
    }

    pub async fn get(&self, path: &str) -> Reply {
        send(self.ask(Method::GET, path)).await
    }

    /// As a browser asks when somebody opens a page.
    pub async fn open(&self, path: &str) -> Reply {
        let request = self.client.get(format!("{}{path}", self.url)).header("accept", "text/html,*/*;q=0.8");
        let request = request.header("cookie", format!("access_token_cookie={}", self.access));
        send(request.header("sec-fetch-mode", "navigate")).await
    }

    /// As a browser without scripts sends a form: the proof is a field.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut fields = fields.to_vec();
        fields.push(("csrf_token", &self.csrf));
        let request = self.client.post(format!("{}{path}", self.url)).header("accept", "text/html,*/*;q=0.8");
        let request = request.header("cookie", self.session());
        send(request.header("sec-fetch-site", "same-origin").form(&fields)).await
    }

    pub async fn register(&self, username: &str) -> Reply {
        let email = format!("{username}@example.org");
        let fields = [("username", username), ("password", PASSWORD), ("email", &email)];
        let reply = send(self.ask(Method::POST, "/auth/register").form(&fields)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply
    }

    /// Logs in and keeps the cookies.
    pub async fn log_in(&mut self, username: &str) -> Reply {
        let fields = [("username", username), ("password", PASSWORD)];
        let reply = send(Self::new(&self.url).ask(Method::POST, "/auth/login").form(&fields)).await;
        self.access = reply.cookie("access_token_cookie");
        self.csrf = reply.cookie("csrf_access_token");
        reply
    }

    /// Asks for the example letter and does not wait for it; its id.
    pub async fn ask_for_letter(&self) -> String {
        let request = self.query(&EXAMPLE).header("prefer", "respond-async");
        let reply = send(request).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        reply.location().strip_prefix("/letters/").expect("leads to the letter").to_owned()
    }

    /// `POST /model/query` with these fields.
    pub fn query(&self, fields: &[(&'static str, &'static str)]) -> RequestBuilder {
        let form = fields.iter().fold(plain_form(), |form, (name, value)| form.text(*name, *value));
        self.ask_signed(Method::POST, "/model/query").multipart(form)
    }
}

pub async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.expect("the site answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.expect("the answer is text");
    Reply { status, headers, body }
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are text"))
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.body);
        serde_json::from_str(&self.body).expect("the answer is JSON")
    }

    /// `{"msg": ...}` with this status.
    pub fn assert_problem(&self, status: u16, message: &str) {
        assert_eq!((self.status, self.json()), (status, serde_json::json!({"msg": message})));
    }

    pub fn assert_page(&self, status: u16, texts: &[&str]) {
        assert_eq!(self.status, status, "{}", self.body);
        assert!(self.header("content-type").starts_with("text/html"), "{:?}", self.headers);
        for text in texts {
            assert!(self.body.contains(text), "`{text}` is missing in {}", self.body);
        }
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().expect("cookies are text")).collect()
    }

    pub fn cookie(&self, name: &str) -> String {
        let prefix = format!("{name}=");
        let found = self.cookies().into_iter().find_map(|cookie| cookie.strip_prefix(prefix.as_str()));
        found.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned()
    }
}

/// An empty form whose field names are sent as they are, spaces included, as browsers and curl do.
pub fn plain_form() -> reqwest::multipart::Form {
    reqwest::multipart::Form::new().percent_encode_noop()
}
