//! Puts two sentences that name things of one kind together.

/// How such sentences begin with one thing, and with several.
const FRAMES: [(&str, &str); 4] = [
    ("One of my skills is ", "My skills include "),
    ("I can use ", "I can use "),
    ("I speak ", "I speak "),
    ("I am ", "I am "),
];
/// Words that say something of all that follows them.
const REACHING: [&str; 9] = ["no", "not", "never", "only", "fluent", "basic", "some", "little", "conversational"];
/// Most words of both.
const WORDS_MAX: usize = 24;

/// "My skills include cooking, homework and swimming", of two sentences; `None` where they do not go together.
pub fn together(one: &str, other: &str) -> Option<String> {
    let words = one.split(' ').count() + other.split(' ').count();
    if words > WORDS_MAX {
        return None;
    }
    FRAMES.iter().find_map(|(single, several)| {
        let named = |text: &str| {
            let rest = [several, single].iter().find_map(|lead| text.strip_prefix(**lead))?;
            // "I am learning", "I am working" and "I am a nurse" say something else than what somebody is like.
            let first = rest.split(' ').next().unwrap_or_default();
            let is_trait = !first.ends_with("ing") && !["a", "an", "the", "in", "on", "at"].contains(&first);
            (*several != "I am " || is_trait).then(|| rest.to_owned())
        };
        let (one, other) = (named(one)?, named(other)?);
        // "Fluent" or "not" would reach over to what follows.
        let reaches = |text: &str| text.split([' ', ',']).any(|word| REACHING.contains(&word));
        if reaches(&one) || reaches(&other) {
            return None;
        }
        let is_list = |text: &str| text.contains(" and ") || text.contains(", ");
        let list = match (is_list(&one), is_list(&other)) {
            (false, false) => format!("{one} and {other}"),
            (false, true) => format!("{one}, {other}"),
            (true, false) => format!("{other}, {one}"),
            // Where one list ends and the next begins could not be told.
            (true, true) => return None,
        };
        Some(format!("{several}{list}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_of_one_kind_are_named_together() {
        let check = |one: &str, other: &str, expect: Option<&str>| {
            assert_eq!(together(one, other).as_deref(), expect, "{one} / {other}");
        };
        let cooking = "One of my skills is cooking";
        check(
            cooking,
            "My skills include homework and swimming",
            Some("My skills include cooking, homework and swimming"),
        );
        check(cooking, "One of my skills is swimming", Some("My skills include cooking and swimming"));
        check("I am honest", "I am calm and quick", Some("I am honest, calm and quick"));
        check("I am honest", "I am learning Welsh", None);
        check(cooking, "I speak French", None);
    }
}
