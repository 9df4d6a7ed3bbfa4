//! What is refused, with the words that its author reads.

use std::collections::BTreeMap;

use crds::app::{Toleration, TolerationOperator};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use serde_json::json;

use super::*;
use crate::fixtures;
use crate::kinds::Kind;

fn check(fixture: &str, change: impl FnOnce(&mut CoverLetterApp), expect: &str) {
    let mut app = fixtures::app(fixture);
    change(&mut app);
    let violations = validate(&app, &fixtures::observed(), &fixtures::settings()).expect_err("it is refused");
    assert!(violations.iter().any(|violation| violation.0.contains(expect)), "{violations:?}");
}

fn backed_up(schedule: &str) -> Option<crds::app::Backup> {
    let backup = json!({"schedule": schedule});
    serde_json::from_value(backup).expect("it is a backup")
}

#[test]
fn a_schedule_that_no_cron_job_takes_is_refused() {
    check(
        "minimal",
        |app| app.spec.database.managed.get_or_insert_default().backup = backed_up("0 25 * * *"),
        "`database.managed.backup.schedule` must be minute, hour,",
    );
}

#[test]
fn a_new_database_does_not_begin_empty_in_place_of_a_backup() {
    let restores = |app: &mut CoverLetterApp| {
        let managed = app.spec.database.managed.get_or_insert_default();
        managed.restore_from = Some(crds::app::RestoreFrom::default());
    };
    check("minimal", restores, "must find a volume claim `letters-backup` of this app");
    // Beside data there is nothing to restore, and nothing to refuse.
    let (mut app, mut observed) = (fixtures::app("minimal"), fixtures::observed());
    restores(&mut app);
    let claim =
        |name: &str| json!({"metadata": {"name": name}, "spec": {"resources": {"requests": {"storage": "2Gi"}}}});
    fixtures::observe(&mut observed, Kind::PersistentVolumeClaim, &claim("data-letters-db-0"));
    let valid = validate(&app, &observed, &fixtures::settings()).expect("the rest can be built");
    assert_eq!(valid.unmet.len(), 1);
    fixtures::observe(&mut observed, Kind::PersistentVolumeClaim, &claim("letters-backup"));
    let valid = validate(&app, &observed, &fixtures::settings()).expect("it can be built");
    assert!(valid.unmet.is_empty());
    let Database::Managed(managed) = valid.database else { panic!("it is managed") };
    assert_eq!(managed.restores.as_deref(), Some(""));
}

#[test]
fn everything_wrong_is_said_at_once() {
    let mut app = fixtures::app("minimal");
    app.spec.database.managed.get_or_insert_default().backup = backed_up("60 3 * * *");
    app.spec.inference.scaling.min_replicas = 9;
    let violations = validate(&app, &fixtures::observed(), &fixtures::settings()).expect_err("it is refused");
    assert_eq!(violations.len(), 2);
}

#[test]
fn an_external_database_needs_its_secret() {
    let observed = Observed::default();
    let violations = validate(&fixtures::app("external"), &observed, &fixtures::settings()).expect_err("it is refused");
    assert!(violations[0].0.contains("no key `url` in a Secret `pg`"), "{violations:?}");
}

/// What was found of `app` beside the volume of 2Gi and class `slow` that it has.
fn beside_a_volume(size: &str, class: Option<&str>) -> (Vec<String>, Managed) {
    let mut app = fixtures::app("minimal");
    let mut observed = fixtures::observed();
    fixtures::settle(&app, &mut observed);
    let claim = json!({"metadata": {"name": "data-letters-db-0"}, "spec": {
        "storageClassName": "slow", "resources": {"requests": {"storage": "2Gi"}},
    }});
    fixtures::observe(&mut observed, Kind::PersistentVolumeClaim, &claim);
    storage(&mut app).size = size.into();
    storage(&mut app).storage_class_name = class.map(Into::into);
    let valid = validate(&app, &observed, &fixtures::settings()).expect("the rest can be built");
    let Database::Managed(managed) = valid.database else { panic!("it is managed") };
    (valid.unmet.into_iter().map(|violation| violation.0).collect(), *managed)
}

fn storage(app: &mut CoverLetterApp) -> &mut crds::app::Storage {
    &mut app.spec.database.managed.get_or_insert_default().storage
}

#[test]
fn a_volume_grows() {
    let (unmet, managed) = beside_a_volume("2048Mi", Some("slow"));
    assert_eq!((unmet.as_slice(), managed.volume.grows_to()), (&[][..], None));
    let (unmet, managed) = beside_a_volume("3Gi", None);
    assert_eq!(unmet, Vec::<String>::new());
    assert_eq!(managed.volume.grows_to().map(ToString::to_string).as_deref(), Some("3Gi"));
}

#[test]
fn what_a_volume_cannot_do_is_told_and_the_rest_is_built() {
    let (unmet, managed) = beside_a_volume("1Gi", Some("fast"));
    assert!(unmet[0].contains("must be at least 2Gi"), "{unmet:?}");
    assert!(unmet[1].contains("must stay slow"), "{unmet:?}");
    assert_eq!(managed.volume.grows_to(), None);
}

fn hugging_face(app: &mut CoverLetterApp) -> &mut crds::app::HuggingFaceModel {
    app.spec.inference.model.hugging_face.as_mut().expect("it comes from a hub")
}

#[test]
fn models_have_names_for_people() {
    let name = |fixture: &str| fixtures::valid(fixture).inference.model.name();
    assert_eq!(name("minimal"), "built-in");
    assert_eq!(name("full"), "qwen2.5-1.5b");
    assert_eq!(name("image"), "example.org/models/qwen:1");
    assert_eq!(name("hugging-face"), "Qwen/Qwen2.5-0.5B-Instruct@7ae5576");
    assert_eq!(name("mlflow"), "letter-writer/3");
}

#[test]
fn a_cluster_can_have_a_hub_of_its_own_and_an_app_another() {
    let mut settings = fixtures::settings();
    settings.outside.hub = Some("http://hub.models.svc:8080".into());
    let mut app = fixtures::app("hugging-face");
    let endpoint = |app: &CoverLetterApp| match validate(app, &fixtures::observed(), &settings)
        .expect("it is valid")
        .inference
        .model
    {
        Model::HuggingFace(model) => model.endpoint.to_string(),
        model => panic!("{model:?} does not come from a hub"),
    };
    assert_eq!(endpoint(&app), "http://hub.models.svc:8080");
    hugging_face(&mut app).endpoint = Some("https://mirror.example.org/hub".into());
    assert_eq!(endpoint(&app), "https://mirror.example.org/hub");
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

#[test]
fn an_app_whose_services_could_not_be_named_after_it_is_refused() {
    for name in ["my.letters", "7letters"] {
        check("minimal", |app| app.metadata.name = Some(name.into()), "`metadata.name` must be");
    }
}

fn pod(app: &mut CoverLetterApp) -> &mut crds::app::PodSettings {
    &mut app.spec.web.pod
}

#[test]
fn pods_that_the_api_server_would_refuse_are_refused() {
    let of = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
    check("minimal", |app| pod(app).labels = of("team", "a b"), "`web.labels` must hold valid labels, not `team: a b`");
    check("minimal", |app| pod(app).node_selector = of("a/b/c", "d"), "`web.nodeSelector` must hold valid labels");
    check("minimal", |app| pod(app).annotations = of("a b", ""), "`web.annotations` must have valid keys, not `a b`");
    let toleration = |operator, key: &str, value: &str, effect: &str| Toleration {
        key: Some(key.into()),
        operator,
        value: Some(value.into()),
        effect: Some(effect.into()),
    };
    for toleration in [
        toleration(TolerationOperator::Equal, "", "", ""),
        toleration(TolerationOperator::Exists, "disk", "fast", ""),
        toleration(TolerationOperator::Equal, "disk", "fast", "NoSleep"),
    ] {
        check(
            "minimal",
            |app| pod(app).tolerations = vec![toleration],
            "`web.tolerations` must hold valid tolerations",
        );
    }
}

#[test]
fn amounts_that_the_api_server_would_refuse_are_refused() {
    let of = |name: &str, amount: &str| -> BTreeMap<_, _> { [(name.to_owned(), Quantity(amount.to_owned()))].into() };
    let resources = |requests, limits| Some(crds::app::Resources { requests, limits });
    check(
        "minimal",
        |app| pod(app).resources = resources(of("memory", "plenty"), BTreeMap::new()),
        "`web.resources.requests` must hold quantities such as `500m` or `1Gi` of resources that nodes have, not `memory: plenty`",
    );
    check(
        "minimal",
        |app| pod(app).resources = resources(of("cpu", "1.5"), of("cpu", "1")),
        "`web.resources` must not request more than its limit",
    );
    check("minimal", |app| pod(app).resources = resources(of("disk", "1"), BTreeMap::new()), "not `disk: 1`");
    check(
        "full",
        |app| {
            let backup = app.spec.database.managed.as_mut().and_then(|managed| managed.backup.as_mut());
            backup.expect("it has one").resources = resources(of("cpu", "2"), of("cpu", "1"));
        },
        "`database.managed.backup.resources` must not request more than its limit",
    );
    check(
        "minimal",
        |app| pod(app).resources = resources(of("a.org/gpu", "0.5"), BTreeMap::new()),
        "not `a.org/gpu: 0.5`",
    );
    check(
        "minimal",
        |app| pod(app).resources = resources(of("a.org/gpu", "1"), BTreeMap::new()),
        "`web.resources` must have the same limit as request of `a.org/gpu`",
    );
    let size = |size: &'static str| {
        move |app: &mut CoverLetterApp| {
            storage(app).size = size.into();
        }
    };
    check("minimal", size("0"), "`database.managed.storage.size` must be a positive quantity");
    check("minimal", size("-1Gi"), "`database.managed.storage.size` must be a positive quantity");
}

#[test]
fn a_size_beyond_all_bounds_is_compared_and_not_computed_with() {
    let (unmet, managed) = beside_a_volume(&("9".repeat(30) + "Pi"), None);
    assert_eq!(unmet, Vec::<String>::new());
    assert!(managed.volume.grows_to().is_some());
}

#[test]
fn secrets_that_nobody_released_and_data_of_apps_are_not_used() {
    let mut observed = fixtures::observed();
    for secret in observed.named_secrets.values_mut() {
        secret.usable = false;
    }
    observed.database_claims = ["models".to_owned(), "data-letters-db-0".to_owned()].into();
    let of = |fixture: &str| validate(&fixtures::app(fixture), &observed, &fixtures::settings());
    let refused = |fixture: &str, expect: &str| {
        let violations = of(fixture).expect_err("it is refused");
        assert!(violations.iter().any(|violation| violation.0.contains(expect)), "{violations:?}");
    };
    refused("external", "kubectl label secret pg coverletter.dev/usable=true");
    refused("hugging-face", "`inference.model.huggingFace.tokenSecretRef` must name a Secret that apps may use");
    refused("full", "`inference.model.volume` must not name `models`");
    observed.database_claims.clear();
    let app = validate(&fixtures::app("full"), &observed, &fixtures::settings()).expect("it does without headers");
    assert_eq!(app.collector.and_then(|collector| collector.headers), None);
    assert!(app.unmet[0].0.contains("`telemetry.headersSecretRef`"), "{:?}", app.unmet);
}

#[test]
fn parts_of_pods_are_as_kubernetes_has_them() {
    check(
        "minimal",
        |app| pod(app).affinity = Some(json!({"nodeAffinity": "near"})),
        "`web.affinity` must be as `kubectl explain pod.spec.affinity` says",
    );
    check(
        "minimal",
        |app| pod(app).env = vec![crds::app::Variable { name: "JWT_KEYS".into(), value: String::new() }],
        "`web.env` must not set `JWT_KEYS`",
    );
    let constraint = |skew: i32| json!({"maxSkew": skew, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"});
    for spread in [vec![constraint(0)], vec![constraint(1), constraint(2)], vec![json!({})]] {
        check("minimal", |app| pod(app).topology_spread_constraints = spread, "`web.topologySpreadConstraints` must");
    }
}

/// A Secret that nobody released.
fn private() -> SecretKeyRef {
    SecretKeyRef { name: "private".into(), key: "token".into() }
}

#[test]
fn a_model_server_needs_an_address_and_secrets_that_may_be_used() {
    let server = |app: &mut CoverLetterApp| app.spec.inference.model.server.take().expect("it has one");
    let with = |change: fn(&mut crds::app::ServerModel)| {
        move |app: &mut CoverLetterApp| {
            let mut given = server(app);
            change(&mut given);
            app.spec.inference.model.server = Some(given);
        }
    };
    check("server", with(|given| given.url = "http://u:p@vllm.llm.svc".into()), "`inference.model.server.url` must be");
    check(
        "server",
        with(|given| given.token_secret_ref = Some(private())),
        "`inference.model.server.tokenSecretRef` must name",
    );
    check(
        "server",
        with(|given| given.ca_secret_ref = Some(private())),
        "`inference.model.server.caSecretRef` must name",
    );
    let both = |app: &mut CoverLetterApp| app.spec.inference.model.image = Some(crds::app::ImageModel::default());
    check("server", both, "`inference.model` must have one source");
}

#[test]
fn a_provider_needs_its_secrets_and_a_way_that_nobody_can_listen_on() {
    let oidc = |app: &mut CoverLetterApp| app.spec.web.oidc.take().expect("it has one");
    let with = |change: fn(&mut crds::app::Oidc)| {
        move |app: &mut CoverLetterApp| {
            let mut given = oidc(app);
            change(&mut given);
            app.spec.web.oidc = Some(given);
        }
    };
    check("oidc", with(|given| given.client_secret_ref = private()), "`web.oidc.clientSecretRef` must name a Secret");
    check("oidc", with(|given| given.ca_secret_ref = Some(private())), "`web.oidc.caSecretRef` must name a Secret");
    check(
        "oidc",
        with(|given| given.issuer = "http://id.example.org".into()),
        "`web.oidc.issuer` must be an `https://`",
    );
    check("oidc", with(|given| given.issuer = "https://u:p@id.example.org".into()), "`web.oidc.issuer` must be");
    check("oidc", with(|given| given.site_url = "https://u@letters".into()), "`web.oidc.siteUrl` must be");
    let mut app = fixtures::app("oidc");
    for issuer in ["http://dex.auth.svc:5556/dex", "http://10.0.0.7:9000"] {
        app.spec.web.oidc.as_mut().expect("it has one").issuer = issuer.into();
        assert!(validate(&app, &fixtures::observed(), &fixtures::settings()).is_ok(), "{issuer}");
    }
    let mut observed = fixtures::observed();
    observed.missing_keys = vec![app.spec.web.oidc.as_ref().expect("it has one").client_secret_ref.clone()];
    let violations = validate(&app, &observed, &fixtures::settings()).expect_err("it is refused");
    assert!(violations[0].0.contains("there is no key `client-secret` in Secret `oidc`"), "{violations:?}");
}
