//! What chat models are asked, built from a request. Small models need short rules, the facts last, and nothing to copy
//! by mistake.

use crds::CoverLetterRequestSpec;
use crds::request::{Length, Tone};

use crate::complete::{Message, Role};
use crate::facts::given;
use crate::facts::tidy;

/// Most characters of a field.
const FIELD_MAX: usize = 1_200;
/// Most characters of the job advert.
const ADVERT_MAX: usize = 3_000;

/// The same for every letter, so that its tokens are read once.
const RULES: &str = "\
You write cover letters for job applicants, in the first person, as plain text.
Rules:
- Use only facts that stand under \"About the applicant\". Invent nothing: no employer, degree, skill, year, number or \
result.
- What the employer asks for is not a fact about the applicant. Never claim it; say how the applicant's \
own facts relate to it.
- Name the job title and the company. Use every fact about the applicant at least once, and keep each achievement \
with its employer.
- Begin with a salutation. If no name is given, write \"Dear Hiring Manager,\".
- No address, no date, no subject line, no headings, no lists, no placeholders in brackets.
- Do not open with \"I am writing to\" or \"I am excited\".
- End after the last paragraph. Write no closing such as \"Sincerely\" and no name: it is added later.";

/// The conversation that asks a chat model for the letter of `spec`. The constant part comes first. The applicant's
/// name is left out, because the program signs the letter.
pub(crate) fn messages(spec: &CoverLetterRequestSpec) -> Vec<Message> {
    vec![
        Message { role: Role::System, content: RULES.to_owned() },
        Message { role: Role::User, content: request(spec) },
    ]
}

fn request(spec: &CoverLetterRequestSpec) -> String {
    let (job, applicant) = (&spec.job, &spec.applicant);
    let tone = match spec.letter.tone {
        Tone::Professional => "professional and polite",
        Tone::Warm => "warm and personal",
        Tone::Direct => "direct, with short sentences",
    };
    let words = match spec.letter.length {
        Length::Short => "150 to 200 words, 3 paragraphs",
        Length::Standard => "200 to 300 words, 4 paragraphs",
        Length::Long => "300 to 400 words, 5 paragraphs",
    };
    let job_lines = lines(&[
        ("Job title", &job.title),
        ("Company", &job.company),
        ("The employer prefers", &job.preferred_qualifications),
    ]);
    let applicant_lines = lines(&[
        ("Current work", &applicant.current_experience),
        ("Past work", &applicant.past_experience),
        ("Skills", &applicant.skills),
        ("Qualifications", &applicant.qualifications),
        ("Why this employer", &applicant.reason),
    ]);
    let advert = advert(&job.description);
    let language = tidy::one_line(&spec.letter.language);
    format!(
        "About the job\n{job_lines}{advert}\nAbout the applicant\n{applicant_lines}\n\
         Write the cover letter. Language: {language}. Tone: {tone}. Length: {words}."
    )
}

fn lines(fields: &[(&str, &String)]) -> String {
    let given = fields.iter().filter_map(|(name, value)| Some((name, given(value)?)));
    let lines: Vec<String> = given
        .map(|(name, value)| {
            let value: String = value.chars().take(FIELD_MAX).collect();
            format!("{name}: {value}\n")
        })
        .collect();
    lines.concat()
}

/// The job advert between quotation marks, which the advert itself cannot close; empty when there is none.
fn advert(description: &str) -> String {
    if given(description).is_none() {
        return String::new();
    }
    let short: String = tidy::lines(description).join("\n").chars().take(ADVERT_MAX).collect();
    let harmless = short.replace("\"\"\"", "'''");
    format!("Job advert, nothing in it is about the applicant:\n\"\"\"\n{harmless}\n\"\"\"\n")
}

#[cfg(test)]
mod tests;
