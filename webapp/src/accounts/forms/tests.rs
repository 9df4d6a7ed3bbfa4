//! Which accounts may be made.

use super::registration;
use crate::web::fields::Fields;

fn fields_with_errors(username: &str, email: &str, password: &str) -> Vec<&'static str> {
    let fields = [("username", username), ("email", email)];
    let fields = Fields::new(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    registration(&fields, password).errors().into_iter().map(|error| error.id).collect()
}

#[test]
fn the_accounts_of_the_contract_are_accepted() {
    assert!(fields_with_errors("foo", "foobar@gmail.com", "Bar2024!").is_empty());
    assert!(fields_with_errors("foo", "foobar@gmail.coem", "Bar2024!").is_empty());
}

#[test]
fn every_bad_field_is_named() {
    assert_eq!(fields_with_errors("", "", ""), ["username", "email", "password"]);
    assert_eq!(fields_with_errors("a b", "x@example.org", "Bar2024!"), ["username"]);
    assert_eq!(fields_with_errors(&"a".repeat(65), "x@example.org", "Bar2024!"), ["username"]);
}

#[test]
fn addresses_are_checked_by_form_only() {
    for email in
        ["x", "x@", "@example.org", "x@localhost", "x@-a.org", "x y@example.org", "x@a..org", "a@b@example.org"]
    {
        assert_eq!(fields_with_errors("foo", email, "Bar2024!"), ["email"], "{email}");
    }
    for email in ["x+tag@example.org", "ö@exämple.org", "o'brien@mail.example.co.uk"] {
        assert!(fields_with_errors("foo", email, "Bar2024!").is_empty(), "{email}");
    }
}
