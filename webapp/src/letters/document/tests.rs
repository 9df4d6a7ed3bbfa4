use super::{Paragraph, paragraphs};

fn check(text: &str, expect: &[&[&str]]) {
    let lines: Vec<Vec<String>> = paragraphs(text).into_iter().map(|paragraph| paragraph.lines).collect();
    assert_eq!(lines, expect, "{text:?}");
}

#[test]
fn empty_lines_part_paragraphs_and_nothing_that_is_read_is_lost() {
    check("", &[]);
    check("\n \n", &[]);
    check("Dear Sony,\n\n\nI work.\nSincerely,\nJohn\n", &[&["Dear Sony,"], &["I work.", "Sincerely,", "John"]]);
    check("one\u{2028}two\u{2029}three", &[&["one", "two", "three"]]);
    check("a\tb\0c\u{feff}\u{ffff}", &[&["a bc"]]);
}

#[test]
fn a_paragraph_goes_the_way_of_its_first_letter() {
    let check = |text: &str, expect: bool| assert_eq!(paragraphs(text)[0].is_rtl, expect, "{text}");
    check("Dear שלום", false);
    check("שלום Sony", true);
    check("2024: مرحبا", true);
    check("2024", false);
}

#[test]
fn a_line_is_cut_where_its_direction_changes() {
    let runs = |paragraph: &str, line: &str| {
        let paragraph: Paragraph = paragraphs(paragraph).remove(0);
        paragraph.runs(line).into_iter().map(|run| (run.text, run.is_rtl)).collect::<Vec<_>>()
    };
    let own = |runs: &[(&str, bool)]| runs.iter().map(|(text, rtl)| ((*text).to_owned(), *rtl)).collect::<Vec<_>>();
    assert_eq!(runs("a", "I am דנה."), own(&[("I am ", false), ("דנה", true), (".", false)]));
    assert_eq!(runs("ש", "אני Dana."), own(&[("אני ", true), ("Dana", false), (".", true)]));
}
