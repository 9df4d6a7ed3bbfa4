//! Failed log-ins, one after another: does the time tell whether somebody has an account?

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::http::{Connection, form};
use crate::output::{quantile, say};
use crate::stage::Stage;

/// Log-ins of each kind.
const COUNT: usize = 200;
/// How often a median is drawn again to see how far it varies.
const DRAWS: usize = 2_000;
const PASSWORD: &str = "a passphrase of many words";

/// Who is said to log in.
const KINDS: [&str; 3] = ["unknown", "stranger", "known"];

pub async fn measure(stage: &Stage) -> Result<()> {
    let site = stage.site().await?;
    let mut connection = Connection::open(site.port).await?;
    let fields = [("username", "known"), ("password", PASSWORD), ("email", "known@example.org")];
    let answer = connection.ask(&form("/auth/register", "none=none", &fields)).await?;
    ensure!(answer.status == 200, "nobody can register: {}", String::from_utf8_lossy(&answer.body));
    // Accounts with the same password: those that were never used from here, and those that were.
    stage
        .sql(&format!(
            "INSERT INTO users (username, email, password_hash, request_ref, created_at)
             SELECT kind || n, kind || n || '@example.org', password_hash, kind || n, now()
             FROM users, unnest(ARRAY['stranger', 'known']) kind, generate_series(0, {COUNT}) n
             WHERE username = 'known';
             INSERT INTO known_networks (user_id, network, seen_at)
             SELECT u.id, k.network, now() FROM users u, known_networks k WHERE u.username LIKE 'known_%';"
        ))
        .await?;
    let mut times = KINDS.map(|_| Vec::new());
    for number in 0..=COUNT {
        for (kind, times) in KINDS.iter().zip(&mut times) {
            let name = format!("{kind}{number}");
            let request = form("/auth/login", "none=none", &[("username", &name), ("password", "wrong")]);
            let asked = Instant::now();
            let answer = connection.ask(&request).await?;
            ensure!(answer.status == 401, "{name}: {}", String::from_utf8_lossy(&answer.body));
            // The first of each kind finds nothing prepared.
            if number > 0 {
                times.push(asked.elapsed());
            }
        }
    }
    for (kind, times) in KINDS.iter().zip(&times) {
        say(&format!("log_in_{kind}_median_ms"), quantile(times, 0.5).as_secs_f64() * 1e3);
        let spread = quantile(times, 0.75).saturating_sub(quantile(times, 0.25));
        say(&format!("log_in_{kind}_middle_half_ms"), spread.as_secs_f64() * 1e3);
    }
    let [unknown, stranger, known] = &times;
    let mut rng = StdRng::seed_from_u64(20);
    for (name, other) in [("stranger", stranger), ("known", known)] {
        let (difference, noise) = difference(unknown, other, &mut rng);
        say(&format!("log_in_{name}_difference_ms"), difference);
        say(&format!("log_in_{name}_noise_ms"), noise);
    }
    Ok(())
}

/// How much longer the median of `other` is, in milliseconds, and half the width of what 95 % of the differences lie
/// within when both are drawn again from what was measured.
fn difference(one: &[Duration], other: &[Duration], rng: &mut StdRng) -> (f64, f64) {
    let median = |times: &[Duration]| quantile(times, 0.5).as_secs_f64() * 1e3;
    let mut again = |times: &[Duration]| {
        let drawn: Vec<_> = times.iter().map(|_| times[rng.random_range(0..times.len())]).collect();
        median(&drawn)
    };
    let mut drawn: Vec<f64> = (0..DRAWS).map(|_| again(other) - again(one)).collect();
    drawn.sort_by(f64::total_cmp);
    let width = drawn[DRAWS * 975 / 1_000] - drawn[DRAWS * 25 / 1_000];
    (median(other) - median(one), width / 2.0)
}
