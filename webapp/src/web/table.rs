//! The table of routes: what a route does and what programs are told about it stand in one row, so that neither is there
//! without the other.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use serde_json::Value;

use crate::web::form_state::FormField;
use crate::web::openapi::{self, Answer, Field, Operation};

/// Routes with their descriptions.
pub struct Table<S> {
    router: Router<S>,
    rows: Vec<(&'static str, Operation)>,
}

/// One method of a route, with its handler.
pub struct Entry<S> {
    operation: Operation,
    handler: MethodRouter<S>,
}

/// Reads.
pub fn get<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(does: &'static str, handler: H) -> Entry<S> {
    Entry::new("get", does, Answer::Page, routing::get(handler))
}

/// Sends a form.
pub fn post<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(
    does: &'static str,
    handler: H,
) -> Entry<S> {
    Entry::new("post", does, Answer::Redirect, routing::post(handler))
}

/// Replaces.
pub fn put<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(does: &'static str, handler: H) -> Entry<S> {
    Entry::new("put", does, Answer::Redirect, routing::put(handler))
}

/// Deletes.
pub fn delete<H: Handler<T, S>, T: 'static, S: Clone + Send + Sync + 'static>(
    does: &'static str,
    handler: H,
) -> Entry<S> {
    Entry::new("delete", does, Answer::Redirect, routing::delete(handler))
}

impl<S> Entry<S> {
    fn new(method: &'static str, does: &'static str, answer: Answer, handler: MethodRouter<S>) -> Self {
        Self { operation: Operation { method, does, is_public: false, form: Vec::new(), answer }, handler }
    }

    /// It answers guests too.
    pub fn public(mut self) -> Self {
        self.operation.is_public = true;
        self
    }

    /// It takes the fields of this form.
    pub fn form<F: FormField>(mut self) -> Self {
        self.operation.form.extend(Field::all_of::<F>());
        self
    }

    /// It takes the fields of this form, each of which may be left out.
    pub fn perhaps<F: FormField>(mut self) -> Self {
        let optional = |field: Field| Field { required: false, ..field };
        self.operation.form.extend(Field::all_of::<F>().into_iter().map(optional));
        self
    }

    /// It takes these fields, all of which may be left out.
    pub fn fields(mut self, names: &[&'static str]) -> Self {
        self.operation.form.extend(names.iter().map(|name| Field::optional(name)));
        self
    }

    /// It answers this when all is well.
    pub fn answers(mut self, answer: Answer) -> Self {
        self.operation.answer = answer;
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Table<S> {
    /// No routes.
    pub fn new() -> Self {
        Self { router: Router::new(), rows: Vec::new() }
    }

    /// The table with this route.
    pub fn at<const N: usize>(mut self, path: &'static str, entries: [Entry<S>; N]) -> Self {
        for entry in entries {
            self.router = self.router.route(path, entry.handler);
            self.rows.push((path, entry.operation));
        }
        self
    }

    /// The table with the routes of another one.
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.rows.extend(other.rows);
        self
    }

    /// The table with a layer around the routes that it has so far.
    pub fn within(self, layer: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        Self { router: layer(self.router), rows: self.rows }
    }

    /// What serves the routes.
    pub fn router(self) -> Router<S> {
        self.router
    }

    /// The `OpenAPI` document of the routes.
    pub fn document(&self) -> Value {
        openapi::document(self.rows.iter().map(|(path, operation)| (*path, operation)))
    }
}
