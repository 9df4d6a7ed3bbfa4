//! Reads the numbers that measure a job: "27 children, six with EAL", "9-11 calls a day", "about 14 regular customers".

use crate::facts::lexicon::bare;
use crate::pattern::pattern;
use crate::words::list;

list!(SIZE_NOUNS = "facts/size_nouns");

/// Most words behind what is counted.
const TAIL_MAX: usize = 5;

const NUMBER: &str = r"(?:\d{1,3}(?:,\d{3})+|\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";

pattern!(
    COUNT = format!(
        r"(?i)^(?P<about>(?:about|around|approx\.?|approximately|roughly|circa|c\.|~|up to|over|more than|nearly|almost|some) ?)?(?P<first>{NUMBER})(?:(?: ?[-–] ?| to | or )(?P<last>{NUMBER}))?(?P<more>\+)? (?P<what>[a-z][\p{{L}}' -]*?)(?P<per>(?: ?/ ?| per | an? | each | every )(?:shift|session|day|night|week|month|year|hour|wk|hr|mth)|/wk| daily| weekly)?$"
    )
);
pattern!(OF_THEM = format!(r"(?i)^(?P<number>{NUMBER}|several|some|most) (?P<with>with [\p{{L}}\p{{N}}' -]+)$"));

/// What is counted, with "about" and a rate, as "with" takes it.
pub fn counted(text: &str) -> Option<String> {
    let found = COUNT.captures(text)?;
    let what = found["what"].trim();
    let words: Vec<&str> = what.split(' ').collect();
    let stop = words.iter().position(|word| {
        ["round", "around", "in", "across", "under", "at", "on", "for", "from", "of", "aged", "with", "between"]
            .contains(word)
    });
    let (noun, tail) = words.split_at(stop.unwrap_or(words.len()));
    let last = bare(noun.last()?);
    let is_known = SIZE_NOUNS.has(&last) || SIZE_NOUNS.has(last.trim_end_matches('s'));
    let is_plural = last.len() > 3 && last.ends_with('s') && !last.ends_with("ss");
    let per = found.name("per").map(|per| rate(per.as_str()));
    let is_time = [
        "year",
        "month",
        "week",
        "day",
        "hour",
        "season",
        "term",
        "summer",
        "shift",
        "night",
        "evening",
        "morning",
        "afternoon",
    ]
    .contains(&last.trim_end_matches('s'));
    let first = &found["first"];
    let is_one = matches!(first.to_lowercase().as_str(), "1" | "one");
    let is_year = first.len() == 4 && (first.starts_with("19") || first.starts_with("20"));
    if is_time
        || is_one
        || is_year
        || noun.len() > 3
        || tail.len() > TAIL_MAX
        || !(is_known || is_plural && per.is_some())
    {
        return None;
    }
    // What stands in the tail must end as a name or a noun does.
    if !tail.is_empty() && (tail.len() < 2 || tail.iter().any(|word| word.contains(['/', '=']))) {
        return None;
    }
    let number = match found.name("last") {
        Some(last) => {
            let (first, last) = (first.to_lowercase(), last.as_str().to_lowercase());
            let are_small = [&first, &last].iter().all(|number| in_words(number).is_some());
            let word = |number: &str| in_words(number).filter(|_| are_small).unwrap_or_else(|| number.to_owned());
            format!("{} to {}", word(&first), word(&last))
        }
        None => in_words(&first.to_lowercase()).filter(|_| first.len() < 2).unwrap_or_else(|| first.to_owned()),
    };
    let about = found.name("about").map_or("", |about| match about.as_str().trim().to_lowercase().as_str() {
        "up to" => "up to ",
        "over" | "more than" => "more than ",
        "nearly" | "almost" => "nearly ",
        _ => "about ",
    });
    let about = if found.name("more").is_some() { "more than " } else { about };
    Some(format!("{about}{number} {what}{}", per.unwrap_or_default()))
}

/// "Six with EAL" behind "27 children" is "six of them with EAL".
pub fn part_of_them(text: &str) -> Option<String> {
    let found = OF_THEM.captures(text)?;
    let number = found["number"].to_lowercase();
    Some(format!("{} of them {}", in_words(&number).unwrap_or(number), &found["with"]))
}

fn rate(typed: &str) -> String {
    let unit = typed.trim().trim_start_matches('/').trim();
    let unit = unit.rsplit(' ').next().unwrap_or(unit).to_lowercase();
    match unit.as_str() {
        "daily" => " a day".to_owned(),
        "weekly" | "wk" => " a week".to_owned(),
        "hr" | "hour" => " an hour".to_owned(),
        "mth" => " a month".to_owned(),
        unit => format!(" a {unit}"),
    }
}

/// A small number in words.
pub fn in_words(number: &str) -> Option<String> {
    const WORDS: [&str; 13] =
        ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    match number.parse::<usize>() {
        Ok(0) | Err(_) => WORDS.contains(&number).then(|| number.to_owned()),
        Ok(at) => WORDS.get(at).map(|word| (*word).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_measure_a_job_with_what_they_count() {
        for (typed, expect) in [
            ("9-11 calls a day", "nine to eleven calls a day"),
            ("120-140 parcels a day", "120 to 140 parcels a day"),
            ("about 14 regular customers round Yeovil", "about 14 regular customers round Yeovil"),
            ("approx 280 items/day", "about 280 items a day"),
            ("27 children", "27 children"),
            ("80 covers a night", "80 covers a night"),
            ("~15 tickets a shift", "about 15 tickets a shift"),
            ("up to 60 patients per day", "up to 60 patients a day"),
            ("45 files under supervision", "45 files under supervision"),
        ] {
            assert_eq!(counted(typed).as_deref(), Some(expect), "{typed}");
        }
        assert_eq!(part_of_them("six with EAL").as_deref(), Some("six of them with EAL"));
        for typed in ["12-hour shifts", "two evenings", "3 A levels", "100 days", "2 nights a week", "2 days a week"] {
            assert_eq!(counted(typed), None, "{typed}");
        }
    }
}
