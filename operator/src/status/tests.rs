//! What the conditions of an app say.

use super::*;
use crate::fixtures;
use crate::kinds::Kind;
use crate::live::{Applied, Live};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStatus};
use kube::api::ObjectMeta;

fn deployment(name: &str, replicas: i32, ready: i32) -> Deployment {
    Deployment {
        metadata: ObjectMeta { name: Some(name.into()), generation: Some(1), ..ObjectMeta::default() },
        spec: Some(DeploymentSpec { replicas: Some(replicas), ..DeploymentSpec::default() }),
        status: Some(DeploymentStatus {
            observed_generation: Some(1),
            ready_replicas: Some(ready),
            ..DeploymentStatus::default()
        }),
    }
}

/// Reason and message of the condition `type_` for an app with these deployments.
fn check(deployments: &[Deployment], type_: &str, expect: (&str, &str)) {
    let mut observed = fixtures::observed();
    observed.children = Live::default();
    for deployment in deployments {
        fixtures::observe(&mut observed, Kind::Deployment, deployment);
    }
    let applied = Applied(observed.children.clone());
    let (snapshot, decision) = (Snapshot::default(), Decision::default());
    let parts = Parts {
        observed: &observed,
        applied: &applied,
        snapshot: &snapshot,
        decision: &decision,
        refusals: &[],
        now: fixtures::CREATED,
        secret_lost: false,
    };
    let basis = Basis::of(&fixtures::app("external"), fixtures::CREATED);
    let status = basis.reported(&fixtures::valid("external"), &parts);
    let condition = crds::condition::find(&status.conditions, type_).expect("it is always set");
    assert_eq!((condition.reason.as_str(), condition.message.as_str()), expect);
}

#[test]
fn an_app_without_inference_pods_can_be_ready_but_not_one_without_web_pods() {
    let none = deployment("letters-inference", 0, 0);
    let web = deployment("letters-web", 1, 1);
    let deployments = [web, none.clone()];
    check(&deployments, conditions::INFERENCE_AVAILABLE, ("ScaledToZero", "No inference pod is needed now."));
    check(&deployments, conditions::READY, ("Available", "Web, database and inference are available."));
    let deployments = [deployment("letters-web", 0, 0), none];
    check(&deployments, conditions::WEB_AVAILABLE, ("Unavailable", "No web pod is asked for."));
    check(&deployments, conditions::READY, ("Unavailable", "No web pod is asked for."));
}

#[test]
fn an_app_is_ready_or_gets_there_or_needs_a_person() {
    let of = |ready, reason| {
        availability::overall(ready, reason, "it").map(|statement| statement.status.unwrap_or_default())
    };
    for reason in AppReason::ALL {
        assert_eq!(of(true, *reason), [true, false, false]);
        let [ready, reconciling, stalled] = of(false, *reason);
        assert!(!ready && (reconciling ^ stalled), "{reason}");
    }
    assert_eq!(of(false, AppReason::Progressing), [false, true, false]);
    assert_eq!(of(false, AppReason::InvalidSpec), [false, false, true]);
}

#[test]
fn pods_of_an_earlier_template_keep_an_app_from_being_ready() {
    let mut web = deployment("letters-web", 1, 1);
    web.metadata.generation = Some(2);
    let deployments = [web, deployment("letters-inference", 1, 1)];
    check(&deployments, conditions::WEB_AVAILABLE, ("Available", "At least one web pod is ready."));
    check(&deployments, conditions::READY, ("Progressing", "Pods of an earlier version are being replaced."));
}
