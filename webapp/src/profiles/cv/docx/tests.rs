//! Word files, made here byte by byte: the paragraphs of a document, and files that are not what they say.

use miniz_oxide::deflate::compress_to_vec;

use super::super::line::Line;
use super::super::unreadable::Unreadable;
use super::lines;

/// A ZIP file with one entry, which is packed.
fn zip(name: &str, packed: &[u8], unpacked: usize, flags: u16) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).expect("is small").to_le_bytes();
    let about = |head: &[u8]| {
        let mut about = head.to_vec();
        about.extend([20_u16, flags, 8, 0, 0].iter().flat_map(|part| part.to_le_bytes()));
        about.extend([[0; 4], number(packed.len()), number(unpacked)].concat());
        about.extend([(name.len() as u16).to_le_bytes(), [0, 0]].concat());
        about
    };
    let mut file = [about(b"PK\x03\x04"), name.as_bytes().to_vec(), packed.to_vec()].concat();
    let directory = file.len();
    let entry = [about(b"PK\x01\x02\x14\0"), vec![0; 14], name.as_bytes().to_vec()].concat();
    file.extend(&entry);
    file.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    file.extend([number(entry.len()), number(directory)].concat());
    file.extend([0, 0]);
    file
}

fn document(body: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>")
}

/// A Word file with this body.
pub fn word_file(body: &str) -> Vec<u8> {
    let document = document(body);
    zip("word/document.xml", &compress_to_vec(document.as_bytes(), 6), document.len(), 0)
}

fn read(body: &str) -> Vec<Line> {
    lines(&word_file(body)).expect("is read")
}

fn texts(body: &str) -> Vec<String> {
    read(body).into_iter().map(|line| line.text).collect()
}

#[test]
fn paragraphs_are_lines() {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let body = format!("<w:p>{}{}</w:p>", run("Zoë &amp; "), run("Co&#x2019;s &lt;shop&gt;"));
    assert_eq!(texts(&body), ["Zoë & Co’s <shop>"]);
    assert_eq!(
        texts("<w:p><w:r><w:t>Nurse</w:t><w:tab/><w:t>2019</w:t><w:br/><w:t>York</w:t></w:r></w:p>"),
        ["Nurse\t2019", "York"]
    );
    let item = "<w:p><w:pPr><w:numPr><w:numId w:val=\"3\"/></w:numPr></w:pPr><w:r><w:t>Led a team</w:t></w:r></w:p>";
    assert_eq!(texts(item), ["• Led a team"]);
    let deleted = "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r><w:r><w:t>new</w:t></w:r></w:p>";
    assert_eq!(texts(deleted), ["new"]);
}

#[test]
fn a_box_of_text_is_read_once_and_cells_are_lines() {
    let inner = "<w:txbxContent><w:p><w:r><w:t>Skills</w:t></w:r></w:p></w:txbxContent>";
    let boxed = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent><w:t>Ann</w:t></w:r></w:p>"
    );
    assert_eq!(texts(&boxed), ["Skills", "Ann"]);
    let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
    let table = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("2019"), cell("Nurse"));
    assert_eq!(texts(&table), ["2019", "Nurse"]);
}

#[test]
fn paragraphs_that_look_alike_have_one_style() {
    let styled = |style: &str, text: &str| {
        format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let lines = read(&[styled("Heading1", "Skills"), styled("Normal", "Word"), styled("Heading1", "Things")].concat());
    assert_eq!(lines[0].style, lines[2].style);
    assert_ne!(lines[0].style, lines[1].style);
    assert!(lines[0].after_gap && !lines[1].after_gap);
}

#[test]
fn a_bomb_a_locked_file_and_another_kind_of_zip_are_refused() {
    let check = |file: &[u8], reason: Unreadable| assert_eq!(lines(file), Err(reason));
    let zeros = vec![b' '; 40 * 1024 * 1024];
    let packed = compress_to_vec(&zeros, 6);
    assert!(packed.len() < 2 * 1024 * 1024);
    check(&zip("word/document.xml", &packed, 100, 0), Unreadable::TooMuch);
    check(&zip("word/document.xml", &packed[..packed.len() / 2], 100, 0), Unreadable::TooMuch);
    check(&zip("word/document.xml", b"\xff\xff", 100, 0), Unreadable::Broken);
    check(&zip("content.xml", &compress_to_vec(b"<x/>", 6), 4, 0), Unreadable::WrongType);
    let many = "<w:p><w:r><w:t>a</w:t></w:r></w:p>".repeat(6_000);
    check(&word_file(&many), Unreadable::TooMuch);
    check(&word_file("<w:p></w:r>"), Unreadable::Broken);
    assert_eq!(lines(&word_file("")), Ok(Vec::new()));
}
