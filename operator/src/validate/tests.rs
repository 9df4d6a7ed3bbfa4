//! What is refused, with the words that its author reads.

use super::*;
use crate::fixtures;

fn check(fixture: &str, change: impl FnOnce(&mut CoverLetterApp), expect: &str) {
    let mut app = fixtures::app(fixture);
    change(&mut app);
    let violations = validate(&app, &fixtures::observed(), &fixtures::images()).expect_err("it is refused");
    assert!(violations.iter().any(|violation| violation.0.contains(expect)), "{violations:?}");
}

#[test]
fn what_this_version_cannot_do_is_refused() {
    check(
        "minimal",
        |app| app.spec.inference.backend = Backend::Native,
        "`inference.backend: Native` is not supported yet",
    );
    check(
        "minimal",
        |app| {
            app.spec.inference.model = ModelSource {
                built_in: None,
                mlflow: Some(crds::app::MlflowModel::default()),
                ..ModelSource::default()
            };
        },
        "`inference.model.mlflow` is not supported yet",
    );
    check(
        "minimal",
        |app| {
            let managed = app.spec.database.managed.as_mut().expect("it is managed");
            managed.backup = Some(crds::app::Backup { schedule: "0 3 * * *".into(), keep: 7 });
        },
        "`database.managed.backup` is not supported yet",
    );
}

#[test]
fn everything_wrong_is_said_at_once() {
    let mut app = fixtures::app("minimal");
    app.spec.inference.backend = Backend::Native;
    app.spec.inference.model = ModelSource { built_in: None, ..ModelSource::default() };
    let violations = validate(&app, &fixtures::observed(), &fixtures::images()).expect_err("it is refused");
    assert_eq!(violations.len(), 2);
}

#[test]
fn an_external_database_needs_its_secret() {
    let observed = Observed::default();
    let violations = validate(&fixtures::app("external"), &observed, &fixtures::images()).expect_err("it is refused");
    assert!(violations[0].0.contains("no key `url` in a Secret `pg`"), "{violations:?}");
}

#[test]
fn a_volume_keeps_its_size_however_it_is_written() {
    let app = fixtures::app("minimal");
    let mut observed = fixtures::observed();
    fixtures::settle(&app, &mut observed);
    assert!(validate(&app, &observed, &fixtures::images()).is_ok());
    let mut larger = app.clone();
    let managed = larger.spec.database.managed.as_mut().expect("it is managed");
    managed.storage.size = "2048Mi".into();
    assert!(validate(&larger, &observed, &fixtures::images()).is_ok());
    let managed = larger.spec.database.managed.as_mut().expect("it is managed");
    managed.storage.size = "3Gi".into();
    let violations = validate(&larger, &observed, &fixtures::images()).expect_err("it is refused");
    assert!(violations[0].0.contains("must stay 2Gi"), "{violations:?}");
}

#[test]
fn quantities_are_read() {
    assert_eq!(bytes("2Gi"), bytes("2048Mi"));
    assert_eq!(bytes("1.5Gi"), bytes("1536Mi"));
    assert_eq!(bytes("1k"), Some(1_000));
    assert_eq!(bytes("two"), None);
}
