//! Finds out which kind of work a job or an experience is about.

use std::sync::LazyLock;

use super::lexicon::{bare, is_doing, is_past_verb, is_present_verb, is_student};
use crate::words::{List, file};

/// Declares the families: a variant, the name that the built-in model knows it by, and the file of its stems.
macro_rules! families {
    ($($(#[$doc:meta])* $family:ident = $name:literal from $file:literal,)*) => {
        /// A kind of work.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Family {
            /// Fits every job, and has no words of its own.
            General,
            $($(#[$doc])* $family,)*
        }

        impl Family {
            /// All families.
            pub const ALL: &[Self] = &[Self::General, $(Self::$family,)*];

            /// The name that the built-in model knows it by.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    Self::General => "general",
                    $(Self::$family => $name,)*
                }
            }
        }

        /// The families that have words of their own; of equals, the last one wins.
        static STEMS: LazyLock<Vec<(Family, List)>> =
            LazyLock::new(|| vec![$((Family::$family, List::read(file!($file))),)*]);
    };
}

families! {
    Data = "data" from "families/data",
    Software = "software" from "families/software",
    Health = "health" from "families/health",
    Care = "care" from "families/care",
    Education = "education" from "families/education",
    Hospitality = "hospitality" from "families/hospitality",
    Retail = "retail" from "families/retail",
    Sales = "sales" from "families/sales",
    Marketing = "marketing" from "families/marketing",
    Finance = "finance" from "families/finance",
    Office = "office" from "families/office",
    Logistics = "logistics" from "families/logistics",
    Trades = "trades" from "families/trades",
    Engineering = "engineering" from "families/engineering",
    Science = "science" from "families/science",
    Law = "law" from "families/law",
    Arts = "arts" from "families/arts",
    Land = "land" from "families/land",
    Sport = "sport" from "families/sport",
    Service = "service" from "families/service",
    /// School and university.
    Study = "study" from "families/study",
    /// Unpaid work for others.
    Volunteer = "volunteer" from "families/volunteer",
}

/// The family of a job title; [`Family::General`] when no word of it names one.
#[must_use]
pub fn of_title(title: &str) -> Family {
    best(title, title, |family| !matches!(family, Family::Study | Family::Volunteer)).unwrap_or(Family::General)
}

/// The family of an experience: studies and voluntary work are families of their own. The role counts more than the
/// place.
#[must_use]
pub fn of_experience(text: &str) -> Family {
    let cut = [" at ", " @ ", " for ", " in ", " with ", ", "].iter().filter_map(|word| text.find(word)).min();
    let head = &text[..cut.unwrap_or(text.len())];
    let found = best(head, text, |_| true);
    found.unwrap_or(if is_student(text) { Family::Study } else { Family::General })
}

/// The family with the most words in `text`, where words in `head` count twice. Of equals, the one whose word comes
/// last in the head, because the words before it describe it ("restaurant accountant"); after a verb the one whose word
/// comes first ("cleaned offices").
fn best(head: &str, text: &str, is_wanted: fn(Family) -> bool) -> Option<Family> {
    let (head, whole) = (Words::of(head), Words::of(text));
    let first_decides =
        head.0.first().is_some_and(|word| is_doing(word) || is_past_verb(word) || is_present_verb(word));
    let scored = STEMS.iter().filter(|(family, _)| is_wanted(*family)).filter_map(|(family, stems)| {
        let places: Vec<usize> = stems.iter().filter_map(|stem| head.place(stem)).collect();
        let hits = stems.iter().filter(|stem| whole.place(stem).is_some()).count();
        // A student of any subject is a student, and a volunteer in any trade is a volunteer.
        let own = usize::from(matches!(family, Family::Study | Family::Volunteer) && hits > 0);
        let score = places.len() + hits + own;
        let place = if first_decides {
            usize::MAX - places.iter().min().unwrap_or(&usize::MAX)
        } else {
            places.iter().max().map_or(0, |at| at + 1)
        };
        (score > 0).then_some((score, place, *family))
    });
    scored.max_by_key(|(score, place, _)| (*score, *place)).map(|(_, _, family)| family)
}

/// A text as words in lower case, and the same words in one line.
struct Words(Vec<String>, String);

impl Words {
    fn of(text: &str) -> Self {
        let words: Vec<String> = text.split(|c: char| c.is_whitespace() || "/-–,;()".contains(c)).map(bare).collect();
        let line = words.join(" ");
        Self(words, line)
    }

    /// The index of the last word that begins with a stem; `=word` is a whole word, and a stem with a space is a
    /// phrase.
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
        let check = |title: &str, family: &str| assert_eq!(of_title(title).name(), family, "{title}");
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
        assert_eq!(of_experience("3rd year Economics student at Leeds"), Family::Study);
        assert_eq!(of_experience("volunteering at a food bank"), Family::Volunteer);
        assert_eq!(of_title("Volunteer"), Family::General);
        assert_eq!(of_experience("Cashier at Costco"), Family::Retail);
        assert_eq!(of_experience("cleaned offices in Canary Wharf at night"), Family::Service);
        assert_eq!(of_experience("receptionist at a dental surgery"), Family::Office);
    }
}
