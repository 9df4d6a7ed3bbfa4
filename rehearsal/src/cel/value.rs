//! The values of CEL, which borrow the objects that rules look at.

use std::borrow::Cow;

use serde_json::Value as Json;

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are called as in CEL")]
pub enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    Plus,
}

/// Why an expression has no value; an API server refuses what it cannot evaluate.
pub type Fault = &'static str;

/// A value.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// A whole object of the API.
    Object(Object<'a>),
    /// A list or a map inside an object.
    Json(&'a Json),
    /// A list that the expression makes.
    List(Vec<Value<'a>>),
    /// A text.
    Text(Cow<'a, str>),
    /// A number.
    Number(i64),
    /// A truth.
    Truth(bool),
}

/// The parts of an object that rules can see.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// `metadata`, of which rules see the name.
    pub metadata: &'a Json,
    /// `spec`.
    pub spec: &'a Json,
    /// `status`, once there is one.
    pub status: Option<&'a Json>,
}

impl<'a> Value<'a> {
    /// What `json` is in CEL.
    #[must_use]
    pub fn of(json: &'a Json) -> Self {
        match json {
            Json::Bool(truth) => Self::Truth(*truth),
            Json::Number(number) => number.as_i64().map_or(Self::Json(json), Self::Number),
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            _ => Self::Json(json),
        }
    }

    pub(super) fn truth(&self) -> Result<bool, Fault> {
        if let Self::Truth(truth) = self { Ok(*truth) } else { Err("no condition") }
    }

    pub(super) fn field(&self, name: &str) -> Result<Option<Self>, Fault> {
        Ok(match self {
            Self::Json(Json::Object(map)) => map.get(name).map(Self::of),
            Self::Object(object) => match name {
                "metadata" => Some(Self::of(object.metadata)),
                "spec" => Some(Self::of(object.spec)),
                "status" => object.status.map(Self::of),
                _ => None,
            },
            _ => return Err("no object"),
        })
    }

    pub(super) fn at(&self, index: &Self) -> Result<Self, Fault> {
        match (self, index) {
            (Self::Json(Json::Object(map)), Self::Text(key)) => map.get(&**key).map(Self::of).ok_or("no such key"),
            (Self::Json(Json::Array(list)), Self::Number(index)) => {
                usize::try_from(*index).ok().and_then(|index| list.get(index)).map(Self::of).ok_or("out of bounds")
            }
            _ => Err("no index"),
        }
    }

    pub(super) fn call(&self, method: &str, arguments: &[Self]) -> Result<Self, Fault> {
        Ok(match (self, method, arguments) {
            (Self::Text(text), "size", []) => Self::Number(text.chars().count() as i64),
            (Self::Json(Json::Array(list)), "size", []) => Self::Number(list.len() as i64),
            (Self::Text(text), "startsWith", [Self::Text(start)]) => Self::Truth(text.starts_with(&**start)),
            (Self::Text(text), "endsWith", [Self::Text(end)]) => Self::Truth(text.ends_with(&**end)),
            _ => return Err("no such method"),
        })
    }

    pub(super) fn combine(&self, operator: Operator, other: &Self) -> Result<Self, Fault> {
        if let (Operator::Plus, Self::Text(a), Self::Text(b)) = (operator, self, other) {
            return Ok(Self::Text(Cow::Owned(format!("{a}{b}"))));
        }
        if let (Operator::Plus, Self::Number(a), Self::Number(b)) = (operator, self, other) {
            return a.checked_add(*b).map(Self::Number).ok_or("overflow");
        }
        Ok(Self::Truth(match operator {
            Operator::Equal => self.equals(other),
            Operator::Unequal => !self.equals(other),
            Operator::In => match other {
                Self::List(list) => list.iter().any(|one| one.equals(self)),
                Self::Json(Json::Array(list)) => list.iter().any(|one| Self::of(one).equals(self)),
                Self::Json(Json::Object(map)) => matches!(self, Self::Text(key) if map.contains_key(&**key)),
                _ => return Err("nothing can be in this"),
            },
            _ => {
                let (Self::Number(a), Self::Number(b)) = (self, other) else { return Err("no numbers") };
                match operator {
                    Operator::Less => a < b,
                    Operator::AtMost => a <= b,
                    Operator::More => a > b,
                    Operator::AtLeast => a >= b,
                    _ => return Err("no such operator"),
                }
            }
        }))
    }

    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Json(a), Self::Json(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Truth(a), Self::Truth(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.equals(b)),
            _ => false,
        }
    }
}
