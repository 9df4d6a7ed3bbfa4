use serde_json::json;

use super::*;

fn claims(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).expect("an object")
}

#[test]
fn a_person_has_a_name_that_an_account_can_have() {
    let check = |value, expected: &str| {
        let person = Person::of(&claims(value));
        assert_eq!(person.usernames(0).next().as_deref(), Some(expected));
    };
    check(json!({"preferred_username": "jane.doe"}), "jane.doe");
    check(json!({"preferred_username": "jane doe@uni.example", "email": "x@uni.example"}), "janedoe");
    check(json!({"preferred_username": "@", "email": "x.y@uni.example"}), "x.y");
    check(json!({"given_name": "山田"}), "山田");
    check(json!({}), "student");
    check(json!({"preferred_username": "a".repeat(500)}), &"a".repeat(48));
    let names: Vec<_> = Person::of(&claims(json!({"nickname": "jo"}))).usernames(255).collect();
    assert_eq!((names.len(), names[1].as_str(), names[9].as_str()), (10, "jo-2", "jo-000000ff"));
}

#[test]
fn an_address_counts_only_in_its_shape_and_as_verified_only_if_it_is_said() {
    let check = |value, email: Option<&str>, is_verified| {
        let person = Person::of(&claims(value));
        assert_eq!((person.email.as_deref(), person.is_verified), (email, is_verified));
    };
    check(json!({"email": "a@uni.example", "email_verified": true}), Some("a@uni.example"), true);
    check(json!({"email": "a@uni.example", "email_verified": "true"}), Some("a@uni.example"), true);
    check(json!({"email": "a@uni.example"}), Some("a@uni.example"), false);
    check(json!({"email": "nobody", "email_verified": 1}), None, false);
}

#[test]
fn groups_are_found_wherever_providers_put_them() {
    let claims = claims(json!({
        "groups": ["students", 7, "staff"], "role": "student", "realm_access": {"roles": ["letters"]},
        "https://uni.example/groups": ["exact"],
    }));
    assert_eq!(groups(&claims, "groups"), ["students", "staff"]);
    assert_eq!(groups(&claims, "role"), ["student"]);
    assert_eq!(groups(&claims, "realm_access.roles"), ["letters"]);
    assert_eq!(groups(&claims, "https://uni.example/groups"), ["exact"]);
    assert!(groups(&claims, "none").is_empty() && groups(&claims, "realm_access.none").is_empty());
    let admitted = ["students".to_owned(), "cn=letters,dc=uni".to_owned()];
    assert!(is_admitted(&["staff", "cn=letters,dc=uni"], &admitted) && is_admitted(&[], &[]));
    assert!(!is_admitted(&["staff", "Students"], &admitted) && !is_admitted(&[], &admitted));
}
