//! Expressions, and their values.

use serde_json::Value as Json;

use super::value::{Fault, Operator, Value};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A text, a number or a truth.
    Literal(Json),
    /// A list of expressions.
    List(Vec<Expression>),
    /// A variable.
    Name(String),
    /// A field of an object.
    Field(Box<Expression>, String),
    /// Whether an object has a field.
    Has(Box<Expression>, String),
    /// An element of a list or a map.
    Index(Box<Expression>, Box<Expression>),
    /// A method with its arguments.
    Call(Box<Expression>, String, Vec<Expression>),
    /// The opposite.
    Not(Box<Expression>),
    /// An operator between two expressions.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// The second or the third expression, as the first one decides.
    If(Box<Expression>, Box<Expression>, Box<Expression>),
}

/// What the names in an expression stand for.
pub trait Scope<'a> {
    /// The variable `name`.
    ///
    /// # Errors
    /// When there is none.
    fn name(&self, name: &str) -> Result<Value<'a>, Fault>;

    /// What `variables.name` stands for in a policy.
    ///
    /// # Errors
    /// When there is none, or it has no value.
    fn variable(&self, _name: &str) -> Result<Value<'a>, Fault> {
        Err("no such variable")
    }
}

impl Expression {
    /// Whether the expression names the variable `wanted`.
    #[must_use]
    pub fn names(&self, wanted: &str) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Name(name) => name == wanted,
            Self::List(all) => all.iter().any(|one| one.names(wanted)),
            Self::Field(of, _) | Self::Has(of, _) | Self::Not(of) => of.names(wanted),
            Self::Index(a, b) | Self::Binary(_, a, b) => a.names(wanted) || b.names(wanted),
            Self::Call(of, _, arguments) => of.names(wanted) || arguments.iter().any(|one| one.names(wanted)),
            Self::If(a, b, c) => a.names(wanted) || b.names(wanted) || c.names(wanted),
        }
    }

    /// The value of a condition.
    ///
    /// # Errors
    /// When it has none, or is no condition.
    pub fn holds<'a>(&'a self, scope: &impl Scope<'a>) -> Result<bool, Fault> {
        self.value(scope)?.truth()
    }

    /// The value in `scope`.
    ///
    /// # Errors
    /// When it has none.
    pub fn value<'a>(&'a self, scope: &impl Scope<'a>) -> Result<Value<'a>, Fault> {
        Ok(match self {
            Self::Literal(json) => Value::of(json),
            Self::List(all) => Value::List(all.iter().map(|one| one.value(scope)).collect::<Result<_, _>>()?),
            Self::Name(name) => scope.name(name)?,
            Self::Field(of, field) => match &**of {
                Self::Name(name) if name == "variables" => scope.variable(field)?,
                of => of.value(scope)?.field(field)?.ok_or("no such field")?,
            },
            Self::Has(of, field) => Value::Truth(of.value(scope)?.field(field)?.is_some()),
            Self::Index(of, at) => of.value(scope)?.at(&at.value(scope)?)?,
            Self::Call(of, method, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|one| one.value(scope)).collect::<Result<_, _>>()?;
                of.value(scope)?.call(method, &arguments)?
            }
            Self::Not(of) => Value::Truth(!of.holds(scope)?),
            Self::If(condition, a, b) => if condition.holds(scope)? { a } else { b }.value(scope)?,
            Self::Binary(Operator::Or, a, b) => Value::Truth(either(a.holds(scope), || b.holds(scope), true)?),
            Self::Binary(Operator::And, a, b) => Value::Truth(either(a.holds(scope), || b.holds(scope), false)?),
            Self::Binary(operator, a, b) => a.value(scope)?.combine(*operator, &b.value(scope)?)?,
        })
    }
}

/// One side that is `decisive` decides, even if the other has no value.
fn either(a: Result<bool, Fault>, b: impl FnOnce() -> Result<bool, Fault>, decisive: bool) -> Result<bool, Fault> {
    if a == Ok(decisive) {
        return a;
    }
    match b() {
        Ok(b) if b == decisive => Ok(b),
        b => a.and(b),
    }
}
