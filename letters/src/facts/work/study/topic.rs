//! Reads what a thesis or a piece of research is about, and which papers one has written.

use crate::facts::article::with_article;
use crate::facts::spelling::upper_first;
use crate::pattern::pattern;

pattern!(
    THESIS = r"(?i)^(?:(?:my|the|with an?) )?(?P<level>(?:phd|msc|ma|bsc|ba|meng|beng|bachelor'?s?|master'?s?|doctoral|final[- ]year) )?(?P<noun>thesis|dissertation|final project|group project|capstone project|project|research)(?: is)?(?: (?:on|about|in)|:| -| –) (?P<about>.+)$"
);
pattern!(
    SUBMIT = r"(?i)^(?:my )?(?P<noun>thesis|dissertation) (?:to be |is |will be )?(?P<how>submitted|due|submission|handed in)(?: in| on| by)? (?P<when>(?:(?:early|late|mid|spring|summer|autumn|january|february|march|april|may|june|july|august|september|october|november|december)\b ?)+(?:20\d\d)?)$"
);
pattern!(
    AUTHOR = r"(?i)^(?:an? |the )?(?P<how>lead|first|joint|senior|sole|co-?|second)[- ]?author (?:on|of) (?P<what>.+)$"
);

/// A clause about a thesis or a dissertation.
pub fn thesis(text: &str, is_now: bool) -> Option<String> {
    if let Some(found) = SUBMIT.captures(text) {
        let noun = found["noun"].to_lowercase();
        let when = upper_first(found["when"].trim());
        let how = if found["how"].eq_ignore_ascii_case("due") { "due" } else { "to be submitted" };
        return Some(format!("my {noun} is {how} in {when}"));
    }
    let found = THESIS.captures(text)?;
    let noun = found["noun"].to_lowercase();
    let level = found.name("level").map_or("", |level| level.as_str());
    let level = &if level.to_lowercase().starts_with("final") { String::from("final-year ") } else { level.to_owned() };
    let is_sure = noun != "research" && (noun != "project" || !level.is_empty());
    if !is_sure {
        return None;
    }
    let about = clean(&found["about"])?;
    let verb = if is_now { "is" } else { "was" };
    if noun.ends_with("project") && starts_with_single(&about) {
        return Some(format!("my {level}{noun} {verb} {}", with_article(&about)));
    }
    let article = if starts_with_single(&about) { "a " } else { "" };
    Some(format!("my {level}{noun} {verb} on {article}{about}"))
}

/// "low-power sensor": one thing needs an article.
fn starts_with_single(about: &str) -> bool {
    let words: Vec<&str> = about.split(' ').collect();
    let single = [
        "sensor",
        "app",
        "system",
        "model",
        "robot",
        "tool",
        "device",
        "website",
        "game",
        "controller",
        "bridge",
        "platform",
        "basin",
        "dam",
        "drone",
        "car",
        "engine",
        "machine",
        "plan",
        "design",
        "study",
    ];
    let end = words.iter().position(|word| ["for", "of", "in", "with", "to", "that", "on"].contains(word));
    let last = words[..end.unwrap_or(words.len())].last().copied().unwrap_or_default();
    single.contains(&last) && !["a", "an", "the", "my", "our"].contains(&words[0])
}

/// What somebody researches, as a clause, where the words are surely no place and no role.
pub fn research(text: &str, is_now: bool) -> Option<String> {
    let about = clean(text.strip_prefix("on ").unwrap_or(text))?;
    let verb = if is_now { "is" } else { "was" };
    Some(format!("my research {verb} on {about}"))
}

/// A paper whose author the applicant is.
pub fn paper(text: &str) -> Option<String> {
    let found = AUTHOR.captures(text)?;
    let how = match found["how"].to_lowercase().trim_end_matches('-') {
        "co" => String::from("a co-author"),
        "joint" => String::from("a joint author"),
        how => format!("the {how} author"),
    };
    let what = &found["what"];
    let what = if ["one", "two", "three", "four", "five", "six"].contains(&what) {
        format!("{what} more")
    } else {
        what.to_owned()
    };
    Some(format!("I am {how} of {what}"))
}

/// What a topic may hold.
fn clean(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', ',', ':', '-', '–', '.']);
    let is_plain = !text.contains(['=', '→', '>', '<', '*', '?', '!', '"', '@', '#', ';']);
    let words = text.split(' ').count();
    (is_plain && words < 22 && text.chars().any(char::is_alphabetic)).then(|| text.to_owned())
}
