//! The same site for people whose browser runs no scripts.

use std::time::Duration;

use anyhow::ensure;
use e2e::browser::Script;
use e2e::letter::is_signed_by;
use e2e::{Play, app, play};

#[tokio::test]
async fn a_letter_is_written_without_javascript() {
    play("no-script", async |play: &Play| {
        play.install_site(&app::with_site()).await?;
        let john = play.student_at(play.url(), "John", Script::IsOff).await?;
        john.register().await?;
        john.log_in().await?;
        let path = john.new_example().await?;
        let (letter, lengths) = john.watches(Duration::from_mins(1)).await?;
        ensure!(lengths.len() >= 5, "the text was seen to grow only in these steps: {lengths:?}");
        ensure!(is_signed_by(&letter, "John"), "not a letter signed by John: {letter}");
        john.has("#download-docx").await?;
        ensure!(john.path().await? == path, "the letter is on its own page");
        john.log_out().await?;
        Ok::<_, anyhow::Error>(())
    })
    .await;
}
