//! Filling the form of a letter from a profile, so that nothing typed is lost by it. Pure.

use crds::request::Applicant;

use super::{BEFORE_MAX, LetterField, LetterForm};
use crate::web::fields::Fields;

/// Field that names the profile to start from.
pub const PROFILE: &str = "profile";
/// Field of the buttons beside the profiles.
pub const START: &str = "start";
/// Value of that button, and of [`PROFILE`], which brings back what stood there before.
pub const BACK: &str = "before";

/// What the button that was pressed starts from: the id of a profile, or [`BACK`]. Empty when it is another button.
#[must_use]
pub fn asked(fields: &Fields) -> String {
    match fields.text(START).as_str() {
        "" => String::new(),
        BACK => BACK.to_owned(),
        _ => fields.text(PROFILE),
    }
}

impl LetterForm {
    /// The form with the applicant of a profile. A motivation is taken where the profile has one. What was typed and is
    /// in none of the `known` texts is kept beside it.
    #[must_use]
    pub fn started_from(mut self, applicant: &Applicant, known: &[Applicant]) -> Self {
        let present = self.draft().applicant;
        let reason = if applicant.reason.is_empty() { &present.reason } else { &applicant.reason };
        let next = Applicant { reason: reason.clone(), ..applicant.clone() };
        if is_lost(&present, &next, known) {
            self.keep(present);
        }
        self.show(&next);
        self
    }

    /// The form with what stood there before a profile filled it.
    #[must_use]
    pub fn brought_back(mut self, known: &[Applicant]) -> Self {
        let Some(earlier) = self.before.pop() else { return self };
        let present = self.draft().applicant;
        if is_lost(&present, &earlier, known) {
            self.before.insert(0, present);
        }
        self.show(&earlier);
        self
    }

    fn keep(&mut self, applicant: Applicant) {
        self.before.retain(|earlier| *earlier != applicant);
        self.before.push(applicant);
        if self.before.len() > BEFORE_MAX {
            self.before.remove(0);
        }
    }

    fn show(&mut self, applicant: &Applicant) {
        for (field, text) in texts(applicant) {
            self.state.replace(field, text);
        }
    }

    /// What stood there before, as the form's hidden fields hold it.
    #[must_use]
    pub fn kept_before(&self) -> Vec<String> {
        self.before.iter().map(|applicant| serde_json::to_string(applicant).expect("texts are JSON")).collect()
    }
}

/// Whether showing `next` in place of `present` would lose something that is kept nowhere else.
fn is_lost(present: &Applicant, next: &Applicant, known: &[Applicant]) -> bool {
    texts(present).into_iter().zip(texts(next)).any(|((field, text), (_, next))| {
        let is_kept = || known.iter().any(|known| texts(known).contains(&(field, text)));
        !text.is_empty() && text != next && !is_kept()
    })
}

fn texts(applicant: &Applicant) -> [(LetterField, &str); 6] {
    [
        (LetterField::ApplicantName, &applicant.name),
        (LetterField::CurrentExperience, &applicant.current_experience),
        (LetterField::PastExperience, &applicant.past_experience),
        (LetterField::Skills, &applicant.skills),
        (LetterField::Qualifications, &applicant.qualifications),
        (LetterField::Reason, &applicant.reason),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::forms::BEFORE;

    fn applicant(skills: &str) -> Applicant {
        Applicant { name: "Ann".to_owned(), skills: skills.to_owned(), ..Applicant::default() }
    }

    fn typed(skills: &str) -> LetterForm {
        LetterForm::typed(&Fields::new(vec![("Skillsets".to_owned(), skills.to_owned())]))
    }

    fn skills(form: &LetterForm) -> &str {
        form.state.value(LetterField::Skills)
    }

    #[test]
    fn what_was_typed_is_kept_beside_the_profile_and_comes_back() {
        let known = [applicant("python"), applicant("first aid")];
        let form = typed("sewing").started_from(&known[0], &known);
        assert_eq!((skills(&form), form.before.len()), ("python", 1));
        let form = form.started_from(&known[1], &known);
        assert_eq!((skills(&form), form.before.len()), ("first aid", 1), "a profile's own text is kept already");
        let form = form.brought_back(&known);
        assert_eq!((skills(&form), form.before.len()), ("sewing", 0));
    }

    #[test]
    fn changed_text_is_kept_whichever_way_it_goes() {
        let known = [applicant("python")];
        let mut form = typed("sewing").started_from(&known[0], &known);
        form.state.replace(LetterField::Skills, "python and Rust");
        let form = form.brought_back(&known);
        assert_eq!((skills(&form), form.before.len()), ("sewing", 1));
        assert_eq!(skills(&form.brought_back(&known)), "python and Rust");
    }

    #[test]
    fn a_reason_for_this_employer_stays_where_the_profile_has_no_motivation() {
        let mut form = typed("");
        form.state.replace(LetterField::Reason, "I know your ward.");
        let form = form.started_from(&applicant("python"), &[]);
        assert_eq!(form.state.value(LetterField::Reason), "I know your ward.");
        assert!(form.before.is_empty(), "nothing is lost");
        let motivated = Applicant { reason: "I like people.".to_owned(), ..applicant("python") };
        let form = form.started_from(&motivated, &[]);
        assert_eq!(form.state.value(LetterField::Reason), "I like people.");
        assert_eq!(form.before[0].reason, "I know your ward.");
    }

    #[test]
    fn what_stood_before_survives_the_form() {
        let form = typed("sewing").started_from(&applicant("python"), &[]);
        let sent = form.kept_before().into_iter().map(|text| (BEFORE.to_owned(), text));
        assert_eq!(LetterForm::typed(&Fields::new(sent.collect())).before, form.before);
        let broken = Fields::new(vec![(BEFORE.to_owned(), "{".to_owned())]);
        assert!(LetterForm::typed(&broken).before.is_empty());
    }
}
