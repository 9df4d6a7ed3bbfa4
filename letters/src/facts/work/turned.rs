//! Turns round what people type about work, so that it stands in the order in which it is read: "In Ghana I was a
//! clerk" is "clerk in Ghana".

use crate::facts::article::with_article;
use crate::facts::fact::Time;
use crate::facts::spell;
use crate::facts::spelling::upper_first;
use crate::facts::time;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(PLACES = "facts/places");

pattern!(
    ABROAD = r"^(?i:back home |back |before(?: that)?,? |originally |first )?(?P<where>(?i:in )(?:the )?\p{Lu}[\p{L}]+(?: \p{Lu}[\p{L}]+)?|(?i:in my (?:home )?country)),? (?:I|i) (?:was|worked as|have been|used to be)(?: an?)? (?P<rest>.+)$"
);
pattern!(
    AS = r"^(?i:currently |now |i am )?(?i:work(?:ing|ed)?|employed|i work(?:ed)?)(?P<how> (?i:part[- ]time|full[- ]time|freelance|weekends|saturdays|sundays|nights|evenings))? (?i:as) (?:an? )?(?P<role>.+)$"
);
pattern!(
    FOR_AS = r"^(?i:(?:last |most recently )?work(?:ed|ing)?|employed) (?P<place>(?:for|at|with|by) .+?) as (?:an? )?(?P<role>.+)$"
);
pattern!(FROM_AS = r"^(?P<verb>(?i:joined|started out|started|began))(?P<place> (?:at|with) .+?)? as (?P<role>.+)$");
pattern!(
    SPENT = r"^(?i:spent )?(?P<time>(?:an?|\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|several) (?:years?|months?|seasons?|terms?|summers?)) (?P<doing>[a-z]+ing) (?P<rest>.+)$"
);
pattern!(
    DROVE = r"^(?P<verb>(?i:drove|driving|drive)) (?P<what>forklift|van|lorry|bus|taxi|minibus|tractor|truck|coach|tanker|tram)\b"
);
pattern!(
    UNTIL_OVER = r"(?i),? (?:till?|until|before) (?:it|they|the [a-z]+|he|she|we) (?:shut|closed|went (?:bust|under)|folded|ended|moved|left|sold up|retired)(?: down)?(?: in)?(?: (?P<year>(?:19|20)\d\d))?.*$"
);
pattern!(
    REDUNDANCY = r"(?i)\b(?:till?|until) (?:my |being made |i was made )?(?:redundancy|redundant|furlough)(?: (?:in )?(?P<when>(?:[a-z]{3,9} )?(?:19|20)\d\d))?"
);
pattern!(UNTIL_MINE = r"(?i),? (?:till?|until|because|due to|when) (?:(?:my|i|covid)\b|redundanc).*$");
pattern!(
    JOB = r"(?i)^(?P<what>(?:saturday|sunday|weekend|evening|summer|part[- ]time|student|holiday|christmas) job) (?P<rest>.+)$"
);
pattern!(HELP = r"(?i)^(?P<place>(?:[a-z]+ ){0,2}[a-z]+) help$");
pattern!(LOADING = r"^(?P<place>(?:[a-z]+ ){0,2}[a-z]+) (?P<doing>loading|unloading|packing|picking)$");
pattern!(VOL = r"(?i)\b(?:vol|volly|volunt)\b\.?");
pattern!(VOLUNTEERING = r"(?i)^(?P<role>[a-z -]+?)(?:,)? (?:volunteering|voluntary|unpaid) (?P<rest>.+)$");
pattern!(VIA = r"(?i) via (?P<name>.+)$");
pattern!(PARENTS = r"\bmy (?P<who>parents|grandparents) (?P<what>[a-z]+)");
pattern!(
    ZERO = r"(?i)^(?:on )?(?P<how>zero[- ]hours?(?: contract)?|part[- ]time|full[- ]time|casual(?:ly)?) (?P<rest>(?:at|with|for) .+)$"
);
pattern!(
    GAP = r"(?i)^(?:my |a )?gap (?:year|yr) (?P<doing>travelling|working|volunteering|teaching|backpacking|living)(?P<joint> (?:in|at|on|with|for|around|through|across))? (?P<rest>.+)$"
);
pattern!(
    STAFF = r"(?i)^(?P<kind>bar|waiting|kitchen|shop|sales|support|domestic|catering|ward|checkout|events?|hotel|bank|nursery|hospitality|front of house|police|admin|office|library|technical|ground|academic|reception|theatre) staff(?P<behind>$|,| (?:at|in|for|with|on|since|from)\b)"
);
pattern!(
    PROMOTION = r"(?i)^(?P<before>.*?\p{L}.*?),?(?: and| then| and then|,)* (?:was |got |been |being |have been |later )*promoted (?:up )?to (?P<role>.+)$"
);
pattern!(
    TO_RAISE = r"(?i)^(?P<break>(?:career )?break.*?) \((?:to )?(?:raise |raising |for |looking after )?(?:my )?(?:children|kids|childcare|family)\)$"
);
pattern!(BINS = r"(?i)^(?:doing |on )?(?:the )?bins\b");
pattern!(DAYS = r"(?P<before>[\p{L}]+) (?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)days)$");
pattern!(USED_TO_BE = r"(?i)^(?:i )?used to be ");
pattern!(
    TRADES = r"\b(?P<lead>(?:at|in|for|with) )?(?P<article>(?:a|the|my local|local) )?(?P<trade>florist|hairdresser|butcher|baker|solicitor|estate agent|dentist|optician|newsagent|chemist|greengrocer|jeweller|fishmonger|bookmaker)s\b"
);
pattern!(
    LEFT = r"(?i)^(?:i )?(?:have )?(?:just |recently )?left (?P<place>.+?) (?:\w+ \d{4} )?after (?P<time>(?:\d{1,2}|[a-z]+)(?: and a half)? (?:years?|months?))$"
);
pattern!(
    LANGUAGES = r"^(?i:plus |also |and )?(?P<role>interpreter|translator) (?:in )?(?P<first>\p{Lu}\p{L}+)(?:(?:/|, | and | & )(?P<last>\p{Lu}\p{L}+))?$"
);
pattern!(ENDED = r"(?i)^(?:ended up|wound up|finished up) (?P<doing>[a-z]+ing .+)$");
pattern!(
    MOVED = r"(?i)^(?:then |i |also |and )*(?P<verb>moved|relocated|came|emigrated|returned)(?: over| back)? to (?P<where>(?:the )?\p{L}[\p{L}]+(?: \p{Lu}[\p{L}]+)*?)(?P<when>(?: (?:in )?(?:(?:early|late|mid|january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter) )?(?:19|20)\d\d)?)(?: (?:with|to be with|for|because|due to|after|as) (?:my|our|his|her|the|family|marriage|love|partner|a).*)?$"
);

pattern!(
    KIN = r"\b(?P<lead>in|at|for|with) (?:[Mm]y )?(?P<kin>(?i:dad|mum|uncle|aunt|brother|sister|nan|grandad|friend|mate|cousin))s "
);
pattern!(BEHIND = r"(?i),? (?:since|there|as well|too)$");
pattern!(CREW = r"(?i)^cabin crew\b");
pattern!(
    YEAR_AS = r"(?i)^(?:in |now |currently )?(?:in )?(?:my |the )?(?:\w+) year(?P<place> (?:with|at|for) .+?)? as (?:an? )?(?P<role>.+)$"
);
pattern!(
    DID_AS = r"(?i)^(?:did|spent|worked|had|done|have done) (?P<time>(?:\d{1,2}|[a-z]+)(?: and a half)? (?:years?|months?|seasons?|summers?|terms?|weeks)) as (?:an? )?(?P<role>.+)$"
);

/// "Greggs Gosforth 2017-2023 production operative": an employer, a time and a role, of which `rest` is without the time.
pub fn employer_first(typed: &str, rest: &str) -> Option<String> {
    let is_parted = |at: &usize| {
        typed.find(&rest[..*at]).is_some_and(|from| {
            let behind = &typed[from + at..];
            behind.contains(&rest[at + 1..]) && !behind.trim_start().starts_with(&rest[at + 1..])
        })
    };
    let at = rest.match_indices(' ').map(|(at, _)| at).find(is_parted)?;
    let (employer, role) = (&rest[..at], &rest[at + 1..]);
    let first = employer.split(' ').next()?.to_lowercase();
    let is_role = super::position::read(role).is_some_and(|read| read.place.is_empty())
        && role.split(' ').next_back().is_some_and(crate::facts::lexicon::is_role);
    let is_place = super::position::read(employer).is_none() && verb::read(employer).is_none();
    let is_plain = !employer.contains([',', ':', '(', ';']) && employer.split(' ').count() < 5;
    (is_role && is_place && is_plain && !["at", "in", "for", "with", "as", "the"].contains(&first.as_str()))
        .then(|| format!("{role} at {employer}"))
}

/// The text as a role, a deed or an activity with its place and time behind it; as typed where it is one already.
pub fn turned(text: &str, is_now: bool) -> String {
    let text = over(text);
    let text = VIA.replace(&text, |found: &regex::Captures<'_>| format!(" through {}", &found["name"])).into_owned();
    let text =
        PARENTS.replace(&text, |found: &regex::Captures<'_>| format!("my {}' {}", &found["who"], &found["what"]));
    let text = text.replace("self employed ", "self-employed ");
    let text =
        TRADES.replace_all(&text, |found: &regex::Captures<'_>| match (found.name("lead"), found.name("article")) {
            (lead, Some(article)) => {
                format!("{}{}{}'s", lead.map_or("", |lead| lead.as_str()), article.as_str(), &found["trade"])
            }
            (Some(lead), None) => format!("{}{}'s", lead.as_str(), with_article(&found["trade"])),
            (None, None) => found[0].to_owned(),
        });
    let text = KIN.replace_all(&text, |found: &regex::Captures<'_>| {
        format!("{} my {}'s ", &found["lead"], found["kin"].to_lowercase())
    });
    let text = BEHIND.replace(&text, "").into_owned();
    let text = CREW.replace(&text, "member of cabin crew").into_owned();
    let text = TO_RAISE.replace(&text, "$break to raise my children").into_owned();
    let text = BINS.replace(&text, "collected bins").into_owned();
    let text = VOL.replace(&text, "volunteer").into_owned();
    let text = ENDED.replace(&text, "$doing").into_owned();
    let text = STAFF
        .replace(&text, |found: &regex::Captures<'_>| {
            format!("member of {} staff{}", found["kind"].to_lowercase(), &found["behind"])
        })
        .into_owned();
    role(&text).or_else(|| deed(&text, is_now)).unwrap_or(text)
}

/// The text without why a job ended: that it did belongs into no letter.
pub fn over(text: &str) -> String {
    let text = &*USED_TO_BE.replace(text, "was ");
    let text = REDUNDANCY.replace(text, |found: &regex::Captures<'_>| {
        found.name("when").map_or(String::new(), |when| format!("until {}", when.as_str()))
    });
    let text = UNTIL_OVER
        .replace(&text, |found: &regex::Captures<'_>| {
            found.name("year").map_or(String::new(), |year| format!(" until {}", year.as_str()))
        })
        .into_owned();
    UNTIL_MINE
        .replace(&text, |found: &regex::Captures<'_>| {
            // "Since I was 14" is when it began, "when I was at school" is when it was.
            if found[0].contains("when i was") || found[0].contains("when I was") {
                found[0].to_owned()
            } else {
                String::new()
            }
        })
        .into_owned()
}

/// A role that stands behind its place or behind how it was.
fn role(text: &str) -> Option<String> {
    if let Some(found) = ABROAD.captures(text) {
        let (time, role) = parted(&found["rest"]);
        let place = found["where"].replacen("In ", "in ", 1);
        return Some(format!("{role} {place}{time}"));
    }
    if let Some(found) = AS.captures(text) {
        let how = found.name("how").map_or(String::new(), |how| how.as_str().trim().to_lowercase().replace(' ', "-"));
        let (time, role) = parted(&found["role"]);
        return Some(match how.as_str() {
            "" => return None,
            "weekends" => format!("{role} at weekends{time}"),
            "nights" => format!("{role} on nights{time}"),
            "evenings" => format!("{role} in the evenings{time}"),
            "saturdays" => format!("{role} on Saturdays{time}"),
            "sundays" => format!("{role} on Sundays{time}"),
            how => format!("{how} {role}{time}"),
        });
    }
    if let Some(found) = DID_AS.captures(text) {
        return Some(format!("{} {}", &found["role"], for_time(&found["time"])));
    }
    if let Some(found) = YEAR_AS.captures(text) {
        let place = found.name("place").map_or("", |place| place.as_str());
        return Some(format!("{}{place}", &found["role"]));
    }
    if let Some(found) = FOR_AS.captures(text) {
        let (time, role) = parted(&found["role"]);
        let place = found["place"].replacen("by ", "for ", 1);
        return Some(format!("{role} {place}{time}"));
    }
    if let Some(found) = LANGUAGES.captures(text) {
        let last = found.name("last").map_or(String::new(), |last| format!(" and {}", last.as_str()));
        return Some(format!("{}{last} {}", &found["first"], &found["role"]));
    }
    if let Some(found) = VOLUNTEERING.captures(text)
        && super::position::read(&found["role"]).is_some_and(|read| read.place.is_empty())
    {
        let rest = &found["rest"];
        let rest = if spell::is_place(rest) { format!("in {rest}") } else { rest.to_owned() };
        return Some(format!("volunteer {} {rest}", &found["role"]));
    }
    None
}

/// What was done, with its verb first.
fn deed(text: &str, is_now: bool) -> Option<String> {
    if let Some(found) = ZERO.captures(text) {
        let how = match found["how"].to_lowercase().as_str() {
            how if how.starts_with("zero") => "on a zero-hours basis",
            how if how.starts_with("part") => "part time",
            how if how.starts_with("full") => "full time",
            _ => "on a casual basis",
        };
        let (time, place) = parted(&found["rest"]);
        let verb = if is_now { "work" } else { "worked" };
        return Some(format!("{verb} {place} {how}{time}"));
    }
    if let Some(found) = LEFT.captures(text)
        && found["place"].starts_with(char::is_uppercase)
    {
        return Some(format!("worked at {} for {}", &found["place"], &found["time"]));
    }
    if let Some(found) = GAP.captures(text) {
        let doing = found["doing"].to_lowercase();
        let joint = found.name("joint").map_or(" in", |joint| joint.as_str());
        return Some(format!("spent a gap year {doing}{joint} {}", &found["rest"]));
    }
    if let Some(found) = FROM_AS.captures(text) {
        let place = found.name("place").map_or("", |place| place.as_str());
        return Some(format!("{}{place} as {}", found["verb"].to_lowercase(), with_article(&found["role"])));
    }
    if let Some(found) = SPENT.captures(text)
        && let Some((Form::Doing, act)) = verb::read(&format!("{} {}", &found["doing"], &found["rest"]))
    {
        let time = for_time(&found["time"]);
        return Some(if is_now { format!("{} {time}", act.doing) } else { format!("{} {time}", act.past) });
    }
    if DROVE.is_match(text) {
        return Some(DROVE.replace(text, "$verb a $what").into_owned());
    }
    if let Some(found) = JOB.captures(text) {
        let rest = &found["rest"];
        let first = rest.split(' ').next().unwrap_or_default().to_lowercase();
        if ["at", "in", "on", "with", "for", "as", "since", "from", "through"].contains(&first.as_str()) {
            return None;
        }
        let rest =
            rest.replace("hairdressers", "hairdresser's").replace("butchers", "butcher's").replace("bakers", "baker's");
        let is_kind = rest.chars().all(|c| !c.is_uppercase());
        let place = if is_kind && PLACES.pair_of(rest.split(' ').next_back().unwrap_or_default()).is_some() {
            with_article(&rest)
        } else {
            rest
        };
        return Some(format!("{} at {place}", &found["what"]));
    }
    let preposition = |place: &str| PLACES.pair_of(place.split(' ').next_back().unwrap_or_default());
    if let Some(found) = HELP.captures(text)
        && let Some(preposition) = preposition(&found["place"].to_lowercase())
    {
        let place = with_article(&found["place"].to_lowercase());
        return Some(if is_now {
            format!("helping {preposition} {place}")
        } else {
            format!("helped {preposition} {place}")
        });
    }
    if let Some(found) = LOADING.captures(text)
        && let Some(preposition) = preposition(&found["place"])
    {
        return Some(format!("{} {preposition} {}", &found["doing"], with_article(&found["place"])));
    }
    None
}

/// The text, without its time, with the small words that a deed lacks.
pub fn joined(text: &str) -> String {
    let text =
        super::joint::joined(text).filter(|_| super::position::read(text).is_none()).unwrap_or_else(|| text.to_owned());
    if verb::read(&text).is_none() {
        return text;
    }
    // "Help in a kitchen sundays".
    let mut day = String::new();
    let text = DAYS.replace(&text, |found: &regex::Captures<'_>| {
        if ["on", "and", "or", "of"].contains(&found["before"].to_lowercase().as_str()) {
            return found[0].to_owned();
        }
        day = format!(" on {}", upper_first(&found["day"]));
        found["before"].to_owned()
    });
    format!("{}{day}", super::joint::with_articles(&text))
}

/// Whether a text tells of a year in a job, and not of a year of studies: "third year as an apprentice".
pub fn is_year_of_job(text: &str) -> bool {
    YEAR_AS.is_match(text)
}

/// What stands before a promotion, and the promotion.
pub fn promotion(text: &str) -> Option<(String, String)> {
    let found = PROMOTION.captures(text)?;
    Some((found["before"].to_owned(), format!("promoted to {}", &found["role"])))
}

/// "Two seasons" as "for two seasons".
fn for_time(text: &str) -> String {
    time::find(text).map_or_else(|| format!("for {text}"), |(time, _)| time.words().to_owned())
}

/// The time of a text, with a space before it, and the text without it.
fn parted(text: &str) -> (String, String) {
    match time::find(text) {
        Some((time, rest)) => (format!(" {}", time.words()), rest),
        None => (String::new(), text.to_owned()),
    }
}

/// "I moved to Birmingham in November 2023": a move is done at no job, and for whom is private.
pub fn moved(text: &str) -> Option<String> {
    let found = MOVED.captures(text)?;
    let when = match time::find(found["when"].trim()) {
        Some((Time::During(words), _)) => format!(" {words}"),
        _ => String::new(),
    };
    let place = &found["where"];
    let place = match place.to_lowercase().trim_start_matches("the ") {
        "uk" => "the UK".to_owned(),
        "england" | "scotland" | "wales" | "britain" | "ireland" | "london" => spell::put_right(place),
        _ if place.starts_with(char::is_uppercase) && !place.contains("The") => place.to_owned(),
        _ => return None,
    };
    let verb = found["verb"].to_lowercase();
    Some(format!("I {verb} to {place}{when}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_another_order_is_turned_round() {
        for (typed, expect) in [
            ("In Nigeria I was primary teacher for six years", "primary teacher in Nigeria for six years"),
            ("back home in Ghana I was bank clerk three years", "bank clerk in Ghana for three years"),
            ("working part-time as a waitress in a hotel", "part-time waitress in a hotel"),
            ("worked for Royal Mail as a postman till March", "postman for Royal Mail until March"),
            ("a year teaching English in Dijon", "taught English in Dijon for a year"),
            ("drove forklift Wincanton", "drove a forklift Wincanton"),
            ("restaurant help", "helped at a restaurant"),
            ("fish market loading", "loading at a fish market"),
            ("steelworker Redcar til it shut 2015", "steelworker Redcar until 2015"),
            ("oven hand till my knee", "oven hand"),
            ("supply teacher via Teaching Personnel", "supply teacher through Teaching Personnel"),
            ("youth worker volunteering Streatham", "volunteer youth worker in Streatham"),
            ("worked in my parents shop", "worked in my parents' shop"),
        ] {
            assert_eq!(turned(typed, false), expect, "{typed}");
        }
        for typed in ["barista at Costa", "looked after my grandmother", "worked at Tesco"] {
            assert_eq!(turned(typed, false), typed, "{typed}");
        }
    }

    #[test]
    fn a_move_is_told_without_its_private_cause() {
        assert_eq!(
            moved("moved to Birmingham November 2023 with my wife").as_deref(),
            Some("I moved to Birmingham in November 2023")
        );
        assert_eq!(moved("moved to UK 2019").as_deref(), Some("I moved to the UK in 2019"));
        assert_eq!(moved("moved to online ordering"), None);
    }
}
