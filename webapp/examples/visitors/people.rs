//! Students with letters, put into the database as the site keeps them, and their sessions.

use anyhow::Result;
use jiff::Timestamp;
use secrecy::SecretString;
use webapp::accounts::token::{Claims, Keys};

use crate::key::keys;
use crate::stage::Stage;

/// Somebody with a session.
pub struct Person {
    pub id: i64,
    /// The cookies of the session, as a browser sends them.
    pub cookies: String,
    pub csrf: String,
}

/// Makes so many students, the first of whom has number 1, each with `letters` letters that are written.
///
/// # Errors
/// When the database refuses it.
pub async fn students(stage: &Stage, count: usize, letters: usize) -> Result<Vec<Person>> {
    stage
        .sql(&format!(
            "INSERT INTO users (username, email, password_hash, request_ref, created_at)
             SELECT 'student' || n, n || '@example.org', '', md5(n::text), now() FROM generate_series(1, {count}) n;
             INSERT INTO letters (id, user_id, created_at, job_title, company, draft, state, request_uid, letter,
                 finished_at, application, note)
             SELECT gen_random_uuid(), u.id, now() - n * interval '1 day', 'Data Scientist ' || n, 'Company ' || n,
                 '{{\"job\": {{\"title\": \"Data Scientist\", \"company\": \"google\"}}, \"applicant\": {{}},
                    \"letter\": {{}}}}', 'Succeeded', gen_random_uuid()::text, repeat('I write software. ', 80), now(),
                 CASE n % 3 WHEN 0 THEN 'Sent' ELSE 'Draft' END, 'Met them at the fair'
             FROM users u, generate_series(1, {letters}) n;
             INSERT INTO drafts (user_id, about, fields, saved_at)
             SELECT id, '00000000-0000-0000-0000-000000000000', '[[\"Job Title\", \"Analyst\"]]', now() FROM users;
             ANALYZE;"
        ))
        .await?;
    let keys = Keys::parse(&SecretString::from(keys())).expect("the key is good");
    let sessions: Vec<_> = (1..=count as i64)
        .map(|id| {
            let claims = Claims::new(id, Timestamp::now(), &mut rand::rng());
            (id, keys.sign(&claims), claims.csrf_proof(), claims.jti)
        })
        .collect();
    let rows: Vec<_> = sessions
        .iter()
        .map(|(id, _, _, jti)| format!("('{jti}', {id}, 'Firefox', now(), now(), now() + interval '1 hour')"))
        .collect();
    let insert = "INSERT INTO sessions (jti, user_id, device, started_at, last_used_at, expires_at) VALUES";
    stage.sql(&format!("{insert} {}", rows.join(", "))).await?;
    let person = |(id, token, csrf, _)| {
        let cookies = format!("access_token_cookie={token}; csrf_access_token={csrf}");
        Person { id, cookies, csrf }
    };
    Ok(sessions.into_iter().map(person).collect())
}
