//! A student who logs in with a passkey, in a real browser with a device that it plays.

use anyhow::{Result, ensure};
use e2e::Student;
use e2e::browser::{Browser, Script};
use e2e::lone_site::LoneSite;
use e2e::student::PASSWORD;

#[tokio::test]
async fn a_student_adds_a_passkey_logs_in_with_it_and_removes_it() {
    let site = LoneSite::start().await.expect("a site starts");
    let browser = Browser::start().await.expect("a browser starts");
    let url = site.url("localhost");
    let jane = Student::new(browser.open(Script::Runs, &[]).await.expect("opens"), Script::Runs, &url, "jane");
    let story = with_a_passkey(&jane).await;
    if story.is_err() {
        jane.last_picture("passkeys").await;
    }
    story.expect("she logs in and out");
    without_one(&browser, &site).await.expect("others are told why");
}

async fn with_a_passkey(jane: &Student) -> Result<()> {
    jane.gets_a_device().await?;
    jane.register().await?;
    jane.log_in().await?;
    jane.try_to_add_passkey("Phone", "wrong").await?;
    jane.sees("This is not the password of this account").await?;
    jane.pictures_of_this("passkey-refused").await?;
    let _expected = jane.complaints().await?;

    jane.try_to_add_passkey("Phone", PASSWORD).await?;
    jane.sees("Your passkey is added.").await?;
    jane.try_to_add_passkey("Again", PASSWORD).await?;
    jane.sees("This device has a passkey for your account already.").await?;
    jane.pictures("account-with-passkey", "/user/profile").await?;

    jane.log_out().await?;
    jane.pictures("log-in-passkey", "/auth/login").await?;
    jane.try_to_log_in_by_passkey().await?;
    jane.arrives_at("/user/protected").await?;
    jane.open("/user/profile").await?;
    jane.sees("last used").await?;
    let complaints = jane.complaints().await?;
    ensure!(complaints.is_empty(), "the browser complained: {complaints:?}");

    jane.remove_passkey(PASSWORD).await?;
    jane.sees("That passkey can no longer be used to log in.").await?;
    jane.log_out().await?;
    // The device has it still, and the site does not.
    jane.try_to_log_in_by_passkey().await?;
    jane.sees("This passkey did not log you in.").await?;
    jane.pictures_of_this("log-in-passkey-refused").await
}

/// Where there are no passkeys the page says why, and a password logs in.
async fn without_one(browser: &Browser, site: &LoneSite) -> Result<()> {
    let numbers = browser.open(Script::Runs, &[]).await?;
    let numbers = Student::new(numbers, Script::Runs, &site.url("127.0.0.1"), "jane");
    numbers.open("/auth/login").await?;
    numbers.sees("Passkeys work where the site has a name").await?;
    numbers.pictures_of_this("log-in-no-passkey").await?;
    numbers.log_in().await?;
    let plain = browser.open(Script::IsOff, &[]).await?;
    let plain = Student::new(plain, Script::IsOff, &site.url("localhost"), "jane");
    plain.open("/auth/login").await?;
    plain.sees("Logging in with a passkey needs JavaScript.").await?;
    plain.log_in().await
}
