//! Puts an entry about a qualification into the form in which the readers know it: dates, levels, dotted degrees.

use crate::facts::spell::MONTHS;
use crate::facts::spelling::upper_first;
use crate::pattern::pattern;

pattern!(DAY_MONTH = r"\b(0?[1-9]|[12]\d|3[01])/(0?[1-9]|1[0-2])(?:/(?:20)?(\d\d))?\b");
pattern!(FULL_DATE = r"\b(0?[1-9]|[12]\d|3[01])/(0?[1-9]|1[0-2])/(20\d\d|[2-4]\d)\b");
pattern!(MONTH_YEAR = r"\b(0?[1-9]|1[0-2])/(20\d\d|[2-4]\d)\b");
pattern!(DOTTED = r"(?i)\b(b|m|ph|ll)\.\s?(a|s|sc|eng|ed|arch|phil|d|b|com|tech|mus)\b\.?");
pattern!(HEALTH = r"(?i)\bh ?& ?s(?: ?c(?:are)?\b| (?:social )?care\b)|\bhsc care\b");
pattern!(UNFIT_BRACKET = r"(?i)\s*\([^()]*(?:[?=]|[a-z]:|\b(?:reval|renew|verification|rejoined|prison|jail))[^()]*\)");
pattern!(PLACE_OF_SHAME = r"(?i),? (?:got |done |gained )?(?:in|from) (?:jail|prison)\b|\bprison education\b");
pattern!(FIRST_AID = r"(?i)\b1st aid\b");
pattern!(HYG = r"(?i)\bhyg\b\.?");
pattern!(HOURS = r"(?i)[\s,(]+\d{1,2}[\s-]?(?:hrs?|hours?|days?)\b\)?");
pattern!(HYGIENE = r"(?i)^(?:basic )?food (hygiene|safety) (?:certificate )?(?:level |lvl |l)?([1-4])$");
pattern!(OPEN = r"^(?:OU|Open Uni(?:versity)?),? ((?:BA|BSc|LLB|MA|MSc|MBA|BEng|PGCE)\b[^,(]*)");
pattern!(UNIVERSITY = r"\b[Uu]niv\b\.?|\b[Uu]ni\b( of )");
// "An eight-week course, got certificate": neither is part of its name.
pattern!(
    WEEKS = r"(?i)[\s,(]+(?:for )?(?:\d{1,2}|two|four|six|eight|ten|twelve)[ -](?:wks?|weeks?)\b\)?|[\s,(]+(?:and )?(?:got|gained|with) (?:a |the )?cert(?:ificate)?\b\)?"
);
pattern!(
    MODE = r"(?i)\s*\((?:part[- ]time|full[- ]time|distance(?: learning)?|online|evenings?|mature student|self[- ]funded|online,? free course|free)\)|, (?:part|full)[- ]time(\))"
);
pattern!(DAY_WITH = r"(?i) (?:one|two|three|\d) days? (with|at|by) ");
pattern!(US_DEGREE = r"\bM\.S\.(?: in)? ([A-Z])");
pattern!(SPELT_OUT = r"^[A-Z][A-Za-z]{1,5} \(((?:Bachelor|Master|Diploma|Certificate) (?:of|in) [^()]+)\)");
pattern!(DEGREE_FROM = r"(?i)^(bachelor|master)(?:'?s)? degree (from|at|in) ");
pattern!(OF_TRAINING = r"(?i)^((?:[\w-]+ ){1,3}training): ");
// The school certificate of India or New South Wales rather than health and social care.
pattern!(HIGHER_SECONDARY = r"^HSC(\s*[(,:-]?\s*(?:ATAR|\d\d[.%\d]).*)$");
// "PTS" would be patients elsewhere.
pattern!(TRACK = r"\bPTS\b");
pattern!(BAC_PLUS = r"(?i)^bac ?\+ ?\d,? ");
pattern!(NATIONAL = r"(?i)\bhigher national (diploma|certificate)(?: in)?\b");
pattern!(NAT_5 = r"(?i)\bnat(?:ional)? ?5(s?)\b");
pattern!(EVENING = r"(?i),? (?:evening|night) (?:class(?:es)?|course|school)\b");
pattern!(BTEC_DIP = r"(?i)\b(BTEC (?:extended|national|subsidiary)) dip\b\.?");
pattern!(CORE = r"(?i)\b(CompTIA A\+) core (\d)\b");
pattern!(MATHS = r"(?i)\bmths\b");
pattern!(ONLINE = r"(?i)\s[–—-]\s(?:online|e-learning|in house)\b");
// "Master pedagogy" lacks what an English reader expects: "a Master's in Pedagogy".
pattern!(FOREIGN_DEGREE = r"(?i)^(?:hbo |uni )?(bachelor|master)(?: degree)?,? (?:in )?([\p{L}]{3,}.*)$");
pattern!(AWARDED_THROUGH = r"(?i),? (?:was )?awarded (?:through|by|via) (?:the )?[\w .-]+?(?:, ((?:19|20)\d\d))?$");
pattern!(DIPLOMA = r"(?i)^dip\.? (?:in )?([a-z]{4,}.*)$");
pattern!(GUILDS_N = r"(?i)\bcity n(?:'| )?guilds\b");
pattern!(LABEL = r"^([\w &+-]{2,24}):\s+");
pattern!(MONTH_SHORT_YEAR = r"(?i)\b((?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*) '?([2-4]\d)\b");

/// The entry with its dates in words, its degree without stops, and no colon that only stands for a space.
#[must_use]
pub fn put(entry: &str) -> String {
    let text = UNFIT_BRACKET.replace_all(entry, "");
    let text = degrees(&text);
    let text = OF_TRAINING.replace(&text, "$1 in ");
    let text = ONLINE.replace_all(&text, "");
    let text = PLACE_OF_SHAME.replace_all(&text, "");
    let text = FIRST_AID.replace_all(&text, "first aid");
    let text = if text.to_lowercase().contains("first aid") { HOURS.replace_all(&text, "") } else { text };
    let text = HYGIENE.replace(&text, "Level $2 food $1");
    let text = OPEN.replace(&text, "$1, Open University");
    let text = NATIONAL.replace_all(
        &text,
        |found: &regex::Captures| if found[1].eq_ignore_ascii_case("diploma") { "HND" } else { "HNC" },
    );
    let text = HIGHER_SECONDARY.replace(&text, "Higher Secondary Certificate$1");
    let text = TRACK.replace_all(&text, "Personal Track Safety");
    let text = BAC_PLUS.replace(&text, "");
    let text = NAT_5.replace_all(&text, "National 5$1");
    let text = EVENING.replace_all(&text, "");
    let text = BTEC_DIP.replace_all(&text, "$1 Diploma");
    let text = text
        .replace("functional skills L", "functional skills level ")
        .replace("Functional Skills L", "Functional Skills level ");
    let text = CORE.replace_all(&text, "$1 (Core $2)");
    let text = UNIVERSITY.replace_all(&text, "University$1");
    let text = WEEKS.replace_all(&text, "");
    let text = if text.to_lowercase().contains("gcse") { MATHS.replace_all(&text, "maths") } else { text };
    let text = AWARDED_THROUGH.replace(&text, " $1");
    let text = DIPLOMA.replace(&text, "Diploma in $1");
    let text = GUILDS_N.replace_all(&text, "City & Guilds");
    let text = FOREIGN_DEGREE.replace(&text, |found: &regex::Captures| match found[2].split(' ').next() {
        Some("of" | "Of" | "degree" | "thesis") => found[0].to_owned(),
        _ => format!("{}'s in {}", upper_first(&found[1].to_lowercase()), &found[2]),
    });
    let text = HYG.replace_all(&text, "hygiene");
    let text = HEALTH.replace_all(&text, "health and social care");
    let text = DOTTED.replace_all(&text, |found: &regex::Captures| {
        let (first, second) = (found[1].to_lowercase(), found[2].to_lowercase());
        match (first.as_str(), second.as_str()) {
            ("ph", _) => "PhD".to_owned(),
            ("ll", _) => "LLB".to_owned(),
            _ => format!("{}{}", upper_first(&first), upper_first(&second)),
        }
    });
    let text = FULL_DATE.replace_all(&text, |found: &regex::Captures| {
        let year = if found[3].len() == 4 { found[3].to_owned() } else { format!("20{}", &found[3]) };
        month(&found[2]).map_or_else(|| found[0].to_owned(), |month| format!("{month} {year}"))
    });
    let text = MONTH_YEAR.replace_all(&text, |found: &regex::Captures| {
        let year = if found[2].len() == 4 { found[2].to_owned() } else { format!("20{}", &found[2]) };
        month(&found[1]).map_or_else(|| found[0].to_owned(), |month| format!("{month} {year}"))
    });
    let text = DAY_MONTH.replace_all(&text, |found: &regex::Captures| {
        let year = found.get(3).map_or_else(String::new, |year| format!(" 20{}", year.as_str()));
        // "3/4" may be a share as well as a day.
        let is_date = found[1].len() == 2 || !year.is_empty();
        match month(&found[2]).filter(|_| is_date) {
            Some(month) => format!("{} {month}{year}", found[1].trim_start_matches('0')),
            None => found[0].to_owned(),
        }
    });
    let text = MONTH_SHORT_YEAR.replace_all(&text, "$1 20$2");
    LABEL
        .replace(&text, |found: &regex::Captures| match found[1].to_lowercase().as_str() {
            "paper" | "papers" | "publication" | "publications" => found[0].to_owned(),
            _ => format!("{} ", &found[1]),
        })
        .into_owned()
}

/// The entry without how it was studied, its degree in words that the readers know.
fn degrees(entry: &str) -> String {
    let text = MODE.replace_all(entry, "$1");
    let text = DAY_WITH.replace_all(&text, " $1 ");
    let text = US_DEGREE.replace(&text, "Master's degree in $1");
    let text = SPELT_OUT.replace(&text, "$1");
    DEGREE_FROM
        .replace(&text, |found: &regex::Captures| {
            format!("{}'s degree {} ", crate::facts::spelling::upper_first(&found[1].to_lowercase()), &found[2])
        })
        .into_owned()
}

fn month(number: &str) -> Option<&'static str> {
    number.parse::<usize>().ok().and_then(|number| MONTHS.get(number.checked_sub(1)?).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_degrees_are_put_into_one_form() {
        let check = |entry: &str, expect: &str| assert_eq!(put(entry), expect, "{entry}");
        check("SIA exp 08/27", "SIA exp August 2027");
        check("refresher booked 22/05", "refresher booked 22 May");
        check("C1 – passed 02/25", "C1 – passed February 2025");
        check("sia door supervisor to feb 27", "sia door supervisor to feb 2027");
        check("b.arch tehran", "BArch tehran");
        check("nvq 2 H&S care", "nvq 2 health and social care");
        check("L5 Diploma in H&SC", "L5 Diploma in health and social care");
        check("CSCS: green labourer card", "CSCS green labourer card");
        check("AAT L3: 3/4 units", "AAT L3 3/4 units");
        check("BArch (ENIC letter says = bachelor)", "BArch");
    }
}
