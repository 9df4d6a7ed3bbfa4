//! Finds when something was, or for how long, in a piece of a field whose shorthand is written out.

use super::fact::Time;
use super::spell::MONTHS;
use crate::pattern::pattern;

/// The year in which this was written: what ran out before it is held no longer.
pub const THIS_YEAR: u32 = 2026;

const NUMBER: &str =
    r"(?:\d{1,2}(?:\.5|½)?|half an?|one|two|three|four|five|six|seven|eight|nine|ten|several|many|a few|a couple of)";
const MONTH: &str = r"(?:(?:early|late|mid|spring|summer|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[ -])";

// "9 years", "for two years and three months", "nearly 3 years", "2+ years".
pattern!(
    SPAN = format!(
        r"(?i)(?:^|[\s(,:–-])(?P<all>(?:for |over )?(?P<about>about |almost |nearly |approx\.? |around |over |just over |more than )?(?P<number>{NUMBER})(?P<plus>\+)? ?(?P<half>and (?:a )?half )?(?P<unit>years?|months?|weeks?|terms?|seasons?|summers?)(?: and (?P<more>{NUMBER} (?:months?|weeks?)))?(?: now| so far)?(?: (?:in|come|this|next) (?:january|february|march|april|may|june|july|august|september|october|november|december))?(?:,? (?:in )?(?P<year>{MONTH}?(?:19|20)\d\d))?)(?:$|[\s),.:–-])"
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
const NAMED: &str = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
// "Jan-Apr 24", "from May to July 2021".
pattern!(
    MONTHS_OF = format!(
        r"(?i)(?:^|[\s(,])(?P<all>(?:from )?(?P<first>{NAMED}) ?(?:-|–|to|till?|until) ?(?P<last>{NAMED})(?: (?P<year>(?:19|20)?\d\d))?)(?:$|[\s),.:])"
    )
);
// "The last two summers", "last summer", "the past three years".
pattern!(
    LAST = r"(?i)(?:^|[\s(,])(?P<all>(?:in |over |during |for )?(?:the |these )?(?:last|past) (?:(?P<number>\d|two|three|four|five|six|few|couple of) )?(?P<unit>summers?|christmas(?:es)?|easter|winters?|springs?|autumns?|years?|months|weeks|terms?))(?:$|[\s),.:])"
);
// "Since leaving school", "since uni", "since I was 14".
pattern!(
    SINCE_THEN = r"(?i)(?:^|[\s(,])(?P<all>(?:ever )?since (?:(?P<age>(?:the age of )?1[3-9])|(?P<when>(?:leaving (?:the )?)?(?:school|sixth form|college|uni(?:versity)?|army|navy|raf|army|graduating|graduation|lockdown|covid|the pandemic|last (?:summer|christmas|year|month|week|spring|autumn|winter)|christmas|easter|(?:january|february|march|april|may|june|july|august|september|october|november|december)))))(?:$|[\s),.:])"
);
pattern!(
    UNTIL = format!(
        r"(?i)(?:^|[\s(,])(?P<all>(?:up )?(?:till?|until) (?P<when>(?:{NAMED}(?: (?:19|20)\d\d)?|(?:19|20)\d\d|(?:last|this) (?:summer|christmas|year|month|week|spring|autumn|winter|{NAMED})|recently|christmas)))(?:$|[\s),.:])"
    )
);
// "2022 and 2023", "2021/22".
pattern!(
    YEARS = r"(?i)(?:^|[\s(,])(?P<all>(?:in )?(?P<years>(?:19|20)\d\d(?:(?:, | and | & | ?\+ ?|/)(?:19|20)?\d\d)+))(?:$|[\s),.:])"
);
// "Deputy editor 22-23": no ages, and no numbers of people.
pattern!(SHORT_RANGE = r"(?P<before>[\p{L}]+\)?),? (?P<all>(?P<first>[0-3]\d) ?[-–] ?(?P<last>[0-3]\d))$");
pattern!(
    EVERY = r"(?i)(?:^|[\s(,])(?P<all>(?:(?:every|each) (?:summer|winter|christmas|easter|season|week|weekend|day|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|weekly|(?:once|twice) a (?:week|month)))$"
);

/// The time that a text names, and the text without it.
#[must_use]
pub fn find(text: &str) -> Option<(Time, String)> {
    let found = first(text)?;
    // "Twenty years until 2019".
    match &found {
        (Time::For(length), rest) => match until(rest) {
            Some((end, rest)) => Some((Time::During(format!("{length} {}", end.words())), rest)),
            None => Some(found),
        },
        _ => Some(found),
    }
}

fn first(text: &str) -> Option<(Time, String)> {
    range(text)
        .or_else(|| months_of(text))
        .or_else(|| since(text))
        .or_else(|| summers(text))
        .or_else(|| last(text))
        .or_else(|| span(text))
        .or_else(|| until(text))
        .or_else(|| years(text))
        .or_else(|| year(text))
        .or_else(|| short_range(text))
}

fn months_of(text: &str) -> Option<(Time, String)> {
    let found = MONTHS_OF.captures(text)?;
    let year = found.name("year").map_or(String::new(), |year| format!(" {}", full(year.as_str())));
    let (first, last) = (months(&found["first"]), months(&found["last"]));
    Some((Time::During(format!("from {first} to {last}{year}")), without(text, found.name("all")?.range())))
}

/// "24" as "2024".
fn full(year: &str) -> String {
    match year.len() {
        2 if year < "40" => format!("20{year}"),
        2 => format!("19{year}"),
        _ => year.to_owned(),
    }
}

fn last(text: &str) -> Option<(Time, String)> {
    if let Some(found) = EVERY.captures(text) {
        let named = |word: &str| {
            let day = ["christmas", "easter"].contains(&word) || word.ends_with("day") && word.len() > 5;
            if day { super::spelling::upper_first(word) } else { word.to_owned() }
        };
        let lower = found["all"].to_lowercase().replace("weekly", "every week");
        let when = lower.split(' ').map(named).collect::<Vec<_>>().join(" ");
        return Some((Time::During(when), without(text, found.name("all")?.range())));
    }
    let found = LAST.captures(text)?;
    // "Last year of a degree".
    if text[found.name("all")?.end()..].starts_with(" of ") {
        return None;
    }
    let unit = found["unit"].to_lowercase().replace("christmas", "Christmas").replace("easter", "Easter");
    let rest = without(text, found.name("all")?.range());
    let is_plural = unit.ends_with('s') && !unit.starts_with("Christmas") || unit == "Christmases";
    let time = match found.name("number") {
        None if is_plural => return None,
        None => Time::During(format!("last {unit}")),
        Some(number) => {
            let number = number.as_str().to_lowercase();
            let number = number.parse().map_or(number.clone(), |at: usize| SMALL.get(at).unwrap_or(&"").to_string());
            let is_length = ["years", "months", "weeks", "terms"].contains(&unit.as_str());
            let when = format!("the last {number} {unit}");
            if is_length { Time::For(format!("for {when}")) } else { Time::During(format!("in {when}")) }
        }
    };
    Some((time, rest))
}

const SMALL: [&str; 10] = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

fn until(text: &str) -> Option<(Time, String)> {
    let found = UNTIL.captures(text)?;
    Some((Time::During(format!("until {}", months(&found["when"]))), without(text, found.name("all")?.range())))
}

fn years(text: &str) -> Option<(Time, String)> {
    let found = YEARS.captures(text)?;
    let years: Vec<String> =
        found["years"].split(|c: char| !c.is_ascii_digit()).filter(|year| !year.is_empty()).map(full).collect();
    Some((Time::During(format!("in {}", super::list::joined(&years))), without(text, found.name("all")?.range())))
}

fn short_range(text: &str) -> Option<(Time, String)> {
    let found = SHORT_RANGE.captures(text)?;
    let (first, last) = (&found["first"], &found["last"]);
    let is_other = ["aged", "age", "ages", "of", "about", "to", "year", "years", "up", "from", "between", "with"]
        .contains(&found["before"].to_lowercase().as_str());
    if is_other || first >= last || last > "30" || found["before"].len() < 3 {
        return None;
    }
    let when = format!("from {} to {}", full(first), full(last));
    Some((Time::During(when), without(text, found.name("all")?.range())))
}

fn since(text: &str) -> Option<(Time, String)> {
    let Some(found) = SINCE.captures(text) else {
        let found = SINCE_THEN.captures(text)?;
        let when = match (found.name("age"), found.name("when")) {
            (Some(age), _) => format!("I was {}", age.as_str().trim_start_matches("the age of ")),
            (_, Some(when)) => since_then(when.as_str()),
            _ => return None,
        };
        return Some((Time::Since(format!("since {when}")), without(text, found.name("all")?.range())));
    };
    let when = months(&found["when"]).replace("i was", "I was");
    Some((Time::Since(format!("since {when}")), without(text, found.name("all")?.range())))
}

/// "Leaving the army" as "leaving the Army", "uni" as "university".
fn since_then(when: &str) -> String {
    let words = when.split(' ').map(|word| match word.to_lowercase().as_str() {
        "uni" => "university".to_owned(),
        "army" => "the Army".to_owned(),
        "navy" => "the Navy".to_owned(),
        "raf" => "the RAF".to_owned(),
        "covid" => "Covid".to_owned(),
        "christmas" => "Christmas".to_owned(),
        "easter" => "Easter".to_owned(),
        other => months(other),
    });
    words.collect::<Vec<_>>().join(" ").replace("the the ", "the ")
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
    // "Promoted after six months" is when.
    let before = text[..found.name("all")?.start()].split_whitespace().next_back().unwrap_or_default().to_lowercase();
    if ["after", "within", "every", "under", "per", "in"].contains(&before.as_str()) && !found["all"].starts_with("for")
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
    let more = found.name("year").map_or(more.clone(), |year| format!("{more} in {}", months(year.as_str())));
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
        check("data entry at Capita Jan-Apr 24", "from January to April 2024", "data entry at Capita");
        check("lifeguard last 2 summers", "in the last two summers", "lifeguard");
        check("washing up at a café last summer", "last summer", "washing up at a café");
        check("barista since uni", "since university", "barista");
        check("paper round since 14", "since I was 14", "paper round");
        check("at Pets at Home since leaving school", "since leaving school", "at Pets at Home");
        check("operative at Boohoo till March 2024", "until March 2024", "operative at Boohoo");
        check("Alton Towers 2022 and 2023", "in 2022 and 2023", "Alton Towers");
        check("camp counsellor 2021/22", "in 2021 and 2022", "camp counsellor");
        check("research intern six months 2021", "for six months in 2021", "research intern");
        check("deputy editor 22-23", "from 2022 to 2023", "deputy editor");
        check("at Saks three and half years", "for three and a half years", "at Saks");
        assert_eq!(find("taught pupils aged 11-16"), None);
        assert_eq!(find("Band 5 nurse"), None);
    }
}
