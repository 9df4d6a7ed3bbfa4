//! The names of databases: pure, so no server is needed.

use super::database_name;

#[test]
fn database_names_need_no_escape_and_fit() {
    let check = |hint: &str, expect: &str| assert_eq!(database_name(hint, 7), expect);
    check("letters", "letters_7");
    check("webapp::Letters are kept!", "webapp__letters_are_kept__7");
    check("é", "__7");
    assert!(database_name(&"x".repeat(200), u32::MAX).len() <= 63);
}
