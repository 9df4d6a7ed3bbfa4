//! Memberships and fellowships.

use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;
use crate::words::list;

list!(MEMBERS = "qualification/members");

pattern!(
    MEMBER_OF = r"(?i)^(?:an? )?((?:[a-z-]+ ){0,2}(?:member|fellow|associate|affiliate|licentiate)) of (the )?(.+)$"
);
// "Engineers Ireland student member", "RCSLT newly qualified member".
pattern!(
    LONG_MEMBER = r"^([A-Z][\w&'’]*(?: (?:of|and|for|the|[A-Z][\w&'’]*))*) ((?:newly qualified|newly-qualified|student|graduate|associate|affiliate|professional|full) )?[Mm]ember$"
);
pattern!(
    BODY_MEMBER = r"^(?:(student|graduate|associate|affiliate|chartered|full|qualifying|committee) )?((?:[A-Z][A-Za-z]*){2,8}|[A-Z][a-z]{3,12})(?: (scheme|student|graduate|associate|affiliate|chartered|full))? (member|fellow|affiliate|licentiate|Licentiate|Member|Fellow|Affiliate)(?:ship)?$"
);
// "CIMA qualified (ACMA, 2016)", "ACCA qualified".
pattern!(
    QUALIFIED_BY = r"^(?:(?i:fully) )?([A-Z]{3,6})[ -]((?i:part|fully)[ -])?(?i:qualified)(?:,? \(?([^()]+?)\)?)?$"
);
pattern!(CHARTERED = r"^(?i:an? )?[Cc]hartered ([\p{L}]+(?: [\p{L}]+)?)((?: \([A-Z][\w, ]+\))?)$");
pattern!(BODY_BEHIND = r"^(\w{4,6}) \([A-Z]{3,6}\)$");
pattern!(
    QUALIFIED =
        r"(?i)\s*\((?:qualified|since|chartered) (?:since |in )?((?:19|20)\d\d)\)$|\s+(?:since )?((?:19|20)\d\d)$"
);

pattern!(
    OFFICE = r"(?i)^((?:non-executive(?: director)?(?: and )?)?(?:(?:vice[- ])?chair of (?:the )?(?:\w+ )?(?:committee|governors|trustees|board)|(?:vice[- ])?chair|school governor|parent governor|governor|trustee|treasurer|magistrate|special constable|(?:local )?councillor|non-executive director|non-executive))((?:[\s,(]+.*)?)$"
);
pattern!(OF_COMMITTEE = r"(?i)(chair) of (?:the )?((?:\w+ )?(?:committee|board))");

/// "CIMA qualified (ACMA, 2016)", "ACCA part qualified", "Chartered Surveyor (MRICS)".
pub(super) fn qualified(text: &str) -> Option<(Kind, Words)> {
    let is = |what: String| Some((Kind::Member, Words::Clause(format!("I am {what}"))));
    if let Some(found) = CHARTERED.captures(text)
        && crate::facts::lexicon::is_role(&found[1].rsplit(' ').next()?.to_lowercase())
    {
        return is(format!("a Chartered {}{}", super::marks::subject_case(&found[1]), &found[2]));
    }
    let found = QUALIFIED_BY.captures(text)?;
    let part = found.get(2).filter(|part| part.as_str().to_lowercase().starts_with("part")).map_or("", |_| "part-");
    let detail = found.get(3).map_or_else(String::new, |detail| format!(" ({})", detail.as_str()));
    is(if part.is_empty() {
        format!("{} qualified{detail}", &found[1])
    } else {
        format!("part-qualified with {}{detail}", &found[1])
    })
}

/// Reads a membership.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let is = |what: String| Some((Kind::Member, Words::Clause(format!("I am {what}"))));
    // "FCA (ICAEW)": the letters name their body.
    let text = &*BODY_BEHIND.replace(text, "$1");
    let (bare, year) = match QUALIFIED.captures(text) {
        Some(found) => {
            (&text[..found.get(0)?.start()], found.get(1).or_else(|| found.get(2)).map(|year| year.as_str()))
        }
        None => (text, None),
    };
    if let Some(member) = MEMBERS.pair_of(&bare.to_lowercase()) {
        let since = year.map_or_else(String::new, |year| format!(", qualified in {year}"));
        return is(format!("{member}{since}"));
    }
    if let Some(found) = MEMBER_OF.captures(bare) {
        return is(format!(
            "{} of {}{}",
            crate::facts::article::with_article(&found[1].to_lowercase()),
            found.get(2).map_or("", |_| "the "),
            &found[3]
        ));
    }
    if let Some(found) = LONG_MEMBER.captures(text).filter(|found| found[1].contains(' ') || found.get(2).is_some()) {
        let is_letters = !found[1].contains(' ') && found[1].chars().filter(|c| c.is_uppercase()).count() > 2;
        let the =
            if is_letters || found[1].contains("Institut") || found[1].contains("Associat") { "the " } else { "" };
        let how = found.get(2).map_or("", |how| how.as_str());
        return is(format!("{} of {the}{}", crate::facts::article::with_article(&format!("{how}member")), &found[1]));
    }
    let found = BODY_MEMBER.captures(text)?;
    if found.get(3).is_some_and(|noun| noun.as_str() == "scheme") {
        return is(format!("{} scheme {}", crate::facts::article::with_article(&found[2]), &found[4]));
    }
    let the = if found[2].chars().skip(1).all(char::is_lowercase) { "" } else { "the " };
    let grade = found.get(1).or_else(|| found.get(3)).map_or_else(String::new, |grade| format!("{} ", grade.as_str()));
    is(format!(
        "{} of {the}{}",
        crate::facts::article::with_article(&format!("{grade}{}", found[4].to_lowercase())),
        &found[2]
    ))
}

/// An office: "chair of governors calder college", "school governor".
pub(super) fn office(text: &str) -> Option<(Kind, Words)> {
    let found = OFFICE.captures(text)?;
    if ["training", "course", "workshop", " day"].iter().any(|word| text.to_lowercase().contains(word)) {
        return None;
    }
    let office = found[1].trim().to_owned();
    let office = OF_COMMITTEE.replace(&office, "$1 of the $2").into_owned();
    let is_one = !office.to_lowercase().starts_with("chair") && !office.to_lowercase().starts_with("vice");
    let office = if is_one { crate::facts::article::with_article(&office) } else { office };
    let place = found
        .get(2)
        .map(|place| place.as_str().trim_start_matches(['(', ',', ' ']).trim_end_matches(')').trim())
        .unwrap_or_default();
    let place = ["at ", "of ", "for "].iter().find_map(|lead| place.strip_prefix(lead)).unwrap_or(place);
    let at = if place.is_empty() { String::new() } else { format!(" at {}", crate::facts::spell::name(place)) };
    Some((Kind::Role, Words::Clause(format!("I am {office}{at}"))))
}
