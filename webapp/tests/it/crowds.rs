//! Crowds: letters by the hundred at the same moment, connections that only wait, methods that nobody knows.

use futures::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::browser::{EXAMPLE, send};
use crate::handing_in::assert_requests;
use crate::site::{Site, Wishes, site, site_with};

/// A connection to this site.
async fn connect(site: &Site) -> TcpStream {
    TcpStream::connect(site.url.trim_start_matches("http://")).await.expect("the site takes the connection")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_hundred_letters_at_once_are_five_hundred_letters() {
    const LETTERS: usize = 500;
    let site = site_with(Wishes { letters_per_hour: 1_000, ..Wishes::default() }).await;
    let students = join_all((0..10).map(async |at| site.student(&format!("student{at}")).await)).await;
    let asked = (0..LETTERS).map(|at| {
        let request = students[at % students.len()].query(&EXAMPLE).header("prefer", "respond-async");
        send(request)
    });
    let replies = join_all(asked).await;
    let others: Vec<_> = replies.iter().filter(|reply| reply.status != 202).collect();
    assert!(others.is_empty(), "{} of {LETTERS} were not taken: {:?}", others.len(), others[0]);
    assert_eq!(site.count("SELECT count(*) FROM letters").await, LETTERS as i64);
    assert_requests(&site, LETTERS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_thousand_connections_that_only_wait_keep_nobody_out() {
    const IDLE: usize = 4_000;
    webapp::open_many_files();
    let site = site().await;
    let student = site.student("foo").await;
    let mut idle = Vec::with_capacity(IDLE);
    for _ in 0..IDLE / 100 {
        idle.extend(join_all((0..100).map(|_| connect(&site))).await);
    }

    for page in ["/letters", "/user/protected", "/user/profile"] {
        assert_eq!(student.get(page).await.status, 200, "{page}");
    }
    for _ in 0..2 {
        idle.extend(join_all((0..100).map(|_| connect(&site))).await);
        assert_eq!(student.get("/letters").await.status, 200);
    }
    let mut last = idle.pop().expect("there is one");
    last.write_all(b"GET /auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("is sent");
    let mut answer = String::new();
    last.read_to_string(&mut answer).await.expect("is answered");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let id = student.ask_for_letter().await;
    assert_eq!(student.get(&format!("/letters/{id}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_that_nobody_knows_are_refused_in_plain_words_however_many_there_are() {
    const METHODS: usize = 2_500;
    let site = site().await;
    let mut connection = connect(&site).await;
    let mut raw = Vec::new();
    for number in 0..METHODS {
        let path = ["/letters", "/model/query", "/nothing"][number % 3];
        let asked = format!("ODD{number} {path} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n");
        connection.write_all(asked.as_bytes()).await.expect("the site reads");
        raw.clear();
        let whole = |raw: &[u8]| raw.ends_with(b"}\n");
        while !whole(&raw) {
            assert!(connection.read_buf(&mut raw).await.expect("the connection holds") > 0, "it was closed");
        }
        let answer = String::from_utf8_lossy(&raw);
        let (status, words) = if path == "/nothing" {
            ("404", "There is nothing here")
        } else {
            ("405", "This method is not allowed here")
        };
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(words), "{answer}");
    }
    assert_eq!(site.student("foo").await.get("/letters").await.status, 200);
}
