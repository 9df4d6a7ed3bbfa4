//! Reads what somebody is apart from a job with an employer: at home with children, on a career break, self-employed, the
//! owner of a business, retired.

use super::Reader;
use crate::facts::fact::{Kind, Time, Words};
use crate::facts::spell::put_right;
use crate::pattern::pattern;

pattern!(
    AT_HOME = r"(?i)^(?:i am |currently |now )?(?:at )?home (?:with|looking after|raising|bringing up) (?P<who>(?:my |our )?(?:\w+ )?(?:children|kids|son|daughter|baby|twins|family))$"
);
pattern!(
    STAY = r"(?i)^(?:i am |currently |now )?(?:an? )?(?:stay(?:ing)?[- ]at[- ]home|full[- ]time|sahm|housewife and) ?(?P<who>mum|mother|dad|father|parent)?(?P<of> (?:to|of|with) .+)?$"
);
pattern!(
    BREAK = r"(?i)^(?:i am |currently |now |was )?(?:on |took |taking |had )?(?:an? )?(?P<what>career break|break from work|family break|sabbatical|break)(?P<why>(?: to | caring | looking | raising | for | with |,).*)?$"
);
pattern!(
    OWN = r"(?i)^(?:i |currently |now |also |and )*(?P<verb>run|running|ran|own|owning|owned|had|have|co-own|co-owned|set up|started|founded) (?P<what>(?:my|our|a|an) .*?(?:business|shop|salon|cafe|café|company|firm|restaurant|takeaway|stall|studio|garage|bakery|pub|agency|van|store|nursery|practice|b&b|guest house|market stall|farm|smallholding|start-up|startup|service)(?: .*)?)$"
);
pattern!(
    OWN_BARE = r"(?i)^own (?P<what>.*?(?:business|shop|salon|cafe|café|company|firm|restaurant|takeaway|stall|studio|garage|bakery|pub|sandwich van|burger van|food truck|ice cream van|market stall|farm|round))$"
);
pattern!(SELF = r"(?i)^(?:i am |currently |now |was |been )*(?P<what>self[- ]employed|freelance|freelancing)$");
pattern!(RETIRED = r"(?i)^(?:i |am |now |have |semi[- ])*retired(?P<from> from .+)?$");

impl Reader {
    /// Reads an entry that says what somebody is without an employer; whether it does.
    pub(super) fn reads_home(&self, text: &str, time: Option<&Time>) -> Option<(Kind, Words)> {
        let when = time.map_or(String::new(), |time| format!(" {}", time.words()));
        let is_now = self.is_now && !matches!(time, Some(Time::During(_)));
        let am = match (is_now, time.is_some()) {
            (true, true) => "have been",
            (true, false) => "am",
            (false, _) => "was",
        };
        let said = |clause: String| Words::Clause(clause);
        if let Some(found) = AT_HOME.captures(text) {
            let who = kin(&found["who"]);
            return Some((Kind::Break, said(format!("I {am} at home with {who}{when}"))));
        }
        if let Some(found) = STAY.captures(text)
            && let Some(who) = found.name("who")
        {
            let of = found.name("of").map_or(String::new(), |of| put_right(&kin(of.as_str())));
            let of = if of.is_empty() { of } else { format!(" {}", of.trim()) };
            let who = who.as_str().to_lowercase();
            return Some((Kind::Break, said(format!("I {am} a stay-at-home {who}{of}{when}"))));
        }
        if let Some(found) = BREAK.captures(text)
            && (found["what"].to_lowercase() != "break" || found.name("why").is_some())
        {
            let why = found.name("why").map_or("", |why| why.as_str()).trim_start_matches([',', ' ']);
            let why = reason(why);
            let lead = if is_now { format!("{am} on") } else { "took".to_owned() };
            if when.is_empty() && why.is_empty() {
                return None;
            }
            return Some((Kind::Break, said(format!("I {lead} a career break{when}{why}"))));
        }
        let is_told = self.last.is_some_and(|at| self.reading.facts[at].is_position());
        if SELF.is_match(text) && !is_told {
            return Some((Kind::Job, said(format!("I {am} self-employed{when}"))));
        }
        if let Some(found) = RETIRED.captures(text) {
            let from = found.name("from").map_or("", |from| from.as_str());
            return Some((
                Kind::Break,
                said(match time {
                    Some(Time::During(when)) => format!("I retired{from} {when}"),
                    Some(Time::Since(when)) => format!("I have been retired{from} {when}"),
                    _ => format!("I am retired{from}"),
                }),
            ));
        }
        let owned = OWN.captures(text).map(|found| (found["verb"].to_lowercase(), found["what"].to_owned()));
        let owned = owned.or_else(|| {
            let found = OWN_BARE.captures(text)?;
            Some((String::from("had"), format!("my own {}", &found["what"])))
        });
        let (verb, what) = owned?;
        if what.split(' ').count() > 12 {
            return None;
        }
        let verb = match (verb.as_str(), is_now, time.is_some()) {
            ("set up" | "started" | "founded", ..) => verb.clone(),
            ("run" | "running" | "ran", true, true) => "have run".to_owned(),
            ("run" | "running" | "ran", true, false) => "run".to_owned(),
            ("run" | "running" | "ran", false, _) => "ran".to_owned(),
            (_, true, true) => "have had".to_owned(),
            ("own" | "owned" | "owning" | "co-own" | "co-owned", true, false) => "own".to_owned(),
            (_, true, false) => "have".to_owned(),
            ("own" | "owned" | "owning" | "co-own" | "co-owned", false, _) => "owned".to_owned(),
            (_, false, _) => "had".to_owned(),
        };
        Some((Kind::Job, said(format!("I {verb} {what}{when}"))))
    }
}

/// "My 3 kids" as "my three children".
fn kin(who: &str) -> String {
    let who = put_right(who).replace("kids", "children");
    let lower = who.to_lowercase();
    let has_lead =
        ["my ", "our ", "to ", "of ", "with ", "two ", "three ", "four "].iter().any(|lead| lower.starts_with(lead));
    if has_lead { who } else { format!("my {who}") }
}

/// Why somebody took a break, where it is to care: "to look after my mother".
fn reason(why: &str) -> String {
    let lower = why.to_lowercase();
    // Who died belongs into no letter.
    let why = why.split([',', ';', '(']).next().unwrap_or(why).split(" who ").next().unwrap_or(why).trim();
    let why = why.replace("my mum", "my mother").replace("my dad", "my father").replace("kids", "children");
    if ["to care for ", "to look after ", "to raise ", "to bring up ", "to travel", "to study"]
        .iter()
        .any(|lead| lower.starts_with(lead))
    {
        format!(" {why}")
    } else if ["caring for ", "looking after ", "raising "].iter().any(|lead| lower.starts_with(lead)) {
        format!(", {why}")
    } else if lower.contains("child") {
        " to look after my children".to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{now, past};

    #[test]
    fn what_somebody_is_without_an_employer_is_told() {
        now("at home with my 3 children since 2015", &["Break: I have been at home with my three children since 2015"]);
        now(
            "stay at home dad to 2 kids since 2019",
            &["Break: I have been a stay-at-home dad to two children since 2019"],
        );
        now("stay at home mum", &["Break: I am a stay-at-home mum"]);
        now(
            "career break since 2021 to look after my mum",
            &["Break: I have been on a career break since 2021 to look after my mother"],
        );
        now("self-employed", &["Job: I am self-employed"]);
        now("run my own cleaning business since 2018", &["Job: I have run my own cleaning business since 2018"]);
        now("own a small cafe in Margate", &["Job: I own a small cafe in Margate"]);
        past("owned a corner shop 10 yrs", &["Job: I owned a corner shop for ten years"]);
        past("own sandwich van", &["Job: I had my own sandwich van"]);
        past("retired in 2022", &["Break: I retired in 2022"]);
    }
}
