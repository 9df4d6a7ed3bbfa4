//! Finds when something was, or for how long, in a piece of a field whose shorthand is written out.

use super::fact::Time;
use super::spell::MONTHS;
use crate::pattern::pattern;

const NUMBER: &str =
    r"(?:\d{1,2}(?:\.5|½)?|half an?|one|two|three|four|five|six|seven|eight|nine|ten|several|a few|a couple of)";
const MONTH: &str = r"(?:(?:early|late|mid|spring|summer|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[ -])";

// "9 years", "for two years and three months", "nearly 3 years", "2+ years".
pattern!(
    SPAN = format!(
        r"(?i)(?:^|[\s(,:–-])(?P<all>(?:for |over )?(?P<about>about |almost |nearly |approx\.? |around |over |just over |more than )?(?P<number>{NUMBER})(?P<plus>\+)? ?(?P<half>and a half )?(?P<unit>years?|months?|weeks?|terms?|seasons?|summers?)(?: and (?P<more>{NUMBER} (?:months?|weeks?)))?(?: now| so far)?)(?:$|[\s),.:–-])"
    )
);
pattern!(
    SINCE = format!(
        r"(?i)(?:^|[\s(,])(?P<all>(?:since|from) (?P<when>(?:{MONTH})?(?:19|20)\d\d|{MONTH}?last year|january|february|march|april|may|june|july|august|september|october|november|december|i was \d\d))\b"
    )
);
pattern!(
    RANGE = format!(
        r"(?i)(?:^|[\s(,:])(?P<all>(?:from )?(?P<first>{MONTH}?(?:19|20)\d\d|{MONTH}?)\s*(?:-|–|—|to|till?|until)\s*(?P<last>{MONTH}?(?:19|20)?\d\d|present|now|date|current|today))(?:$|[\s),.:])"
    )
);
pattern!(
    SUMMERS = r"(?i)(?:^|[\s(,])(?P<all>(?:in the )?(?P<season>summers?|winters?|christmas|easters?) (?:of )?(?P<years>(?:19|20)\d\d(?:(?:, | and | & |\+| \+ )(?:19|20)\d\d)*))\b"
);
pattern!(YEAR = format!(r"(?i)(?:^|[\s(,])(?P<all>(?:in )?(?P<when>{MONTH}?(?:19|20)\d\d))(?:$|[\s),.:])"));

/// The time that a text names, and the text without it.
#[must_use]
pub fn find(text: &str) -> Option<(Time, String)> {
    range(text).or_else(|| since(text)).or_else(|| summers(text)).or_else(|| span(text)).or_else(|| year(text))
}

fn since(text: &str) -> Option<(Time, String)> {
    let found = SINCE.captures(text)?;
    let when = months(&found["when"]).replace("i was", "I was");
    Some((Time::Since(format!("since {when}")), without(text, found.name("all")?.range())))
}

fn range(text: &str) -> Option<(Time, String)> {
    let found = RANGE.captures(text)?;
    let (first, last) = (months(found["first"].trim()), found["last"].trim().to_lowercase());
    if !first.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let rest = without(text, found.name("all")?.range());
    if matches!(last.as_str(), "present" | "now" | "date" | "current" | "today") {
        return Some((Time::Since(format!("since {first}")), rest));
    }
    let century = first.rsplit(' ').next().and_then(|year| year.get(..2)).unwrap_or("20");
    // "Panto 2024 – 71 performances".
    if last.len() == 2 && (last.as_str() < &first[first.len() - 2..] || last.as_str() > "40" && century == "20") {
        return None;
    }
    let last = match last.rsplit_once(' ') {
        _ if last.len() == 2 => format!("{century}{last}"),
        Some((month, year)) if year.len() == 2 => months(&format!("{month} {century}{year}")),
        _ => months(&last),
    };
    Some((Time::During(format!("from {first} to {last}")), rest))
}

fn summers(text: &str) -> Option<(Time, String)> {
    let found = SUMMERS.captures(text)?;
    let years: Vec<&str> =
        found["years"].split(|c: char| !c.is_ascii_digit()).filter(|year| !year.is_empty()).collect();
    let season = found["season"].to_lowercase();
    let season = season.trim_end_matches('s');
    let rest = without(text, found.name("all")?.range());
    let when = match (season, years.as_slice()) {
        ("christma", [year]) => format!("over Christmas {year}"),
        ("christma" | "easter", _) => return None,
        (season, [year]) => format!("in the {season} of {year}"),
        (season, years) => format!("in the {season}s of {}", super::list::joined(years)),
    };
    Some((Time::During(when), rest))
}

fn span(text: &str) -> Option<(Time, String)> {
    let found = SPAN.captures(text)?;
    // "One week in six" is how often, not how long.
    if text[found.name("all")?.end()..].starts_with(" in ")
        && text[found.name("all")?.end() + 4..].split(' ').next().is_some_and(|word| {
            word.parse::<u8>().is_ok() || matches!(word, "two" | "three" | "four" | "five" | "six" | "seven" | "eight")
        })
    {
        return None;
    }
    let unit = found["unit"].to_lowercase();
    let stem = unit.trim_end_matches('s');
    let (number, half) = halves(&found["number"].to_lowercase(), found.name("half").is_some());
    let is_one = matches!(number.as_str(), "a" | "one" | "1" | "an" | "half a") && !half;
    let unit = if is_one { stem.to_owned() } else { format!("{stem}s") };
    let half = if half { "and a half " } else { "" };
    let about =
        found.name("about").map_or(String::new(), |about| match about.as_str().trim().to_lowercase().as_str() {
            "approx" | "approx." | "around" | "about" => "about ".to_owned(),
            other => format!("{other} "),
        });
    let about = if found.name("plus").is_some() || found["all"].to_lowercase().starts_with("over ") {
        "over ".to_owned()
    } else {
        about
    };
    let more = found.name("more").map_or(String::new(), |more| format!(" and {}", more.as_str().to_lowercase()));
    let number = if number == "one" && stem == "year" && about.is_empty() { "a".to_owned() } else { number };
    Some((Time::For(format!("for {about}{number} {half}{unit}{more}")), without(text, found.name("all")?.range())))
}

/// "3.5" as "three" and a half.
fn halves(number: &str, half: bool) -> (String, bool) {
    const WORDS: [&str; 11] = ["half a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let (whole, has_half) = match number.split_once(['.', '½']) {
        Some((whole, _)) => (whole, true),
        None => (number, half),
    };
    let word = whole.parse::<usize>().ok().filter(|whole| *whole > 0).and_then(|whole| WORDS.get(whole));
    (word.map_or_else(|| whole.to_owned(), |word| (*word).to_owned()), has_half)
}

fn year(text: &str) -> Option<(Time, String)> {
    let found = YEAR.captures(text)?;
    // "A 1994 Golf" is no time.
    let is_at_end = text[found.name("all")?.end()..].trim_matches([')', '.', ' ']).is_empty();
    let is_date = found["all"].to_lowercase().starts_with("in ") || found.name("all")?.start() == 0;
    if !is_at_end && !is_date {
        return None;
    }
    Some((Time::During(format!("in {}", months(&found["when"]))), without(text, found.name("all")?.range())))
}

/// The text with the names of months written out and capitalised.
fn months(text: &str) -> String {
    let word = |word: &str| {
        let lower = word.to_lowercase();
        let month = MONTHS.iter().find(|month| lower.len() > 2 && month.to_lowercase().starts_with(&lower));
        let month = month.or(if lower == "sept" { Some(&MONTHS[8]) } else { None });
        month.map_or(lower, |month| (*month).to_owned())
    };
    text.split([' ', '-']).filter(|part| !part.is_empty()).map(word).collect::<Vec<_>>().join(" ")
}

/// The text without a part of it, and without the brackets and marks that stood around the part.
fn without(text: &str, part: std::ops::Range<usize>) -> String {
    let before = text[..part.start].trim_end_matches(['(', ' ', ',', '-', '–', ':']);
    let after = text[part.end..].trim_start_matches([')', ' ', ',', '-', '–', ':', '.']);
    let joined = format!("{before} {after}");
    joined.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_and_worded() {
        let check = |text: &str, time: &str, rest: &str| {
            let (found, left) = find(text).expect(text);
            let words = match found {
                Time::Since(words) | Time::For(words) | Time::During(words) => words,
            };
            assert_eq!((words.as_str(), left.as_str()), (time, rest), "{text}");
        };
        check("cashier at Tesco since Sept 2022", "since September 2022", "cashier at Tesco");
        check("carer (from 2022)", "since 2022", "carer");
        check("driver Wincanton 9 years", "for nine years", "driver Wincanton");
        check("CDP at the Pilot Boat 3.5 years", "for three and a half years", "CDP at the Pilot Boat");
        check("head of repairs 2012-19", "from 2012 to 2019", "head of repairs");
        check("2019 - present: Barista, Costa", "since 2019", "Barista, Costa");
        check("barista (Jan 2020 to March 2021)", "from January 2020 to March 2021", "barista");
        check("fisheries assistant, summers 2021 and 2022", "in the summers of 2021 and 2022", "fisheries assistant");
        check("picker two years and three months", "for two years and three months", "picker");
        check("teller 1 year", "for a year", "teller");
        check("junior developer, 18 months", "for 18 months", "junior developer");
        assert_eq!(find("Band 5 nurse"), None);
    }
}
