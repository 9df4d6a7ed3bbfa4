//! Rules about facts: company and role are named, everything the applicant gave is used, no skill is made up.

use std::collections::BTreeSet;

use super::claims::{is_claimed, without_names};
use super::draft::{Draft, plain};
use super::quoted;

/// Words that say nothing about a field, lower case.
const COMMON: [&str; 24] = [
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "my", "of", "on", "or", "our", "that",
    "the", "to", "was", "with", "i", "have", "years",
];

/// Names of skills that are not words of everyday language. Only their usual spelling counts.
const SKILLS: [&str; 84] = [
    "Airflow",
    "Angular",
    "Ansible",
    "AutoCAD",
    "AWS",
    "Azure",
    "Bash",
    "C#",
    "C++",
    "Canva",
    "CAD",
    "CSS",
    "Django",
    "Docker",
    "Elasticsearch",
    "Excel",
    "Fastapi",
    "Figma",
    "Flask",
    "GCP",
    "Git",
    "GitHub",
    "Golang",
    "Google Analytics",
    "Grafana",
    "GraphQL",
    "HACCP",
    "Hadoop",
    "HTML",
    "HubSpot",
    "IFRS",
    "Illustrator",
    "InDesign",
    "JavaScript",
    "Java",
    "Jenkins",
    "Jira",
    "Kafka",
    "Keras",
    "Kotlin",
    "Kubernetes",
    "LaTeX",
    "Linux",
    "Matlab",
    "MATLAB",
    "MongoDB",
    "MySQL",
    "NLP",
    "Node.js",
    "NumPy",
    "OpenCV",
    "Pandas",
    "Perl",
    "Photoshop",
    "PHP",
    "Postgres",
    "PostgreSQL",
    "Power BI",
    "Prometheus",
    "Python",
    "PyTorch",
    "QuickBooks",
    "React",
    "Redis",
    "REST",
    "SAP",
    "Salesforce",
    "Scala",
    "Scikit-learn",
    "scikit-learn",
    "SEO",
    "SolidWorks",
    "Spark",
    "SPSS",
    "SQL",
    "Stata",
    "Swift",
    "Tableau",
    "TensorFlow",
    "Terraform",
    "TypeScript",
    "Unity",
    "Vue",
    "Xero",
];

pub(super) fn company_and_role(draft: &Draft<'_>) -> Option<String> {
    let letter = plain(draft.letter);
    let job = &draft.spec.job;
    let missing: Vec<&str> = [job.title.trim(), job.company.trim()]
        .into_iter()
        .filter(|name| !name.is_empty() && !letter.contains(&plain(name)))
        .collect();
    (!missing.is_empty()).then(|| format!("Not named: {}.", quoted(missing)))
}

pub(super) fn fields_used(draft: &Draft<'_>) -> Option<String> {
    let letter = plain(draft.letter);
    let words = words(&letter);
    let applicant = &draft.spec.applicant;
    let any_skill = |list: &str| {
        list.split([',', ';', '/', '\n']).map(plain).any(|skill| !skill.is_empty() && letter.contains(&skill))
            || is_mentioned(list, &letter, &words)
    };
    let mut unused = Vec::new();
    for (name, field, used) in [
        (
            "current experience",
            &applicant.current_experience,
            is_mentioned(&applicant.current_experience, &letter, &words),
        ),
        ("past experience", &applicant.past_experience, is_mentioned(&applicant.past_experience, &letter, &words)),
        ("skills", &applicant.skills, any_skill(&applicant.skills)),
        ("qualifications", &applicant.qualifications, is_mentioned(&applicant.qualifications, &letter, &words)),
    ] {
        if !crate::prompt::says_nothing(field) && !used {
            unused.push(name);
        }
    }
    (!unused.is_empty()).then(|| format!("Given, but not mentioned: {}.", unused.join(", ")))
}

pub(super) fn skills_given(draft: &Draft<'_>) -> Option<String> {
    let given = draft.applicant_text().to_lowercase();
    let mut invented = BTreeSet::new();
    for sentence in &draft.sentences {
        let masked = without_names(draft, sentence);
        for skill in SKILLS {
            let claimed = occurrences(&masked, skill).any(|at| is_claimed(&masked, at));
            if claimed && !given.contains(&skill.to_lowercase()) {
                invented.insert(skill);
            }
        }
    }
    (!invented.is_empty()).then(|| format!("Claimed, but not among what you gave: {}.", quoted(invented)))
}

/// Whether a field stands in the letter, word for word or with at least half of the words that carry its meaning.
fn is_mentioned(field: &str, letter: &str, letter_words: &BTreeSet<&str>) -> bool {
    let field = plain(field);
    if letter.contains(&field) {
        return true;
    }
    let own: BTreeSet<&str> = words(&field).into_iter().filter(|word| !COMMON.contains(word)).collect();
    let found = own.iter().filter(|word| letter_words.contains(**word)).count();
    !own.is_empty() && found * 2 >= own.len()
}

fn words(text: &str) -> BTreeSet<&str> {
    let parts = text.split(|character: char| !character.is_alphanumeric() && !"+#".contains(character));
    parts.filter(|word| !word.is_empty()).collect()
}

/// Places where `word` stands alone, not within a longer word.
fn occurrences<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part_of_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || "+#".contains(c));
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        !part_of_word(text[..*at].chars().next_back()) && !part_of_word(text[at + word.len()..].chars().next())
    })
}
