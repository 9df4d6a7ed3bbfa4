//! The form that a request carries, kept until the request is answered: a refusal must show it again, whatever refused it.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;

use crate::web::fields::Fields;

/// The place where the fields of one request are noted as soon as they are read.
#[derive(Clone, Debug, Default)]
pub struct Typed(Arc<OnceLock<Fields>>);

impl Typed {
    /// A new place, which `request` carries to the code that reads its form.
    pub fn attach(request: &mut Request) -> Self {
        let typed = Self::default();
        request.extensions_mut().insert(typed.clone());
        typed
    }

    /// Notes the fields. Only the first call counts: a request has one form.
    pub fn note(&self, fields: &Fields) {
        let _ = self.0.set(fields.clone());
    }

    /// The fields, if a form was read.
    #[must_use]
    pub fn fields(&self) -> Option<&Fields> {
        self.0.get()
    }
}
