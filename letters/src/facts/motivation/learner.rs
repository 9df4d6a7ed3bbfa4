//! Mends the English of those who still learn it, where only one reading is possible: "I am study" is "I am studying".

use crate::facts::verb;
use crate::pattern::pattern;
use crate::words::list;

list!(STATES = "motivation/states");

pattern!(
    AM_VERB = r"\b[Ii] am (always )?(come|cook|drive|enjoy|follow|go|have|help|know|learn|like|live|love|make|need|prefer|search|speak|study|take|teach|think|train|use|visit|want|wish|work|write)\b"
);
pattern!(LAST = r"\blast (?:year|month|week|summer|winter|spring|autumn)\b|\b(?:years|months) ago\b");
pattern!(
    SINCE_LENGTH = r"\bsince (?:about |over |more than )?((?:a|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}|many|some|few) (?:years?|months?|weeks?))\b"
);
pattern!(VERY_MUCH = r"\bI (like|love|enjoy) very much (.+?)(,? because|,? and|$)");
pattern!(BECAUSE_IS = r"\bbecause (is|was|have|has)\b");
pattern!(BIG_AND_HAVE = r"\bbecause it (is|was) ([\w ]+?) and have\b");
pattern!(MANY_WAS = r"\b(teachers|nurses|people|staff|children|customers|colleagues|doctors|managers|drivers) was\b");
pattern!(SAME_AS = r"\b(is|was|are) same\b");
pattern!(
    WHO_BASE = r"\b(cousin|friend|brother|sister|neighbour|mum|dad|mother|father|wife|husband|uncle|aunt|person|someone|somebody) who (come|go|like|live|love|use|work)\b"
);
pattern!(
    NO_ARTICLE = r"\b(with|in|for|at|of|join|on|to) (company|factory|phone|telephone|hotel|kitchen table|kitchen|restaurant|team|warehouse)(\.|,|$| and | because | where | to | near | as )"
);
pattern!(INTERESTED_IN = r"\binterested (?:for|on|at|to) (this|the|your|my)\b");
pattern!(
    WITH_ONE = r"\b(with|for|to) (customer|client|patient|child|guest|resident|passenger|pupil|student)(\.|,|$| and )"
);
pattern!(UNDER_ONE = r"\bunder (pharmacist|supervisor|manager|dentist|solicitor|chef)(\.|,|$| and )");
pattern!(CAN_TO = r"\b[Ii] (can|must|will|could) to\b");
pattern!(KNOWN = r"\bI (known|seen|done|been|gone)\b");
pattern!(CAME_IN = r"\b(came|come|moved|arrived) in (the UK|England|Scotland|Wales|Britain|London|this country)\b");

/// The clause in the English that it means.
#[must_use]
pub fn mended(clause: &str) -> String {
    let text = CAN_TO.replace_all(clause, "I $1");
    let is_over = LAST.is_match(&text);
    let text = AM_VERB.replace_all(&text, |found: &regex::Captures<'_>| {
        let (always, typed) = (found.get(1).map_or("", |always| always.as_str()), &found[2]);
        let act = verb::read(typed).map(|(_, act)| act);
        match act {
            Some(act) if is_over => format!("I {always}{}", act.past),
            Some(act) if !STATES.has(typed) && matches!(typed, "study" | "learn" | "search" | "train") => {
                format!("I am {always}{}", act.doing)
            }
            _ => format!("I {always}{typed}"),
        }
    });
    let text = KNOWN.replace_all(&text, "I have $1").replace("I have known your", "I know your");
    let text = SINCE_LENGTH.replace_all(&text, "for $1");
    let text = VERY_MUCH.replace(&text, "I $1 $2 very much$3");
    let text = BECAUSE_IS.replace_all(&text, |found: &regex::Captures<'_>| {
        format!("because it {}", if &found[1] == "have" { "has" } else { &found[1] })
    });
    let text = BIG_AND_HAVE.replace(&text, "because it $1 $2 and has");
    let text = MANY_WAS.replace_all(&text, "$1 were");
    let text = INTERESTED_IN.replace_all(&text, "interested in $1");
    let text = SAME_AS.replace_all(&text, "$1 the same");
    let text = WHO_BASE.replace_all(&text, |found: &regex::Captures<'_>| {
        format!("{} who {}{}", &found[1], &found[2], if &found[2] == "go" { "es" } else { "s" })
    });
    let text = CAME_IN.replace_all(&text, |found: &regex::Captures<'_>| {
        if &found[1] == "arrived" { found[0].to_owned() } else { format!("{} to {}", &found[1], &found[2]) }
    });
    let text = NO_ARTICLE.replace_all(&text, "$1 the $2$3");
    let text = WITH_ONE.replace_all(&text, |found: &regex::Captures<'_>| {
        let many = if &found[2] == "child" { "children".to_owned() } else { format!("{}s", &found[2]) };
        format!("{} {many}{}", &found[1], &found[3])
    });
    UNDER_ONE.replace_all(&text, "under a $1$2").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_learners_clause_says_what_it_means() {
        let check = |typed: &str, expect: &str| assert_eq!(mended(typed), expect, "{typed}");
        check("I am study English", "I am studying English");
        check("I am work hard", "I work hard");
        check("I am like old people", "I like old people");
        check("I am study in your college last year", "I studied in your college last year");
        check("I can to drive", "I can drive");
        check("I use your app since 2 years", "I use your app for 2 years");
        check(
            "I like very much your company because is big and have good training",
            "I like your company very much because it is big and has good training",
        );
        check("teachers was very good", "teachers were very good");
        check("I would like to grow with company", "I would like to grow with the company");
        check("polite with customer", "polite with customers");
        check("polite on phone", "polite on the phone");
        check("accuracy checking under pharmacist", "accuracy checking under a pharmacist");
        check("I came in the UK in 2019", "I came to the UK in 2019");
        check("I know it from my cousin who work there", "I know it from my cousin who works there");
        for right in ["I am cooking for forty", "I am used to it", "I am at work by six", "I work in the kitchen"] {
            check(right, right);
        }
    }
}
