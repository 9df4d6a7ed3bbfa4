//! What kind of word a word is, by its ending and by lists of the exceptions.

use super::list::{is_in, listed};

/// Words that name what somebody is and that no ending gives away, lower case.
const ROLES: &str = "\
    girl, boy, housewife, househusband, parent, dad, pa, technologist, learner, grafter, reader, speaker, admin, \
    aide, agent, ambassador, analyst, apprentice, architect, artist, associate, au-pair, ca, captain, chef, clerk, \
    coach, cook, dev, doctor, dj, expert, fellow, freelance, guard, guide, ha, hand, hca, head, host, hostess, \
    intern, judge, labourer, lead, lifeguard, maid, mc, mechanic, midwife, model, mum, nanny, nurse, organist, \
    paralegal, pilot, postdoc, prefect, president, ra, rep, secretary, specialist, stagehand, steward, ta, temp, \
    tutor, vet, waitress, barista, assistant, accountant, consultant, attendant, servant, merchant, sergeant, \
    lieutenant, representative, executive, operative, detective, trainee, employee, referee, guardian, custodian, \
    mate, lad, lady, junior, sysadmin, deckhand, groundworker, technician";
/// Words with the ending of a role that name something else, lower case.
const NOT_ROLES: &str = "\
    redundant, pregnant, significant, relevant, instant, constant, remember, together, never, weather, whether, \
    chamber, after, another, answer, career, center, character, chapter, committee, computer, consumer, corner, \
    counter, cover, customer, december, degree, diner, doctor's, door, election, employer, error, ever, festival, \
    finger, floor, flower, former, freezer, further, gender, hamper, harbor, helicopter, higher, indoor, inner, \
    laser, letter, lower, major, matter, minor, monitor, november, number, october, offer, order, other, outdoor, \
    over, paper, power, printer, poster, restaurant, river, scanner, semester, senior, september, server's, \
    silver, summer, theater, twitter, under, water, exeter, ulster, munster, hannover, vancouver, denver, windsor, \
    bangor, ecuador, salvador, professor’s, easter, german, human";
const ROLE_ENDINGS: &str = "\
    er, or, ist, ician, arian, eer, man, woman, person, maker, worker, keeper";

/// Words in -ing that name a field rather than what somebody is doing, lower case.
const FIELDS_IN_ING: &str = "\
    accounting, advertising, backing, banking, building, business, catering, clothing, coding, computing, \
    consulting, counselling, engineering, evening, everything, finishing, fundraising, housekeeping, king, \
    landscaping, manufacturing, marketing, merchandising, morning, networking, nursing, nothing, plumbing, \
    programming, spring, something, string, thing, training, upcoming, wedding";

/// Verbs in the past without -ed, lower case.
const PAST_VERBS: &str = "\
    began, bought, brought, built, came, chose, coached, cut, did, drew, drove, fed, found, gave, got, grew, had, \
    held, helped, kept, knew, led, left, made, met, oversaw, paid, put, ran, read, rose, sat, saw, sent, set, sold, \
    spent, spoke, taught, took, was, went, won, wrote";
/// Words in -ed that describe somebody, lower case.
const DESCRIPTIONS_IN_ED: &str = "\
    certified, chartered, employed, experienced, licensed, qualified, retired, self-employed, skilled, trained, \
    unemployed, united";
/// Verbs in the present with which people describe what they do, lower case.
const PRESENT_VERBS: &str = "\
    am, answer, assist, attend, bake, build, care, check, clean, coach, code, cook, coordinate, create, deal, \
    deliver, design, develop, do, drive, edit, fix, give, handle, have, help, lead, look, maintain, make, manage, \
    organise, organize, own, play, prepare, repair, run, sell, serve, sort, stack, study, supervise, support, take, \
    teach, train, tutor, volunteer, work, write";

/// Words of numbers that can begin a stretch of time, lower case.
const COUNTS: &str = "\
    a, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, several, some, many, couple, few, \
    half, over";
const UNITS: &str = "\
    year, years, yr, yrs, year's, years', month, months, mths, week, weeks, summer, summers, season, seasons, decade";

/// The letters of a word, lower case, without punctuation at its ends.
#[must_use]
pub fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether a word names what somebody is: `analyst`, `cashier`, `volunteer`.
#[must_use]
pub fn is_role(word: &str) -> bool {
    let word = bare(word);
    let singular = word.strip_suffix('s').filter(|rest| !rest.ends_with(['s', 'u'])).unwrap_or(&word);
    [word.as_str(), singular].into_iter().any(|word| {
        let is_town = ["chester", "cester", "caster"].iter().any(|town| word.ends_with(town));
        let by_ending = !is_town && word.len() > 4 && listed(ROLE_ENDINGS).any(|ending| word.ends_with(ending));
        is_in(ROLES, word) || (by_ending && !is_in(NOT_ROLES, word))
    })
}

/// Whether a word tells what somebody is doing: `studying`, `volunteering`.
#[must_use]
pub fn is_doing(word: &str) -> bool {
    let word = bare(word);
    word.len() > 4 && word.ends_with("ing") && !is_in(FIELDS_IN_ING, &word)
}

/// Whether a word tells what somebody did: `managed`, `ran`.
#[must_use]
pub fn is_past_verb(word: &str) -> bool {
    let word = bare(word);
    is_in(PAST_VERBS, &word) || (word.len() > 4 && word.ends_with("ed") && !is_in(DESCRIPTIONS_IN_ED, &word))
}

/// Whether a word tells what somebody does: `run`, `help`.
#[must_use]
pub fn is_present_verb(word: &str) -> bool {
    is_in(PRESENT_VERBS, &bare(word))
}

/// Whether a text begins with a stretch of time: `2 years as a cook`, `six months in retail`, `over 3 yrs experience`.
#[must_use]
pub fn begins_with_span(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().take(6).map(bare).collect();
    let is_count = |word: &String| {
        is_in(COUNTS, word)
            || word.chars().next().is_some_and(|c| c.is_ascii_digit())
                && !word.ends_with("st")
                && !word.ends_with("nd")
                && !word.ends_with("rd")
                && !word.ends_with("th")
                && word.len() < 5
    };
    let Some(first) = words.first() else { return false };
    let lead = usize::from(["about", "around", "almost", "nearly", "approx", "roughly"].contains(&first.as_str()));
    words.get(lead).is_some_and(is_count)
        && words[lead + 1..].iter().take(4).any(|word| is_in(UNITS, word))
        && !words[lead + 1..].iter().take(3).any(|word| word == "student" || word == "old")
}

/// Whether a text speaks of the person as somebody who studies.
#[must_use]
pub fn is_student(text: &str) -> bool {
    const STUDENTS: &str = "\
    student, undergraduate, undergrad, postgraduate, postgrad, graduate, grad, pupil, freshman, fresher, \
    sophomore, finalist, alumnus, alumna, leaver, candidate";
    let words: Vec<String> = text.split_whitespace().take(9).map(bare).collect();
    // A student visa is no student.
    let is_person = |at: usize| words.get(at + 1).is_none_or(|next| !is_in("visa, loan, union, paper, discount", next));
    words.iter().enumerate().any(|(at, word)| is_in(STUDENTS, word) && is_person(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_told_from_other_nouns() {
        for word in [
            "Analyst",
            "barista",
            "cashier",
            "Intern",
            "manager",
            "receptionist",
            "volunteer",
            "technician,",
            "waiters",
            "HCA",
            "trainee",
            "Representative",
        ] {
            assert!(is_role(word), "{word}");
        }
        for word in [
            "retail",
            "customer",
            "Summer",
            "restaurant",
            "internship",
            "service",
            "coffee",
            "degree",
            "September",
            "business",
            "free",
        ] {
            assert!(!is_role(word), "{word}");
        }
    }

    #[test]
    fn verbs_are_told_from_names_of_fields() {
        assert!(is_doing("studying") && is_doing("Volunteering") && !is_doing("Marketing") && !is_doing("King"));
        assert!(is_past_verb("Managed") && is_past_verb("ran") && !is_past_verb("Certified") && !is_past_verb("red"));
        assert!(is_present_verb("Help") && !is_present_verb("Helper"));
    }

    #[test]
    fn stretches_of_time_begin_with_a_number_and_a_unit() {
        for text in [
            "2 years as a cook",
            "six months in retail",
            "over 3 yrs experience",
            "1+ year at Lidl",
            "two and a half years at sea",
            "A summer at camp",
        ] {
            assert!(begins_with_span(text), "{text}");
        }
        for text in ["2nd year student", "Year 12 pupil", "2 year student at Leeds", "3 jobs", "2019 to 2021 at Lidl"] {
            assert!(!begins_with_span(text), "{text}");
        }
    }
}
