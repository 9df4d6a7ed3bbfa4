//! Which passwords are refused and why; and that an unknown user takes as long to verify as a known one.

use std::time::Instant;

use secrecy::SecretString;

use super::policy::{Weakness, weakness};
use super::{Hasher, MEMORY_KIB};

/// Enough to be measured, not enough to be waited for.
const CHEAP_KIB: u32 = 4_096;

fn check(password: &str, expected: Option<Weakness>) {
    assert_eq!(weakness(password, "foobarius", "someone@example.org"), expected, "{password}");
}

#[test]
fn the_documented_sample_is_just_long_enough() {
    check("Bar2024!", None);
    check("Bar202!", Some(Weakness::Composition));
}

#[test]
fn each_of_the_four_classes_is_needed_below_fifteen_characters() {
    check("bar2024!x", Some(Weakness::Composition));
    check("BAR2024!X", Some(Weakness::Composition));
    check("BarBarBa!", Some(Weakness::Composition));
    check("Bar20244", Some(Weakness::Composition));
}

#[test]
fn a_passphrase_may_be_of_any_composition() {
    check("violet tractors hum", None);
    check("violettractors", Some(Weakness::Composition));
    check("日本語のとても長い合言葉です。", None);
    check("aaaaaaaaaaaaaaaa", Some(Weakness::Common));
    check(&"ab1!".repeat(8), Some(Weakness::Common));
    check(&"Ab1!cdef".repeat(17), Some(Weakness::TooLong));
}

#[test]
fn well_known_passwords_are_refused_in_every_disguise() {
    for password in
        ["Password1!", "P@ssw0rd1!", "Welcome123!", "Qwerty123!", "Summer2026!", "L3tM31n1!", "HelloPassword1!"]
    {
        check(password, Some(Weakness::Common));
    }
    check("correcthorsebatterystaple", Some(Weakness::Common));
}

#[test]
fn a_name_of_the_user_is_no_password() {
    check("Foobarius2026!", Some(Weakness::Context));
    check("xSomeone2026!", Some(Weakness::Context));
    check("My-CoverLetter7", Some(Weakness::Context));
}

#[tokio::test]
async fn a_hash_has_the_parameters_of_production_and_verifies() {
    let hasher = Hasher::new(MEMORY_KIB).expect("parameters are fine");
    let hash = hasher.hash(SecretString::from("Bar2024!")).await.expect("hashes");
    assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
    assert!(hasher.verify(SecretString::from("Bar2024!"), Some(hash.clone())).await.expect("verifies"));
    assert!(!hasher.verify(SecretString::from("Bar2024?"), Some(hash)).await.expect("verifies"));
}

#[tokio::test]
async fn an_unknown_user_takes_as_long_as_a_wrong_password() {
    let hasher = Hasher::new(CHEAP_KIB).expect("parameters are fine");
    let stored = hasher.hash(SecretString::from("Bar2024!")).await.expect("hashes");
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for _ in 0..9 {
        for (stored, times) in [(Some(stored.clone()), &mut known), (None, &mut unknown)] {
            let start = Instant::now();
            assert!(!hasher.verify(SecretString::from("wrong"), stored).await.expect("verifies"));
            times.push(start.elapsed());
        }
    }
    known.sort_unstable();
    unknown.sort_unstable();
    // The fastest of each, because a busy machine makes any of them slow. Without the work the answer would come thousands of
    // times sooner.
    assert!(unknown[0] * 3 > known[0], "{unknown:?} against {known:?}");
}
