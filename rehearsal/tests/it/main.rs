//! The same writes against the API server of a rehearsal and against a real one, with the definitions, rules and policy that
//! we install: every answer is the same.

mod both;
mod script;

use both::Both;
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
