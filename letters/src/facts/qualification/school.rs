//! Results of school: GCSEs, A levels and their like.

use crate::facts::article::article;
use crate::facts::fact::{Kind, Words};
use crate::facts::list::joined;
use crate::pattern::pattern;
use crate::words::list;

use super::rows;

list!(SUBJECTS = "qualification/school_subjects");

pattern!(
    EXAM = r"(?i)^(?:(one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s+)?(?:good\s+|full\s+)?(GCSE|IGCSE|CSEC|A level|AS level|O level|Higher|Advanced Higher|National 5|A2|Standard Grade|CSE|N5)(s|'s)?\b[\s:,–-]*(.*)$"
);
pattern!(
    SUBJECT_FIRST = r"(?i)^([A-Za-z&' ]+?)\s+(GCSE|A level|AS level|O level|Higher)s?(?:[\s,(]+(?:at |grade )*([A-E]\*?|[1-9](?:-[1-9])?))?\)?$"
);
pattern!(MARK = r"^\(?(?:[A-EU]\*?|[A-EU]{2}|[1-9]-[1-9]|[1-9](?:[-/][1-9])?|[A-F][1-9])\)?$");
pattern!(
    ONLY_MARKS = r"(?i)^\(?(?:all |at )?(?:grades? )?((?:[A-E]\*?){2,5}|[A-E]\*?(?:\s?(?:-|to)\s?|\s+(?:and|or)\s+)[A-E]\*?|[1-9]s?(?:\s?(?:-|to)\s?|\s+(?:and|or)\s+)[1-9]s?|(?:[1-9][\s,]+){1,12}[1-9]|[1-9]s|[A-E]\*?|[A-C]s)\)?$"
);
pattern!(OR_ABOVE = r"(?i)^\(?(?:all |at )?(?:grades? )?([A-E4-9])\s?(?:\+|or above|or higher|and above|plus)\)?$");
pattern!(OTHERS = r"(?i)[\s,]+(?:and |plus |\+ ?)?(\w+) (?:others?|more)\)?$");
pattern!(BRACKETED_MARKS = r"(?i)\s*\((?:predicted )?((?:[A-E]\*?){2,5})\)$");
pattern!(SCORE = r"(?i)^(IELTS|TOEFL|GPA)(?: score| of)?:? (\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?)$");
pattern!(MOCKS = r"(?i)^mocks?(?: results?)?[:\s-]+(.+)$");
pattern!(IB = r"(?i)^(?:the )?(?:IB|International Baccalaureate)\b[\s:,]*(\d{2}) points.*$");
pattern!(TIMES = r"(?i)^(GCSE|A level|O level|Higher)s?\s*x\s?(\d{1,2})\b");
pattern!(
    COUNT_NEXT = r"(?i)^((?:GCSE|A level|O level|Higher)s?)[\s:]+(\d{1,2}|six|seven|eight|nine|ten|five)\b,?\s*(?:at )?(?:including|incl?\.?|with|passes)?\s*(?:(?:[A-E]\*?|\d) to (?:[A-E]|\d),?\s*)?(?:including\s)?(?:$|\b)"
);
pattern!(YEAR_LAST = r"[\s,]+\(?(?:19|20)\d\d\)?$");
pattern!(ROW = r"^(.*?)\s+\(?((?:[A-E]\*?){2,5})\)?$");
pattern!(ROW_FIRST = r"^\(?((?:[A-E]\*?){2,5})\)?\s*[\s,:(–-]\s*(?:in )?(.*?)\)?$");
pattern!(GRADE_LAST = r"(?i)^(.*?) at (?:grade )?([A-E]|[4-9])(?: or above)?$");
pattern!(COUNT_BEHIND = r"^\((\d{1,2})\)$");
pattern!(INCLUDING = r"(?i)^(.*?)[\s,(]*(?:including|with|incl\.?)\s+(.*?)\)?$");

/// Results as the patterns know them: "GCSE x8 incl maths B" is "8 GCSE including maths B".
fn put(text: &str) -> String {
    let text = text.strip_prefix("SQA ").unwrap_or(text);
    let text = &*rows::put(text);
    let text = TIMES.replace(text, "${2} ${1}s");
    let text = COUNT_NEXT.replace(&text, |found: &regex::Captures| {
        let including = if found[0].to_lowercase().contains("inc") { "including " } else { "" };
        format!("{} {} {including}", &found[2], &found[1])
    });
    let text = YEAR_LAST.replace(&text, "");
    text.trim_end_matches(" passes").replace(" passes ", " ").replace(" to C, including", " to C including")
}

/// Whether an entry names school results.
pub(super) fn is_school(text: &str) -> bool {
    let text = &*put(text);
    EXAM.is_match(text)
        || SUBJECT_FIRST.is_match(text)
        || items(text).is_some_and(|items| items.iter().all(|item| item.1.is_some()))
}

/// Whether an entry is a subject, with or without its grade.
pub(super) fn is_subject(entry: &str) -> bool {
    let entry = rows::put(entry);
    let entry = YEAR_LAST.replace(&entry, "");
    let entry = BRACKETED_MARKS.replace(&entry, "");
    let entry = OTHERS.replace(&entry, "");
    let entry = entry.strip_prefix("including ").unwrap_or(&entry);
    if entry.starts_with("others ") || entry.starts_with("rest ") {
        return true;
    }
    items(entry.strip_prefix("and ").unwrap_or(entry)).is_some() || predicted(entry)
}

fn predicted(entry: &str) -> bool {
    entry.to_lowercase().starts_with("predicted")
}

/// Whether an entry names an examination of its own.
pub(super) fn names_exam(text: &str) -> bool {
    EXAM.is_match(&put(text))
}

/// The subject that a text names.
pub(super) fn subject(text: &str) -> Option<String> {
    SUBJECTS.pair_of(&text.to_lowercase()).map(str::to_owned)
}

/// The subjects and grades of results, whether or not they name their examination.
pub(super) fn graded(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let text = put(text);
    let rest = EXAM.captures(&text).map_or(text.as_str(), |found| found.get(4).map_or("", |rest| rest.as_str()));
    items(rest.trim_matches([' ', ':', ',', '-', '–']))
}

/// The results that stay beside one that is sat again; the examination may be unknown.
pub(super) fn kept(exam: &str, items: &[(String, Option<String>)]) -> Option<String> {
    if items.is_empty() || exam.is_empty() && items.iter().any(|item| item.1.is_none()) {
        return None;
    }
    if exam.is_empty() {
        let listed: Vec<String> = items
            .iter()
            .map(|(subject, grade)| format!("{} in {subject}", grade.as_deref().unwrap_or_default()))
            .collect();
        return Some(if listed.len() == 1 {
            format!("grade {}", listed[0])
        } else {
            format!("grades of {}", joined(&listed))
        });
    }
    Some(named(None, exam_name(exam), items))
}

/// Reads results.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    let text = &*put(text);
    let thing = |text: String| Some((Kind::Grade, Words::Thing(text)));
    if let Some(found) = SCORE.captures(text) {
        let examination = found[1].to_uppercase();
        let article = if examination == "IELTS" { "an" } else { "a" };
        return thing(format!(
            "{article} {examination}{} of {}",
            if examination == "GPA" { "" } else { " score" },
            &found[2]
        ));
    }
    if let Some(found) = MOCKS.captures(text) {
        return Some((Kind::Grade, Words::Clause(format!("I had {} in my mocks", grades_listed(&found[1])))));
    }
    if let Some(found) = IB.captures(text) {
        return thing(format!("the International Baccalaureate with {} points", &found[1]));
    }
    if let Some(found) = SUBJECT_FIRST.captures(text)
        && let Some(subject) = SUBJECTS.pair_of(&found[1].trim().to_lowercase())
    {
        let grade = found.get(3).map(|grade| grade.as_str().to_owned());
        return thing(named(None, exam_name(&found[2]), &[(subject.to_owned(), grade)]));
    }
    if let Some(found) = EXAM.captures(text) {
        let count = found.get(1).map(|count| number(count.as_str()));
        let exam = exam_name(&found[2]);
        let is_plural = found.get(3).is_some() || count.is_some();
        return results(count, exam, is_plural, found[4].trim()).and_then(thing);
    }
    if let Some(found) = ROW_FIRST.captures(text)
        && let Some(items) = items(&found[2]).filter(|items| items.iter().all(|item| item.1.is_none()))
        && items.len() == found[1].chars().filter(char::is_ascii_alphabetic).count()
    {
        let subjects: Vec<String> = items.into_iter().map(|item| item.0).collect();
        return thing(format!("grades of {} in {}", &found[1], joined(&subjects)));
    }
    // "DT grade 8, maths 5": the examination is not named, so the letter does not name it either.
    let found = items(text).filter(|items| items.iter().all(|item| item.1.is_some()))?;
    let listed: Vec<String> =
        found.iter().map(|(subject, grade)| format!("{} in {subject}", grade.as_deref().unwrap_or_default())).collect();
    thing(if listed.len() == 1 { format!("grade {}", listed[0]) } else { format!("grades of {}", joined(&listed)) })
}

/// Subjects with their grades in a row or a grade for all: "AAB (Chem, Maths, Welsh)", "PE bio geog BBC", "including English
/// and maths at C".
fn in_row(rest: &str) -> Option<String> {
    let subjects = |text: &str| -> Option<Vec<String>> {
        let items = items(text).filter(|items| items.iter().all(|item| item.1.is_none()))?;
        Some(items.into_iter().map(|item| item.0).collect())
    };
    if let Some(found) = INCLUDING.captures(rest)
        && let Some(graded) = GRADE_LAST.captures(&found[2])
        && found[1].is_empty()
        && let Some(subjects) = subjects(&graded[1])
    {
        return Some(format!(", including {} at grade {}", joined(&subjects), &graded[2]));
    }
    let first = ROW_FIRST.captures(rest).map(|found| (found[1].to_owned(), found[2].to_owned()));
    let last = ROW.captures(rest).map(|found| (found[2].to_owned(), found[1].to_owned()));
    [first, last].into_iter().flatten().find_map(|(grades, named)| {
        let subjects = subjects(&named)?;
        let count = grades.chars().filter(char::is_ascii_alphabetic).count();
        (subjects.len() == count).then(|| format!(" in {} ({grades})", joined(&subjects)))
    })
}

/// Grades as typed, in a sentence: "5s and 6s", "BBC", "9, 9 and 8", "5 in maths and 4 in English".
pub(super) fn grades_listed(text: &str) -> String {
    let bare = text.trim_matches(['(', ')', ' ']);
    if let Some(items) = items_after_grades(bare) {
        return items;
    }
    if bare.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == ',') && bare.contains(' ') {
        let marks: Vec<&str> = bare.split([' ', ',']).filter(|mark| !mark.is_empty()).collect();
        return joined(&marks);
    }
    bare.to_owned()
}

/// "5 maths 4 eng" is "5 in maths and 4 in English"; "maths 5" the same.
fn items_after_grades(text: &str) -> Option<String> {
    if let Some(items) = items(text).filter(|items| items.iter().all(|item| item.1.is_some())) {
        let listed: Vec<String> =
            items.into_iter().map(|(subject, grade)| format!("{} in {subject}", grade.unwrap_or_default())).collect();
        return Some(joined(&listed));
    }
    let is_link = |word: &&str| word.is_empty() || *word == "and" || *word == "in";
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !is_link(word)).collect();
    let mut listed = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mark = words[at];
        if !MARK.is_match(mark) {
            return None;
        }
        let (length, subject) = subject_at(&words, at + 1)?;
        listed.push(format!("{mark} in {subject}"));
        at += 1 + length;
    }
    (!listed.is_empty()).then(|| joined(&listed))
}

fn results(count: Option<String>, exam: &str, is_plural: bool, rest: &str) -> Option<String> {
    let rest = rest.trim_matches([' ', ':', ',', '-', '–']);
    let (count, rest) = match COUNT_BEHIND.captures(rest) {
        Some(found) => (Some(number(&found[1])), ""),
        None => (count, rest),
    };
    let head = |count: &Option<String>| match count {
        Some(count) => format!("{count} {exam}s"),
        None => format!("{exam}s"),
    };
    if rest.is_empty() {
        return Some(if is_plural || count.is_some() { head(&count) } else { format!("{exam}s") });
    }
    if let Some(found) = OR_ABOVE.captures(rest) {
        return Some(format!("{} at grade {} or above", head(&count), &found[1]));
    }
    if let Some(found) = ONLY_MARKS.captures(rest) {
        return Some(format!("{}{}", head(&count), marks_behind(&found[1], count.is_some())));
    }
    if let Some(found) = in_row(rest) {
        return Some(format!("{}{found}", head(&count)));
    }
    if let Some(found) = INCLUDING.captures(rest) {
        let items = items(&found[2])?;
        let marks = ONLY_MARKS
            .captures(found[1].trim())
            .map_or_else(String::new, |found| marks_behind(&found[1], count.is_some()));
        return found[1]
            .trim()
            .is_empty()
            .then_some(())
            .or((!marks.is_empty()).then_some(()))
            .map(|()| format!("{}{marks}, including {}", head(&count), listed(&items)));
    }
    if let Some(found) = BRACKETED_MARKS.captures(rest).filter(|_| !rest.contains("predicted"))
        && let Some(items) =
            items(&rest[..found.get(0)?.start()]).filter(|items| items.iter().all(|item| item.1.is_none()))
    {
        let subjects: Vec<String> = items.into_iter().map(|item| item.0).collect();
        return Some(format!("{} in {} ({})", head(&count), joined(&subjects), &found[1]));
    }
    let (rest, others) = match OTHERS.captures(rest) {
        Some(found) => (rest[..found.get(0).map_or(0, |all| all.start())].to_owned(), Some(number(&found[1]))),
        None => (rest.to_owned(), None),
    };
    // "Grades 4 to 6, maths 6": one of them is named.
    if let Some((marks, named)) = rest.split_once(", ")
        && let Some(marks) = ONLY_MARKS.captures(marks)
        && let Some(items) = items(named)
    {
        return Some(format!(
            "{}{}, including {}",
            head(&count),
            marks_behind(&marks[1], count.is_some()),
            listed(&items)
        ));
    }
    // "A levels: maths, physics (AB)".
    let items = items(&rest)?;
    if let Some(count) = count.filter(|_| others.is_none()) {
        let is_part = count.parse::<usize>().ok().or_else(|| rows::value(&count)).is_some_and(|all| items.len() < all);
        let link = if is_part { ", including" } else { " in" };
        return Some(format!("{count} {exam}s{link} {}", listed(&items)));
    }
    let mut text = named(others.as_ref().map(|_| ()), exam, &items);
    if let Some(others) = others {
        text = match text.rsplit_once(" and ") {
            Some((before, last)) => format!("{before}, {last} and {others} others"),
            None => format!("{text} and {others} others"),
        };
    }
    Some(text)
}

fn marks_behind(marks: &str, has_count: bool) -> String {
    let letters = marks.chars().filter(char::is_ascii_alphabetic).count();
    let is_row = letters > 1 && !marks.contains([' ', '-']);
    match marks.len() {
        1 | 2 if !marks.ends_with('s') && !is_row => format!(" at grade {marks}"),
        _ if is_row && has_count => format!(" ({marks})"),
        _ => format!(" at grades {}", grades_listed(marks)),
    }
}

/// Subjects of an examination, with their grades.
fn named(others: Option<()>, exam: &str, items: &[(String, Option<String>)]) -> String {
    let one_by_one = exam == "GCSE" && others.is_none();
    match items {
        [(subject, None)] if one_by_one => format!("GCSE {subject}"),
        [(subject, Some(grade))] if one_by_one => format!("GCSE {subject} at grade {grade}"),
        [(subject, None)] => format!("{} {exam} in {subject}", article(exam)),
        [(subject, Some(grade))] if others.is_none() => {
            format!("{} {exam} in {subject} at grade {grade}", article(exam))
        }
        [(one, Some(first)), (other, Some(second))] if one_by_one => {
            format!("GCSE {one} at grade {first} and {other} at grade {second}")
        }
        [(one, None), (other, None)] if one_by_one => format!("GCSE {one} and {other}"),
        _ => format!("{exam}s in {}", listed(items)),
    }
}

fn listed(items: &[(String, Option<String>)]) -> String {
    let each: Vec<String> = items
        .iter()
        .map(|(subject, grade)| grade.as_ref().map_or_else(|| subject.clone(), |grade| format!("{subject} ({grade})")))
        .collect();
    joined(&each)
}

/// The subjects of a list and their grades; `None` when a word is neither.
fn items(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let plain = text.replace(['(', ')', ',', ':', ';', '='], " ").replace(" - ", " ").replace(" & ", " and ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let (mut at, mut ahead) = (0, None);
    while at < words.len() {
        // "9s in Spanish and geography, 7 in English", "grade 7 PE": the mark stands before its subjects.
        if let Some(mark) = rows::mark_ahead(&words, at).filter(|_| found.last().is_none_or(|item| item.1.is_some())) {
            let next = at + if words.get(at + 1) == Some(&"in") { 2 } else { 1 };
            if subject_at(&words, next).is_some() {
                (ahead, at) = (Some(mark), next);
                continue;
            }
        }
        if matches!(words[at], "and" | "in" | "at" | "grade" | "grades" | "a" | "plus")
            && !(words[at] == "a" && found.last().is_some_and(|item| item.1.is_none()))
        {
            at += 1;
        } else if MARK.is_match(&words[at].to_uppercase()) && found.last().is_some_and(|item| item.1.is_none()) {
            found.last_mut()?.1 = Some(words[at].to_uppercase());
            (ahead, at) = (None, at + 1);
        } else {
            let (length, subject) = subject_at(&words, at)?;
            found.push((subject, ahead.clone()));
            at += length;
        }
    }
    (!found.is_empty()).then_some(found)
}

fn subject_at(words: &[&str], at: usize) -> Option<(usize, String)> {
    (1..=4).rev().filter(|length| at + length <= words.len()).find_map(|length| {
        let key = words[at..at + length].join(" ").to_lowercase();
        SUBJECTS.pair_of(key.trim_end_matches('.')).map(|subject| (length, subject.to_owned()))
    })
}

fn exam_name(typed: &str) -> &'static str {
    match typed.to_lowercase().as_str() {
        "gcse" => "GCSE",
        "igcse" => "IGCSE",
        "as level" => "AS level",
        "o level" => "O level",
        "higher" => "Higher",
        "advanced higher" => "Advanced Higher",
        "national 5" | "n5" => "National 5",
        "standard grade" => "Standard Grade",
        "cse" => "CSE",
        "csec" => "CSEC",
        _ => "A level",
    }
}

fn number(figure: &str) -> String {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let value = figure.parse::<usize>().ok().filter(|value| (1..=10).contains(value));
    value.map_or_else(|| figure.to_lowercase(), |value| words[value - 1].to_owned())
}
