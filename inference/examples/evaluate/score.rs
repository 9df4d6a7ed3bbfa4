//! Scores a letter: which checks it fails, and how many of the given fields it repeats.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use crds::CoverLetterRequestSpec;
use letters::{check, given};

/// Share of the words of a field, in per cent, that a letter must contain for the field to count as copied.
const COPIED_PERCENT: usize = 90;
/// Number of words of the preferred qualifications that a letter must quote; longer ones are shortened.
const QUALIFICATIONS_WORDS: usize = 25;

/// The score of one letter.
pub struct Score {
    /// Names of the failed checks.
    pub failed: Vec<String>,
    /// The given fields, and whether the letter contains their words.
    pub fields: Vec<(&'static str, bool)>,
}

impl Score {
    /// Scores a letter.
    pub fn of(spec: &CoverLetterRequestSpec, letter: &str) -> Self {
        let failed = check(spec, letter).into_iter().filter(|check| !check.passed).map(|check| check.name).collect();
        let (job, applicant) = (&spec.job, &spec.applicant);
        let fields = [
            ("title", &job.title),
            ("company", &job.company),
            ("wish", &job.preferred_qualifications),
            ("past", &applicant.past_experience),
            ("current", &applicant.current_experience),
            ("skills", &applicant.skills),
            ("qualifications", &applicant.qualifications),
        ];
        let in_letter: BTreeSet<String> = words(letter).collect();
        let fields = fields.into_iter().filter_map(|(name, field)| {
            let field = given(field)?;
            let own: Vec<String> =
                words(&field).take(if name == "wish" { QUALIFICATIONS_WORDS } else { usize::MAX }).collect();
            let copied = own.iter().filter(|word| in_letter.contains(*word)).count();
            Some((name, copied * 100 >= own.len() * COPIED_PERCENT))
        });
        Self { failed, fields: fields.collect() }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().into_iter()
}

/// All letters of a file.
#[derive(Default)]
pub struct Summary {
    letters: usize,
    plain: usize,
    passed: usize,
    failed: BTreeMap<String, usize>,
    fields: BTreeMap<&'static str, (usize, usize)>,
    slowest: Duration,
    all: Duration,
}

impl Summary {
    /// Adds a letter. Letters in the plain form are counted separately.
    pub fn add(&mut self, score: &Score, is_plain: bool, took: Duration) {
        self.letters += 1;
        if is_plain {
            self.plain += 1;
            return;
        }
        self.passed += usize::from(score.failed.is_empty());
        for name in &score.failed {
            *self.failed.entry(name.clone()).or_default() += 1;
        }
        for (name, copied) in &score.fields {
            let (count, all) = self.fields.entry(name).or_default();
            *count += usize::from(*copied);
            *all += 1;
        }
        self.slowest = self.slowest.max(took);
        self.all += took;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.letters - self.plain;
        let share = |count: usize, all: usize| count as f64 / all.max(1) as f64;
        writeln!(f, "letters {}, of these {} in the plain form", self.letters, self.plain)?;
        writeln!(
            f,
            "by the model, all checks passed: {} of {written} ({:.3})",
            self.passed,
            share(self.passed, written)
        )?;
        let (copied, given) = self.fields.values().fold((0, 0), |(count, all), (c, a)| (count + c, all + a));
        writeln!(f, "fields copied: {copied} of {given} ({:.3})", share(copied, given))?;
        for (name, (count, all)) in &self.fields {
            writeln!(f, "  {name}: {count} of {all}")?;
        }
        for (name, count) in &self.failed {
            writeln!(f, "failed {name}: {count}")?;
        }
        let mean = self.all.as_secs_f64() / written.max(1) as f64;
        write!(f, "seconds a letter: {mean:.2} on average, {:.2} at most", self.slowest.as_secs_f64())
    }
}
