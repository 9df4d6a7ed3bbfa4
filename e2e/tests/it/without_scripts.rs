//! The same site for people whose browser runs no scripts; and what of them is left anywhere, while they use it and after
//! they have gone.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crds::app::Telemetry;
use crds::names::Component;
use e2e::browser::Script;
use e2e::collector::Collector;
use e2e::eventually::eventually_true;
use e2e::letter::is_signed_by;
use e2e::places::{self, Place};
use e2e::{Play, Student, app, node, play};

/// An attribute of the span of a whole letter, which is the last to end.
const TRACE: &str = "coverletter.request.uid";
/// Spans are sent every five seconds.
const TRACED_WITHIN: Duration = Duration::from_secs(30);
const WRITTEN_WITHIN: Duration = Duration::from_mins(2);
/// What the site promises about deleted accounts.
const GONE_WITHIN: Duration = Duration::from_mins(1);
/// Name of the account, and beginning of its address.
const ACCOUNT: &str = "kanarie-konto";
const ADDRESS: &str = "kanarie-konto@example.org";
const FIRST_PASSWORD: &str = "Bar2024!";
const PASSWORD: &str = "Kanarie-Wachtwoord-1!";
/// A word of the account, of everything typed and of every letter. No program knows it otherwise.
const WORD: &str = "kanarie";
const FORM: [(&str, &str); 10] = [
    ("Job Title", "Kanarie Keeper"),
    ("Hiring Company", "Kanarie Bakery"),
    ("Preferred Qualifications", "2 years experience kanarie-eis"),
    ("Job Description", "We look for somebody who knows kanarie-advertentie."),
    ("Applicant Name", "Kanarie Naam"),
    ("Past Working Experience", "Intern at Kanarie Verleden"),
    ("Current Working Experience", "Analyst at Kanarie Heden"),
    ("Skillsets", "kanarie-vaardigheid, Excel"),
    ("Qualifications", "BSc in Kanarie Studies"),
    ("Why This Employer", "I like the kanarie-reden of your company."),
];
/// A statement with personal text that the database refuses, naming the row.
const REFUSED: &str = "psql --host=/tmp --username=\"$POSTGRES_USER\" --dbname=\"$POSTGRES_DB\" --command=\"INSERT INTO users \
    (username, email, password_hash, request_ref, created_at) VALUES ('kanarie-konto', 'kanarie-konto@example.org', '', 'kanarie', now())\"";

#[tokio::test]
async fn a_letter_grows_without_javascript_and_leaves_no_word_in_any_log() {
    play("no-script", async |play: &Play| {
        let node = node::find(&play.cluster.environment().kubeconfig)?.context("the collector runs beside a node")?;
        let collector = Collector::start_on(&node).await?;
        let mut app = app::paced(Some(app::SLOW));
        app.spec.telemetry = Some(Telemetry { otlp_endpoint: collector.url().to_owned(), ..Telemetry::default() });
        play.install_site(&app).await?;
        let student = play.student_at(play.url(), ACCOUNT, Script::IsOff).await?;
        student.register().await?;
        be_refused(play, &student).await?;
        student.log_in().await?;
        let mut secrets = vec![student.session().await?];

        let path = student.new_letter(&FORM).await?;
        let (letter, lengths) = student.watches(WRITTEN_WITHIN).await?;
        ensure!(lengths.len() >= 5, "the text was seen to grow only in these steps: {lengths:?}");
        ensure!(is_signed_by(&letter, "Kanarie Naam"), "not a letter signed by its applicant: {letter}");
        student.has("#download-docx").await?;
        ensure!(student.path().await? == path, "the letter is on its own page");
        ensure!(student.sight().await?.text == letter, "another letter once it is finished");

        secrets.extend(reset_password(play, &student).await?);
        let traced = async || Ok(collector.kept()?.has(TRACE));
        eventually_true("the collector has the letter's trace", TRACED_WITHIN, traced).await?;
        it_is_kept_in_two_places(play, &collector, &secrets).await?;
        student.delete_account(PASSWORD).await?;
        eventually_true("the requests are gone", GONE_WITHIN, async || Ok(play.cluster.requests().await?.is_empty()))
            .await?;
        nothing_is_left(play, &collector, &secrets).await
    })
    .await;
}

/// Makes programs say what they refuse: a taken address, a wrong password, a row that violates a constraint.
async fn be_refused(play: &Play, student: &Student) -> Result<()> {
    student.open("/auth/register").await?;
    student.fill(&[("username", "kanarie-ander"), ("email", ADDRESS), ("password", FIRST_PASSWORD)]).await?;
    student.press("form[action='/auth/register'] button").await?;
    student.sees("There is a problem").await?;
    student.open("/auth/login").await?;
    student.fill(&[("username", ACCOUNT), ("password", "Kanarie-verkeerd-1!")]).await?;
    student.press("form[action='/auth/login'] button").await?;
    student.sees("Incorrect username or password").await?;
    let pod = play.cluster.only_pod(Component::Database).await?;
    let refused = play.cluster.kubectl(&["exec", &pod, "--container=postgres", "--", "sh", "-c", REFUSED]).await;
    let why = refused.err().context("the database takes a name twice")?.to_string();
    ensure!(why.contains("users_username") && why.contains(ACCOUNT), "it was refused for another reason: {why}");
    Ok(())
}

/// Sets a new password by an administrator's link and logs in with it. Returns the secret of the link and the session.
async fn reset_password(play: &Play, student: &Student) -> Result<[String; 2]> {
    let arguments = ["exec", "deployment/letters-web", "--", "webapp", "admin", "reset-link", ACCOUNT];
    let link = play.cluster.kubectl(&arguments).await?;
    let secret = link.trim().rsplit('/').next().filter(|secret| secret.len() > 20).context("the link has a secret")?;
    student.open(link.trim()).await?;
    student.fill(&[("new_password", PASSWORD)]).await?;
    student.press("#reset").await?;
    student.arrives_at("/auth/login").await?;
    student.fill(&[("username", ACCOUNT), ("password", PASSWORD)]).await?;
    student.press("form[action='/auth/login'] button").await?;
    student.arrives_at("/user/protected").await?;
    Ok([secret.to_owned(), student.session().await?])
}

/// What was typed is in the database and in the request; the request names no account, and nothing else has a word.
async fn it_is_kept_in_two_places(play: &Play, collector: &Collector, secrets: &[String]) -> Result<()> {
    let cluster = &play.cluster;
    ensure!(places::database(cluster).await?.has("kanarie-eis"), "the search finds nothing in the database");
    let requests = format!("/registry/coverletter.dev/coverletterrequests/{}/", cluster.namespace());
    let (own, others): (Vec<Place>, Vec<Place>) =
        places::store(cluster).await?.into_iter().partition(|place| place.name.starts_with(&requests));
    ensure!(places::with(&own, &[WORD]).len() == 1, "the search does not find the request");
    let secrets = all(secrets);
    let account = [&[ACCOUNT, ADDRESS], secrets.as_slice()].concat();
    let found = places::with(&own, &account);
    ensure!(found.is_empty(), "the request names its account: {found:?}");
    let everywhere = [&[WORD], secrets.as_slice()].concat();
    let found = places::with(&others, &everywhere);
    ensure!(found.is_empty(), "words of a letter in the API server's store: {found:?}");
    silent(play, collector, &everywhere).await
}

async fn nothing_is_left(play: &Play, collector: &Collector, secrets: &[String]) -> Result<()> {
    let words = [&[WORD], all(secrets).as_slice()].concat();
    let mut kept = places::store(&play.cluster).await?;
    kept.push(places::database(&play.cluster).await?);
    let found = places::with(&kept, &words);
    ensure!(found.is_empty(), "words of a deleted account: {found:?}");
    silent(play, collector, &words).await
}

/// No log, page of metrics, trace or file has one of these words.
async fn silent(play: &Play, collector: &Collector, words: &[&str]) -> Result<()> {
    let mut said = places::said(&play.cluster).await?;
    said.push(collector.kept()?);
    ensure!(places::with(&said, &["Answered request"]).len() > 1, "the search does not find the log of the site");
    ensure!(!places::with(&said, &["users_username"]).is_empty(), "the search does not find the log of the database");
    let found = places::with(&said, words);
    ensure!(found.is_empty(), "words of a person: {found:?}");
    Ok(())
}

/// The secrets, and the passwords that were typed.
fn all(secrets: &[String]) -> Vec<&str> {
    secrets.iter().map(String::as_str).chain([FIRST_PASSWORD, PASSWORD]).collect()
}
