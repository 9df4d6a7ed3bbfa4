//! `cargo xtask bench --web`: the site under many visitors, beside a twin of its list of letters in Flask.
//!
//! `webapp/examples/visitors` measures, with the real program, Postgres and API server; `xtask/bench/twin.py` is the twin.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::child;
use super::load::Watch;
use super::options::Options;
use super::prepare;
use super::samples::{Round, Samples};
use super::table::Table;
use crate::shell::{command, output, programs, root, run, step};

/// Time limit of each part.
const LIMIT: Duration = Duration::from_mins(15);
/// How long other programs are looked at before each part.
const LOOK: Duration = Duration::from_secs(3);

/// A line of the report: what it says, metric, digits after the point, and what is asked for.
type Line = (&'static str, &'static str, usize, &'static str);

const PAGES: [Line; 10] = [
    ("list of letters, ours, requests a second", "ours_requests_per_second", 0, ""),
    ("the same by Flask, gunicorn with 2 sync workers", "flask_requests_per_second", 0, ""),
    ("the same, 2 workers of 4 threads", "flask_threads_requests_per_second", 0, ""),
    ("ours, 99 % within ms", "ours_page_p99_ms", 1, ""),
    ("Flask, 99 % within ms", "flask_page_p99_ms", 1, ""),
    ("Flask with threads, 99 % within ms", "flask_threads_page_p99_ms", 1, ""),
    ("processors that ours used", "ours_processors", 2, ""),
    ("ours, a page without a query, requests a second", "ours_without_database_requests_per_second", 0, ""),
    ("smallest statement, 16 connections, a second", "round_trips_per_second", 0, ""),
    ("transactions of ours for a page", "ours_transactions_per_page", 1, ""),
];
const STREAMS: [Line; 16] = [
    ("memory of the web process, idle, MB", "memory_of_its_own_idle_mb", 1, ""),
    ("the same with the pages of its program", "memory_idle_mb", 1, ""),
    ("with 200 live pages of letters that are written, MB", "memory_of_its_own_with_200_streams_mb", 1, "at most 30"),
    ("the same with the pages of its program", "memory_with_200_streams_mb", 1, ""),
    ("tokens a second to all of them", "tokens_per_second", 0, ""),
    ("from the pod to the page, half of the tokens within ms", "token_p50_ms", 1, ""),
    ("the same, 95 % within ms", "token_p95_ms", 1, "at most 300"),
    ("from Generate to the page of the letter, half within ms", "generate_p50_ms", 1, ""),
    ("the same, 95 % within ms", "generate_p95_ms", 1, "at most 100"),
    ("live pages of letters that wait", "streams", 0, ""),
    ("list of letters beside them, half within ms", "page_beside_2000_streams_p50_ms", 1, ""),
    ("the same, 99 % within ms", "page_beside_2000_streams_p99_ms", 1, "at most 100"),
    ("processors that the web process used meanwhile", "processors_with_2000_streams", 2, ""),
    ("its memory with them, MB", "memory_of_its_own_with_2000_streams_mb", 1, ""),
    ("the same with the pages of its program", "memory_with_2000_streams_mb", 1, ""),
    ("its memory at most, MB", "memory_most_mb", 1, ""),
];
const RESIDENT: [Line; 6] = [
    ("memory of the web process without a request, MB", "memory_with_no_request_mb", 1, ""),
    ("at most so far: it has hashed a password", "memory_with_no_request_most_mb", 1, ""),
    ("while 10,000 of the largest size are there", "memory_with_10000_requests_mb", 1, "at most 60"),
    ("at most meanwhile", "memory_with_10000_requests_most_mb", 1, ""),
    ("after it has listed as many", "memory_after_a_list_of_10000_requests_mb", 1, "at most 60"),
    ("at most meanwhile", "memory_after_a_list_of_10000_requests_most_mb", 1, ""),
];
const LOG_INS: [Line; 7] = [
    ("name that nobody has, median ms", "log_in_unknown_median_ms", 2, ""),
    ("wrong password of an account never used from here, median ms", "log_in_stranger_median_ms", 2, ""),
    ("longer by ms", "log_in_stranger_difference_ms", 2, "within the next line"),
    ("noise of the difference of medians, ± ms (95 %)", "log_in_stranger_noise_ms", 2, ""),
    ("wrong password of an account used from here, median ms", "log_in_known_median_ms", 2, ""),
    ("longer by ms", "log_in_known_difference_ms", 2, "within the next line"),
    ("noise of the difference of medians, ± ms (95 %)", "log_in_known_noise_ms", 2, ""),
];

/// Prepares, measures and reports.
pub fn web(options: &Options) -> Result<()> {
    let folder = root().join("target/bench");
    fs::create_dir_all(&folder)?;
    if !options.built {
        step("build our programs", || {
            run(command("cargo", ["build", "--release", "--workspace", "--bins", "--example", "visitors"]))
        })?;
    }
    let python = step("install Flask", || prepare::with_flask(&folder))?;
    if options.prepare {
        return Ok(());
    }
    let rounds = if options.quick { 1 } else { options.rounds.max(1) }.to_string();
    let (python, twin) = (python.display().to_string(), root().join("xtask/bench").display().to_string());
    let pages = ["pages", "--python", &python, "--twin", &twin, "--rounds", &rounds];
    let mut samples = Samples::default();
    let parts: [(&str, &'static str, &[&str]); 4] = [
        ("pages, beside Flask", "pages", &pages),
        ("live pages", "streams", &["streams"]),
        ("many requests", "resident", &["resident"]),
        ("failed log-ins", "log-ins", &["log-ins"]),
    ];
    for (title, who, arguments) in parts {
        step(title, || part(who, arguments, &mut samples))?;
    }
    report(&samples)
}

/// Measures a part, after a look at what else the machine does.
fn part(who: &'static str, arguments: &[&str], samples: &mut Samples) -> Result<()> {
    let watch = Watch::start()?;
    std::thread::sleep(LOOK);
    let foreign = watch.foreign_cores()?;
    eprintln!("    others keep {foreign:.1} processors busy");
    // Visitors need as many open files as connections; a shell may ask for them.
    let mut visitors = command("sh", ["-c", "ulimit -n $(ulimit -Hn); exec \"$0\" \"$@\""]);
    visitors.arg(programs().join("examples/visitors")).args(arguments);
    samples.add(Round { number: 1, who, foreign }, child::measured(visitors, LIMIT)?);
    Ok(())
}

fn report(samples: &Samples) -> Result<()> {
    let mut text = String::new();
    for (who, lines) in [("pages", &PAGES[..]), ("streams", &STREAMS), ("resident", &RESIDENT), ("log-ins", &LOG_INS)] {
        let mut table = Table::new(["", "measured", "asked for"].map(str::to_owned));
        for (title, metric, digits, asked) in lines {
            let shown = samples.median(who, metric).map_or("-".to_owned(), |value| format!("{value:.digits$}"));
            table.row([(*title).to_owned(), shown, (*asked).to_owned()]);
        }
        if who == "pages"
            && let Some(ratio) = ratio(samples)
        {
            table.row(["ours to the faster way of Flask".to_owned(), format!("{ratio:.1}"), "at least 10".to_owned()]);
        }
        let _ = writeln!(text, "{table}");
    }
    println!("{text}");
    let folder = root().join("target/bench/results");
    fs::create_dir_all(&folder)?;
    let now = UNIX_EPOCH.elapsed().context("the clock is past 1970")?.as_secs();
    let all = samples.all.iter().map(|(round, metric, value)| {
        json!({ "part": round.who, "foreign_cores": round.foreign, "metric": metric, "value": value })
    });
    let raw = json!({
        "commit": output(command("git", ["describe", "--always", "--dirty"]))?,
        "samples": all.collect::<Vec<_>>(),
    });
    fs::write(folder.join(format!("{now}-web.md")), &text)?;
    fs::write(folder.join(format!("{now}-web.json")), serde_json::to_string_pretty(&raw)?)?;
    Ok(())
}

/// The median of the ratios of each round, to whichever way of Flask was faster in it.
fn ratio(samples: &Samples) -> Option<f64> {
    let of = |metric: &str| -> Vec<f64> {
        let its = samples.all.iter().filter(|(_, name, _)| name == metric);
        its.map(|(_, _, value)| *value).collect()
    };
    let peers = of("flask_requests_per_second").into_iter().zip(of("flask_threads_requests_per_second"));
    let ours = of("ours_requests_per_second").into_iter();
    let mut ratios: Vec<f64> = ours.zip(peers).map(|(ours, (sync, threads))| ours / sync.max(threads)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied()
}
