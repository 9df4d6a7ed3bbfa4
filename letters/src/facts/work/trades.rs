//! What belongs to a role itself: "Screwfix, postman 11 years" is two jobs, a "chef (sauce)" cooks sauces.

use crate::facts::article::with_article;
use crate::facts::lexicon::bare;
use crate::words::list;

list!(OWN_TRADES = "facts/own_trades");
list!(SECTIONS = "facts/kitchen_sections");

/// Whether a role with a time of its own is no role at the shop that was named before it.
pub fn is_own(role: &str, has_time: bool) -> bool {
    let lower = role.to_lowercase();
    let words: Vec<String> = lower.split(' ').map(bare).collect();
    has_time && OWN_TRADES.iter().any(|trade| words.join(" ").ends_with(trade))
}

/// The section of a kitchen that a chef works on.
pub fn section(text: &str, role: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let is_cook = ["chef", "commis", "cook"].iter().any(|cook| role.to_lowercase().contains(cook));
    let section = lower.strip_suffix(" section").unwrap_or(&lower);
    (is_cook && SECTIONS.has(section)).then(|| format!("on the {section} section"))
}

/// The role of somebody who works without an employer: "a self-employed nail technician".
pub fn by_oneself(role: &str, how: &str) -> String {
    let bare =
        role.split_once(' ').filter(|(article, _)| matches!(*article, "a" | "an")).map_or(role, |(_, role)| role);
    let has_it = bare.replace('-', " ").starts_with(&how.replace('-', " "));
    if has_it { role.to_owned() } else { with_article(&format!("{how} {bare}")) }
}

/// The role of a teacher with the year of the class.
pub fn teacher_of(role: &str, text: &str) -> Option<String> {
    let year = text.strip_prefix("Year ").or_else(|| text.strip_prefix("year "))?;
    let bare = role.strip_prefix("a ").or_else(|| role.strip_prefix("an "))?;
    let teaches = bare.ends_with("teacher") && !bare.contains("Year ");
    (teaches && year.len() < 3 && year.parse::<u8>().is_ok()).then(|| format!("a Year {year} {bare}"))
}

/// Whether the words are a role of one person.
pub fn names_somebody(role: &str) -> bool {
    let last =
        role.split(" of ").next().and_then(|role| role.split_whitespace().next_back()).map(bare).unwrap_or_default();
    let is_plural = last.ends_with('s') && !last.ends_with("ss") && last.len() > 3 && last != "commis";
    let is_counted = role.starts_with(|c: char| c.is_ascii_digit())
        && !["1st", "999", "111", "101", "2nd"].iter().any(|number| role.starts_with(number));
    let lower = format!(" {} ", role.to_lowercase());
    let tells =
        [" as ", " was ", " just ", " left ", " redundant ", " only ", " no ", " not ", " i ", "£", " and one "]
            .iter()
            .any(|word| lower.contains(word));
    !is_plural
        && !is_counted
        && !tells
        && !["freelance", "mum", "dad", "parent", "mother", "girl", "boy", "lady", "man", "woman"]
            .contains(&role.to_lowercase().as_str())
        && !lower.contains("motor controller")
        && !["mum", "has", "does", "was"].contains(&last.as_str())
        && last != "dad"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_role_stands_with_it() {
        assert!(is_own("a postman", true) && !is_own("a postman", false) && !is_own("a Christmas temp", true));
        assert_eq!(section("sauce", "a chef de partie").as_deref(), Some("on the sauce section"));
        assert_eq!(section("sauce", "a waiter"), None);
        assert_eq!(by_oneself("a nail technician", "self-employed"), "a self-employed nail technician");
        assert_eq!(teacher_of("a class teacher", "Year 2").as_deref(), Some("a Year 2 class teacher"));
    }
}
