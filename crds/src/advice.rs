//! What a person does about each reason: the rows of the table in `docs/operator.md`, and what `kubectl coverletter status`
//! says.

use crate::reason::AppReason;

/// A state of an app that somebody may have to do something about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Why the app is in it.
    pub why: &'static str,
    /// What to do.
    pub do_: &'static str,
}

/// The advice for `reason`; `None` for a state in which all is well.
#[must_use]
pub const fn advice(reason: AppReason) -> Option<Advice> {
    let (why, do_) = match reason {
        AppReason::Available
        | AppReason::Running
        | AppReason::External
        | AppReason::ScaledToZero
        | AppReason::BackedUp
        | AppReason::Restored
        | AppReason::Rotated => return None,
        AppReason::Paused => ("`spec.paused` is set.", "Set it to `false` to have the spec applied again."),
        AppReason::Progressing => {
            ("Pods are being replaced or started.", "Wait; the message names what a pod waits for.")
        }
        AppReason::Unavailable => {
            ("No pod of the component is ready yet.", "Wait; if it lasts, look at the log of its pods.")
        }
        AppReason::CapacityLimited => (
            "More letters wait than the permitted pods write, or no node has room for one more pod.",
            "Raise `inference.scaling.maxReplicas`, or add nodes, as the message says.",
        ),
        AppReason::InvalidSpec => (
            "The spec contradicts itself, names what does not exist, or asks for a change that is impossible.",
            "Change each field that the message names.",
        ),
        AppReason::ForeignObject => (
            "An object of a name that the app needs has another owner.",
            "Rename or delete it, or give the app another name.",
        ),
        AppReason::Refused => (
            "The API server refused an object: a port is taken, a quota used up, a webhook or policy said no.",
            "Do what the end of the message says. All other objects are written.",
        ),
        AppReason::SecretLost => (
            "The Secret with the database's password is gone, and the volume is still there.",
            "Restore the Secret, or set a new password as the message shows.",
        ),
        AppReason::PodsRefused
        | AppReason::Unschedulable
        | AppReason::VolumePending
        | AppReason::ImageUnavailable
        | AppReason::Misconfigured
        | AppReason::Crashing
        | AppReason::ModelServerUnavailable
        | AppReason::ProgressDeadlineExceeded => return about_pods(reason),
        AppReason::ReconcileFailed => (
            "The API server did not let the operator read or write, or did not answer.",
            "Look at the API server and the operator's role. It is tried again.",
        ),
        AppReason::DatabaseRefuses
        | AppReason::BackupPending
        | AppReason::BackupSuspended
        | AppReason::BackupFailed
        | AppReason::BackupOverdue
        | AppReason::NothingRestored
        | AppReason::RestorePending
        | AppReason::Rotating
        | AppReason::RotationFailed => return about_the_database(reason),
        AppReason::OperatorFault => (
            "The operator has a bug that this app brings out. Other apps are looked after.",
            "Report it with the spec. Changing back the last change usually helps.",
        ),
    };
    Some(Advice { why, do_ })
}

/// The advice for what keeps pods from running.
const fn about_pods(reason: AppReason) -> Option<Advice> {
    let (why, do_) = match reason {
        AppReason::PodsRefused => (
            "The cluster accepts no pods of the component, usually because of a quota or of pod security.",
            "Raise the quota, or lower `resources` of the component.",
        ),
        AppReason::Unschedulable => (
            "No node has room for a pod, or fits its node selector, taints or volume.",
            "Add nodes, or change `resources`, `nodeSelector` or `tolerations` of the component.",
        ),
        AppReason::VolumePending => {
            ("The volume claim of the database is not bound.", "Name a storage class that exists, or provide a volume.")
        }
        AppReason::ImageUnavailable => (
            "An image cannot be pulled.",
            "Correct its name, or name the Secret with the credentials of its registry in `imagePullSecrets`.",
        ),
        AppReason::Misconfigured => (
            "A container cannot be created, usually because a Secret or a key in it is missing.",
            "Create what the message names; the pod starts by itself then.",
        ),
        AppReason::Crashing => (
            "A container ends again and again: a model that does not load, too little memory, a data folder of another major version of Postgres.",
            "The message has its last words. Correct the model, the limits or the image.",
        ),
        AppReason::ModelServerUnavailable => (
            "The server of `inference.model.server` does not answer, refuses the token, or does not have the model.",
            "The message says which, and what models the server has. Letters wait meanwhile, and pods begin by themselves when it is well.",
        ),
        AppReason::ProgressDeadlineExceeded => (
            "Pods of a new version did not become ready in time; those of the earlier one serve.",
            "Change the spec back, or mend what the message names.",
        ),
        _ => return None,
    };
    Some(Advice { why, do_ })
}

/// The advice for the states of a database and its backups.
const fn about_the_database(reason: AppReason) -> Option<Advice> {
    let (why, do_) = match reason {
        AppReason::DatabaseRefuses => (
            "The external database refuses the site, or cannot be reached: a wrong password, host or name.",
            "Correct the URL in the Secret; new pods start with it at once. Or correct the database; pods try again by themselves.",
        ),
        AppReason::BackupPending => (
            "Backups are set up, and none has been made yet.",
            "Wait for the schedule, or make one at once with the command of the message.",
        ),
        AppReason::BackupSuspended => ("`backup.suspend` is set.", "Set it to `false` to have backups made again."),
        AppReason::BackupFailed => (
            "The last backup could not be made, or could not be restored to prove it. Earlier ones are kept.",
            "Do what its last words ask for: free the database or grow `backup.storage.size`; then make one at once.",
        ),
        AppReason::BackupOverdue => (
            "A backup was due more than an hour ago and is not there.",
            "Look at the Jobs and pods of the app: the message names what keeps them from running.",
        ),
        AppReason::RestorePending => {
            ("`restoreFrom` is set, and Postgres has not started since.", "Wait; the message names what keeps it.")
        }
        AppReason::NothingRestored => (
            "The volume of the database held data, and a backup is never restored over data.",
            "Keep the data and remove `restoreFrom`, or delete claim and pod as the message says.",
        ),
        AppReason::Rotating => (
            "Passwords and keys are being replaced. Every step waits until all web pods know of the one before.",
            "Wait. If it lasts, look at what keeps web pods from being ready.",
        ),
        AppReason::RotationFailed => (
            "The database did not take the new password. The present one is still valid.",
            "Do what the message asks for. It is tried again by itself.",
        ),
        _ => return None,
    };
    Some(Advice { why, do_ })
}

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<String> {
    let rows = AppReason::ALL.iter().filter_map(|reason| Some((*reason, advice(*reason)?)));
    rows.map(|(reason, advice)| format!("| `{reason}` | {} | {} |", advice.why, advice.do_)).collect()
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn the_page_about_the_operator_says_what_to_do_about_every_reason() {
        let page = include_str!("../../docs/operator.md");
        let told: Vec<_> = page.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(told, rows(), "\n{}\n", rows().join("\n"));
    }
}
