//! Whether the operator had a reason to take a claim: what the Lease of its worker said in the time before.

use crds::CoverLetterRequest;
use crds::life;
use crds::names::{BOOT_ID_ANNOTATION, TAKEN_ANNOTATION};
use crds::request::{Claim, Outcome};
use k8s_openapi::api::coordination::v1::Lease;
use kube::ResourceExt as _;

use super::promise::promise;
use super::terms::Known;
use crate::server::{Change, Server};

/// Longest time from when the API server bore a suspicion out to the write, in milliseconds: what a round may take, and how
/// long a call may be on its way.
const MEANWHILE: i64 = 21_000;
/// A worker is silent after this time.
const SILENCE: i64 = 30_000;
/// A worker has this long to say that it has taken a claim.
const UNTAKEN: i64 = 20_000;

/// Checks that the operator may end the attempt of `claim` as `outcome`.
pub fn check(
    known: &Known<'_>,
    claim: &Claim,
    outcome: Outcome,
    change: &Change<CoverLetterRequest>,
    server: &Server<'_>,
) -> Result<(), String> {
    let leases: Vec<_> = server
        .leases
        .history()
        .iter()
        .filter(|lease| lease.time <= change.time && lease.object.metadata.name.as_ref() == Some(&claim.worker))
        .collect();
    match outcome {
        Outcome::Lost => {
            let mut pods = server.pods.history().iter().filter(|pod| pod.is_removal && pod.time <= change.time);
            let is_gone = pods.any(|pod| pod.object.metadata.uid.as_ref() == Some(&claim.pod_uid));
            if is_gone { Ok(()) } else { lost(&leases, claim, change.time) }
        }
        Outcome::Released => {
            let uid = known.request.metadata.uid.as_deref().unwrap_or_default();
            untaken(&leases, &life::token(uid, claim.attempt), known.claimed_at, change.time)
        }
        Outcome::Failed => Err("the operator says of no letter that it failed".to_owned()),
    }
}

/// Whether the process that holds `claim` has ended or was silent before `now`.
fn lost(leases: &[&Change<Lease>], claim: &Claim, now: i64) -> Result<(), String> {
    let is_own = |lease: &Change<Lease>| told(lease, BOOT_ID_ANNOTATION) == Some(&claim.boot_id);
    // What was before its first Lease were other processes in the same pod, and says nothing of this one.
    let first = leases.iter().position(|lease| is_own(lease));
    let since = &leases[first.ok_or("nobody holds a claim who never had a Lease")?..];
    let has_ended = since.iter().any(|lease| lease.is_removal || !is_own(lease));
    let renewals = since.iter().filter(|lease| is_own(lease)).map(|lease| lease.time).chain([now]);
    let was_silent =
        renewals.clone().zip(renewals.skip(1)).any(|(last, next)| next - last >= SILENCE && next > now - MEANWHILE);
    promise(has_ended || was_silent, "no worker loses its claim that renews its Lease")
}

/// Whether any Lease that the API server had when it was asked, at the earliest `MEANWHILE` before `now`, lacked `token`.
fn untaken(leases: &[&Change<Lease>], token: &str, claimed_at: i64, now: i64) -> Result<(), String> {
    let from = (now - MEANWHILE).max(claimed_at + UNTAKEN);
    promise(from <= now, "no claim goes back as untaken before there was time to take it")?;
    let first = leases.partition_point(|lease| lease.time < from).saturating_sub(1);
    let lacks = |lease: &Change<Lease>| {
        let says = told(lease, TAKEN_ANNOTATION).filter(|_| !lease.is_removal);
        says.is_some_and(|says| says.split(' ').all(|other| other != token))
    };
    let was_untaken = leases[first..].iter().any(|lease| lacks(lease));
    promise(was_untaken, "no worker loses as untaken what it says that it has taken")
}

fn told<'a>(change: &'a Change<Lease>, annotation: &str) -> Option<&'a String> {
    change.object.annotations().get(annotation)
}
