//! Whatever spec the schema of the definition accepts, an app is built or refused with a sentence.
//!
//! The specs are drawn from the definition itself, so that a new field is tried without a line here: every bound, every
//! combination of optional fields, and texts and amounts that people would not think of.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crds::CoverLetterApp;
use jiff::Timestamp;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::api::{Api, DynamicObject, Patch, PatchParams, PostParams};
use operator::desired::desired;
use operator::kinds::{Key, Kind};
use operator::live::{Applied, Live};
use operator::observed::{ExternalDatabaseFact, Observed};
use operator::scaling::{self, Past, Told};
use operator::settings::{Images, Outside, Settings};
use operator::status::{Basis, Parts};
use operator::validate::validate;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::string::string_regex;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value, json};

use crate::cluster::Cluster;

/// Texts that break what takes a text for granted.
const ODD_TEXTS: [&str; 22] = [
    "",
    " ",
    ".",
    "..",
    "../x",
    "/",
    "a/b",
    "a b",
    "-",
    "a-",
    "A",
    "0",
    "1e999",
    "-1",
    "999999999999999999999999999999Pi",
    "1.5",
    "2Gi",
    "ä",
    "\u{202e}",
    "\n",
    "http://x:0/",
    "=",
];

/// The schema of the spec as a cluster gets it.
fn schema() -> JSONSchemaProps {
    let [app, _] = crds::manifests::custom_resource_definitions();
    let version = app.spec.versions.into_iter().next().expect("one version is served");
    let mut root = version.schema.and_then(|schema| schema.open_api_v3_schema).expect("it has a schema");
    root.properties.as_mut().and_then(|fields| fields.remove("spec")).expect("it has a spec")
}

/// Values that `schema` accepts, its rules for several fields aside.
fn values(schema: &JSONSchemaProps) -> BoxedStrategy<Value> {
    if let Some(choices) = &schema.enum_ {
        return proptest::sample::select(choices.iter().map(|choice| choice.0.clone()).collect::<Vec<_>>()).boxed();
    }
    if schema.x_kubernetes_int_or_string == Some(true) {
        let amounts = ["0", "1", "100m", "1Gi", "1.5", "-1", "1e999", "many", "", "0.1n", "9999999999999999999E"];
        let texts = proptest::sample::select(amounts.to_vec()).prop_map(Value::from);
        return prop_oneof![texts, any::<i32>().prop_map(Value::from)].boxed();
    }
    match schema.type_.as_deref() {
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("integer") => integers(schema),
        Some("string") => texts(schema),
        Some("array") => {
            let Some(JSONSchemaPropsOrArray::Schema(items)) = &schema.items else { panic!("an array has one schema") };
            let most = schema.max_items.map_or(3, |most| most.min(3)) as usize;
            vec(values(items), 0..=most).prop_map(Value::from).boxed()
        }
        _ => objects(schema),
    }
}

fn integers(schema: &JSONSchemaProps) -> BoxedStrategy<Value> {
    let is_long = schema.format.as_deref() == Some("int64");
    let (least, most) = if is_long { (i64::MIN, i64::MAX) } else { (i64::from(i32::MIN), i64::from(i32::MAX)) };
    let (min, max) = (schema.minimum.map_or(least, |min| min as i64), schema.maximum.map_or(most, |max| max as i64));
    prop_oneof![Just(min), Just(max), min..=max].prop_map(Value::from).boxed()
}

fn texts(schema: &JSONSchemaProps) -> BoxedStrategy<Value> {
    let most = schema.max_length.unwrap_or(300) as usize;
    let least = schema.min_length.unwrap_or(0) as usize;
    let Some(pattern) = &schema.pattern else {
        let long = "a".repeat(most);
        let odd = ODD_TEXTS.iter().map(|text| (*text).to_owned()).chain([long]);
        let fit: Vec<_> = odd.filter(|text| (least..=most).contains(&text.chars().count())).collect();
        return proptest::sample::select(fit).prop_map(Value::from).boxed();
    };
    // The API server looks for the pattern anywhere in the text, so that an open end takes anything.
    let closed = pattern.ends_with('$');
    let middle = pattern.trim_start_matches('^').trim_end_matches('$');
    let middle = string_regex(middle).expect("the pattern can be drawn from");
    let ends: Vec<_> = if closed { vec![String::new()] } else { ODD_TEXTS.map(str::to_owned).to_vec() };
    let texts = (middle, proptest::sample::select(ends)).prop_map(|(middle, end)| format!("{middle}{end}"));
    let fits = move |text: &String| (least..=most).contains(&text.chars().count());
    texts.prop_filter("its length is permitted", fits).prop_map(Value::from).boxed()
}

fn objects(schema: &JSONSchemaProps) -> BoxedStrategy<Value> {
    if let Some(JSONSchemaPropsOrBool::Schema(value)) = &schema.additional_properties {
        let keys = ["a", "cpu", "memory", "example.org/x", "", "a b", "-", "app.kubernetes.io/component", "../x", "ä"];
        let keys = proptest::sample::select(keys.map(str::to_owned).to_vec());
        let entries = vec((keys, values(value)), 0..3);
        return entries.prop_map(|entries| Value::Object(entries.into_iter().collect())).boxed();
    }
    let required = schema.required.clone().unwrap_or_default();
    let fields = schema.properties.iter().flatten().fold(Just(Map::new()).boxed(), |object, (name, field)| {
        let (name, must) = (name.clone(), required.contains(name));
        let given = if must { Just(true).boxed() } else { any::<bool>().boxed() };
        (object, given, values(field))
            .prop_map(move |(mut object, given, value)| {
                if given {
                    object.insert(name.clone(), value);
                }
                object
            })
            .boxed()
    });
    fields.prop_map(Value::Object).boxed()
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![Just("letters".to_owned()), "[a-z0-9][a-z0-9.-]{0,45}".prop_map(|name| name)]
}

fn app(name: &str, spec: &Value) -> Result<CoverLetterApp, serde_json::Error> {
    serde_json::from_value(json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "spec": spec,
        "metadata": {"name": name, "namespace": "letters", "uid": "11111111-2222-3333-4444-555555555555", "generation": 1},
    }))
}

fn settings() -> Settings {
    let images = Images { coverletter: "coverletter:test".into(), postgres: "postgres:15".into() };
    Settings { images, outside: Outside { https_proxy: Some("http://proxy:3128".into()), ..Outside::default() } }
}

/// A cluster before the app, or with an earlier version of it.
fn observed(children: Live) -> Observed {
    Observed {
        children,
        has_routes: true,
        external_database: Some(ExternalDatabaseFact { has_url: true, port: Some(6432) }),
        ..Observed::default()
    }
}

/// Takes an app through everything that decides, and returns its objects. Sentences, where it is refused.
fn decide(app: &CoverLetterApp, observed: &Observed) -> Result<BTreeMap<Key, DynamicObject>, Vec<String>> {
    let valid = match validate(app, observed, &settings()) {
        Ok(valid) => valid,
        Err(violations) => return Err(violations.into_iter().map(|violation| violation.0).collect()),
    };
    let snapshot = scaling::snapshot(&valid, observed, Past { told: &Told::default(), status: None }, 0);
    let decision = scaling::decide(&snapshot);
    let objects: BTreeMap<_, _> =
        desired(&valid, observed, &decision).iter().map(|(key, object)| (key.clone(), object.clone())).collect();
    let parts = Parts {
        observed,
        applied: &Applied::of(live(&objects)),
        snapshot: &snapshot,
        decision: &decision,
        refusals: &[],
        now: Timestamp::UNIX_EPOCH,
        secret_lost: false,
    };
    let _ = Basis::of(app, Timestamp::UNIX_EPOCH).reported(&valid, &parts);
    Ok(objects)
}

fn live(objects: &BTreeMap<Key, DynamicObject>) -> Live {
    let mut live = Live::default();
    for (key, object) in objects {
        live.add(key.clone(), object.clone()).expect("what is desired fits its kind");
    }
    live
}

#[test]
fn any_spec_is_built_or_refused_with_a_sentence() {
    let spec = values(&schema());
    let chosen = Config::default();
    // The same specs in every run, or others when `PROPTEST_RNG_SEED` is set.
    let rng_seed = if chosen.rng_seed == RngSeed::Random { RngSeed::Fixed(11) } else { chosen.rng_seed };
    let mut runner = TestRunner::new(Config { cases: 3_000, failure_persistence: None, rng_seed, ..chosen });
    runner
        .run(&(names(), spec.clone(), spec), |(name, before, after)| {
            let read = |spec| app(&name, spec).map_err(|error| TestCaseError::fail(format!("cannot be read: {error}")));
            let (before, after) = (read(&before)?, read(&after)?);
            let children = decide(&before, &observed(Live::default())).map_or_else(|_| Live::default(), |it| live(&it));
            if let Err(sentences) = decide(&after, &observed(children)) {
                prop_assert!(!sentences.is_empty());
                for sentence in sentences {
                    let advises = sentence.contains("must") || sentence.contains("leave it out");
                    prop_assert!(sentence.contains('`') && advises, "no advice: {sentence}");
                }
            }
            Ok(())
        })
        .expect("every spec is built or refused");
}

#[tokio::test]
async fn what_an_api_server_accepts_is_built_or_refused_by_both() {
    let cluster = Cluster::start("anyspec").await;
    let apps = cluster.api::<CoverLetterApp>();
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let spec = values(&schema());
    let mut runner = TestRunner::deterministic();
    let (mut accepted, mut built) = (0, 0);
    let mut refused = BTreeSet::new();
    for _ in 0..1_500 {
        let mut spec = spec.new_tree(&mut runner).expect("a spec").current();
        // Whether a cluster has both families is not the spec's fault; the refusal is told.
        if let Some(service) = spec.pointer_mut("/web/service").and_then(Value::as_object_mut) {
            service.remove("ipFamilyPolicy");
        }
        let Ok(mut app) = app("letters", &spec) else { panic!("cannot be read: {spec}") };
        app.metadata.namespace = Some(cluster.namespace.clone());
        app.metadata.uid = None;
        let Ok(mut stored) =
            tokio::time::timeout(Duration::from_secs(30), apps.create(&dry, &app)).await.expect("it answers")
        else {
            continue;
        };
        accepted += 1;
        stored.metadata.namespace = Some(cluster.namespace.clone());
        let Ok(objects) = decide(&stored, &observed(Live::default())) else { continue };
        built += 1;
        for (key, mut object) in objects.into_iter().filter(|(key, _)| depends_on_settings(key.kind)) {
            object.metadata.owner_references = None;
            let resource = key.kind.resource();
            let api = Api::<DynamicObject>::namespaced_with(cluster.client.clone(), &cluster.namespace, &resource);
            let params = PatchParams { dry_run: true, ..PatchParams::apply("any-spec").force() };
            let applied = api.patch(&key.name, &params, &Patch::Apply(&object)).await;
            let why = applied.err().map(|error| error_text(&error));
            // A Service of another test may have the port that was drawn, which is not the spec's fault either.
            if let Some(why) = why.filter(|why| !why.contains("provided port is already allocated")) {
                refused.insert(format!("{:?} {why}", key.kind));
            }
        }
    }
    assert_eq!(refused, BTreeSet::new());
    assert!(accepted >= 100 && built >= 20, "{accepted} accepted, {built} built");
}

fn error_text(error: &kube::Error) -> String {
    if let kube::Error::Api(status) = error { status.message.clone() } else { error.to_string() }
}

fn depends_on_settings(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Deployment
            | Kind::StatefulSet
            | Kind::NetworkPolicy
            | Kind::Service
            | Kind::PersistentVolumeClaim
            | Kind::CronJob
            | Kind::Ingress
    )
}
