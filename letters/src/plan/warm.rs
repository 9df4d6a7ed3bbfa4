//! Contractions, which a warm letter has and the other tones do not.

/// Verbs in the form that follows "have", beside those in "-ed".
const PARTICIPLES: [&str; 40] = [
    "been", "begun", "brought", "built", "bought", "caught", "chosen", "come", "done", "drawn", "driven", "found",
    "given", "gone", "grown", "had", "held", "kept", "known", "led", "left", "made", "met", "put", "read", "run",
    "seen", "sold", "sent", "set", "shown", "sung", "spent", "spoken", "stood", "taken", "taught", "told", "won",
    "written",
];

/// The text with the contractions that a native writer would use.
pub fn contracted(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let after =
            words.get(at + 2).map(|word| word.trim_end_matches(|c: char| !c.is_alphanumeric())).unwrap_or_default();
        let is_auxiliary =
            after.ends_with("ed") || PARTICIPLES.contains(&after) || after == "also" || after == "always";
        let short = match (words[at], next) {
            ("I", "am") => Some("I'm"),
            ("I", "would") => Some("I'd"),
            ("I", "will") => Some("I'll"),
            ("I", "have") if is_auxiliary => Some("I've"),
            ("do", "not") => Some("don't"),
            ("it", "is") => Some("it's"),
            ("It", "is") => Some("It's"),
            ("you", "are") => Some("you're"),
            ("You", "are") => Some("You're"),
            ("that", "is") => Some("that's"),
            ("cannot", _) => {
                out.push("can't".to_owned());
                at += 1;
                continue;
            }
            _ => None,
        };
        match short {
            // At the end of a clause nothing is contracted: "as reliable as I am".
            Some(short) if !after.is_empty() => {
                out.push(short.to_owned());
                at += 2;
            }
            _ => {
                out.push(words[at].to_owned());
                at += 1;
            }
        }
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_auxiliaries_are_contracted() {
        assert_eq!(contracted("I have been a nurse"), "I've been a nurse");
        assert_eq!(contracted("I have a full licence"), "I have a full licence");
        assert_eq!(contracted("I am free on Tuesdays"), "I'm free on Tuesdays");
    }
}
