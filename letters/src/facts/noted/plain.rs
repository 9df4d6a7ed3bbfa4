//! Puts words of a sentence right that a reader left as they were typed: the capital that began a note, shorthand, and verbs
//! that do not fit.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::spell::{is_name, is_place};
use super::support::WRITTEN_OUT;
use super::token::Token;
use crate::pattern::pattern;
use crate::words::list;

list!(ORDINARY = "spell/ordinary");
list!(SHORTHAND = "checks/shorthand");

// "A Welfare officer": what somebody is has a capital only as a name.
pattern!(CAPITAL = r"\b(an?|as|the|my) ([A-Z][a-z]+)( [a-z]{3,})");
// A course is completed, an exam is taken.
pattern!(
    DUE_TO_TAKE = r"\bdue to take ((?:an? |my |the )?(?:[\w']+ )?(?:BA|BSc|BEng|BTEC|HNC|HND|LLB|MA|MSc|MEng|NVQ|PGCE|PGDE|PhD|QTS|degree|diploma)\b)"
);
pattern!(
    ROSE = r"^I was an? (apprentice|assistant|junior|trainee) to (?:an? )?(head|lead|manager|qualified|senior)\b(.*)$"
);
pattern!(WORD = r"[A-Za-z]+");

/// Shorthand that no letter should have and that stands for one word.
static ONE_WORD: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let is_one = |(short, long): &(&str, &str)| SHORTHAND.has(short) && !long.contains(' ') && short.len() > 2;
    WRITTEN_OUT.pairs().filter(is_one).collect()
});

/// The sentence with capitals only where the words that were typed have them inside a note, and without shorthand.
pub fn plain(text: &str, typed: &[Token]) -> String {
    let text = CAPITAL.replace_all(text, |found: &regex::Captures<'_>| {
        let lower = found[2].to_lowercase();
        let is_typed_so = typed.iter().any(|word| word.key == lower && word.is_name);
        let is_ordinary = ORDINARY.has(&lower) && !is_name(&found[2]) && !is_place(&found[2]);
        let word = if is_ordinary && !is_typed_so { &lower } else { &found[2] };
        format!("{} {word}{}", &found[1], &found[3])
    });
    let text = WORD.replace_all(&text, |found: &regex::Captures<'_>| {
        let word = &found[0];
        let is_capital = word.starts_with(char::is_uppercase);
        let is_short = !word.chars().skip(1).any(char::is_uppercase);
        match ONE_WORD.get(word.to_lowercase().as_str()).filter(|_| is_short) {
            Some(long) if is_capital => long[..1].to_uppercase() + &long[1..],
            Some(long) => (*long).to_owned(),
            None => word.to_owned(),
        }
    });
    let text = DUE_TO_TAKE.replace(&text, "due to complete $1");
    ROSE.replace(&text, "I rose from $1 to $2$3").into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn a_capital_that_began_a_note_and_shorthand_do_not_stay() {
        let check = |typed: &str, text: &str, expect: &str| assert_eq!(plain(text, &tokens(typed)), expect);
        check("Welfare officer at SU", "I was a Welfare officer at SU", "I was a welfare officer at SU");
        check("was a Scouts leader", "I was a Scouts leader", "I was a Scouts leader");
        check("Polish teacher", "I was a Polish teacher", "I was a Polish teacher");
        let (taken, rose) = ("I am due to take my PGCE in July", "I was a junior to senior stylist in Cardiff");
        check("PGCE due July", taken, "I am due to complete my PGCE in July");
        check("junior to senior stylist", rose, "I rose from junior to senior stylist in Cardiff");
        check("theory test July", "I am due to take my theory test", "I am due to take my theory test");
        check("the Uni choir", "I sing in the Uni choir", "I sing in the University choir");
    }
}
