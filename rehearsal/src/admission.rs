//! What the API server refuses of a request: the rules in its definition and the policy on who writes its status, both as
//! they are installed, word for word.

use std::path::Path;

use crds::manifests::custom_resource_definitions;
use k8s_openapi::api::admissionregistration::v1::ValidatingAdmissionPolicy;
use serde_json::Value as Json;

use crate::cel::{Expression, Fault, Object, Scope, Value, parse};

/// Where a schema has its rules.
const RULES: &str = "x-kubernetes-validations";

/// Rules and policy, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Admission {
    /// Rules about a whole request.
    root: Vec<Rule>,
    /// Rules about its spec.
    spec: Vec<Rule>,
    /// Rules about who writes its status, and the expressions that they share.
    policy: Vec<Rule>,
    variables: Vec<(String, Expression)>,
}

#[derive(Clone, Debug)]
struct Rule {
    condition: Expression,
    message: String,
    /// Whether it compares with what was there before, and so is not asked about what is new.
    compares: bool,
}

impl Admission {
    /// What `config/` installs.
    ///
    /// # Panics
    /// When a rule is written in a part of CEL that is not known here, or where nothing here looks for rules.
    #[must_use]
    pub fn installed() -> Self {
        let definitions = custom_resource_definitions();
        let definition =
            definitions.iter().find(|one| one.spec.names.kind == "CoverLetterRequest").expect("it is ours");
        let definition = serde_json::to_value(definition).expect("a definition is JSON");
        let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        let policy = operator::generate::files(&[]);
        let policy = policy.get(Path::new("admission/claim-policy.yaml")).expect("it is generated");
        let policy = policy.split("\n---\n").next().unwrap_or_default();
        let policy: ValidatingAdmissionPolicy = serde_saphyr::from_str(policy).expect("it is a policy");
        let policy = policy.spec.expect("it has a spec");
        let (whole, spec) = (&schema[RULES], &schema["properties"]["spec"][RULES]);
        let known = [whole, spec].map(|rules| rules.as_array().map_or(0, Vec::len));
        assert_eq!(count(schema), known.iter().sum::<usize>(), "rules stand where nothing here looks for them");
        assert!(policy.match_conditions.is_none_or(|all| all.is_empty()), "conditions of a policy are not known here");
        Self {
            root: rules(whole),
            spec: rules(spec),
            policy: policy
                .validations
                .into_iter()
                .flatten()
                .map(|one| Rule::new(&one.expression, one.message.unwrap_or_default()))
                .collect(),
            variables: policy.variables.into_iter().flatten().map(|one| (one.name, read(&one.expression))).collect(),
        }
    }

    /// The same without the rules whose message contains `words`. For tests that show what a rule is good for.
    ///
    /// # Panics
    /// When there is no such rule.
    #[must_use]
    pub fn without(mut self, words: &str) -> Self {
        let count = |of: &Self| of.root.len() + of.spec.len() + of.policy.len();
        let before = count(&self);
        for rules in [&mut self.root, &mut self.spec, &mut self.policy] {
            rules.retain(|rule| !rule.message.contains(words));
        }
        assert!(count(&self) < before, "no rule says `{words}`");
        self
    }

    /// Messages of all rules.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.root.iter().chain(&self.spec).chain(&self.policy).map(|rule| rule.message.as_str())
    }

    /// Messages of the rules that a request breaks, after `old`.
    #[must_use]
    pub fn broken(&self, new: Object<'_>, old: Option<Object<'_>>) -> Vec<String> {
        let whole = Versions { new: Value::Object(new), old: old.map(Value::Object) };
        let mut broken = broken(&self.root, &whole);
        // A write of the status leaves the spec as it is.
        if old.is_none_or(|old| !std::ptr::eq(old.spec, new.spec)) {
            let spec = Versions { new: Value::of(new.spec), old: old.map(|old| Value::of(old.spec)) };
            broken.extend(self::broken(&self.spec, &spec));
        }
        broken
    }

    /// The message of the first rule of the policy that the write of a status by `who` breaks: no more are told.
    #[must_use]
    pub fn forbidden(&self, new: Object<'_>, old: Object<'_>, who: &Json) -> Option<String> {
        let scope = Write { new, old, who, variables: &self.variables };
        let broken = self.policy.iter().find(|rule| rule.condition.holds(&scope) != Ok(true))?;
        Some(broken.message.clone())
    }
}

impl Rule {
    fn new(text: &str, message: String) -> Self {
        let condition = read(text);
        Self { compares: condition.names("oldSelf"), condition, message }
    }
}

fn read(text: &str) -> Expression {
    parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

fn rules(list: &Json) -> Vec<Rule> {
    let all = list.as_array().into_iter().flatten();
    let text = |rule: &Json, field: &str| rule[field].as_str().unwrap_or_default().to_owned();
    all.map(|rule| Rule::new(&text(rule, "rule"), text(rule, "message"))).collect()
}

/// How many rules there are anywhere in `schema`.
fn count(schema: &Json) -> usize {
    match schema {
        Json::Object(fields) => {
            let own = fields.get(RULES).and_then(Json::as_array).map_or(0, Vec::len);
            own + fields.values().map(count).sum::<usize>()
        }
        Json::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

fn broken(rules: &[Rule], versions: &Versions<'_>) -> Vec<String> {
    let asked = rules.iter().filter(|rule| versions.old.is_some() || !rule.compares);
    asked.filter(|rule| rule.condition.holds(versions) != Ok(true)).map(|rule| rule.message.clone()).collect()
}

/// What a rule sees.
struct Versions<'a> {
    new: Value<'a>,
    old: Option<Value<'a>>,
}

impl<'a> Scope<'a> for Versions<'a> {
    fn name(&self, name: &str) -> Result<Value<'a>, Fault> {
        match name {
            "self" => Ok(self.new.clone()),
            "oldSelf" => self.old.clone().ok_or("nothing was there before"),
            _ => Err("no such name"),
        }
    }
}

/// What a policy sees.
struct Write<'a> {
    new: Object<'a>,
    old: Object<'a>,
    who: &'a Json,
    variables: &'a [(String, Expression)],
}

impl<'a> Scope<'a> for Write<'a> {
    fn name(&self, name: &str) -> Result<Value<'a>, Fault> {
        match name {
            "object" => Ok(Value::Object(self.new)),
            "oldObject" => Ok(Value::Object(self.old)),
            "request" => Ok(Value::of(self.who)),
            _ => Err("no such name"),
        }
    }

    fn variable(&self, name: &str) -> Result<Value<'a>, Fault> {
        let (_, expression) = self.variables.iter().find(|(known, _)| known == name).ok_or("no such variable")?;
        expression.value(self)
    }
}
