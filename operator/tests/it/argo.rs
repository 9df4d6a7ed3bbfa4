//! What Argo CD shows of apps and requests, with the scripts that we ship, in the version of Lua that it runs.

use std::process::Command;

use devcluster::debian;
use operator::generate::health::SCRIPTS;
use serde_json::{Value, json};

/// `value` as a Lua expression.
fn lua(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        Value::Array(items) => format!("{{{}}}", items.iter().map(lua).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("[\"{key}\"]={}", lua(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        plain => plain.to_string(),
    }
}

/// An object of generation 2 whose conditions have these types, statuses and messages.
fn object(observed: i64, conditions: &[(&str, &str, &str)]) -> Value {
    let conditions: Vec<_> = conditions
        .iter()
        .map(|(type_, status, message)| json!({"type": type_, "status": status, "message": message}))
        .collect();
    json!({"metadata": {"generation": 2}, "status": {"observedGeneration": observed, "conditions": conditions}})
}

#[tokio::test]
async fn argo_cd_shows_what_the_conditions_say() {
    let lua51 = debian::unpack(&["lua5.1"]).await.expect("Debian has it");
    let program = lua51.program("lua5.1").expect("it has a program");
    let health = |kind: &str, object: &Value| {
        let (_, script) = SCRIPTS.iter().find(|(known, _)| *known == kind).expect("it has a script");
        let text = format!(
            "obj = {}\nlocal function check()\n{script}\nend\nlocal health = check()\nio.write(health.status, \": \", health.message)",
            lua(object)
        );
        let ran = Command::new(&program).env("LD_LIBRARY_PATH", lua51.library_path()).args(["-e", &text]).output();
        let ran = ran.expect("it can be started");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("it writes text")
    };
    let app = |observed, conditions: &[(&str, &str, &str)]| health("CoverLetterApp", &object(observed, conditions));
    assert_eq!(
        health("CoverLetterApp", &json!({"metadata": {"generation": 1}})),
        "Progressing: Waits for the operator"
    );
    let ready = [("Ready", "True", "fine"), ("Stalled", "False", "fine"), ("Paused", "False", "no")];
    assert_eq!(app(2, &ready), "Healthy: fine");
    assert_eq!(app(1, &ready), "Progressing: The operator has not seen this version of the spec yet");
    let starting = [("Ready", "False", "no pod yet"), ("Stalled", "False", "no pod yet")];
    assert_eq!(app(2, &starting), "Progressing: no pod yet");
    let stalled = [("Ready", "False", "port taken"), ("Stalled", "True", "port taken")];
    assert_eq!(app(2, &stalled), "Degraded: port taken");
    assert_eq!(app(2, &[("Ready", "True", "fine"), ("Paused", "True", "paused")]), "Suspended: paused");

    let request = |status, message| health("CoverLetterRequest", &object(2, &[("Succeeded", status, message)]));
    assert_eq!(health("CoverLetterRequest", &json!({"metadata": {}})), "Progressing: Waits for a worker");
    assert_eq!(request("Unknown", "claimed"), "Progressing: claimed");
    assert_eq!(request("True", "written"), "Healthy: written");
    assert_eq!(request("False", "too late"), "Degraded: too late");
}
