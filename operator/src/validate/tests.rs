//! What is refused, with the words that its author reads.

use crds::app::ModelSource;

use super::*;
use crate::fixtures;

fn check(fixture: &str, change: impl FnOnce(&mut CoverLetterApp), expect: &str) {
    let mut app = fixtures::app(fixture);
    change(&mut app);
    let violations = validate(&app, &fixtures::observed(), &fixtures::settings()).expect_err("it is refused");
    assert!(violations.iter().any(|violation| violation.0.contains(expect)), "{violations:?}");
}

#[test]
fn what_this_version_cannot_do_is_refused() {
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
    let managed = app.spec.database.managed.as_mut().expect("it is managed");
    managed.backup = Some(crds::app::Backup { schedule: "0 3 * * *".into(), keep: 7 });
    app.spec.inference.model = ModelSource { built_in: None, ..ModelSource::default() };
    let violations = validate(&app, &fixtures::observed(), &fixtures::settings()).expect_err("it is refused");
    assert_eq!(violations.len(), 2);
}

#[test]
fn an_external_database_needs_its_secret() {
    let observed = Observed::default();
    let violations = validate(&fixtures::app("external"), &observed, &fixtures::settings()).expect_err("it is refused");
    assert!(violations[0].0.contains("no key `url` in a Secret `pg`"), "{violations:?}");
}

#[test]
fn a_volume_keeps_its_size_however_it_is_written() {
    let app = fixtures::app("minimal");
    let mut observed = fixtures::observed();
    fixtures::settle(&app, &mut observed);
    assert!(validate(&app, &observed, &fixtures::settings()).is_ok());
    let mut larger = app.clone();
    let managed = larger.spec.database.managed.as_mut().expect("it is managed");
    managed.storage.size = "2048Mi".into();
    assert!(validate(&larger, &observed, &fixtures::settings()).is_ok());
    let managed = larger.spec.database.managed.as_mut().expect("it is managed");
    managed.storage.size = "3Gi".into();
    let violations = validate(&larger, &observed, &fixtures::settings()).expect_err("it is refused");
    assert!(violations[0].0.contains("must stay 2Gi"), "{violations:?}");
}

#[test]
fn quantities_are_read() {
    assert_eq!(bytes("2Gi"), bytes("2048Mi"));
    assert_eq!(bytes("1.5Gi"), bytes("1536Mi"));
    assert_eq!(bytes("1k"), Some(1_000));
    assert_eq!(bytes("two"), None);
}

fn hugging_face(app: &mut CoverLetterApp) -> &mut crds::app::HuggingFaceModel {
    app.spec.inference.model.hugging_face.as_mut().expect("it comes from a hub")
}

#[test]
fn models_to_fetch_have_names_for_people_and_folders_of_their_own() {
    let model = |name: &str| fixtures::valid(name).model;
    assert_eq!(model("hugging-face").name, "Qwen/Qwen2.5-0.5B-Instruct@7ae5576");
    assert_eq!(model("mlflow").name, "letter-writer/3");
    let mut app = fixtures::app("hugging-face");
    let before = model("hugging-face").path;
    assert!(before.starts_with("/models/cache/fetched-"), "{before}");
    hugging_face(&mut app).revision = "0".repeat(40);
    let after = validate(&app, &fixtures::observed(), &fixtures::settings()).expect("it is valid").model.path;
    assert_ne!(before, after);
}

#[test]
fn a_cluster_can_have_a_hub_of_its_own_and_an_app_another() {
    let mut settings = fixtures::settings();
    settings.outside.hub = Some("http://hub.models.svc:8080".into());
    let mut app = fixtures::app("hugging-face");
    let endpoint = |app: &CoverLetterApp| {
        let model = validate(app, &fixtures::observed(), &settings).expect("it is valid").model;
        model.fetch().expect("it is fetched").origin.host.clone()
    };
    assert_eq!(endpoint(&app), "hub.models.svc");
    hugging_face(&mut app).endpoint = Some("https://mirror.example.org/hub".into());
    assert_eq!(endpoint(&app), "mirror.example.org");
}

#[test]
fn what_cannot_be_fetched_is_refused() {
    let of = |file: &str, digits: &str| [(file.to_owned(), digits.to_owned())].into();
    check("hugging-face", |app| hugging_face(app).files = vec!["../config.json".into()], "not `../config.json`");
    check("hugging-face", |app| hugging_face(app).sha256 = of("a", "abc"), "must be 64 lower-case hexadecimal digits");
    check("hugging-face", |app| hugging_face(app).endpoint = Some("https://me:secret@hub".into()), "without a user");
    let mlflow = |app: &mut CoverLetterApp| {
        app.spec.inference.model.mlflow.as_mut().expect("it comes from MLflow").tracking_uri =
            "http://u:p@mlflow".into();
    };
    check("mlflow", mlflow, "`inference.model.mlflow.trackingUri` must be");
}
