//! Parts what is studied from where.

use crate::pattern::pattern;

pattern!(AT = r"(?i)^(?P<what>.*?)(?:^|[\s,])(?:at|@)\s+(?:the )?(?P<place>.+)$");
pattern!(WITH = r"(?i)^(?P<what>.+?) with (?:the )?(?P<place>(?:open university|ou)\b.*)$");

/// What is studied, and what stands behind "at".
pub fn placed(text: &str) -> (String, Option<String>) {
    let found = AT.captures(text).or_else(|| WITH.captures(text));
    found.map_or((text.to_owned(), None), |found| {
        (found["what"].trim_matches([' ', ',']).to_owned(), Some(found["place"].to_owned()))
    })
}
