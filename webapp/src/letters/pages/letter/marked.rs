//! A letter cut where the marks of its checks begin and end, so that a template can underline the words. Pure.

use crds::request::Mark;

/// A part of the letter, and the checks that speak of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Text of the letter; the template escapes it.
    pub text: String,
    /// Ids of the entries that speak of it, separated by spaces; empty when none does.
    pub described_by: String,
    /// The marks that end with it.
    pub references: Vec<Reference>,
}

/// A mark, by which its entry and the letter link to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Number of the entry, from 1.
    pub entry: usize,
    /// Number of the mark within its entry, from 1.
    pub mark: usize,
}

/// A mark within the letter.
struct Placed {
    start: usize,
    end: usize,
    reference: Reference,
}

/// All of `text`, in passages; `entries` holds the marks of each entry. Marks that are empty or outside the letter are
/// skipped.
pub fn passages(text: &str, entries: &[&[Mark]]) -> Vec<Passage> {
    let letter: Vec<char> = text.chars().collect();
    let placed = placed(letter.len(), entries);
    let mut cuts: Vec<usize> = placed.iter().flat_map(|mark| [mark.start, mark.end]).chain([0, letter.len()]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let passage = |cut: &[usize]| {
        let (start, end) = (cut[0], cut[1]);
        let mut entries: Vec<usize> = placed
            .iter()
            .filter(|mark| mark.start < end && start < mark.end)
            .map(|mark| mark.reference.entry)
            .collect();
        entries.sort_unstable();
        entries.dedup();
        Passage {
            text: letter[start..end].iter().collect(),
            described_by: entries.iter().map(|entry| format!("check-{entry}")).collect::<Vec<_>>().join(" "),
            references: placed.iter().filter(|mark| mark.end == end).map(|mark| mark.reference.clone()).collect(),
        }
    };
    cuts.windows(2).map(passage).collect()
}

/// How many of these marks are in the letter.
pub fn placed_of(text: &str, marks: &[Mark]) -> usize {
    placed(text.chars().count(), &[marks]).len()
}

fn placed(length: usize, entries: &[&[Mark]]) -> Vec<Placed> {
    let offset = |offset: i32| usize::try_from(offset).ok().filter(|offset| *offset <= length);
    let mut placed = Vec::new();
    for (entry, marks) in entries.iter().enumerate() {
        let within = marks.iter().filter_map(|mark| Some((offset(mark.start)?, offset(mark.end)?)));
        for (at, (start, end)) in within.filter(|(start, end)| start < end).enumerate() {
            placed.push(Placed { start, end, reference: Reference { entry: entry + 1, mark: at + 1 } });
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Passages that entries speak of are shown as `[text|ids|entry.mark ...]`.
    fn check(text: &str, entries: &[&[(i32, i32)]], expect: &str) {
        let mark = |(start, end): &(i32, i32)| Mark { start: *start, end: *end };
        let entries: Vec<Vec<Mark>> = entries.iter().map(|marks| marks.iter().map(mark).collect()).collect();
        let entries: Vec<&[Mark]> = entries.iter().map(Vec::as_slice).collect();
        let passages = passages(text, &entries);
        assert_eq!(passages.iter().map(|passage| passage.text.as_str()).collect::<String>(), text);
        let shown = |passage: &Passage| {
            let references = passage.references.iter().map(|place| format!("{}.{}", place.entry, place.mark));
            let references = references.collect::<Vec<_>>().join(" ");
            match passage.described_by.as_str() {
                "" if references.is_empty() => passage.text.clone(),
                ids => format!("[{}|{ids}|{references}]", passage.text),
            }
        };
        assert_eq!(passages.iter().map(shown).collect::<String>(), expect);
    }

    #[test]
    fn a_letter_without_marks_is_one_passage() {
        check("Dear all", &[], "Dear all");
        check("Dear all", &[&[]], "Dear all");
        check("", &[&[(0, 1)]], "");
    }

    #[test]
    fn marks_are_counted_in_characters() {
        check("🙂é abc.", &[&[(3, 6)]], "🙂é [abc|check-1|1.1].");
    }

    #[test]
    fn marks_of_several_checks_may_overlap() {
        check(
            "abcdef",
            &[&[(0, 4)], &[(2, 5), (5, 6)], &[(2, 4)]],
            "[ab|check-1|][cd|check-1 check-2 check-3|1.1 3.1][e|check-2|2.1][f|check-2|2.2]",
        );
    }

    #[test]
    fn marks_outside_the_letter_are_skipped() {
        check("abc", &[&[(-1, 2), (2, 2), (2, 1), (1, 9), (1, 2)]], "a[b|check-1|1.1]c");
    }
}
