//! What an app's status says about the rotation of its passwords and keys.

use crds::app::conditions;
use crds::condition::Statement;
use crds::names::Component;
use crds::reason::AppReason;

use super::availability::{concerns, statement};
use super::parts::Parts;
use crate::credentials::rotation::{Progress, progress};
use crate::validate::ValidatedApp;

/// The condition about it, for an app that asks for a rotation.
pub fn statement_of(app: &ValidatedApp, parts: &Parts<'_>) -> Option<Statement> {
    let told = |status, reason, message: &str| statement(conditions::SECRETS_ROTATED, status, reason, message);
    let what = match progress(app, parts.observed)? {
        Progress::Running(what) => what,
        Progress::Done(until) => {
            let mut message = "Passwords and keys are as `spec.rotateSecrets` asks for.".to_owned();
            if let Some(until) = until {
                message = format!("{message} Sessions that an earlier key signed are accepted until {until}.");
            }
            return Some(told(true, AppReason::Rotated, &message));
        }
    };
    let refused = parts.refusals.iter().find(|refusal| concerns(app, refusal, Component::Rotation));
    if let Some(refusal) = refused {
        return Some(told(false, refusal.reason, &refusal.message));
    }
    // The newest pod that says anything; those that ended well say nothing.
    let pods = parts.observed.pods.iter().filter(|pod| pod.component == Component::Rotation);
    let newest = pods.max_by_key(|pod| pod.created).and_then(|pod| pod.trouble.as_ref());
    Some(match newest {
        Some(trouble) => told(false, AppReason::RotationFailed, &format!("{what}: {}.", trouble.words)),
        None => told(false, AppReason::Rotating, &format!("{what}.")),
    })
}
