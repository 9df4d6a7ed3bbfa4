//! Files of every kind, whole and damaged: what is read of them, and that nothing breaks the readers or their bounds.

use proptest::prelude::*;

use super::line::{LINES_MAX, TEXT_MAX};
use super::sections::cut;
use super::unreadable::Unreadable;
use super::{Line, lines, pasted};
use crate::letters::document::{Document, Paragraph, Sheet, docx, pdf};
use crate::profiles::cv::docx::tests::word_file;

const TEXT: &str =
    "Ann Lee\nann@example.org\n\nWork experience\nNurse at St Mary, 2019 – present\n\nSkills\nfirst aid, German";

/// A file as the site itself writes it.
fn document() -> Document {
    let lines = |paragraph: &str| paragraph.lines().map(str::to_owned).collect();
    let paragraphs = TEXT.split("\n\n").map(|text| Paragraph { lines: lines(text), is_rtl: false });
    Document {
        title: "CV".to_owned(),
        author: "Ann Lee".to_owned(),
        language: "en-GB".to_owned(),
        sheet: Sheet { width: 595.28, height: 841.89 },
        paragraphs: paragraphs.collect(),
    }
}

fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.text.trim().to_owned()).collect()
}

#[test]
fn what_the_site_writes_is_read_back() {
    let expected: Vec<_> = TEXT.lines().filter(|line| !line.is_empty()).collect();
    for file in [pdf::write(&document()).expect("is set"), docx::write(&document()).expect("is written")] {
        let lines = lines(file).expect("is read");
        assert_eq!(texts(&lines), expected);
        let cv = cut(&lines);
        let found: Vec<_> = cv.sections.iter().map(|section| section.text.as_str()).collect();
        assert_eq!(
            (cv.name.as_str(), found),
            ("Ann Lee", vec!["Nurse at St Mary, 2019 – present", "first aid, German"])
        );
        assert!(cv.has_contact);
    }
}

#[test]
fn what_is_no_cv_is_refused_with_a_reason() {
    let check = |file: &[u8], reason: Unreadable| assert_eq!(lines(file.to_vec()), Err(reason));
    check(b"", Unreadable::Empty);
    check(b" \n", Unreadable::NoText);
    check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Unreadable::OldWord);
    check(b"{\\rtf1 Ann}", Unreadable::WrongType);
    check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02", Unreadable::WrongType);
    check(b"%PDF-1.7\nnothing", Unreadable::Broken);
    check(b"PK\x03\x04 cut off", Unreadable::Broken);
    check("x".repeat(TEXT_MAX + 1).as_bytes(), Unreadable::TooLong);
    check("x\n".repeat(LINES_MAX + 1).as_bytes(), Unreadable::TooLong);
    let whole = pdf::write(&document()).expect("is set");
    assert!(lines(whole[..whole.len() / 3].to_vec()).is_err());
}

#[test]
fn a_text_may_begin_as_a_zip_does() {
    let lines = lines(b"PK Sharma\nNurse".to_vec()).expect("is a text");
    assert_eq!(texts(&lines), ["PK Sharma", "Nurse"]);
}

#[test]
fn what_is_pasted_has_the_bounds_of_a_file() {
    assert_eq!(pasted("Ann Lee").map(|lines| texts(&lines)), Ok(vec!["Ann Lee".to_owned()]));
    assert_eq!(pasted(" \n"), Err(Unreadable::Empty));
    assert_eq!(pasted(&"x\n".repeat(LINES_MAX + 1)), Err(Unreadable::TooLong));
    assert_eq!(pasted(&"x".repeat(TEXT_MAX + 1)), Err(Unreadable::TooLong));
}

#[test]
fn a_pdf_with_a_password_a_scan_and_a_book_are_refused() {
    let pdf = |pages: usize| {
        let page = "0 0 m 9 9 l S";
        let kids = (0..pages).map(|page| format!("{} 0 R", page + 4)).collect::<Vec<_>>().join(" ");
        let stream = format!("<< /Length {} >> stream\n{page}\nendstream", page.len());
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Count {pages} /Kids [{kids}] >>"),
            stream,
        ];
        let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 3 0 R >>";
        objects.extend(std::iter::repeat_n(page.to_owned(), pages));
        let body = objects.iter().enumerate().map(|(number, object)| format!("{} 0 obj {object} endobj\n", number + 1));
        format!("%PDF-1.4\n{}trailer << /Root 1 0 R >>\n%%EOF", body.collect::<String>()).into_bytes()
    };
    assert_eq!(lines(pdf(1)), Err(Unreadable::NoText));
    assert_eq!(lines(pdf(400)), Err(Unreadable::TooMuch));
    assert_eq!(lines(include_bytes!("fixtures/locked.pdf").to_vec()), Err(Unreadable::Locked));
}

/// Whether more comes out of a file than may.
fn is_beyond_bounds(file: Vec<u8>) -> bool {
    lines(file).is_ok_and(|lines| {
        let cv = cut(&lines);
        let length: usize = cv.sections.iter().map(|section| section.text.chars().count()).sum();
        let marks = 4 * lines.len();
        length > TEXT_MAX + marks
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_break_the_readers(kind in 0..4_usize, bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let head: &[u8] = [b"".as_slice(), b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xfe"][kind];
        prop_assert!(!is_beyond_bounds([head, &bytes].concat()));
    }

    #[test]
    fn no_damage_breaks_the_readers(which in 0..3_usize, damage in prop::collection::vec((any::<u16>(), any::<u8>()), 1..40)) {
        let mut file = match which {
            0 => pdf::write(&document()).expect("is set"),
            1 => docx::write(&document()).expect("is written"),
            _ => word_file("<w:p><w:r><w:t>Ann Lee</w:t></w:r></w:p>"),
        };
        let length = file.len();
        for (at, byte) in damage {
            file[usize::from(at) % length] = byte;
        }
        prop_assert!(!is_beyond_bounds(file));
    }

    #[test]
    fn no_text_breaks_the_sections(text in "(\\PC{0,30}[\n\t]){0,30}") {
        let _ = cut(&super::plain::of_text(&text));
    }
}
