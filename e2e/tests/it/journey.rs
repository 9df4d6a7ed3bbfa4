//! The main journey: a student registers, requests a letter, watches it grow and finds it again.

use std::time::Duration;

use anyhow::{Result, ensure};
use crds::request::State;
use e2e::eventually::eventually_true;
use e2e::letter::{EXAMPLE, is_signed_by};
use e2e::{Play, Student, app, play};
use fixtures::documents;

/// A letter takes more than ten seconds at the pace of these apps.
const WRITTEN_WITHIN: Duration = Duration::from_mins(2);

#[tokio::test]
async fn a_student_registers_and_watches_a_letter_grow() {
    play("journey", async |play: &Play| {
        play.install_site(&app::paced(Some(app::SLOW))).await?;
        let john = play.student("John").await?;
        john.pictures("home", "/").await?;
        john.register().await?;
        john.log_in().await?;
        john.pictures("new-letter", "/user/protected").await?;

        let path = john.new_example().await?;
        let (letter, lengths) = john.watches(WRITTEN_WITHIN).await?;
        ensure!(lengths.len() >= 5, "the text was seen to grow only in these steps: {lengths:?}");
        ensure!(is_signed_by(&letter, "John"), "not a letter signed by John: {letter}");
        john.pictures("letter", &path).await?;
        it_is_a_resource(play, &letter).await?;

        it_is_listed(&john, &path).await?;
        john.pictures("letters", "/letters").await?;
        john.log_out().await?;
        john.open(&path).await?;
        john.sees("Log in").await?;
        john.log_in().await?;
        it_is_listed(&john, &path).await?;
        john.open(&path).await?;
        ensure!(john.finished_letter(WRITTEN_WITHIN).await? == letter, "another letter after logging in again");
        let complaints = john.complaints().await?;
        ensure!(complaints.is_empty(), "the browser complained: {complaints:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_student_stops_a_letter_and_takes_another_one_away_in_every_form() {
    play("stop", async |play: &Play| {
        play.install_site(&app::paced(Some(app::SLOW))).await?;
        let john = play.student("John").await?;
        john.register().await?;
        john.log_in().await?;
        john.new_example().await?;
        john.sees_beginning(20, WRITTEN_WITHIN).await?;
        john.stop().await?;
        john.sees("Stopped, as you asked.").await?;
        eventually_true("the request is cancelled", WRITTEN_WITHIN, async || {
            Ok(play.cluster.only_request().await?.state() == State::Cancelled)
        })
        .await?;
        let status = play.cluster.only_request().await?.status.unwrap_or_default();
        ensure!(status.letter.is_none(), "a letter in spite of all: {status:?}");
        let others = [("Applicant Name", "Zoë Ångström"), ("Hiring Company", "Школа Ψ")];
        john.new_letter(&EXAMPLE.into_iter().chain(others).collect::<Vec<_>>()).await?;
        let letter = john.finished_letter(WRITTEN_WITHIN).await?;
        ensure!(letter.contains("Школа Ψ") && is_signed_by(&letter, "Zoë Ångström"), "not this letter: {letter}");
        every_form_is_the_same(&john, &letter, "Zoë_Ångström_CoverLetter_Школа_Ψ").await
    })
    .await;
}

/// Files and clipboard have the text of the page, and the files this name.
async fn every_form_is_the_same(student: &Student, letter: &str, name: &str) -> Result<()> {
    student.has("#copy:not([hidden])").await?;
    let copied = student.copies().await?;
    ensure!(copied.trim() == letter, "copied: {copied}");
    let files = [
        student.saves("#download").await?,
        student.saves("#download-docx").await?,
        student.saves("#download-pdf").await?,
    ];
    let names = ["txt", "docx", "pdf"].map(|extension| format!("{name}.{extension}"));
    ensure!(files.iter().map(|file| &file.name).eq(&names), "{:?}", files.map(|file| file.name));
    let [plain, word, pdf] = files.map(|file| file.content);
    ensure!(String::from_utf8(plain)?.trim() == letter, "another text in the plain file");
    let expected = documents::words(letter);
    ensure!(documents::words(&documents::text_of_docx(word)?) == expected, "another text in the Word file");
    ensure!(documents::words(&documents::text_of_pdf(&pdf).await?) == expected, "another text in the PDF");
    Ok(())
}

/// What a cluster user reads with kubectl.
async fn it_is_a_resource(play: &Play, letter: &str) -> Result<()> {
    let request = play.cluster.only_request().await?;
    let status = request.status.clone().unwrap_or_default();
    ensure!(status.letter.as_deref().map(str::trim) == Some(letter), "page and resource differ: {:?}", status.letter);
    ensure!(status.attempt == Some(1) && request.state() == State::Succeeded, "{status:?}");
    ensure!(request.spec.requested_by.as_deref() != Some("John"), "the resource names the account");

    let table = play.cluster.kubectl(&["get", "coverletterrequests"]).await?;
    let [header, row] = table.lines().collect::<Vec<_>>()[..] else { anyhow::bail!("not one row: {table}") };
    let columns: Vec<&str> = header.split_whitespace().collect();
    ensure!(columns == ["NAME", "STATE", "COMPANY", "TITLE", "WORKER", "TOKENS", "TOOK", "AGE"], "{table}");
    ensure!(row.contains("Succeeded") && row.contains("google") && row.contains("Data Scientist"), "{table}");
    Ok(())
}

async fn it_is_listed(student: &Student, path: &str) -> Result<()> {
    student.open("/letters").await?;
    student.sees("Data Scientist").await?;
    student.sees("google").await?;
    let links = student.links().await?;
    ensure!(links.iter().filter(|link| *link == path).count() == 1, "{path} is not listed once: {links:?}");
    Ok(())
}
