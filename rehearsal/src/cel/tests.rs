//! What expressions mean, by the examples that our rules need.

use serde_json::{Value as Json, json};

use super::*;

struct One<'a>(&'a Json);

impl<'a> Scope<'a> for One<'a> {
    fn name(&self, name: &str) -> Result<Value<'a>, Fault> {
        if name == "self" { Ok(Value::of(self.0)) } else { Err("no such name") }
    }
}

fn check(text: &str, expected: Result<bool, Fault>) {
    let json = json!({"state": "Queued", "attempt": 2, "claim": {"worker": "a"}, "list": ["a", "b"], "done": false});
    let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(expression.holds(&One(&json)), expected, "{text}");
}

#[test]
fn expressions_mean_what_they_mean_in_cel() {
    check("has(self.claim) && !has(self.letter)", Ok(true));
    check("self.attempt >= 2 && self.attempt <= 1 + 1 && self.attempt != 3", Ok(true));
    check("self.state in ['Succeeded', 'Failed']", Ok(false));
    check("!(self.state in ['Succeeded', 'Failed'])", Ok(true));
    check("self.claim == self.claim && self.claim.worker == 'a'", Ok(true));
    check("(has(self.letter) ? self.letter : 'none') == 'none'", Ok(true));
    check("self.list[1] == 'b' && 'claim' in self && self.list.size() == 2", Ok(true));
    check("self.state.startsWith('Qu') && self.state.endsWith('ed') && self.state.size() <= 6", Ok(true));
    check("self.state == 'Q' + 'ueued' || self.done", Ok(true));
}

#[test]
fn one_side_decides_though_the_other_has_no_value() {
    check("self.letter == '' || self.attempt == 2", Ok(true));
    check("self.letter == '' && self.attempt == 1", Ok(false));
    check("self.letter == '' || self.attempt == 1", Err("no such field"));
    check("self.attempt == 2 || self.letter == ''", Ok(true));
    check("self.state && self.done == false", Err("no condition"));
}

#[test]
fn what_our_rules_do_not_use_is_refused() {
    for text in ["self.", "self.list.exists(x, x == 'a'", "a b", "'open", "has(self)", "1 +"] {
        assert!(parse(text).is_err(), "{text}");
    }
}
