//! Every page with samples: renders, escapes what people typed, keeps no password, names every input.

use askama::Template;
use crds::RequestReason;
use crds::request::{Applicant, Check, Mark};
use jiff::Timestamp;

use super::growing::{CUT, GrowingPage};
use super::letter::LetterPage;
use super::list::{LettersPage, Shown, UnsentLine};
use super::new_letter::{NewLetterPage, Start};
use super::versions::VersionsPage;
use super::{duration, moment};
use crate::accounts::forms::{self, DeletionField, LogInField, PasskeyField, ProfileField, RegistrationField};
use crate::accounts::oidc::failure::Failure;
use crate::accounts::pages::passkeys::{PasskeyLine, Passkeys};
use crate::accounts::pages::provider::{ForwardPage, LoggedOutPage, ProviderFailurePage};
use crate::accounts::pages::{
    HomePage, LoginPage, ProfileForms, ProfilePage, RegisterPage, RegisteredPage, ResetPage, SessionLine, Standing,
    Ways,
};
use crate::letter::{Application, Draft, Letter, LetterLine, LetterState};
use crate::letters::forms::LetterForm;
use crate::letters::progress::Progress;
use crate::profile::Profile;
use crate::profiles::forms::{self as applicant, ApplicantField};
use crate::profiles::import::{Import, Part};
use crate::profiles::pages::import::ImportPage;
use crate::profiles::pages::{ProfilePage as ApplicantPage, ProfilesPage};
use crate::web::error_page::ErrorPage;
use crate::web::fields::Fields;
use crate::web::form_state::FormState;
use crate::web::typed_page::TypedPage;
use crate::web::waiting::Waiting;

const ATTACK: &str = "<script>alert('1')</script>\"";

fn now() -> Timestamp {
    "2026-11-23T13:04:05Z".parse().expect("a time")
}

fn letter(state: LetterState, text: Option<&str>) -> Letter {
    let mut draft = Draft::default();
    draft.job.title = ATTACK.to_owned();
    draft.job.company = "Sony & Sons".to_owned();
    draft.applicant.name = "John Ö. Doe".to_owned();
    let check = |name: &str, passed, message: &str| Check {
        name: name.to_owned(),
        passed,
        message: message.to_owned(),
        marks: Vec::new(),
    };
    Letter {
        id: uuid::Uuid::nil(),
        created_at: now(),
        draft,
        state,
        cancel_requested: false,
        reason: Some(RequestReason::DeadlineExceeded),
        written: text.map(str::to_owned),
        edited: None,
        checks: vec![
            check("SignedByApplicant", true, ""),
            check("NoForeignFigures", false, ""),
            check("X", false, "`4 years` is not yours"),
        ],
        model: None,
        finished_at: state.is_finished().then_some(now()),
        application: Application::Sent,
        application_at: Some(now()),
        note: ATTACK.to_owned(),
    }
}

fn letter_page(state: LetterState, text: Option<&str>) -> String {
    let letter = letter(state, text);
    let progress = Progress::of(&letter, None, None, now());
    LetterPage::new(&letter, &progress, Some("partial".to_owned()), "proof".to_owned(), uuid::Uuid::nil())
        .render()
        .expect("renders")
}

fn growing_page() -> String {
    let letter = letter(LetterState::Submitted, None);
    let progress = Progress::of(&letter, None, None, now());
    GrowingPage::new(&letter, &progress, "proof".to_owned()).render().expect("renders")
}

fn typed(fields: &[(&str, &str)]) -> Fields {
    Fields::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn ways(provider: Option<&str>) -> Ways {
    Ways { provider: provider.map(str::to_owned), passwords: true }
}

fn standing(has_password: bool, is_linked: bool) -> Standing {
    Standing { has_password, provider: Some(ATTACK.to_owned()), is_linked }
}

fn passkeys(forms: &ProfileForms, has_password: bool) -> Passkeys {
    let line = |last_used| PasskeyLine {
        id: ATTACK.to_owned(),
        name: ATTACK.to_owned(),
        added: "today".to_owned(),
        last_used,
    };
    let lines = vec![line(None), line(Some(ATTACK.to_owned()))];
    Passkeys::new(lines, &forms.passkey, &forms.removal, has_password, ATTACK)
}

fn profile() -> Profile {
    let skills = "python".to_owned();
    let applicant = Applicant { name: ATTACK.to_owned(), skills, reason: ATTACK.to_owned(), ..Applicant::default() };
    Profile { id: uuid::Uuid::nil(), label: ATTACK.to_owned(), applicant, saved_at: now() }
}

/// The pages of profiles and imports, and a letter that starts from a profile.
fn profile_samples(letter_form: &LetterForm) -> Vec<String> {
    let started = letter_form.clone().started_from(&profile().applicant, &[]);
    assert_eq!(started.before.len(), 1, "what was typed is on the page");
    let part = Part { heading: ATTACK.to_owned(), to: None, text: ATTACK.repeat(200), is_placed: false };
    let placed = Part { to: Some(ApplicantField::Skills), is_placed: true, ..part.clone() };
    let import = Import { name: ATTACK.to_owned(), parts: vec![placed.clone(), placed, part], ..Import::default() };
    let mut profile_form = applicant::of(&profile());
    profile_form.refuse_form(ApplicantField::Label, ATTACK);
    let pages = [
        NewLetterPage::new(&started, "proof".to_owned())
            .offering(&[profile()], Some(Start::Profile(&profile())))
            .render(),
        ProfilesPage::new(vec![profile()], "proof".to_owned()).after(Some("saved")).render(),
        ProfilesPage::new(vec![profile(); 10], "proof".to_owned()).render(),
        ProfilesPage::new(Vec::new(), "proof".to_owned()).refused(ATTACK, ATTACK.to_owned()).render(),
        ImportPage::new(&import, uuid::Uuid::max(), "proof".to_owned()).render(),
        ImportPage::new(&import, uuid::Uuid::max(), "proof".to_owned()).refused(&import.form()).render(),
        ImportPage::new(&Import::default(), uuid::Uuid::max(), "proof".to_owned()).render(),
        ApplicantPage::new(&profile_form, uuid::Uuid::max(), "proof".to_owned()).render(),
        ApplicantPage::of(&profile_form, uuid::Uuid::max(), "proof".to_owned()).render(),
    ];
    pages.into_iter().map(|page| page.expect("renders")).collect()
}

/// The page of an account, whose forms must change.
fn account_samples(account: &Fields) -> Vec<String> {
    let mut forms = ProfileForms { profile: FormState::sent(account), ..ProfileForms::default() };
    forms.profile.refuse(ProfileField::Username, ATTACK);
    forms.deletion.refuse(DeletionField::Password, "Wrong");
    forms.passkey.refuse_form(PasskeyField::Name, ATTACK);
    let session = SessionLine {
        jti: ATTACK.to_owned(),
        device: ATTACK.to_owned(),
        last_used: "today".to_owned(),
        is_this: false,
    };
    let page =
        |standing, passkeys| ProfilePage::new(&forms, vec![session.clone()], standing, passkeys, "proof".to_owned());
    let pages = [
        page(standing(true, false), Some(passkeys(&forms, true))),
        page(standing(true, true), None),
        page(standing(false, true), Some(passkeys(&forms, false))).after(Some("password")),
    ];
    pages.map(|page| page.render().expect("renders")).to_vec()
}

fn samples() -> Vec<String> {
    let account = typed(&[("username", ATTACK), ("email", ATTACK)]);
    let registration = forms::registration(&account, "Too short");
    let mut log_in = FormState::sent(&account);
    log_in.refuse_form(LogInField::Username, ATTACK);
    let letter_form = LetterForm::parse(&typed(&[("Job Title", ATTACK), ("Skillsets", ATTACK)]));
    let letter_form = letter_form.expect_err("is incomplete");
    let line = LetterLine {
        id: uuid::Uuid::nil(),
        created_at: now(),
        job_title: ATTACK.to_owned(),
        company: ATTACK.to_owned(),
        state: LetterState::Succeeded,
        application: Application::Offer,
        application_at: Some(now()),
        note: ATTACK.to_owned(),
    };
    let search = Shown { words: ATTACK.to_owned(), application: None, page: 1, has_more: true };
    let unsent = UnsentLine::new(&letter_form, "/user/protected".to_owned());
    let saved = vec![(1, ATTACK.to_owned(), now())];
    let versions = VersionsPage::new(&letter(LetterState::Succeeded, Some("Dear")), saved, 1, "proof".to_owned());
    let refused = Failure::NotAdmitted(ATTACK.to_owned());
    let waiting = Waiting { action: "/letters/1".to_owned(), fields: vec![(ATTACK.to_owned(), ATTACK.to_owned())] };
    let pages = [
        HomePage { signed_in: false }.render(),
        HomePage { signed_in: true }.render(),
        ErrorPage::new(404, ATTACK.to_owned(), "id".to_owned()).render(),
        RegisterPage::new(&registration).render(),
        RegisteredPage::default().render(),
        LoginPage::new(&log_in, "/letters", Some(&waiting), ways(None)).render(),
        LoginPage::new(&log_in, ATTACK, Some(&waiting), ways(Some(ATTACK))).render(),
        LoginPage::new(&log_in, ATTACK, None, ways(Some(ATTACK))).render(),
        ProviderFailurePage::new(&refused, ATTACK, true, false, ATTACK.to_owned()).render(),
        ProviderFailurePage::new(&Failure::LinkedElsewhere, ATTACK, true, true, String::new()).render(),
        LoggedOutPage::new(ATTACK.to_owned(), Some(ATTACK.to_owned())).render(),
        ForwardPage::new(ATTACK.to_owned(), ATTACK.to_owned()).render(),
        ResetPage::new(&FormState::default(), ATTACK.to_owned()).render(),
        NewLetterPage::new(&letter_form, "proof".to_owned()).of_draft(true).waiting(Some(ATTACK.to_owned())).render(),
        TypedPage::new(waiting.clone(), ATTACK.to_owned(), "proof".to_owned()).render(),
        LettersPage::new(vec![line], vec![unsent], search).render(),
        LettersPage::new(Vec::new(), Vec::new(), Shown::default()).render(),
        versions.expect("there is version 1").render(),
    ];
    let mut pages: Vec<_> = pages.into_iter().map(|page| page.expect("renders")).collect();
    pages.extend(account_samples(&account));
    pages.extend(profile_samples(&letter_form));
    pages.extend([
        growing_page(),
        letter_page(LetterState::Submitted, None),
        letter_page(LetterState::Failed, None),
        letter_page(LetterState::Succeeded, Some(ATTACK)),
    ]);
    pages
}

#[test]
fn nothing_typed_becomes_markup() {
    for page in samples() {
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{page}");
        assert!(!page.contains("<script>") && !page.contains("alert('1')"), "{page}");
        assert!(!page.contains(" style=") && !page.contains(" onclick="), "{page}");
    }
}

#[test]
fn every_input_has_a_label_and_every_error_its_field() {
    for page in samples() {
        for id in page
            .split("<input id=\"")
            .chain(page.split("<textarea id=\""))
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(id.contains('<') || page.contains(&format!("for=\"{id}\"")), "{id} has no label in {page}");
        }
    }
    let mut form = FormState::default();
    form.refuse(RegistrationField::Email, "Bad");
    let page = RegisterPage::new(&form).render().expect("renders");
    assert!(page.contains("<title>Error: Register</title>") && page.contains("There is a problem"), "{page}");
    assert!(page.contains("href=\"#email\"") && page.contains("id=\"email-error\">Bad<"), "{page}");
    assert!(page.contains("aria-invalid=\"true\""), "{page}");
}

#[test]
fn a_letter_in_work_leads_to_the_page_that_grows_and_can_be_stopped() {
    let page = letter_page(LetterState::Submitted, None);
    let live =
        "<noscript><meta http-equiv=\"refresh\" content=\"5; url=/letters/00000000-0000-0000-0000-000000000000?live\">";
    assert!(page.contains(live), "{page}");
    assert!(
        page.contains("aria-busy=\"true\"") && page.contains(">partial</article>") && page.contains("id=\"stop\""),
        "{page}"
    );
}

#[test]
fn a_page_that_grows_has_one_place_for_the_letter_and_comes_back_when_it_ends() {
    let page = growing_page();
    assert_eq!(page.matches(CUT).count(), 1, "{page}");
    let (head, tail) = page.split_once(CUT).expect("it has one");
    assert!(
        head.contains("http-equiv=\"refresh\" content=\"1; url=/letters/") && head.contains("id=\"stop\""),
        "{head}"
    );
    assert!(!head.contains("<script") && tail.trim_end().ends_with("</html>"), "{page}");
}

#[test]
fn a_finished_letter_shows_what_to_check() {
    let page = letter_page(LetterState::Succeeded, Some("Dear Sony,\n\nhire me."));
    assert!(page.contains(">Dear Sony,\n\nhire me.</article>"), "{page}");
    assert!(page.contains("Check these claims") && page.contains("`4 years` is not yours"), "{page}");
    assert!(page.contains("No foreign figures") && page.contains("1 other checks passed"), "{page}");
    assert!(!page.contains("http-equiv"), "{page}");
}

/// The page of a finished letter in which each of these words offends against a check of its own.
fn marked_page(text: &str, offending: &[&[&str]], edited: Option<&str>) -> String {
    let mut letter = letter(LetterState::Succeeded, Some(text));
    let mark = |words: &&str| {
        let byte = text.find(words).expect("the words are in the letter");
        let start = text[..byte].chars().count();
        Mark { start: start as i32, end: (start + words.chars().count()) as i32 }
    };
    letter.checks = offending
        .iter()
        .map(|words| Check {
            name: "X".to_owned(),
            passed: false,
            message: "Look <here>".to_owned(),
            marks: words.iter().map(mark).collect(),
        })
        .collect();
    letter.edited = edited.map(str::to_owned);
    let progress = Progress::of(&letter, None, None, now());
    LetterPage::new(&letter, &progress, None, "proof".to_owned(), uuid::Uuid::nil()).render().expect("renders")
}

/// What `textContent` says of the letter: what the Copy button copies.
fn text_content(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"letter\"").expect("there is a letter");
    let (_, rest) = rest.split_once('>').expect("the tag ends");
    let (article, _) = rest.split_once("</article>").expect("the letter ends");
    let tags = article.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<String>();
    tags.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

#[test]
fn offending_words_are_marked_and_linked_both_ways() {
    let text = "Dear 🙂 é,\n\nI hold a licence and 4 years.";
    let page = marked_page(text, &[&["a licence", "4 years"], &[]], None);
    assert!(page.contains("Dear 🙂 é,\n\nI hold <mark aria-describedby=\"check-1\">a licence</mark><a class=\"ref\" id=\"mark-1-1\" href=\"#check-1\""), "{page}");
    assert!(
        page.contains("<mark aria-describedby=\"check-1\">4 years</mark><a class=\"ref\" id=\"mark-1-2\""),
        "{page}"
    );
    assert!(page.contains("<li id=\"check-1\">") && page.contains("<li id=\"check-2\">"), "{page}");
    assert!(page.contains("<a href=\"#mark-1-1\"") && page.contains("<a href=\"#mark-1-2\""), "{page}");
    assert!(!page.contains("#mark-2-1") && page.contains("Look &#60;here&#62;"), "{page}");
    assert_eq!(text_content(&page), text, "what is copied is the letter alone");
}

#[test]
fn every_link_within_a_page_has_its_end_and_every_id_is_unique() {
    let text = "I hold a driving licence in 4 years.";
    let page = marked_page(text, &[&["a driving licence", "4 years"], &["driving licence in 4"], &["I hold"]], None);
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    let ends = page.split("href=\"#").chain(page.split("aria-describedby=\"check-1 ")).skip(1);
    for id in ends.filter_map(|rest| rest.split(['"', ' ']).next()).filter(|id| id.contains('-')) {
        assert!(ids.contains(&id), "{id} is missing in {page}");
    }
    assert!(page.contains("<mark aria-describedby=\"check-1 check-2\">driving licence</mark>"), "{page}");
    assert_eq!(text_content(&page), text);
}

#[test]
fn marked_words_are_text_and_nothing_else() {
    let text = format!("I know {ATTACK} & more");
    let page = marked_page(&text, &[&["script>alert"], &[ATTACK]], None);
    assert!(!page.contains("<script>") && !page.contains("alert('1')"), "{page}");
    assert!(page.contains("<mark aria-describedby=\"check-2\">&#60;</mark>"), "{page}");
    assert_eq!(text_content(&page), text);
}

#[test]
fn an_edited_letter_has_no_marks_but_keeps_its_checks() {
    let page = marked_page("I hold a licence.", &[&["a licence"]], Some("I hold a pen, short"));
    assert!(!page.contains("<mark") && !page.contains("#mark-") && !page.contains("class=\"ref\""), "{page}");
    assert!(page.contains("Check these claims") && page.contains("before your changes"), "{page}");
    assert_eq!(text_content(&page), "I hold a pen, short");
}

#[test]
fn a_failed_letter_says_why_and_offers_another_try() {
    let page = letter_page(LetterState::Failed, None);
    assert!(page.contains("took longer than allowed") && page.contains("Try again"), "{page}");
}

#[test]
fn times_are_for_people() {
    assert_eq!(moment(now()), "23 Nov 2026, 13:04 UTC");
    assert_eq!(
        (duration(0).as_str(), duration(18).as_str(), duration(125).as_str()),
        ("under a second", "18 seconds", "2 min 5 s")
    );
}

#[test]
fn scripts_and_styles_keep_their_budgets() {
    assert!(include_str!("../../../assets/letter.js").len() <= 6 * 1024);
    assert!(include_str!("../../../assets/form.js").len() <= 6 * 1024);
    assert!(include_str!("../../../assets/styles.css").len() <= 14 * 1024);
}
