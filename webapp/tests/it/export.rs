//! Letters as files: plain text, PDF and Word, all with the same text. Debian's poppler reads the PDFs.

use fixtures::documents::{self, text_of_docx, text_of_pdf, words};
use reqwest::Method;

use crate::browser::Browser;
use crate::finished;
use crate::site::site;

/// A letter in each direction and in both; a figure, a name in another alphabet, markup, and marks above letters.
const TEXTS: [(&str, &str); 5] = [
    (
        "English",
        "Dear Hiring Manager,\n\nI ran 3 sites for Škoda & Zoë Ångström <zoe@example.org>, “as it is” – 40% less waste. I like naïve, efficient offices.\n\nSincerely,\nZoë Ångström",
    ),
    ("Greek and Russian", "Αγαπητή κυρία,\n\nΕργάζομαι στην Αθήνα.\n\nС уважением,\nИван Ёлкин"),
    (
        "Hebrew",
        "לכבוד מנהלת הגיוס,\n\nאני עובדת בחברת Example Ltd מאז 2019, ואחראית על 12 עובדים.\n\nבכבוד רב,\nדנה לוי",
    ),
    ("Arabic", "السيد المدير،\n\nأعمل مهندسة في شركة Example منذ 2019 (القاهرة).\n\nمع التحية،\nليلى حسن"),
    ("English with a Hebrew name", "Dear Ms לוי,\n\nMy teacher דנה כהן (in Haifa) wrote to you.\n\nYours,\nSam"),
];

/// A file of this letter, with the type that it says it has.
async fn file(student: &Browser, path: &str, name: &str) -> (String, Vec<u8>) {
    let reply = student.ask(Method::GET, &format!("{path}/{name}")).send().await.expect("answers");
    assert_eq!(reply.status(), 200, "{name}");
    let kind = reply.headers()["content-type"].to_str().expect("is text").to_owned();
    (kind, reply.bytes().await.expect("is sent").to_vec())
}

/// What a program of poppler says about a PDF.
async fn poppler(program: &str, options: &[&str], pdf: &[u8]) -> String {
    documents::poppler(program, options, pdf).await.expect("poppler reads it")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_of_a_letter_has_the_same_text() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    let long =
        (1..=90).map(|n| format!("Paragraph {n} says in so many words what I did in year {n}, and {n} times more."));
    let long = long.collect::<Vec<_>>().join("\n\n");
    for (name, text) in TEXTS.into_iter().chain([("Several pages", long.as_str())]) {
        student.submit(&path, &[("letter", text)]).await;
        let (kind, plain) = file(&student, &path, "letter.txt").await;
        assert_eq!(kind, "text/plain; charset=utf-8");
        assert_eq!(String::from_utf8(plain).expect("is text"), format!("{text}\n"), "{name}");

        let (kind, docx) = file(&student, &path, "letter.docx").await;
        assert_eq!(kind, "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
        assert_eq!(words(&text_of_docx(docx).expect("is a Word file")), words(text), "{name} for Word");

        let (kind, pdf) = file(&student, &path, "letter.pdf").await;
        assert_eq!(kind, "application/pdf");
        let read = text_of_pdf(&pdf).await.expect("poppler reads it");
        assert_eq!(words(&read), words(text), "{name} as PDF");
        if ["English", "Several pages"].contains(&name) {
            let seen = poppler("pdftotext", &["-enc", "UTF-8"], &pdf).await;
            assert_eq!(words(&seen), words(text), "{name} on paper");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pdf_can_be_read_aloud() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    student.submit(&path, &[("letter", TEXTS[2].1)]).await;
    let (_, pdf) = file(&student, &path, "letter.pdf").await;
    let about = poppler("pdfinfo", &[], &pdf).await;
    let line = |name: &str| {
        let line = about.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches(':').trim().to_owned()
    };
    assert_eq!(line("Title"), "Cover letter: Data Scientist at google", "{about}");
    assert_eq!((line("Author"), line("Tagged"), line("Pages")), ("John".into(), "yes".into(), "1".into()), "{about}");
    let tree = poppler("pdfinfo", &["-struct-text"], &pdf).await;
    let paragraphs = tree.lines().filter(|line| line.trim_start().starts_with("P ") || line.trim() == "P").count();
    assert_eq!(paragraphs, 3, "{tree}");
    let raw = String::from_utf8_lossy(&pdf);
    for part in ["pdfuaid:part", "/Lang (en-GB)", "/DisplayDocTitle true", "/Direction /R2L"] {
        assert!(raw.contains(part), "`{part}` is missing");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_to_left_letters_are_set_right_to_left() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    student.submit(&path, &[("letter", TEXTS[2].1)]).await;
    student.open(&path).await.assert_page(200, &["id=\"letter\" dir=\"auto\"", "id=\"download-pdf\""]);
    let (_, docx) = file(&student, &path, "letter.docx").await;
    let whole = String::from_utf8_lossy(&docx);
    assert_eq!(whole.matches("<w:bidi/>").count(), 3);
    assert!(whole.contains("<w:t xml:space=\"preserve\">Example Ltd</w:t>"), "{whole}");
    // The first letter of each line stands at the right margin of A4, 595 - 71 points from the left.
    let (_, pdf) = file(&student, &path, "letter.pdf").await;
    let boxes = poppler("pdftotext", &["-bbox"], &pdf).await;
    let right = |line: &str| line.split_once("xMax=\"")?.1.split('"').next()?.parse::<f64>().ok();
    for first in ["ל", "א", "ב", "ד"] {
        let mut places = boxes.lines().filter(|line| line.contains(&format!(">{first}<"))).filter_map(right);
        assert!(places.any(|right| (right - 524.4).abs() < 0.5), "{first}: {boxes}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_no_face_can_show_is_told_before_and_after_the_click() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    student.submit(&path, &[("letter", "拝啓 Dear 例 🙂,\n\n山田花子")]).await;
    let page = student.open(&path).await;
    let why = "A PDF from here cannot show 例 啓 子 山 拝 田 花 🙂.";
    page.assert_page(200, &[why, "id=\"download-docx\""]);
    assert!(!page.body.contains("letter.pdf"), "{}", page.body);
    let refused = student.open(&format!("{path}/letter.pdf")).await;
    refused.assert_page(422, &[why, "print this page to a PDF"]);
    let (_, docx) = file(&student, &path, "letter.docx").await;
    assert_eq!(words(&text_of_docx(docx).expect("is a Word file")), ["拝啓", "Dear", "例", "🙂,", "山田花子"]);
}
