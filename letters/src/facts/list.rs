//! Words lists as sentences do.

/// `a`, `a and b`, `a, b and c`, whether or not the last entry holds an "and" of its own.
#[must_use]
pub fn joined<T: AsRef<str>>(entries: &[T]) -> String {
    let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
    match entries.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_named_in_a_sentence() {
        assert_eq!(joined(&["a"]), "a");
        assert_eq!(joined(&["a", "b"]), "a and b");
        assert_eq!(joined(&["a", "b", "c"]), "a, b and c");
        assert_eq!(joined(&["Office (Word, Excel)", "typing"]), "Office (Word, Excel) and typing");
    }
}
