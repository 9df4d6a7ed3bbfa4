//! Which Secrets an app may use. Who may create an app must not get at Secrets with it that they cannot read themselves.

use crds::app::SecretKeyRef;
use crds::names::USABLE_LABEL;

use super::violation::Violations;
use crate::observed::Observed;

/// Whether there is a Secret of this name whose owner lets apps use it. One that comes later counts when it is there.
pub fn may_use(name: &str, observed: &Observed) -> bool {
    observed.named_secrets.get(name).is_some_and(|secret| secret.usable)
}

/// What to do to have an app use the Secret `name`.
pub fn sentence(field: &str, name: &str) -> String {
    format!(
        "`{field}` must name a Secret that apps may use, and `{name}` is none: `kubectl label secret {name} {USABLE_LABEL}=true` \
         permits it, except for Secrets of an app's own"
    )
}

/// `given`, if the app may use it; all the rest of the spec can be had without it.
pub fn optional(
    given: Option<&SecretKeyRef>,
    field: &str,
    observed: &Observed,
    violations: &mut Violations,
) -> Option<SecretKeyRef> {
    let given = given?;
    if !observed.named_secrets.contains_key(&given.name) {
        return None;
    }
    if !may_use(&given.name, observed) {
        violations.add_partial(sentence(field, &given.name));
        return None;
    }
    Some(given.clone())
}

/// `given`, which the app must be able to use.
pub fn required(given: Option<&SecretKeyRef>, field: &str, observed: &Observed, violations: &mut Violations) {
    if let Some(given) = given.filter(|given| !may_use(&given.name, observed)) {
        violations.add(sentence(field, &given.name));
    }
}
