//! Writes out the dates of a line and its spans of time: "10/2021 - present" is "since October 2021".

use crate::facts::spell::MONTHS;
use crate::pattern::pattern;

const MONTH: &str = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?";
pub const DATE: &str = r"(?:(?:January|February|March|April|May|June|July|August|September|October|November|December|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter|[Ee]arly|[Ll]ate|[Mm]id) )?(?:19|20)\d\d";
const MARK: &str = r"(?:[-–—→»>…]+|->|\.\.\.|\bto\b|\btill?\b|\buntil\b)";

pattern!(MONTH_YEAR = r"\b(0?[1-9]|1[0-2])/((?:19|20)\d\d)\b");
pattern!(YEAR_MONTH = r"\b((?:19|20)\d\d)[./](0[1-9]|1[0-2])\b");
pattern!(YEAR_DASH_MONTH = r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])(\s*(?:…|\.\.\.))");
pattern!(SHORT_MONTH = r"(^|\s|\(|[-–—])(0[1-9]|1[0-2])/([0-3]\d)\b");
pattern!(NAMED_MONTH = format!(r"(?i)\b({MONTH}) ?['’]?(\d\d)($|[^\d:%./])"));
pattern!(SHORT_YEAR = r"(^|[\s(–—-])['’](\d\d)\b");
pattern!(FULL_YEAR = r"\b(?:19|20)\d\d\b");
pattern!(LATER_YEARS = r"(\p{L}\)? )(\d\d)\s?[-–]\s?(\d\d)($|[,;.)])");
pattern!(SHORT_YEARS = r"^(\d\d)\s?[-–]\s?(\d\d)(\s|:)");
pattern!(
    SPAN = format!(
        r"(?P<first>{DATE})\s*{MARK}\s*(?P<last>{DATE}|(?i:present|till date|to date|date|now|current(?:ly)?|today|ongoing)\b)"
    )
);
pattern!(SHORT_SPAN = r"\b((?:19|20)\d\d) ?[-–>]{1,2} ?(\d\d)($|[^\d%/.])");
pattern!(OPEN = format!(r"(?P<first>{DATE})(?:\s*(?:[-–—→»>…]+|->|\.\.\.))+\s*(?P<tail>$|[:,|)\]]|\s\(|\s\s|\s[A-Z])"));

/// The text with dates written out: "10/2021", "2019.03", "'19" and "Sept 22".
pub fn dates(text: &str) -> String {
    let month = |number: &str| number.parse::<usize>().ok().and_then(|at| MONTHS.get(at.wrapping_sub(1))).copied();
    let year = |two: &str| if two < "40" { format!("20{two}") } else { format!("19{two}") };
    let text = MONTH_YEAR.replace_all(text, |found: &regex::Captures<'_>| {
        format!("{} {}", month(&found[1]).unwrap_or_default(), &found[2])
    });
    let text = YEAR_MONTH.replace_all(&text, |found: &regex::Captures<'_>| {
        format!("{} {}", month(&found[2]).unwrap_or_default(), &found[1])
    });
    let text = YEAR_DASH_MONTH.replace_all(&text, |found: &regex::Captures<'_>| {
        format!("{} {}{}", month(&found[2]).unwrap_or_default(), &found[1], &found[3])
    });
    let text = SHORT_MONTH.replace_all(&text, |found: &regex::Captures<'_>| {
        format!("{}{} {}", &found[1], month(&found[2]).unwrap_or_default(), year(&found[3]))
    });
    let text = NAMED_MONTH.replace_all(&text, |found: &regex::Captures<'_>| {
        let short = found[1].to_lowercase();
        let long = MONTHS.iter().find(|month| month.to_lowercase().starts_with(&short[..3]));
        format!("{} {}{}", long.copied().unwrap_or_default(), year(&found[2]), &found[3])
    });
    let text = SHORT_YEAR.replace_all(&text, |found: &regex::Captures<'_>| format!("{}{}", &found[1], year(&found[2])));
    let text = LATER_YEARS.replace_all(&text, |found: &regex::Captures<'_>| {
        let are_years = found[2] < found[3] && found[3] < *"40" && FULL_YEAR.is_match(&text);
        let whole = || format!("{}{}-{}{}", &found[1], year(&found[2]), year(&found[3]), &found[4]);
        if are_years { whole() } else { found[0].to_owned() }
    });
    SHORT_YEARS
        .replace(&text, |found: &regex::Captures<'_>| format!("{}-{}{}", year(&found[1]), year(&found[2]), &found[3]))
        .into_owned()
}

/// The text with its spans of time in words: "2019 – present" is "since 2019".
pub fn ranges(text: &str) -> String {
    let long = long_months(text);
    let long = SHORT_SPAN.replace_all(&long, |found: &regex::Captures<'_>| {
        let (first, last) = (&found[1], &found[2]);
        if last < &first[2..] {
            found[0].to_owned()
        } else {
            format!("from {first} to {}{last}{}", &first[..2], &found[3])
        }
    });
    let text = SPAN.replace_all(&long, |found: &regex::Captures<'_>| {
        let (first, last) = (&found["first"], &found["last"]);
        match () {
            () if last.ends_with(|c: char| c.is_ascii_digit()) => format!("from {first} to {last}"),
            () => format!("since {first}"),
        }
    });
    let text = OPEN.replace_all(&text, |found: &regex::Captures<'_>| {
        let is_end = found.get(0).is_some_and(|whole| text[..whole.start()].ends_with("to "));
        if is_end { found[0].to_owned() } else { format!("since {}{}", &found["first"], &found["tail"]) }
    });
    text.replace("since since ", "since ").replace("from from ", "from ").replace(['[', ']'], " ").trim().to_owned()
}

/// "Sept 2021" as "September 2021".
fn long_months(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let comma = if word.ends_with(',') { "," } else { "" };
        let lead = &word[..word.len() - word.trim_start_matches(['(', '[', '–', '-']).len()];
        let core = word[lead.len()..].trim_end_matches(['.', ',']).to_lowercase();
        let is_short = (3..5).contains(&core.len()) && core != "mark" && core != "mars" && core != "dece";
        match MONTHS.iter().find(|month| is_short && month.to_lowercase().starts_with(&core)) {
            Some(month) if core != "may" && core != "mar" || word.starts_with(char::is_uppercase) => {
                // A stop behind the whole name ends a sentence.
                let stop = if word.ends_with('.') && core == month.to_lowercase() { "." } else { "" };
                format!("{lead}{month}{comma}{stop}")
            }
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
