//! Failed log-ins: neither words nor work tell who has an account. `cargo xtask bench --web` measures their times.

use jiff::SignedDuration;
use reqwest::Method;

use crate::browser::send;
use crate::site::{Wishes, clock_at_noon, site_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_nobody_has_makes_the_database_work_as_much_as_a_wrong_password() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    site.browser().register("known").await;
    // Never used from this network.
    let copy = "INSERT INTO users (username, email, password_hash, request_ref, created_at)
        SELECT 'stranger', 's@example.org', password_hash, 'r', created_at FROM users";
    sqlx::query(copy).execute(&site.db).await.expect("inserts");
    let mut pages = Vec::new();
    for name in ["nobody", "stranger", "known"] {
        clock.advance(SignedDuration::from_secs(1));
        let fields = [("username", name), ("password", "wrong")];
        let refused = send(site.browser().ask(Method::POST, "/auth/login").form(&fields)).await;
        assert_eq!(refused.status, 401, "{name}");
        pages.push(refused.body.replace(name, ""));
        let counted = "SELECT count(*) FROM buckets WHERE refilled_at = (SELECT max(refilled_at) FROM buckets)";
        let recorded = "SELECT count(*) FROM audit_events WHERE event = 'log-in-failed'
            AND at = (SELECT max(refilled_at) FROM buckets)";
        assert_eq!((site.count(counted).await, site.count(recorded).await), (3, 1), "{name}");
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]), "{pages:?}");
    let nobody = "SELECT count(*) FROM audit_events WHERE user_id = 0 AND event = 'log-in-failed'";
    assert_eq!(site.count(nobody).await, 1, "guesses at names are recorded, without the names");
}
