//! Reads an expression: what binds tighter is read further down.

use serde_json::Value as Json;

use super::expression::Expression;
use super::value::Operator;

const COMPARISONS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("<", Operator::Less),
    (">", Operator::More),
];

/// Reads `text`.
///
/// # Errors
/// When it is none, or of the part of CEL that our rules do not use.
pub fn parse(text: &str) -> Result<Expression, String> {
    let mut reader = Reader { rest: text };
    let expression = reader.choice()?;
    if reader.rest.trim_start().is_empty() { Ok(expression) } else { Err(reader.fault("an operator")) }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn fault(&self, wanted: &str) -> String {
        format!("expected {wanted} before `{}`", self.rest)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let rest = self.rest.trim_start();
        let taken = rest.strip_prefix(sign);
        self.rest = taken.unwrap_or(rest);
        taken.is_some()
    }

    fn expects(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(self.fault(sign)) }
    }

    fn choice(&mut self) -> Result<Expression, String> {
        let condition = self.any()?;
        if !self.takes("?") {
            return Ok(condition);
        }
        let yes = self.choice()?;
        self.expects(":")?;
        Ok(Expression::If(condition.into(), yes.into(), self.choice()?.into()))
    }

    fn any(&mut self) -> Result<Expression, String> {
        let mut left = self.all()?;
        while self.takes("||") {
            left = Expression::Binary(Operator::Or, left.into(), self.all()?.into());
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut left = self.comparison()?;
        while self.takes("&&") {
            left = Expression::Binary(Operator::And, left.into(), self.comparison()?.into());
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        let left = self.sum()?;
        if let Some((_, operator)) = COMPARISONS.into_iter().find(|(sign, _)| self.takes(sign)) {
            return Ok(Expression::Binary(operator, left.into(), self.sum()?.into()));
        }
        if self.takes("in ") {
            return Ok(Expression::Binary(Operator::In, left.into(), self.sum()?.into()));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.unary()?;
        while self.takes("+") {
            left = Expression::Binary(Operator::Plus, left.into(), self.unary()?.into());
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, String> {
        if !self.rest.trim_start().starts_with("!=") && self.takes("!") {
            return Ok(Expression::Not(self.unary()?.into()));
        }
        self.member()
    }

    fn member(&mut self) -> Result<Expression, String> {
        let mut of = self.primary()?;
        loop {
            if self.takes(".") {
                let name = self.word().ok_or_else(|| self.fault("a name"))?;
                of = if self.takes("(") {
                    Expression::Call(of.into(), name, self.list(")")?)
                } else {
                    Expression::Field(of.into(), name)
                };
            } else if self.takes("[") {
                let at = self.choice()?;
                self.expects("]")?;
                of = Expression::Index(of.into(), at.into());
            } else {
                return Ok(of);
            }
        }
    }

    fn primary(&mut self) -> Result<Expression, String> {
        if self.takes("(") {
            let inner = self.choice()?;
            self.expects(")")?;
            return Ok(inner);
        }
        if self.takes("[") {
            return Ok(Expression::List(self.list("]")?));
        }
        if self.takes("'") {
            let (text, rest) = self.rest.split_once('\'').ok_or_else(|| self.fault("a text that ends"))?;
            self.rest = rest;
            return Ok(Expression::Literal(Json::from(text)));
        }
        match self.word().ok_or_else(|| self.fault("a value"))?.as_str() {
            "true" => Ok(Expression::Literal(Json::Bool(true))),
            "false" => Ok(Expression::Literal(Json::Bool(false))),
            "has" => {
                self.expects("(")?;
                let Expression::Field(of, name) = self.member()? else { return Err(self.fault("a field in has()")) };
                self.expects(")")?;
                Ok(Expression::Has(of, name))
            }
            word => Ok(match word.parse::<i64>() {
                Ok(number) => Expression::Literal(Json::from(number)),
                Err(_) => Expression::Name(word.to_owned()),
            }),
        }
    }

    fn list(&mut self, end: &str) -> Result<Vec<Expression>, String> {
        let mut all = Vec::new();
        while !self.takes(end) {
            if !all.is_empty() {
                self.expects(",")?;
            }
            all.push(self.choice()?);
        }
        Ok(all)
    }

    fn word(&mut self) -> Option<String> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then(|| word.to_owned())
    }
}
