//! Every page with samples: renders, escapes what people typed, keeps no password, names every input.

use askama::Template;
use crds::request::Check;
use jiff::Timestamp;

use super::account::{LoginPage, ProfilePage, RegisterPage, RegisteredPage};
use super::error::ErrorPage;
use super::home::HomePage;
use super::letter::{LetterPage, file_name};
use super::letters::LettersPage;
use super::new_letter::NewLetterPage;
use super::{moment, stretch};
use crate::db::letters::{Letter, LetterLine, RowState};
use crate::db::time::Time;
use crate::forms::account::ProfileForm;
use crate::forms::letter::{LetterDraft, LetterForm};
use crate::forms::{FieldError, Fields};
use crate::progress::Progress;

const ATTACK: &str = "<script>alert('1')</script>\"";

fn now() -> Timestamp {
    "2026-11-23T13:04:05Z".parse().expect("a time")
}

fn letter(state: RowState, text: Option<&str>) -> Letter {
    let mut draft = LetterDraft::default();
    draft.job.title = ATTACK.to_owned();
    draft.job.company = "Sony & Sons".to_owned();
    draft.applicant.name = "John Ö. Doe".to_owned();
    let check =
        |name: &str, passed, message: &str| Check { name: name.to_owned(), passed, message: message.to_owned() };
    Letter {
        id: uuid::Uuid::nil(),
        created_at: Time(now()),
        draft,
        state,
        cancel_requested: false,
        reason: Some("DeadlineExceeded".to_owned()),
        written: text.map(str::to_owned),
        edited: None,
        checks: vec![
            check("SignedByApplicant", true, ""),
            check("NoForeignFigures", false, ""),
            check("X", false, "`4 years` is not yours"),
        ],
        model: None,
        finished_at: state.is_finished().then_some(Time(now())),
    }
}

fn letter_page(state: RowState, text: Option<&str>) -> String {
    let letter = letter(state, text);
    let progress = Progress::of(&letter, None, 0, now());
    LetterPage::new(&letter, &progress, "partial".to_owned(), "proof".to_owned(), false).render().expect("renders")
}

fn samples() -> Vec<String> {
    let form = ProfileForm { username: ATTACK.to_owned(), email: ATTACK.to_owned() };
    let errors = || vec![FieldError::new("username", ATTACK), FieldError::new("password", "Too short")];
    let typed =
        Fields::new(vec![("Job Title".to_owned(), ATTACK.to_owned()), ("Skillsets".to_owned(), ATTACK.to_owned())]);
    let letter_form = LetterForm::new(typed);
    let problems = letter_form.validate().expect_err("is incomplete");
    let line = LetterLine {
        id: uuid::Uuid::nil(),
        created_at: Time(now()),
        job_title: ATTACK.to_owned(),
        company: ATTACK.to_owned(),
        state: RowState::Succeeded,
    };
    let pages = [
        HomePage { signed_in: false }.render(),
        HomePage { signed_in: true }.render(),
        ErrorPage::new(404, ATTACK.to_owned(), "id".to_owned()).render(),
        RegisterPage::new(&form, errors()).render(),
        RegisteredPage::default().render(),
        LoginPage::new(ATTACK, "/letters", errors()).render(),
        ProfilePage::new(&form, "proof".to_owned(), errors(), true).render(),
        NewLetterPage::new(&letter_form, "proof".to_owned(), problems).render(),
        LettersPage::new(vec![line]).render(),
        LettersPage::new(Vec::new()).render(),
    ];
    let mut pages: Vec<_> = pages.into_iter().map(|page| page.expect("renders")).collect();
    pages.extend([
        letter_page(RowState::Submitted, None),
        letter_page(RowState::Failed, None),
        letter_page(RowState::Succeeded, Some(ATTACK)),
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
    let page =
        RegisterPage::new(&ProfileForm::default(), vec![FieldError::new("email", "Bad")]).render().expect("renders");
    assert!(page.contains("<title>Error: Register</title>") && page.contains("There is a problem"), "{page}");
    assert!(page.contains("href=\"#email\"") && page.contains("id=\"email-error\">Bad<"), "{page}");
    assert!(page.contains("aria-invalid=\"true\""), "{page}");
}

#[test]
fn a_letter_in_work_refreshes_itself_and_can_be_stopped() {
    let page = letter_page(RowState::Submitted, None);
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\""), "{page}");
    assert!(
        page.contains("aria-busy=\"true\"") && page.contains(">partial</article>") && page.contains("id=\"stop\""),
        "{page}"
    );
}

#[test]
fn a_finished_letter_shows_what_to_check() {
    let page = letter_page(RowState::Succeeded, Some("Dear Sony,\n\nhire me."));
    assert!(page.contains(">Dear Sony,\n\nhire me.</article>"), "{page}");
    assert!(page.contains("Check these claims") && page.contains("`4 years` is not yours"), "{page}");
    assert!(page.contains("No foreign figures") && page.contains("1 other checks passed"), "{page}");
    assert!(!page.contains("http-equiv"), "{page}");
}

#[test]
fn a_failed_letter_says_why_and_offers_another_try() {
    let page = letter_page(RowState::Failed, None);
    assert!(page.contains("took longer than it may") && page.contains("Try again"), "{page}");
}

#[test]
fn the_download_is_named_as_recruiters_expect() {
    assert_eq!(file_name(&letter(RowState::Succeeded, Some("x"))), "John_Doe_CoverLetter_Sony_Sons.txt");
}

#[test]
fn times_are_for_people() {
    assert_eq!(moment(now()), "23 Nov 2026, 13:04 UTC");
    assert_eq!(
        (stretch(0).as_str(), stretch(18).as_str(), stretch(125).as_str()),
        ("under a second", "18 seconds", "2 min 5 s")
    );
}

#[test]
fn scripts_and_styles_keep_their_budgets() {
    assert!(include_str!("../../assets/letter.js").len() <= 6 * 1024);
    assert!(include_str!("../../assets/styles.css").len() <= 12 * 1024);
}
