//! What only names itself: a course, a card or a unit of which nothing else is known. "My training includes" takes any
//! noun phrase, so that a piece without a better reading is still told.

use super::marks::Marks;
use super::{degree, marks};
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::lexicon::is_role;
use crate::facts::spell::{is_language, is_ordinary, is_place};
use crate::facts::spelling::lower_first;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;

pattern!(
    STRAY = r"(?i)\b(?:no|not|never|nothing|none|want|wants|sick|failed|fail|left|lapsed|expired|paused|unfinished|old|once|others?|wait|waiting|awaiting|pending|due|booked|want|need|needs|my|me|i|we|you|it|they|is|are|was|were|am|be|been|did|do|does|got|would|could|will|because|so|but|then|now|yet|still|school|same|above|see|cv|citizen|settled|visa|status|points?|year|yr|average|grade|grades|gcses?|levels?|highers?|degree|bachelor|masters?|phd|half|part|some|few|soon|next|member|membership|planned|runner|admitted|rights|exemptions?|nationals|de|la|da|before|registered|until|till|since)\b|[%=?!:;–—*]|^\d+ |\b[A-Z]$|\d ?of ?\d"
);
pattern!(
    PASSED = r"(?i)^(.+?)[\s,(–-]+passed(?: (?:in )?((?:19|20)\d\d|[A-Z][a-z]+ (?:19|20)\d\d))?(?: (?:at )?(?:the )?(first (?:attempt|time)))?\)?$"
);
pattern!(
    NAMED_NOUN = r"(?i)\b(?:programme|course|certificate|diploma|award|test|academy|badge|scheme|qualification|ticket|workshop|bootcamp|module|refresher|apprenticeship)$"
);
pattern!(MANY = r"(?i)\b(?:modules?|courses?|units?) \d (?:to|and|&) \d$");
pattern!(
    CERTIFIED = r"^([A-Z][\w+&.-]*(?: [A-Z][\w+&.-]*){0,3}) (certified|accredited|trained|licensed)(?:,? (?:in )?\(?((?:19|20)\d\d)\)?)?$"
);
pattern!(CERTIFIED_IN = r"^([A-Z][\w+& -]*(?:/| and )[A-Z][\w+& -]*) (certified|trained)(?: \([^()]*\))?$");
pattern!(DEED = r"(?i)^(did|took|attended|refreshed) ((?:the |an? |my )?[[:alpha:]].+)$");
pattern!(PATENT = r"(?i)^(\w+) patents?(?:,? \((co-inventor|inventor)\))?$");
pattern!(LICENCES = r"(?i)\b(?:licences|tickets)$");
pattern!(DEANS_LIST = r"(?i)^dean['’]?s list(?:[,:]? (?:for )?(.+ (?:semesters?|years?|terms?)))?$");
pattern!(REGISTER = r"^((?:[A-Z]\w+ )+Register)$");
pattern!(
    ACCESS = r"^Access to ([A-Z][\w ]+?)(?: [Cc]ourse| [Dd]iploma)?(?:,? (?:at |from )?([A-Z][\w ]* (?:College|University)))?$"
);
pattern!(FRIEND = r"^((?:Dementia|Autism) (?:Friend|Champion))$");
pattern!(
    LASTED = r"(?i)[\s,(]+(?:\d{1,2}|one|two|three|four|five|six)[\s-]?(?:hrs?|hours?|days?)\b\)?$|\s+(?:refreshed|completed|done|gained|achieved|attended)$"
);
pattern!(
    STILL = r"(?i)^still |[\s,]*\((?:still )?(?:current|in date|up to date|online|volunteer|valid)\)|[\s,]+(?:19|20)\d\d$|[\s,]+with own car$"
);

/// "Did the GDS content design course last winter": only the subject is missing.
pub(super) fn deed(text: &str) -> Option<(Kind, Words)> {
    let found =
        DEED.captures(text).filter(|found| found[2].split(' ').count() < 14 && !found[2].contains(['=', '?']))?;
    Some((Kind::Course, Words::Clause(format!("I {} {}", found[1].to_lowercase(), &found[2]))))
}

/// The name without its year and without words that only say that it still holds.
pub(super) fn plain(names: &str) -> Option<String> {
    let text = STILL.replace_all(names.trim(), "").trim().to_owned();
    let turned = text.replacen("registered with", "Registered with", 1);
    (text.len() < names.trim().len() && !text.is_empty())
        .then(|| if text.starts_with("registered") { turned } else { text })
}

/// A name with nothing behind it that a reader could mistake, as what somebody was trained in.
pub(super) fn read(names: &str) -> Option<(Kind, Words)> {
    let text = names.trim();
    let clause = |kind, clause: String| Some((kind, Words::Clause(clause)));
    if let Some(found) = PASSED.captures(text) {
        let what = named(&found[1])?;
        let attempt = found.get(3).map_or("", |_| " at the first attempt");
        return clause(
            Kind::Award,
            match found.get(2) {
                Some(date) => format!("I passed {what} in {}{attempt}", date.as_str()),
                None => format!("I have passed {what}{attempt}"),
            },
        );
    }
    if let Some(found) = DEANS_LIST.captures(text) {
        let how_long = found.get(1).map_or_else(String::new, |time| format!(" for {}", time.as_str()));
        return clause(Kind::Award, format!("I have been on the Dean's List{how_long}"));
    }
    if let Some(found) = PATENT.captures(text) {
        let role = found.get(2).map_or_else(String::new, |role| format!(" as {}", role.as_str().to_lowercase()));
        let many = if found[1].eq_ignore_ascii_case("one") { "" } else { "s" };
        return clause(Kind::Paper, format!("I have {} patent{many}{role}", found[1].to_lowercase()));
    }
    if let Some(found) = REGISTER.captures(text) {
        return clause(Kind::Licence, format!("I am on the {}", &found[1]));
    }
    if let Some(found) = FRIEND.captures(text) {
        return clause(Kind::Award, format!("I am a {}", &found[1]));
    }
    if let Some(found) = ACCESS.captures(text) {
        let at = found.get(2).map_or_else(String::new, |school| format!(" at {}", school.as_str()));
        return Some((Kind::Course, Words::Thing(format!("the Access to {} course{at}", &found[1]))));
    }
    // Before its letters are taken for grades.
    if let Some(found) = CERTIFIED.captures(text) {
        let year = found.get(3).map_or_else(String::new, |year| format!(" ({})", year.as_str()));
        return clause(Kind::Award, format!("I am {} {}{year}", &found[1], &found[2]));
    }
    let (marks, rest) = Marks::take(text);
    let rest = LASTED.replace(&rest, "").into_owned();
    if let Some(found) = CERTIFIED_IN.captures(&rest) {
        let what = found[1].replace('/', " and ");
        return clause(Kind::Award, format!("I am {} in {what}{}", &found[2], marks.text()));
    }
    let thing = named(&rest)?;
    if LICENCES.is_match(&rest) {
        return Some((Kind::Licence, Words::Thing(format!("{thing}{}", marks.text()))));
    }
    let last = rest.rsplit(' ').next()?.to_lowercase();
    let is_led = ["Certified ", "Accredited ", "Chartered "].iter().any(|lead| rest.starts_with(lead));
    let holds = (is_role(&last) || is_led) && rest.contains(' ') && !last.ends_with('s');
    if holds {
        return clause(Kind::Award, format!("I am {}{}", with_article(&thing), marks.text()));
    }
    (!is_role(&last)).then(|| (Kind::Course, Words::Thing(format!("{thing}{}", marks.text()))))
}

/// The name as it follows a verb; `None` where it is no plain noun phrase.
fn named(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', ',', '.', '-']);
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = *words.first()?;
    let are_plain = text.chars().all(|c| c.is_alphanumeric() || " '’&/+.()-".contains(c));
    let is_whole = text.matches('(').count() == text.matches(')').count();
    let is_verb =
        first.starts_with(char::is_lowercase) && verb::read(first).is_some_and(|(form, _)| form != Form::Doing);
    let outside = text.split(" (").next().unwrap_or(text);
    let is_lone = !outside.contains(' ')
        && (!outside.contains(char::is_uppercase)
            || NAMED_NOUN.is_match(outside)
            || text.chars().count() < 4
            || is_language(&text.to_lowercase()));
    let is_sure = (1..10).contains(&words.len())
        && are_plain
        && is_whole
        && !is_verb
        && !is_lone
        && !(first.ends_with("ed") && first.starts_with(char::is_lowercase))
        && text.contains(char::is_alphabetic)
        && !STRAY.is_match(text)
        && !degree::is_school(text)
        && !degree::is_school(outside)
        && !marks::is_mark(text)
        && !is_place(&text.to_lowercase())
        && !["in ", "at ", "of ", "for ", "with ", "and ", "from ", "on ", "by "]
            .iter()
            .any(|lead| text.to_lowercase().starts_with(lead));
    if !is_sure {
        return None;
    }
    // "Outdoor first aid" needs no capital, "Emergency First Aid" keeps its own.
    let is_plain_start = words.get(1).is_some_and(|next| next.starts_with(char::is_lowercase))
        && is_ordinary(&first.to_lowercase())
        && words[1..].iter().all(|word| !word.starts_with(char::is_uppercase));
    let text = if is_plain_start { lower_first(text) } else { text.to_owned() };
    let text = text.replace(" & ", " and ").replace(" + ", " and ");
    let bare = text.split(" (").next().unwrap_or(&text);
    let head = [" in ", " on ", " for ", " with ", " at ", " of ", " from ", " through "]
        .iter()
        .filter_map(|end| bare.find(end))
        .min()
        .map_or(bare, |at| &bare[..at]);
    Some(match () {
        () if MANY.is_match(head) => format!("the {text}"),
        () if NAMED_NOUN.is_match(head) && text.starts_with(char::is_uppercase) => format!("the {text}"),
        () if NAMED_NOUN.is_match(head) => with_article(&text),
        () => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let said = match read(text) {
            Some((_, Words::Thing(thing))) => thing,
            Some((_, Words::Clause(clause))) => format!("~{clause}"),
            _ => String::new(),
        };
        assert_eq!(said, expect, "{text}");
    }

    #[test]
    fn what_only_names_itself_is_told_as_training() {
        check("Edward Jenner leadership programme 2021", "the Edward Jenner leadership programme (2021)");
        check("Outdoor first aid", "outdoor first aid");
        check("ACT Awareness e-learning", "ACT Awareness e-learning");
        check("NHS Clinical Coding e-learning modules 1 to 4", "the NHS Clinical Coding e-learning modules 1 to 4");
        check("Overhead crane + slinger 2021", "Overhead crane and slinger (2021)");
        check("short course in minute taking", "a short course in minute taking");
        check("PMP certified 2020", "~I am PMP certified (2020)");
        check("Certified Scrum Product Owner", "~I am a Certified Scrum Product Owner");
        check("First aider", "~I am a first aider");
        check("Praxis Elementary passed", "~I have passed Praxis Elementary");
        check("SQE1 passed January 2025 first attempt", "~I passed SQE1 in January 2025 at the first attempt");
    }

    #[test]
    fn what_is_no_name_is_not_told() {
        for text in [
            "larder",
            "want to go on the books now",
            "sick of cash one week nothing the next",
            "others 6-8",
            "Sheffield College",
            "Cardiff",
            "2023",
            "0 points",
            "settled status",
            "MOT tester lapsed",
            "see CV",
        ] {
            check(text, "");
        }
    }
}
