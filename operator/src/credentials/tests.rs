//! Secrets are made once, and what exists stays.

use k8s_openapi::api::core::v1::Secret;
use kube::api::ObjectMeta;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::*;
use crate::fixtures;
use crate::kinds::Kind;

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn text(minted: &Minted, key: &str) -> String {
    String::from_utf8(minted.data[key].0.clone()).expect("minted values are text")
}

#[test]
fn a_new_app_gets_all_its_secrets() {
    let minted = missing(&fixtures::valid("minimal"), &Observed::default(), &mut rng());
    let names: Vec<_> = minted.iter().map(|minted| (minted.name.as_str(), minted.is_new, minted.data.len())).collect();
    assert_eq!(names, [("letters-web", true, 1), ("letters-stream", true, 1), ("letters-database", true, 2)]);
    let password = text(&minted[2], "password");
    assert_eq!(password.len(), 64);
    assert_eq!(text(&minted[2], "url"), format!("postgres://coverletter:{password}@letters-db:5432/coverletter"));
    assert!(text(&minted[0], "jwt-keys").starts_with("k1:"));
}

#[test]
fn what_exists_is_kept_and_only_the_missing_key_is_added() {
    let secret = Secret {
        metadata: ObjectMeta { name: Some("letters-database".into()), ..ObjectMeta::default() },
        data: Some([("password".to_owned(), ByteString(b"old".to_vec()))].into()),
        ..Secret::default()
    };
    let mut observed = Observed::default();
    fixtures::observe(&mut observed, Kind::Secret, &secret);
    let minted = missing(&fixtures::valid("minimal"), &observed, &mut rng());
    let database = minted.iter().find(|minted| minted.name.as_str() == "letters-database").expect("its url is missing");
    assert!(!database.is_new);
    assert_eq!(database.data.keys().collect::<Vec<_>>(), ["url"]);
    assert_eq!(text(database, "url"), "postgres://coverletter:old@letters-db:5432/coverletter");
}

#[test]
fn no_password_is_made_for_a_volume_that_has_one() {
    let mut observed = Observed::default();
    let claim = serde_json::json!({"metadata": {"name": "data-letters-db-0"}, "spec": {}});
    fixtures::observe(&mut observed, Kind::PersistentVolumeClaim, &claim);
    let minted = missing(&fixtures::valid("minimal"), &observed, &mut rng());
    let names: Vec<_> = minted.iter().map(|minted| minted.name.as_str()).collect();
    assert_eq!(names, ["letters-web", "letters-stream"]);
}

#[test]
fn an_external_database_needs_no_password_of_ours() {
    let minted = missing(&fixtures::valid("external"), &Observed::default(), &mut rng());
    assert!(minted.iter().all(|minted| minted.name.as_str() != "letters-database"));
}
