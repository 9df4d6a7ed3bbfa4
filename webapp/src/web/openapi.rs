//! The routes as an `OpenAPI` document, for programs. Pure: rows of the table in, a document out.

use serde_json::{Map, Value, json};

use crate::web::form_state::{FormField, InputKind};

/// One method of one route.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Method, in small letters.
    pub method: &'static str,
    /// What it does, in one sentence.
    pub does: &'static str,
    /// Whether it answers guests.
    pub is_public: bool,
    /// What its form has.
    pub form: Vec<Field>,
    /// What it answers when all is well.
    pub answer: Answer,
}

/// A field of a form.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name that is sent.
    pub name: &'static str,
    /// Longest value in characters, where there is one.
    pub max: Option<usize>,
    /// Whether the form is refused without it.
    pub required: bool,
    /// How it is written.
    pub format: Option<&'static str>,
}

impl Field {
    /// A field that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str) -> Self {
        Self { name, max: None, required: false, format: None }
    }

    /// The fields of a form.
    #[must_use]
    pub fn all_of<F: FormField>() -> Vec<Self> {
        let field = |field: &F| {
            let input = field.input();
            let format = match input.kind {
                InputKind::Email => Some("email"),
                InputKind::Password => Some("password"),
                InputKind::Text | InputKind::Area(_) => None,
            };
            Self { name: input.name, max: Some(input.max), required: input.required, format }
        };
        F::ALL.iter().map(field).collect()
    }
}

/// What a route answers when all is well.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// A page.
    Page,
    /// The way to another page.
    Redirect,
    /// JSON with this one text.
    Data(&'static str),
    /// JSON of its own kind.
    Json,
    /// A file of this type.
    File(&'static str),
    /// Events, until the letter is finished.
    Events,
    /// A letter, in the way that the client asks for.
    Letter,
}

/// The document of these operations, each with its path.
#[must_use]
pub fn document<'a>(operations: impl IntoIterator<Item = (&'a str, &'a Operation)>) -> Value {
    let mut paths = Map::new();
    for (path, operation) in operations {
        let entry = paths.entry(path.replace("{*", "{")).or_insert_with(|| parameters(path));
        entry[operation.method] = described(path, operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cover Letter Writer",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The routes of the site. Clients that take `text/html` get pages, others get JSON. A session is \
                a cookie; what changes something needs the proof of the session too, as header or as form field `csrf_token`.",
        },
        "paths": paths,
        "components": components(),
    })
}

/// An empty entry of this path.
fn parameters(path: &str) -> Value {
    let names = path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.trim_start_matches('*')));
    let parameters: Vec<Value> =
        names.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})).collect();
    if parameters.is_empty() { json!({}) } else { json!({ "parameters": parameters }) }
}

fn described(path: &str, operation: &Operation) -> Value {
    let changes = operation.method != "get";
    let security = match (operation.is_public, changes) {
        (true, _) => json!([]),
        (false, false) => json!([{"session": []}]),
        (false, true) => json!([{"session": [], "proof": []}]),
    };
    let mut described = json!({
        "summary": operation.does,
        "security": security,
        "responses": responses(path, operation),
    });
    if !operation.form.is_empty() {
        let schema = form(&operation.form);
        let content =
            json!({"application/x-www-form-urlencoded": {"schema": schema}, "multipart/form-data": {"schema": schema}});
        described["requestBody"] = json!({ "content": content });
    }
    described
}

fn form(fields: &[Field]) -> Value {
    let property = |field: &Field| {
        let mut schema = json!({"type": "string"});
        if let Some(max) = field.max {
            schema["maxLength"] = json!(max);
        }
        if let Some(format) = field.format {
            schema["format"] = json!(format);
        }
        (field.name.to_owned(), schema)
    };
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let properties: Map<_, _> = fields.iter().map(property).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn responses(path: &str, operation: &Operation) -> Value {
    let mut responses = match operation.answer {
        Answer::Page => json!({"200": {"description": "A page.", "content": {"text/html": {}}}}),
        Answer::Redirect => json!({"303": {"description": "The next page is at `Location`."}}),
        Answer::Data(name) => json!({"200": data(name)}),
        Answer::Json => json!({"200": {"description": "Done.", "content": {"application/json": {}}}}),
        Answer::File(kind) => json!({"200": {"description": "A file.", "content": {kind: {}}}}),
        Answer::Events => json!({"200": events()}),
        Answer::Letter => {
            let mut written = data("modelOutput");
            written["content"]["text/event-stream"] = json!({});
            let accepted = json!({"description": "The letter is being written; it will be at `Location`."});
            json!({"200": written, "202": accepted, "303": {"description": "For browsers: the letter's page is at `Location`."}})
        }
    };
    let problem = json!({"$ref": "#/components/responses/Problem"});
    if !operation.is_public {
        responses["401"] = problem.clone();
    }
    if path.contains("{id}") {
        responses["404"] = problem.clone();
    }
    if operation.form.iter().any(|field| field.required) {
        responses["422"] = problem.clone();
    }
    responses["default"] = problem;
    responses
}

fn data(name: &str) -> Value {
    let schema = json!({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]});
    json!({"description": "Done. Browsers get a page or the way to it.", "content": {"application/json": {"schema": schema}}})
}

fn events() -> Value {
    json!({
        "description": "Events `state`, `text` (its id is the number of characters so far) and `done`.",
        "content": {"text/event-stream": {}},
    })
}

fn components() -> Value {
    let mut problem = data("msg");
    problem["description"] = json!("What is wrong, in words. Browsers get a page that says so.");
    json!({
        "securitySchemes": {
            "session": {"type": "apiKey", "in": "cookie", "name": "access_token_cookie"},
            "proof": {"type": "apiKey", "in": "header", "name": "X-CSRF-TOKEN"},
        },
        "responses": {"Problem": problem},
    })
}
