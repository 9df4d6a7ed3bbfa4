//! Reads a run of entries about the services: "army (RLC) 1998-2012, driver then troop sgt, iraq x2 afghan x1".

use super::marks::brackets;
use super::position;
use crate::facts::fact::{Act, Kind, Position, Time, Words};
use crate::facts::list::joined;
use crate::facts::spell::put_right;
use crate::facts::time;
use crate::pattern::pattern;
use crate::words::list;

list!(FORCES = "facts/forces");
list!(RANKS = "facts/ranks");
list!(TOURS = "facts/tours");

pattern!(LEAD = r"(?i)^(?:i (?:was|served) |ex[ -]|former(?:ly)? |served |serving |still |was |been )*(?:in |with )?");
pattern!(
    LEFT_AS = r"(?i)^(?:(?:left|leaving|finished|ended(?: up)?|retired|discharged|reached|made|attained|got to|rose to|promoted to|final rank|rank)(?: (?:as|to|of|the rank of|rank of))?:? )(?:an? )?(?P<rank>.+)$"
);
pattern!(
    TOUR = r"(?i)^(?:(?P<number>\d|one|two|three|four|five) )?(?:tours?|deployments?|deployed|op(?:erational)? tours?)(?: (?:of|in|to))? (?P<where>.+)$"
);
pattern!(TIMES = r"(?i)^(?P<where>[a-z. ]+?)(?: ?x ?(?P<number>\d))?$");
pattern!(SHIP = r"^(?:HMS|RFA|HMNB) \p{Lu}[\p{L}]+(?: \p{Lu}[\p{L}]+)?$");
pattern!(REGIMENT = r"^\d{1,3} (?:Para|PARA|Regt|Regiment|Squadron|Sqn|Commando|Cdo|RLC|REME|Signal|Field)\b.*$");
pattern!(CORPS = r" ?\(([A-Z]{2,5})\)");
pattern!(AND = r"(?i), | and | & |\+| then |\s(?:x ?\d)\s");

/// What a run of entries says of a service.
pub struct Served {
    /// How many entries it takes.
    pub taken: usize,
    /// The service with the role or the rank in it, then what belongs to it.
    pub facts: Vec<(Kind, Words)>,
    /// Whether the first fact is a position.
    pub is_position: bool,
}

#[derive(Default)]
struct Found {
    force: String,
    corps: Option<String>,
    time: Option<Time>,
    roles: Vec<String>,
    rank: Option<String>,
    tours: Vec<(String, usize)>,
    place: Option<String>,
}

/// Whether a line begins with a service, whose entries stand in their own order.
pub fn begins(text: &str) -> bool {
    let first = text.split([',', '.', ';']).next().unwrap_or(text);
    force(first).is_some()
}

/// Reads what the first of these entries and those behind it say of a service together.
pub fn read(entries: &[&str], is_now: bool) -> Option<Served> {
    let (force, inner, time) = force(entries.first()?)?;
    let mut found = Found { force, time, ..Found::default() };
    for text in &inner {
        found.adds(text);
    }
    let mut taken = 1;
    taken += entries.iter().skip(1).take_while(|entry| found.adds(entry)).count();
    let has_more = !found.roles.is_empty() || found.rank.is_some() || !found.tours.is_empty() || found.corps.is_some();
    has_more.then(|| found.said(taken, is_now))
}

/// The service that an entry begins with, what stands in brackets behind it, and the time.
fn force(entry: &str) -> Option<(String, Vec<String>, Option<Time>)> {
    let right = put_right(entry);
    let (outer, mut inner) = brackets(&right);
    // An abbreviation stays in its brackets.
    let outer = CORPS.replace(&outer, |found: &regex::Captures<'_>| {
        inner.push(found[1].to_owned());
        String::new()
    });
    let outer = outer.trim().to_owned();
    let (time, rest) = time::find(&outer).map_or((None, outer.clone()), |(time, rest)| (Some(time), rest));
    let rest = LEAD.replace(rest.trim(), "").trim().trim_end_matches([',', ':', '-', ' ']).to_lowercase();
    let force = FORCES.pair_of(&rest)?;
    Some((force.to_owned(), inner, time))
}

impl Found {
    /// Whether an entry belongs to the service; what it says is kept.
    fn adds(&mut self, entry: &str) -> bool {
        let right = put_right(entry);
        let right = right.trim();
        let (time, text) = time::find(right).map_or((None, right.to_owned()), |(time, rest)| (Some(time), rest));
        let text = text.trim();
        if time.is_some() && self.time.is_some() && !text.is_empty() {
            return false;
        }
        let is_read = self.adds_text(text, entry.trim());
        if is_read && time.is_some() {
            self.time = time;
        }
        is_read
    }

    fn adds_text(&mut self, text: &str, typed: &str) -> bool {
        let lower = text.to_lowercase();
        if text.is_empty() {
            return true;
        }
        if let Some(corps) = FORCES.pair_of(lower.trim()) {
            self.corps = Some(corps.to_owned());
            return true;
        }
        if SHIP.is_match(text) {
            self.place = Some(format!("on {text}"));
            return true;
        }
        if REGIMENT.is_match(text) {
            self.place = Some(format!("with {text}"));
            return true;
        }
        if let Some(tours) = tours(typed) {
            self.tours.extend(tours);
            return true;
        }
        if let Some(rank) = LEFT_AS.captures(text).and_then(|found| RANKS.pair_of(&found["rank"].to_lowercase())) {
            self.rank = Some(rank.to_owned());
            return true;
        }
        if let Some(rank) = RANKS.pair_of(&lower) {
            self.rank = Some(rank.to_owned());
            return true;
        }
        let parts: Vec<&str> = text.split(" then ").map(|part| part.trim_end_matches(" and").trim()).collect();
        let roles: Option<Vec<String>> = parts.iter().map(|part| role(part)).collect();
        match roles {
            Some(roles) if self.roles.is_empty() => {
                self.roles = roles;
                true
            }
            _ => false,
        }
    }

    fn said(self, taken: usize, is_now: bool) -> Served {
        let corps = self.corps.map_or(String::new(), |corps| format!(" with {corps}"));
        let place = self.place.map_or(String::new(), |place| format!(" {place}"));
        let place = format!("in {}{corps}{place}", self.force);
        let mut facts = Vec::new();
        let is_now = is_now && !matches!(self.time, Some(Time::During(_)));
        let mut roles = self.roles;
        let mut rank = self.rank;
        if roles.is_empty() {
            roles.extend(rank.take());
        }
        let is_position = !roles.is_empty();
        if is_position {
            let role = roles.join(" and then ");
            facts.push((Kind::Job, Words::Position(Position { role, place, time: self.time, is_now })));
        } else {
            let time = self.time.as_ref().map_or(String::new(), |time| format!(" {}", time.words()));
            let act = |verb: &str| format!("{verb} {place}{time}");
            let base = if is_now && !time.is_empty() { act("have served") } else { act("serve") };
            facts.push((Kind::Job, Words::Act(Act { base, past: act("served"), doing: act("serving") })));
        }
        if let Some(rank) = rank {
            let act =
                |verb: &str| format!("{verb} the rank of {}", rank.trim_start_matches("an ").trim_start_matches("a "));
            let words = Words::Act(Act { base: act("hold"), past: act("reached"), doing: act("holding") });
            facts.push((Kind::Feat, words));
        }
        if !self.tours.is_empty() {
            let object = tours_said(&self.tours);
            let act = |verb: &str| format!("{verb} {object}");
            facts.push((Kind::Feat, Words::Act(Act { base: act("do"), past: act("did"), doing: act("doing") })));
        }
        Served { taken, facts, is_position }
    }
}

/// A role without a place: "a driver".
fn role(text: &str) -> Option<String> {
    if let Some(rank) = RANKS.pair_of(&text.to_lowercase()) {
        return Some(rank.to_owned());
    }
    position::read(text).filter(|read| read.place.is_empty()).map(|read| read.role)
}

/// "Two tours of Iraq and one of Afghanistan".
fn tours_said(tours: &[(String, usize)]) -> String {
    const NUMBERS: [&str; 7] = ["", "one", "two", "three", "four", "five", "six"];
    let is_single = tours.iter().all(|(_, number)| *number == 1);
    let names: Vec<&String> = tours.iter().map(|(name, _)| name).collect();
    match (is_single, tours) {
        (true, [(name, _)]) => format!("a tour of {name}"),
        (true, _) => format!("tours of {}", joined(&names)),
        (false, _) => {
            let said: Vec<String> = tours
                .iter()
                .enumerate()
                .map(|(at, (name, number))| {
                    let noun = match (at, *number) {
                        (0, 1) => " tour",
                        (0, _) => " tours",
                        _ => "",
                    };
                    format!("{}{noun} of {name}", NUMBERS.get(*number).unwrap_or(&"several"))
                })
                .collect();
            joined(&said)
        }
    }
}

/// The tours that an entry names: "iraq x2 afghan x1", "two tours of Afghanistan".
fn tours(typed: &str) -> Option<Vec<(String, usize)>> {
    let typed = typed.trim().trim_end_matches('.');
    if let Some(found) = TOUR.captures(typed) {
        let number = found.name("number").map_or(1, |number| number_of(number.as_str()));
        let names: Vec<String> = found["where"]
            .replace(" + ", ", ")
            .replace(" & ", ", ")
            .replace(" and ", ", ")
            .split(", ")
            .map(|name| TOURS.pair_of(&name.trim().to_lowercase()).map(str::to_owned))
            .collect::<Option<_>>()?;
        let each = if names.len() == 1 { number } else { 1 };
        return Some(names.into_iter().map(|name| (name, each)).collect());
    }
    let spaced = AND.replace_all(typed, |found: &regex::Captures<'_>| {
        let mark = found[0].trim();
        if mark.starts_with('x') { format!(" {mark}|") } else { "|".to_owned() }
    });
    let tours: Option<Vec<(String, usize)>> = spaced
        .split('|')
        .map(|part| {
            let found = TIMES.captures(part.trim())?;
            let name = TOURS.pair_of(&found["where"].trim().to_lowercase())?;
            Some((name.to_owned(), found.name("number").map_or(1, |number| number_of(number.as_str()))))
        })
        .collect();
    tours.filter(|tours| !tours.is_empty())
}

fn number_of(text: &str) -> usize {
    let words = ["", "one", "two", "three", "four", "five"];
    text.parse().ok().or_else(|| words.iter().position(|word| *word == text.to_lowercase())).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{now, past};

    #[test]
    fn a_service_is_told_with_its_corps_its_roles_and_its_tours() {
        past(
            "army (RLC) 1998-2012, driver then troop sgt, iraq x2 afghan x1. after that Tesco home delivery",
            &[
                "Job: a driver and then a troop sergeant | in the Army with the Royal Logistic Corps | from 1998 to 2012",
                "Feat of 0: did two tours of Iraq and one of Afghanistan",
                "Job: worked at Tesco on home deliveries",
            ],
        );
        past(
            "British Army (Rifles) 2010-16, lance corporal, tour of Afghanistan",
            &[
                "Job: a lance corporal | in the British Army with the Rifles | from 2010 to 2016",
                "Feat of 0: did a tour of Afghanistan",
            ],
        );
        past(
            "army 6 yrs, royal engineers, plant operator",
            &["Job: a plant operator | in the Army with the Royal Engineers | for six years"],
        );
        past(
            "ex army, 22 yrs, REME, WO2",
            &["Job: a Warrant Officer Class 2 | in the Army with the REME | for 22 years"],
        );
        past(
            "RAF 12 yrs, aircraft technician, left as corporal",
            &["Job: an aircraft technician | in the RAF | for 12 years", "Feat of 0: reached the rank of corporal"],
        );
        past(
            "Royal Navy 2005-2017, chef, HMS Ocean",
            &["Job: a chef | in the Royal Navy on HMS Ocean | from 2005 to 2017"],
        );
        now(
            "army reserve since 2019, 2 tours of Cyprus",
            &["Job: served in the Army Reserve since 2019", "Feat: did two tours of Cyprus"],
        );
    }
}
