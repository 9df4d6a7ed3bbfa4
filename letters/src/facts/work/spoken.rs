//! Writes out what people type for a job in its shortest form: "class 2 on multidrop", "~ 12 operations a week".

use super::sizes;
use crate::pattern::pattern;

pattern!(LICENCE = r"(?i)^class ([12])(?: (on|at|for|with|in)\b|$)");
pattern!(YEARS = r"(?i)^(\d\d|[2-9]) ?yr ");
pattern!(SLASHED = r"(\p{Lu}[\p{L}']+)/ (\p{Lu})");
pattern!(
    ROTA = r"(?i)^(?P<number>\d{1,2}|one|two|three|four|five|six|seven) ?(?P<unit>days?|evenings?|mornings?|nights?|afternoons?|shifts?|hours?)(?: a | per |/)(?:week|wk)$"
);
pattern!(SHIFT = r"(?i)^(?P<length>\d{1,2})[- ]?(?:hour|hr) shifts?$");
pattern!(TEMPING = r"(?i)^temping (?:thru|through|via|with|for) (.+)$");

// Hours beside a job are those of a week.
pattern!(
    HOURS = r"(?i)^(?P<number>\d{1,2}(?:\.5)?) ?(?:hours|hrs)(?: (?:a|per) (?:week|wk))?(?P<when>,? term[- ]time(?: only)?)?$"
);

/// The text with what its short forms stand for.
pub fn whole(text: &str) -> String {
    let text = text.replace("~ ", "about ").replace('~', "about ");
    let text = YEARS.replace(&text, "$1 yrs ");
    let text = SLASHED.replace_all(&text, "$1 and $2");
    let text = LICENCE.replace(&text, "Class $1 driver $2");
    let text = text.trim_end().replace(" on multidrop", " on multi-drop deliveries");
    TEMPING.replace(&text, "temp through $1").into_owned()
}

/// How often or how long somebody works: "two days a week", "on 12-hour shifts".
pub fn rota(text: &str) -> Option<String> {
    if let Some(found) = SHIFT.captures(text) {
        return Some(format!("on {}-hour shifts", &found["length"]));
    }
    if let Some(found) = HOURS.captures(text) {
        let when = if found.name("when").is_some() { " in term time" } else { "" };
        return Some(format!("for {} hours a week{when}", &found["number"]));
    }
    let found = ROTA.captures(text)?;
    let unit = found["unit"].to_lowercase();
    let lead = if unit.starts_with("hour") { "for " } else { "" };
    let number = sizes::in_words(&found["number"].to_lowercase()).unwrap_or_else(|| found["number"].to_owned());
    Some(format!("{lead}{number} {unit} a week"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_of_jobs_are_written_out() {
        for (typed, expect) in [
            ("class 2 on multidrop", "Class 2 driver on multi-drop deliveries"),
            ("~ 12 ops a week", "about 12 ops a week"),
            ("class 2", "Class 2 driver"),
            ("class teacher", "class teacher"),
        ] {
            assert_eq!(whole(typed), expect, "{typed}");
        }
        for (typed, expect) in [
            ("2 days/week", "two days a week"),
            ("16 hours a week", "for 16 hours a week"),
            ("24 hrs", "for 24 hours a week"),
            ("30 hrs term time", "for 30 hours a week in term time"),
            ("12-hour shifts", "on 12-hour shifts"),
        ] {
            assert_eq!(rota(typed).as_deref(), Some(expect), "{typed}");
        }
    }
}
