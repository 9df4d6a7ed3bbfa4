//! A student hands in a CV, keeps what it says and starts a letter from it.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::letter::is_signed_by;
use e2e::{Play, Student, app, play};

/// A letter takes about five seconds at the pace of these apps.
const WRITTEN_WITHIN: Duration = Duration::from_mins(1);
const CV: &str = "JANE DOE
jane@example.org

Work experience
Staff Nurse at St Mary, 2019 - present
Carer at Oak House, 2016 - 2019

Skills
wound care and syringe drivers

Hobbies
chess
";

#[tokio::test]
async fn a_cv_becomes_a_profile_and_a_letter_starts_from_it() {
    play("profile", async |play: &Play| {
        play.install_site(&app::with_site()).await?;
        let jane = play.student("Jane").await?;
        jane.register().await?;
        jane.log_in().await?;
        jane.pictures("no-cvs", "/profiles").await?;
        nothing_is_refused_without_a_word(&jane).await?;
        it_is_taken_apart(&jane).await?;
        jane.pictures("cvs", "/profiles").await?;
        jane.pictures("new-cv", "/profiles/new").await?;
        jane.pictures("new-letter-with-cvs", "/user/protected").await?;

        jane.open("/profiles").await?;
        jane.press("a[href^='/user/protected?profile=']").await?;
        jane.arrives_at("/user/protected").await?;
        jane.fill(&[("Job Title", "Community Nurse"), ("Hiring Company", "Mersey Care")]).await?;
        jane.press("#generate").await?;
        jane.arrives_at("/letters/").await?;
        let letter = jane.finished_letter(WRITTEN_WITHIN).await?;
        ensure!(letter.contains("St Mary") && is_signed_by(&letter, "Jane Doe"), "not from the profile: {letter}");
        // A form that comes back is a complaint too.
        let complaints: Vec<_> =
            jane.complaints().await?.into_iter().filter(|complaint| !complaint.contains("status of 422")).collect();
        ensure!(complaints.is_empty(), "the browser complained: {complaints:?}");
        Ok(())
    })
    .await;
}

/// Forms without anything in them say what is missing.
async fn nothing_is_refused_without_a_word(jane: &Student) -> Result<()> {
    for (page, path, button, words) in [
        ("no-file", "/profiles", "#import", "Choose a file, or paste the text of your CV"),
        ("new-cv-error", "/profiles/new", "#save", "Label must not be empty"),
    ] {
        jane.open(path).await?;
        jane.press(button).await?;
        jane.sees(words).await?;
        jane.pictures_of_this(page).await?;
    }
    Ok(())
}

/// Its sections stand beside the fields; what is saved is in the list.
async fn it_is_taken_apart(jane: &Student) -> Result<()> {
    jane.open("/profiles").await?;
    jane.fill(&[("text", CV)]).await?;
    jane.press("#import").await?;
    jane.sees("Your CV, taken apart").await?;
    jane.sees("What found no place").await?;
    let page = jane.page().await?;
    ensure!(!page.contains("jane@example.org"), "an address is shown: {page}");
    jane.pictures_of_this("import").await?;
    jane.fill(&[("Label", " ")]).await?;
    jane.press("#save").await?;
    jane.sees("Label must not be empty").await?;
    jane.pictures_of_this("import-error").await?;
    jane.fill(&[("Label", "Nursing")]).await?;
    jane.press("#save").await?;
    jane.sees("Nursing").await
}
