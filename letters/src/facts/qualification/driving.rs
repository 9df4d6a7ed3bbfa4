//! What stands behind a driving licence: points, trailers and minibuses, a car of one's own, for how long it was held.

use super::licence;
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::pattern::pattern;

pattern!(
    DRIVER = r"(?i)^(?:i am a )?(?:(confident|car|van) )?driver(?:,? (?:with |and )?(?:my |an )?(?:own )(car|van|vehicle|transport))?$"
);
pattern!(LICENCE = r"(?i)^(.*?\blicen[cs]e)\b[\s,(:–-]+(.+?)\)?$");
pattern!(OWN = r"(?i)^with (?:my |access to (?:a |my )?)?own (car|van|vehicle|transport)$");
pattern!(
    INCLUDING =
        r"(?i)^(?:including |incl?\.? |with |and )?(?:a )?(minibus(?:es)?|trailers?|B\+E|C1|D1)(?: entitlement)?$"
);
pattern!(NO_POINTS = r"(?i)^(?:with |and |clean,? )*(?:no|0|zero) points$");
pattern!(POINTS = r"(?i)^(?:with )?\d points?$");
pattern!(HELD_FOR = r"(?i)^(?:held )?(?:for )?(\d{1,2}|\w+) (?:years|yrs)(,? (?:with )?(?:no points|clean))?$");
pattern!(SINCE = r"(?i)^(?:since )?((?:19|20)\d\d)(?:,? (?:with )?(no|0|zero) points)?$");
pattern!(ONLY_POINTS = r"(?i)^(?:no|0|zero|\d) points?$");
pattern!(PERSONAL = r"(?i)^(?:(scottish) )?personal licen[cs]e holder(?: \(([^()]+)\))?$");

/// Whether an entry only tells the points on the licence before it.
pub(super) fn is_tail(entry: &str) -> bool {
    ONLY_POINTS.is_match(entry)
}

/// Reads a licence with what stands behind it.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let clause = |text: String| Some((Kind::Licence, Words::Clause(text)));
    let thing = |text: String| Some((Kind::Licence, Words::Thing(text)));
    if let Some(found) = DRIVER.captures(text) {
        let own =
            found.get(2).map_or_else(String::new, |own| format!(" and have my own {}", own.as_str().to_lowercase()));
        let confident = found.get(1).filter(|how| how.as_str().eq_ignore_ascii_case("confident"));
        return clause(match confident {
            Some(_) if own.is_empty() => "I am a confident driver".to_owned(),
            _ => format!("I drive{own}"),
        });
    }
    if let Some(found) = PERSONAL.captures(text) {
        let land = found.get(1).map_or("", |_| "Scottish ");
        let detail = found.get(2).map_or_else(String::new, |detail| format!(" ({})", detail.as_str()));
        return thing(with_article(&format!("{land}personal licence{detail}")));
    }
    let found = LICENCE.captures(text)?;
    let (_, Words::Thing(licence)) = licence::read(&found[1])? else { return None };
    if !licence.contains("driving licence") {
        return None;
    }
    let tail = &found[2];
    let clean = || match licence.contains("clean") {
        true => licence.clone(),
        false if licence.contains("full ") => licence.replacen("full ", "full clean ", 1),
        false => with_article(&licence.trim_start_matches("a ").replace("driving licence", "clean driving licence")),
    };
    if let Some(own) = OWN.captures(tail) {
        return clause(format!("I hold {licence} and have my own {}", own[1].to_lowercase()));
    }
    if let Some(what) = INCLUDING.captures(tail) {
        let what = what[1].to_lowercase();
        let what = match what.as_str() {
            "minibus" => "minibuses".to_owned(),
            "trailer" => "trailers".to_owned(),
            category if category.len() < 4 => format!("category {}", category.to_uppercase()),
            _ => what,
        };
        return thing(format!("{licence}, including {what}"));
    }
    if NO_POINTS.is_match(tail) {
        return thing(clean());
    }
    if POINTS.is_match(tail) {
        return thing(licence);
    }
    if let Some(held) = HELD_FOR.captures(tail) {
        let years = crate::facts::spell::put_right(&format!("{} years", &held[1]));
        let points = held.get(2).map_or("", |_| ", with no points");
        return clause(format!("I have held my driving licence for {years}{points}"));
    }
    let since = SINCE.captures(tail)?;
    let licence = if since.get(2).is_some() { clean() } else { licence };
    clause(format!("I have held {licence} since {}", &since[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_keeps_its_points_its_car_and_its_years() {
        let check = |text: &str, expect: &str| {
            let said = match read(text) {
                Some((_, Words::Thing(thing))) => thing,
                Some((_, Words::Clause(clause))) => format!("~{clause}"),
                _ => String::new(),
            };
            assert_eq!(said, expect, "{text}");
        };
        check("full licence, no points", "a full clean driving licence");
        check("full licence 3 points", "a full driving licence");
        check("Licence 33 years no points", "~I have held my driving licence for 33 years, with no points");
        check("Full clean driving licence with own car", "~I hold a full clean driving licence and have my own car");
        check("Full driving licence including minibus", "a full driving licence, including minibuses");
        check("driving licence inc trailer", "a driving licence, including trailers");
        check("clean licence since 1998", "~I have held a clean driving licence since 1998");
        check("Driver with own car", "~I drive and have my own car");
        check("driver", "~I drive");
        check("personal licence holder (APLH)", "a personal licence (APLH)");
        check("PCO licence", "");
    }
}
