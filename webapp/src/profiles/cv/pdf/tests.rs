//! What writers of PDFs do otherwise than the format's readers expect, in files made by hand.

use super::lines;
use crate::profiles::cv::line::Line;

/// A font whose letters are those of Windows.
const LETTERS: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

/// A PDF with one page. The page may say more; its fonts are called F0, F1 and so on; `streams` are objects 10, 11 and so
/// on, each with a dictionary.
fn file(page: &str, fonts: &[&str], content: &str, streams: &[(&str, &str)]) -> Vec<u8> {
    let stream = |(dict, data): &(&str, &str)| format!("<< {dict} /Length {} >> stream\n{data}\nendstream", data.len());
    let fonts: Vec<_> = fonts.iter().enumerate().map(|(number, font)| format!("/F{number} {font}")).collect();
    let resources = format!("/Resources << /Font << {} >> /XObject << /X 10 0 R >> >>", fonts.join(" "));
    let page = format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {resources} {page} >>");
    let first = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>", &page];
    let first = first.map(str::to_owned).into_iter().chain([stream(&("", content))]);
    let objects = (1..).zip(first).chain((10..).zip(streams.iter().map(stream)));
    let body: Vec<_> = objects.map(|(number, object)| format!("{number} 0 obj {object} endobj\n")).collect();
    format!("%PDF-1.4\n{}trailer << /Root 1 0 R >>\n%%EOF", body.concat()).into_bytes()
}

fn read(file: Vec<u8>) -> Vec<Line> {
    lines(file).expect("is read")
}

fn texts(file: Vec<u8>) -> Vec<String> {
    read(file).iter().filter_map(Line::tidied).map(|line| line.text).collect()
}

#[test]
fn pages_are_read_as_they_are_turned() {
    for (page, first, second) in [
        ("/Rotate 0", "1 0 0 1 50 700 Tm", "1 0 0 1 50 688 Tm"),
        ("/Rotate 90", "0 1 -1 0 50 90 Tm", "0 1 -1 0 62 90 Tm"),
        ("/Rotate 180", "-1 0 0 -1 500 90 Tm", "-1 0 0 -1 500 102 Tm"),
        ("/Rotate 270", "0 -1 1 0 500 700 Tm", "0 -1 1 0 488 700 Tm"),
        ("/Rotate -90", "0 -1 1 0 500 700 Tm", "0 -1 1 0 488 700 Tm"),
    ] {
        let content = format!("BT /F0 10 Tf {first} (Ann Lee) Tj {second} (Nurse) Tj ET");
        let found = read(file(page, &[LETTERS], &content, &[]));
        let found: Vec<_> = found.iter().map(|line| (line.text.as_str(), line.after_gap)).collect();
        assert_eq!(found, [("Ann Lee", false), ("Nurse", false)], "{page}");
    }
}

#[test]
fn wide_codes_are_wide_whatever_the_table_of_characters_says() {
    let table = "1 begincodespacerange <00> <FF> endcodespacerange 3 beginbfchar <41> <0041> <6e> <006E> <0165> <0065> endbfchar";
    let descendant = "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 500 >>]";
    let font = |encoding: &str| {
        format!("<< /Type /Font /Subtype /Type0 /BaseFont /A {encoding} {descendant} /ToUnicode 10 0 R >>")
    };
    let text = |encoding: &str, codes: &str, streams: &[(&str, &str)]| {
        let content = format!("BT /F0 10 Tf 50 700 Td <{codes}> Tj ET");
        texts(file("", &[&font(encoding)], &content, &[&[("", table)], streams].concat()))
    };
    assert_eq!(text("/Encoding /Identity-H", "0041006e006e0165", &[]), ["Anne"]);
    let narrow = [("/Type /CMap", "1 begincodespacerange <00> <FF> endcodespacerange")];
    assert_eq!(text("/Encoding 11 0 R", "416e6e", &narrow), ["Ann"]);
    assert_eq!(text("", "416e6e", &[]), ["Ann"], "the table is all there is");
}

#[test]
fn states_that_were_not_saved_are_not_restored() {
    let at = |y: u32, text: &str| format!("BT /F0 10 Tf 50 {y} Td ({text}) Tj ET");
    let form = format!("Q Q Q {} q q q", at(200, "first aid"));
    let form = [("/Type /XObject /Subtype /Form", form.as_str())];
    let content = format!("Q {} q 2 0 0 2 0 0 cm /X Do Q {}", at(700, "Skills"), at(300, "Education"));
    let found = read(file("", &[LETTERS], &content, &form));
    let [skills, aid, education] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((skills.style, aid.style), (40, 80), "sizes are doubled in the form");
    assert_eq!(education.style, skills.style, "and nowhere else");

    let deep = format!("{} 3 0 0 3 0 0 cm {} {}", "q ".repeat(600), "Q ".repeat(600), at(200, "deep"));
    assert_eq!(read(file("", &[LETTERS], &deep, &[]))[0].style, 40);
}

#[test]
fn marks_of_items_are_known_by_their_faces() {
    let wide = "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 500 >>] /Encoding /Identity-H";
    let unknown = format!("<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+SymbolMT {wide} >>");
    let private = format!("<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+SymbolMT {wide} /ToUnicode 10 0 R >>");
    let table = [("", "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0078> <F0B7> endbfchar")];
    for (face, mark) in [
        ("<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Wingdings-Regular >>", "(l)"),
        ("<< /Type /Font /Subtype /TrueType /BaseFont /Wingdings /Encoding /WinAnsiEncoding >>", "(\\247)"),
        ("<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>", "(n)"),
        ("<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>", "(\\267)"),
        ("<< /Type /Font /Subtype /Type1 /BaseFont /CMSY10 >>", "(\\017)"),
        ("<< /Type /Font /Subtype /TrueType /BaseFont /CourierNewPSMT /Encoding /WinAnsiEncoding >>", "(o)"),
        (unknown.as_str(), "<0078>"),
        (private.as_str(), "<0078>"),
    ] {
        for space in ["", "( ) Tj"] {
            let content = format!("BT /F1 10 Tf 50 700 Td {mark} Tj /F0 10 Tf {space} 16 0 Td (managed a ward) Tj ET");
            assert_eq!(texts(file("", &[LETTERS, face], &content, &table)), ["- managed a ward"], "{face}{space}");
        }
    }
}

#[test]
fn marks_of_items_may_be_shapes() {
    let item = |y: u32, text: &str| format!("BT /F0 10 Tf 62 {y} Td ({text}) Tj ET ");
    let shapes = [
        // A disc of eight curves, as browsers print it, a circle that is only drawn, a square; then none: a line, one far away, and a part of the page.
        "54 703 m 54 704 53 705 52 705 c 51 705 50 704 50 703 c 50 702 51 701 52 701 c 53 701 54 702 54 703 c f",
        "54 688 m 54 689 53 690 52 690 c 51 690 50 689 50 688 c 50 687 51 686 52 686 c 53 686 54 687 54 688 c s",
        "50 671 4 4 re f",
        "50 655 500 1 re f",
        "20 641 4 4 re f",
        "50 626 4 4 re W n",
    ];
    let texts_of = ["disc", "circle", "square", "line", "far", "clip"];
    let content: String = (0..).zip(texts_of).map(|(at, text)| item(700 - 15 * at, text)).collect();
    let found = texts(file("", &[LETTERS], &(shapes.join(" ") + " " + &content), &[]));
    assert_eq!(found, ["- disc", "- circle", "- square", "line", "far", "clip"]);
}
