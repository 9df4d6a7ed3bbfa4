//! Headings of a CV: the words by which its sections are known.

/// What a section is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Positions, present and past.
    Work,
    /// Present positions.
    Present,
    /// Past positions.
    Past,
    Education,
    Certificates,
    Skills,
    Languages,
    /// Why somebody does this work.
    Motivation,
    /// What somebody is, in a few sentences.
    Summary,
    Interests,
    /// Addresses and people to ask, which no letter needs.
    Contact,
    /// What the words do not tell.
    Other,
}

/// Longest heading in characters, and in words.
const LENGTH_MAX: usize = 48;
const WORDS_MAX: usize = 6;

/// Headings without what is around their letters.
const HEADINGS: [(Kind, &str); 12] = [
    (
        Kind::Work,
        "experience|work|work experience|professional experience|employment|employment history|work history|career history|\
         career|positions|positions held|professional background|work and experience|jobs|practical experience|\
         internships|internship|placements|volunteering|volunteer work|voluntary work|volunteer|community service|\
         extracurricular activities|activities|leadership|positions of responsibility|military service",
    ),
    (
        Kind::Present,
        "current position|current role|current employment|current experience|current work|current job|\
         present position|present employment|present role",
    ),
    (
        Kind::Past,
        "past experience|previous experience|previous employment|previous positions|previous roles|earlier experience|\
         earlier career|past positions|past employment|past work|projects|personal projects|selected projects|\
         university projects|academic projects|key projects|research|research projects|portfolio",
    ),
    (
        Kind::Education,
        "education|education and training|academic background|educational background|academic history|studies|\
         academic qualifications|qualifications|degrees|schooling|education history|school|university|\
         relevant coursework|coursework|modules|thesis|dissertation|training",
    ),
    (
        Kind::Certificates,
        "certificates|certifications|certification|certificate|licences|licenses|licence|license|courses|registration|\
         professional development|continuing professional development|cpd|awards|honours|honors|achievements|prizes|\
         scholarships|publications|memberships|affiliations|professional memberships|professional registration|\
         accreditations|further training",
    ),
    (
        Kind::Skills,
        "skills|key skills|core skills|technical skills|it skills|computer skills|computing|soft skills|hard skills|\
         transferable skills|competencies|competences|core competencies|key competencies|strengths|key strengths|\
         expertise|areas of expertise|tools|technologies|tech stack|software|programming languages|abilities|\
         digital skills|skills summary|what i can do|skill set|skillset|proficiencies",
    ),
    (Kind::Languages, "languages|language skills|language|foreign languages|mother tongue|spoken languages"),
    (
        Kind::Motivation,
        "objective|career objective|personal statement|motivation|career goal|career goals|goals|objectives|why me",
    ),
    (
        Kind::Summary,
        "profile|summary|about me|about|personal profile|professional profile|professional summary|career summary|\
         executive summary|career profile|summary of qualifications|overview|introduction|bio|who i am",
    ),
    (Kind::Interests, "interests|hobbies|hobbies and interests|personal interests|other interests|leisure"),
    (
        Kind::Contact,
        "contact|contact details|contact information|contact me|personal details|personal information|personal data|\
         address|details|references|referees|reference|links|social|find me online|online",
    ),
    (
        Kind::Other,
        "additional information|other information|further information|other|miscellaneous|availability|additional details",
    ),
];

/// Headings that are items of lists as well: they need a look of their own.
const AMBIGUOUS: &str = "leadership|research|training|software|tools|technologies|computing|work|school|university|\
    activities|strengths|objectives|goals|details|online|social|links|modules|thesis|language|about|overview|other|\
    volunteer|career|portfolio|registration|licence|license|internship";

/// Last words of longer headings, such as "Clinical experience".
const ENDS: [(Kind, &str); 6] = [
    (Kind::Work, "experience|employment|internships|placements"),
    (Kind::Education, "education|qualifications|studies"),
    (Kind::Certificates, "certificates|certifications|licences|licenses|courses|awards|publications|memberships"),
    (Kind::Skills, "skills|competencies|competences|strengths"),
    (Kind::Past, "projects"),
    (Kind::Interests, "interests|hobbies"),
];

/// What a line is the heading of; `None` when it is none that is known.
#[must_use]
pub fn kind_of(line: &str) -> Option<Kind> {
    let text = line.trim().trim_end_matches(':').trim_end();
    let text = text.trim_start_matches(|c: char| c.is_numeric() || !c.is_alphanumeric());
    if text.chars().count() > LENGTH_MAX || text.contains(|c: char| c.is_numeric() || ".@,;".contains(c)) {
        return None;
    }
    let key = letters(text);
    if !is_spaced(text) && text.split_whitespace().count() > WORDS_MAX || key.is_empty() {
        return None;
    }
    named(&key).or_else(|| of_parts(text)).or_else(|| by_end(text))
}

/// A heading as it is read: `S K I L L S` is SKILLS.
#[must_use]
pub fn shown(line: &str) -> String {
    let line = line.trim_end_matches(':');
    if !is_spaced(line) {
        return line.to_owned();
    }
    let words = line.split(" | ").map(|word| word.split_whitespace().collect::<String>());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a heading may as well be an item of a list.
#[must_use]
pub fn is_ambiguous(line: &str) -> bool {
    let key = letters(line);
    let looks_so = line.ends_with(':') || !line.contains(char::is_lowercase);
    // "Customer Experience" is known by its last word alone, and as often an item.
    let is_known = || named(&key).or_else(|| of_parts(line)).is_some();
    !looks_so && (is_among(&key, AMBIGUOUS) || !is_known())
}

/// Whether it is the heading of people to ask.
#[must_use]
pub fn is_of_references(heading: &str) -> bool {
    let key = letters(heading);
    key.contains("reference") || key.contains("referee")
}

/// What stands behind a heading on its own line: `Languages: English, German`.
#[must_use]
pub fn with_text(line: &str) -> Option<(Kind, &str)> {
    let (heading, text) = line.split_once(':')?;
    let kind = named(&letters(heading)).or_else(|| of_parts(heading))?;
    (kind != Kind::Contact && !text.trim().is_empty() && heading.chars().count() <= LENGTH_MAX)
        .then_some((kind, text.trim()))
}

/// Whether a line could be a heading of something that is not known.
#[must_use]
pub fn is_short(line: &str) -> bool {
    line.chars().count() <= LENGTH_MAX
        && line.split_whitespace().count() <= WORDS_MAX
        && !line.contains(|c: char| c.is_numeric() || ".@,;|".contains(c))
        && !line.starts_with("- ")
}

/// Whether letters are those of one of these names.
fn is_among(key: &str, names: &str) -> bool {
    names.split('|').any(|name| name.chars().filter(|c| *c != ' ').eq(key.chars()))
}

fn named(key: &str) -> Option<Kind> {
    HEADINGS.iter().find(|(_, names)| is_among(key, names)).map(|(kind, _)| *kind)
}

/// `Skills & Languages`: every part is a heading, and the first says what it is.
fn of_parts(text: &str) -> Option<Kind> {
    let text = text.to_lowercase().replace('&', " and ").replace(['/', '|', '+'], " and ");
    let mut kinds = text.split(" and ").map(|part| named(&letters(part)));
    let first = kinds.next()??;
    kinds.all(|kind| kind.is_some()).then_some(first)
}

fn by_end(text: &str) -> Option<Kind> {
    let words: Vec<_> = text.split_whitespace().collect();
    let last = words.last().filter(|_| (2..=3).contains(&words.len()) && text.starts_with(char::is_uppercase))?;
    let are_capitals = words.iter().all(|word| word.starts_with(char::is_uppercase));
    if words.len() == 3 && !are_capitals {
        return named(&letters(&words[1..].concat()));
    }
    let last = letters(last);
    ENDS.iter().find(|(_, ends)| is_among(&last, ends)).map(|(kind, _)| *kind)
}

/// Small letters without anything between, so that `E D U C A T I O N` is a heading too.
fn letters(text: &str) -> String {
    let text = text.replace('&', "and").to_lowercase();
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

/// Whether its letters stand apart.
fn is_spaced(text: &str) -> bool {
    text.split_whitespace().count() > 3 && text.split_whitespace().all(|word| word.chars().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_by_their_words_however_they_are_written() {
        let check = |line: &str, kind: Option<Kind>| assert_eq!(kind_of(line), kind, "{line}");
        check("WORK EXPERIENCE", Some(Kind::Work));
        check("Education:", Some(Kind::Education));
        check("2. Skills", Some(Kind::Skills));
        check("E D U C A T I O N", Some(Kind::Education));
        check("— Languages —", Some(Kind::Languages));
        check("Skills & Languages", Some(Kind::Skills));
        check("Licences and Certifications", Some(Kind::Certificates));
        check("Clinical Experience", Some(Kind::Work));
        check("About me", Some(Kind::Summary));
        check("References", Some(Kind::Contact));
        check("Relevant work experience", Some(Kind::Work));
        check("I have experience", None);
        check("Experience, skills", None);
        check("Nurse at St Mary", None);
        check("", None);
    }

    #[test]
    fn what_is_known_by_its_last_word_may_be_an_item() {
        let check = |line: &str, may_be: bool| assert_eq!(is_ambiguous(line), may_be, "{line}");
        check("User Experience", true);
        check("User Experience:", false);
        check("CUSTOMER EXPERIENCE", false);
        check("Work experience", false);
        check("Skills & Languages", false);
        check("Leadership", true);
    }

    #[test]
    fn people_to_ask_have_their_own_headings() {
        assert!(is_of_references("REFERENCES") && is_of_references("Referees"));
        assert!(!is_of_references("Contact details"));
    }

    #[test]
    fn letters_that_stand_apart_are_put_together() {
        assert_eq!(shown("W O R K | L I F E"), "WORK LIFE");
        assert_eq!(shown("Work life:"), "Work life");
    }

    #[test]
    fn a_heading_may_have_its_text_behind_it() {
        assert_eq!(with_text("Languages: English, German"), Some((Kind::Languages, "English, German")));
        assert_eq!(with_text("Languages:"), None);
        assert_eq!(with_text("Stack: Rust"), None);
    }
}
