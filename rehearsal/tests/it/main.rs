//! The same writes against the API server of a rehearsal and against a real one, with the definitions, rules and policy that
//! we install: every answer is the same.

mod both;
mod rehearsed;
mod script;

use both::Both;
use rehearsal::admission::Admission;
use rehearsal::server::Laws;
use rehearsed::Rehearsed;
use script::Script;

/// Scripts, and the writes of each.
const SCRIPTS: u64 = 40;
const STEPS: usize = 30;

#[tokio::test]
async fn a_real_api_server_answers_every_write_as_the_rehearsed_one_does() {
    let both = Both::start().await;
    let mut refusals = std::collections::BTreeMap::<String, usize>::new();
    for seed in 0..SCRIPTS {
        let mut script = Script::new(seed);
        let mut pair = both.pair(seed);
        for number in 0..STEPS {
            let step = script.next();
            let (rehearsed, real) = pair.play(&step, number as i64).await;
            assert_eq!(rehearsed, real, "script {seed}, step {number}: {step:?}\nleft: rehearsed, right: real");
            for message in rehearsed.broken.iter().chain(&rehearsed.code.map(|code| code.to_string())) {
                *refusals.entry(message.clone()).or_default() += 1;
            }
        }
    }
    println!("{refusals:#?}");
    let missing: Vec<_> = both.messages().filter(|message| !refusals.contains_key(*message)).collect();
    assert!(missing.is_empty(), "no script broke these rules: {missing:#?}");
}

/// What every rule about a request and about its writers says, so that none can go unnoticed.
const RULES: [&str; 17] = [
    "spec is immutable",
    "cancelRequested must not be taken back",
    "a finished request is frozen",
    "status.attempt must stay or grow by one",
    "status.attempt must start at one",
    "status.claim.attempt must be status.attempt",
    "a new claim must be a new attempt",
    "a claimed request must be released before",
    "only the claimed attempt may complete a request",
    "Running needs a claim and Queued must not have one",
    "metadata.name must be at most 63 characters",
    "only the pod that holds the claim may finish",
    "a worker must write with a token that is bound to its pod",
    "a worker must not write requests of another app",
    "a worker must not touch a request that another pod has claimed",
    "a worker must not end a request that it has not claimed",
    "a worker must claim for its own pod",
];

/// Scripts within which a rule that is missing must let something through.
const NOTICED_WITHIN: u64 = 2_000;

#[test]
fn each_rule_alone_refuses_a_write_that_all_others_let_through() {
    let (all, installed) = (Laws::real(), Admission::installed());
    let known = installed.messages().filter(|message| RULES.iter().any(|rule| message.contains(rule)));
    assert_eq!((known.count(), installed.messages().count()), (RULES.len(), RULES.len()), "rules that are not listed");
    for rule in RULES {
        let fewer = Laws { admission: installed.clone().without(rule), ..all.clone() };
        let noticed = (0..NOTICED_WITHIN).find(|seed| lets_more_through(&fewer, &all, *seed));
        let seed = noticed.unwrap_or_else(|| panic!("nothing is let through without: {rule}"));
        println!("without `{rule}`: noticed by script {seed}");
    }
}

/// Whether the first write that `fewer` laws answer otherwise than `all` is one that they accept.
fn lets_more_through(fewer: &Laws, all: &Laws, seed: u64) -> bool {
    let mut script = Script::new(seed);
    let (mut fewer, mut all) = (Rehearsed::new(fewer, seed), Rehearsed::new(all, seed));
    for number in 0..STEPS {
        let step = script.next();
        let (with_fewer, with_all) = (fewer.play(&step, number as i64), all.play(&step, number as i64));
        if with_fewer != with_all {
            return with_fewer.code.is_none();
        }
    }
    false
}
