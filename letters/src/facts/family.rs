//! Which kind of work a job or an experience is about.

mod words;

use super::lexicon::{bare, is_doing, is_past_verb, is_present_verb, is_student};
use super::list::listed;
use words::STEMS;

/// A kind of work, by the name that the built-in model knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Family(pub &'static str);

impl Family {
    /// Fits every job.
    pub const GENERAL: Self = Self("general");
    /// School and university.
    pub const STUDY: Self = Self("study");
    /// Unpaid work for others.
    pub const VOLUNTEER: Self = Self("volunteer");

    /// The family of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == Self::GENERAL.0 {
            return Some(Self::GENERAL);
        }
        STEMS.iter().map(|(family, _)| Self(family)).find(|family| family.0 == name)
    }
}

/// The family of a job title; general when no word tells.
#[must_use]
pub fn of_title(title: &str) -> Family {
    best(title, title, |family| !matches!(family, Family::STUDY | Family::VOLUNTEER)).unwrap_or(Family::GENERAL)
}

/// The family of an experience: studies and voluntary work are families of their own. What somebody is tells more than
/// where.
#[must_use]
pub fn of_experience(text: &str) -> Family {
    let cut = [" at ", " @ ", " for ", " in ", " with ", ", "].iter().filter_map(|word| text.find(word)).min();
    let head = &text[..cut.unwrap_or(text.len())];
    let found = best(head, text, |_| true);
    found.unwrap_or(if is_student(text) { Family::STUDY } else { Family::GENERAL })
}

/// The family with the most words in `text`, those in `head` twice; of equals, the one whose word comes last in the head,
/// since that is what the others describe ("restaurant accountant"), but the first when it is a verb ("cleaned offices").
fn best(head: &str, text: &str, is_wanted: fn(Family) -> bool) -> Option<Family> {
    let (head, whole) = (Words::of(head), Words::of(text));
    let first_decides =
        head.0.first().is_some_and(|word| is_doing(word) || is_past_verb(word) || is_present_verb(word));
    let scored = STEMS.iter().filter(|(family, _)| is_wanted(Family(family))).filter_map(|(family, stems)| {
        let places: Vec<usize> = listed(stems).filter_map(|stem| head.place(stem)).collect();
        let hits = listed(stems).filter(|stem| whole.place(stem).is_some()).count();
        // What somebody studies is still study, and a volunteer anywhere a volunteer.
        let own = usize::from(matches!(*family, "study" | "volunteer") && hits > 0);
        let score = places.len() + hits + own;
        let place = if first_decides {
            usize::MAX - places.iter().min().unwrap_or(&usize::MAX)
        } else {
            places.iter().max().map_or(0, |at| at + 1)
        };
        (score > 0).then_some((score, place, Family(family)))
    });
    scored.max_by_key(|(score, place, _)| (*score, *place)).map(|(_, _, family)| family)
}

/// A text as words, lower case, and in one piece.
struct Words(Vec<String>, String);

impl Words {
    fn of(text: &str) -> Self {
        let words: Vec<String> = text.split(|c: char| c.is_whitespace() || "/-–,;()".contains(c)).map(bare).collect();
        let line = words.join(" ");
        Self(words, line)
    }

    /// The number of the last word that begins with a stem (`=word` is a whole word, and one with a space a phrase).
    fn place(&self, stem: &str) -> Option<usize> {
        let Self(words, line) = self;
        if let Some(whole) = stem.strip_prefix('=') {
            return words.iter().rposition(|word| word == whole);
        }
        if stem.contains(' ') {
            let at = line.find(stem)?;
            return Some(line[..at].matches(' ').count() + 1);
        }
        words.iter().rposition(|word| word.starts_with(stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_belong_to_families() {
        let check = |title: &str, family: &str| assert_eq!(of_title(title).0, family, "{title}");
        check("Data Scientist", "data");
        check("software developer placement year", "software");
        check("Registered Nurse", "health");
        check("Nursery Practitioner", "education");
        check("Part-time Retail Assistant (Christmas)", "retail");
        check("Line Cook", "hospitality");
        check("Graduate Scheme - Finance", "finance");
        check("Warehouse Operative", "logistics");
        check("Trainee Solicitor", "law");
        check("Dog Walker", "land");
        check("Lifeguard", "sport");
        check("Apprentice Electrician", "trades");
        check("Mechanical Engineering Intern", "engineering");
        check("Lab Technician", "science");
        check("Care Assistant", "care");
        check("Quorblat Wrangler", "general");
    }

    #[test]
    fn studies_and_voluntary_work_are_families_of_experience_only() {
        assert_eq!(of_experience("3rd year Economics student at Leeds"), Family::STUDY);
        assert_eq!(of_experience("volunteering at a food bank"), Family::VOLUNTEER);
        assert_eq!(of_title("Volunteer"), Family::GENERAL);
        assert_eq!(of_experience("Cashier at Costco"), Family("retail"));
        assert_eq!(of_experience("cleaned offices in Canary Wharf at night"), Family("service"));
        assert_eq!(of_experience("receptionist at a dental surgery"), Family("office"));
    }
}
