//! School certificates and degrees of other countries, which keep their own names.

use super::marks::{Marks, tidied};
use super::school;
use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::list::joined;
use crate::facts::spell;
use crate::pattern::pattern;
use crate::words::list;

list!(CERTIFICATES = "qualification/abroad_schools");
list!(DEGREES = "qualification/abroad_degrees");

pattern!(
    RESULT = r"(?i)^(?:with |at |grade |score |- |– |: ?)*\(?(\d{2,3}(?:[.,]\d+)? ?%|\d{3} points|\d[.,]\d{1,2}|[A-F][+-]?\d?|(?:mention )(?:très bien|tres bien|bien|assez bien)|(?:atar|aggregate)? ?\d{2}(?:[.,]\d+)?|\d{2,3}/\d{2,3})\)?$"
);
pattern!(
    CREDITS = r"(?i)^(?:with )?\(?(\d{1,2}|five|six|seven|eight|nine) (credits?|A1s?|As|passes|distinctions|subjects)((?:,? (?:inc\.?|incl\.?|including|with) .+?)?)\)?$"
);
pattern!(LINK = r"^(en|em|in|di|de|da|do|du|für|für das|z|w) (.+)$");
pattern!(
    FOREIGN_DIPLOMA = r"(?i)^(diploma|diplôme|diplom|título|titulo|titolo) ((?:alberghiero|di|de|d'|en|em|professionale|professionnel|universitario|técnico|tecnico)\b.*)$"
);
pattern!(COURSE = r"(?i)^(?:curso|corso|cours|kurs) (?:de |di |em |en |d')?(.+?)(?:,? ((?:19|20)\d\d))?$");
pattern!(STREAM = r"(?i)^(?:in |with )?\(?((?:science|arts|commerce|humanities|maths|business)(?: stream)?)\)?$");

/// Whether an entry names a school certificate of another country, which subjects and grades may follow.
pub(super) fn is_school(text: &str) -> bool {
    certificate(text).is_some()
}

/// Reads a school certificate or a degree that keeps its own name.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let award = |text: String| Some((Kind::Award, Words::Thing(text)));
    if let Some((name, rest)) = certificate(text) {
        return award(format!("{name}{}", result(&rest)?));
    }
    if let Some(found) = FOREIGN_DIPLOMA.captures(text) {
        return award(with_article(&format!("{} {}", found[1].to_lowercase(), &found[2])));
    }
    if let Some(found) = COURSE.captures(text).filter(|found| found[1].split(' ').count() < 4) {
        let course = with_article(&format!("{} course", spell::put_right(&found[1])));
        let clause = match found.get(2) {
            Some(year) => format!("I did {course} in {}", year.as_str()),
            None => format!("I have done {course}"),
        };
        return Some((Kind::Course, Words::Clause(clause)));
    }
    degree(text).and_then(award)
}

/// The name of a certificate at the beginning of an entry, as a sentence has it, and what follows.
fn certificate(text: &str) -> Option<(&'static str, String)> {
    let lower = text.to_lowercase();
    let (typed, name) = CERTIFICATES
        .pairs()
        .filter(|(typed, _)| {
            lower.strip_prefix(typed).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '\''))
        })
        .max_by_key(|(typed, _)| typed.len())?;
    // Both have the same bytes, unless a capital is longer than its small letter.
    let rest = text.get(typed.len()..)?.trim_matches([' ', ',', ':', '-', '–', '(']);
    Some((name, rest.to_owned()))
}

/// The result behind a certificate; `None` when what follows was not read.
fn result(rest: &str) -> Option<String> {
    let bare = if rest.contains('(') { rest } else { rest.trim_end_matches(')') };
    if bare.is_empty() {
        return Some(String::new());
    }
    if let Some(found) = CREDITS.captures(bare) {
        let count = spell::put_right(&format!("{} minutes", found[1].to_lowercase()));
        let count = count.strip_suffix(" minutes").unwrap_or(&found[1]).to_owned();
        let including = found[3].trim_start_matches([',', ' ']);
        let subjects = including.split_once(' ').map(|(_, subjects)| subjects);
        let named =
            subjects.and_then(school::graded).map(|items| items.into_iter().map(|item| item.0).collect::<Vec<_>>());
        let including = named.map_or_else(String::new, |named| format!(", including {}", joined(&named)));
        let noun = if found[2].ends_with('s') { found[2].to_owned() } else { format!("{}s", &found[2]) };
        return Some(format!(" with {count} {noun}{including}"));
    }
    if let Some(found) = RESULT.captures(bare) {
        return Some(format!(" ({})", found[1].trim().replace(" %", "%").replace(',', ".")));
    }
    if let Some(found) = STREAM.captures(bare) {
        return Some(format!(" in {}", found[1].to_lowercase().replace(" stream", "")));
    }
    if let Some(items) = school::graded(bare) {
        let listed: Vec<String> = items
            .iter()
            .map(|(subject, grade)| {
                grade.as_ref().map_or_else(|| subject.clone(), |grade| format!("{subject} ({grade})"))
            })
            .collect();
        return Some(format!(" in {}", joined(&listed)));
    }
    let (marks, left) = Marks::take(bare);
    if left.is_empty() {
        return Some(marks.text());
    }
    let place = left.trim_matches(['(', ')', ' ', ',']);
    // "Matura (Poland) 2018", "H2 English, H3 maths".
    let is_named = place.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let is_short = is_named && place.split(' ').count() < 6 && !place.contains([':', '=', '?']);
    is_short.then(|| marks.behind(Some(place)))
}

/// Whether an entry begins with a degree that keeps its name.
pub(super) fn is_degree(text: &str) -> bool {
    degree(text).is_some()
}

/// A degree that keeps its name: "Licenciatura en Derecho, Universidad de Sevilla".
fn degree(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let (typed, name) = DEGREES
        .pairs()
        .filter(|(typed, _)| {
            lower.strip_prefix(typed).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',', '(', '.']))
        })
        .max_by_key(|(typed, _)| typed.len())?;
    let rest = text.get(typed.len()..)?.trim_start_matches(['.', ' ', ',', ':']);
    let (marks, rest) = Marks::take(rest);
    let (rest, bracket) = match rest.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        Some((rest, bracket)) => (rest.trim().to_owned(), Some(bracket.trim().to_owned())),
        None => (rest, None),
    };
    let (subject, school) = match rest.split_once(',') {
        Some((subject, school)) => (subject.trim().to_owned(), tidied(school)),
        None => last_name(&rest),
    };
    let is_school = |text: &str| super::degree::is_school(text);
    let (subject, school) =
        if school.is_empty() && is_school(&subject) { (String::new(), subject) } else { (subject, school) };
    let school = if school.is_empty() { bracket.clone().unwrap_or_default() } else { school };
    if subject.split(' ').count() > 6 || school.split(' ').count() > 7 || rest.contains([':', '=', '?']) {
        return None;
    }
    let subject = match LINK.captures(&subject) {
        Some(found) => format!(" {} {}", &found[1], upper(&found[2])),
        None if subject.is_empty() => String::new(),
        None => format!(" in {}", upper(&subject)),
    };
    let from = if school.is_empty() { String::new() } else { format!(" from {}", spell::name(&school)) };
    Some(format!("{}{subject}{from}{}", with_article(name), marks.text()))
}

/// A subject and the school that stands behind it in capitals or by a known name: "Medicina Veterinária UTAD".
fn last_name(text: &str) -> (String, String) {
    let Some((subject, school)) = text.rsplit_once(' ') else { return (text.to_owned(), String::new()) };
    let is_capitals = school.len() > 1 && school.chars().all(char::is_uppercase);
    if is_capitals || super::degree::is_school(school) {
        (subject.to_owned(), school.to_owned())
    } else {
        (text.to_owned(), String::new())
    }
}

fn upper(text: &str) -> String {
    crate::facts::spelling::upper_first(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_countries_award_keeps_its_name() {
        let check = |text: &str, expect: &str| {
            let Some((_, Words::Thing(thing) | Words::Clause(thing))) = read(text) else { panic!("{text}") };
            assert_eq!(thing, expect, "{text}");
        };
        check("Abitur 1,7", "the Abitur (1.7)");
        check("Matura (Poland) 2018", "the Matura (Poland, 2018)");
        check("WAEC 7 A1s", "the WAEC certificate with seven A1s");
        check(
            "WAEC 6 credits inc English and maths",
            "the WAEC certificate with six credits, including English and maths",
        );
        check("WASSCE: English B3, maths C4", "the WASSCE in English (B3) and maths (C4)");
        check("HSC 92%", "the HSC (92%)");
        check("ICSE 94%", "the ICSE (94%)");
        check("Leaving Certificate 480 points", "the Leaving Certificate (480 points)");
        check("European Baccalaureate 82%", "the European Baccalaureate (82%)");
        check("ESO", "the ESO school certificate");
        check(
            "Licenciatura en Derecho, Universidad de Sevilla",
            "a Licenciatura en Derecho from Universidad de Sevilla",
        );
        check("Laurea triennale Lingue", "a Laurea triennale in Lingue");
        check("Diplom Maschinenbau, TU Dresden", "a Diplom in Maschinenbau from TU Dresden");
        check("Magister Prawa, Krakow", "a Magister in Prawa from Krakow");
        check(
            "Mestrado Integrado Medicina Veterinária UTAD 2019",
            "a Mestrado Integrado in Medicina Veterinária from UTAD (2019)",
        );
        check("Diploma alberghiero", "a diploma alberghiero");
        check("curso de barista 2022", "I did a barista course in 2022");
        for text in ["HSC care", "Diploma in Graphics", "bachelor of arts"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
