//! Reasons that only name what attracts somebody: "good reviews, training", "your work on flood defences".

use crate::facts::article::with_article;
use crate::facts::lexicon::bare;
use crate::facts::list::joined;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(VERBS = "motivation/wants");
list!(DRAWS = "motivation/draws");
list!(STATES_OF_MIND = "motivation/minds");

pattern!(
    HOME = r"(?i)^(?:the )?(?:proximity|closeness|distance)(?: to .*)?$|^(?:very |really |so |it is |its |it's )*(?:close|near|local|nearby|walking distance|handy)(?: enough)?(?: (?:to|from|for) )?(?:my |me|mine|our )*(?:home|house|flat|kids|children|school|where i live)?$"
);
pattern!(SPECIAL = r"(?i)^(?:esp\.?|especially|particularly|in particular|above all)\s+(.+)$");
pattern!(LEAD = r"(?i)^(?:because of|due to|for|it is|it's|its|also|and|plus)\s+(.+)$");
pattern!(DETERMINED = r"(?i)^(?:the|your|its|their)\s");
pattern!(CHANCE = r"(?i)^(?:the |a )?(?:chance|opportunity) to (.+)$");
// What parts the head of a phrase from what belongs to it.
pattern!(BEHIND = r"(?i)\s(?:of|for|on|in|to|with|at|from|about|and|around|behind|that|between|towards|round)\s");
pattern!(COMPARED = r"(?i)^(?:a )?(bigger|smaller|larger|busier|new|different|proper|permanent|local)\s");
pattern!(RELATIVE = r"^(.+?) (?:that |which )?(?:I|you|we) (?:[a-z]+)(?: (?:at|in|on|to|with|for|from) [^,]*)?$");
pattern!(
    FAN = r"(?i)^(?:i am )?(?:an? )?((?:(?:big|huge|massive|long-time|longtime|regular|loyal|lifelong|keen|long-standing|frequent) )*(?:fan|customer|supporter|member|reader|listener|visitor|season ticket holder|user|subscriber|follower|guest)\b)((?: (?:of|since|at|for|here|there|with) .+)?)$"
);
pattern!(
    FEELING = r"(?i)^(?:a |an |my )?((?:real |long-standing |great |genuine |lifelong |deep )?(?:passion|interest|love|respect|admiration|enthusiasm)) (for|in|of) (.+)$"
);
pattern!(
    CLAUSE = r"(?i)\b(?:is|are|was|were|has|have|had|i|i've|we|you|they|he|she|it|don't|do|does|did|can|will|would)\b"
);
pattern!(
    WISH = r"(?i)^(?:in order )?to ((?:be|become|build|do|gain|get|give|go|grow|help|keep|learn|make|move|save|see|start|support|train|use|work)\b.+)$"
);
pattern!(ABLE = r"(?i)^being able to (.+)$");
pattern!(MOVING = r"(?i)^(?:i am )?(moving|relocating|coming|returning) (?:back )?to (.+?)(?: with my .+)?$");
pattern!(DONE_TO_ME = r"(?i)^(coached|taught|trained|inspired|helped|raised|recommended|mentored|treated) by (.+)$");
pattern!(
    KIN_IN =
        r"(?i)^(?:my )?(son|daughter|mum|dad|brother|sister|partner|wife|husband|nan|niece|nephew) (in|at|on) (.+)$"
);
pattern!(
    HOURS = r"(?i)^(?:the )?(hours |shifts |days )?(?:it )?(?:fits?|works?|suits?) (?:in )?(with|around|round|me\b|my )(.*)$"
);

/// What a part names: somewhere close to home, or something that attracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Near where the applicant lives.
    Home,
    /// With its article: "the training", "your good reviews".
    Draw(String),
    /// What the applicant would like to have: "a bigger kitchen".
    Want(String),
}

/// What a part of the field names; `None` when it is no name.
#[must_use]
pub fn named(text: &str) -> Option<Named> {
    let text = LEAD.captures(text).map_or(text, |found| found.get(1).map_or(text, |rest| rest.as_str()));
    if HOME.is_match(text) {
        return Some(Named::Home);
    }
    if let Some(found) = SPECIAL.captures(text) {
        return draw(&found[1]).map(Named::Draw);
    }
    if let Some(found) = COMPARED.captures(text) {
        let rest = &text[found.get(1)?.start()..];
        let head = head(rest);
        let is_known = DRAWS.pair_of(&head).is_some();
        return (is_known && !rest.contains(" and ") && !CLAUSE.is_match(rest))
            .then(|| Named::Want(if head.ends_with('s') { rest.to_owned() } else { with_article(rest) }));
    }
    if let Some(rest) = text.strip_prefix("a ").or_else(|| text.strip_prefix("an ")) {
        return (DRAWS.pair_of(&head(rest)).is_some() && !CLAUSE.is_match(rest)).then(|| Named::Want(text.to_owned()));
    }
    let parts: Vec<&str> = text.split(" and ").collect();
    let all: Option<Vec<String>> = parts.iter().map(|part| draw(part)).collect();
    all.map(|all| joined(&all)).or_else(|| draw(text)).map(Named::Draw)
}

/// "Chance to travel" beside other things that somebody would like.
#[must_use]
pub fn chance(text: &str) -> Option<Named> {
    let found = CHANCE.captures(text)?;
    Some(Named::Want(format!("the chance to {}", &found[1])))
}

/// What attracts, with its article.
fn draw(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    // "The people I met at the open day"
    let own = RELATIVE.captures(text).filter(|_| DETERMINED.is_match(text));
    let own = own.as_ref().and_then(|found| found.get(1)).map_or(text, |own| own.as_str());
    let head = head(own);
    let article = DRAWS.pair_of(&head).or_else(|| {
        // Any noun may stand behind an article when no verb follows it.
        let words: Vec<&str> = text.split(' ').collect();
        let is_plain = DETERMINED.is_match(text)
            && (2..4).contains(&words.len())
            && !matches!(head.as_str(), "part" | "thing" | "bit" | "stuff" | "one" | "side")
            && words.iter().skip(1).all(|word| verb::read(word).is_none());
        is_plain.then_some("the")
    })?;
    // "Love your cakes" is a clause without its subject.
    let first = bare(text.split(' ').next()?);
    let is_act = first == "work" && text.split(' ').nth(1).is_some_and(|next| BEHIND.is_match(&format!(" {next} ")));
    if is_act || !DETERMINED.is_match(text) && lower.contains(" my ") {
        return None;
    }
    if first != head && (VERBS.has(&first) || matches!(first.as_str(), "my" | "our" | "want")) {
        return None;
    }
    let before = lower.split(' ').take_while(|word| bare(word) != head).count();
    if CLAUSE.is_match(own) || before > 4 || text.split(' ').count() > 12 {
        return None;
    }
    let gone_on = text
        .split(' ')
        .skip(before + 1)
        .any(|word| verb::read(word).is_some_and(|(form, _)| form == Form::Past) && word.ends_with("ed"));
    if gone_on {
        return None;
    }
    Some(if DETERMINED.is_match(text) || text.starts_with("helping") {
        crate::facts::spelling::lower_first(text)
    } else {
        format!("{article} {text}")
    })
}

/// The noun that a phrase is about: the last word before what belongs to it.
fn head(text: &str) -> String {
    let end = BEHIND.find(text).map_or(text.len(), |found| found.start());
    let end = text[..end].find(" (").unwrap_or(end);
    text[..end].rsplit(' ').next().map(bare).unwrap_or_default()
}

/// One clause for all that attracts, or that somebody would like.
#[must_use]
pub fn clause(named: &[Named]) -> Option<String> {
    let draws: Vec<&str> = named
        .iter()
        .filter_map(|named| if let Named::Draw(text) = named { Some(text.as_str()) } else { None })
        .collect();
    let wants: Vec<&str> = named
        .iter()
        .filter_map(|named| if let Named::Want(text) = named { Some(text.as_str()) } else { None })
        .collect();
    let attracted = (!draws.is_empty()).then(|| format!("I am attracted by {}", joined(&draws)));
    let wanted = (!wants.is_empty()).then(|| format!("I would like {}", joined(&wants)));
    match (attracted, wanted) {
        (Some(attracted), Some(wanted)) => Some(format!("{attracted}, and {wanted}")),
        (attracted, wanted) => attracted.or(wanted),
    }
}

/// A state of mind, a wish or a move whose subject is missing: "passionate about trains", "to learn a trade".
#[must_use]
pub fn without_subject(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    if let Some(found) = WISH.captures(text) {
        return Some(format!("I would like to {}", &found[1]));
    }
    if let Some(found) = ABLE.captures(text) {
        return Some(format!("I would be able to {}", &found[1]));
    }
    if let Some(found) = MOVING.captures(text) {
        return Some(format!("I am {} to {}", found[1].to_lowercase(), &found[2]));
    }
    if let Some(found) = DONE_TO_ME.captures(text) {
        return Some(format!("I was {} by {}", found[1].to_lowercase(), &found[2]));
    }
    if let Some(found) = HOURS.captures(text) {
        let verb = if lower.contains("suit") {
            "suit"
        } else if lower.contains("fit") {
            "fit"
        } else {
            "work"
        };
        let what = found.get(1).map_or_else(|| "hours".to_owned(), |what| what.as_str().trim().to_lowercase());
        let rest = found[3].replace(" school run", " the school run");
        return Some(format!("the {what} {verb} {}{rest}", &found[2]));
    }
    if let Some(found) = FAN.captures(text) {
        let verb = if found[2].contains(" since ") || found[2].contains(" years") { "have been" } else { "am" };
        let of = if found[2].is_empty() { " of yours" } else { &found[2] };
        return Some(format!("I {verb} {}{of}", with_article(&found[1].to_lowercase())));
    }
    if let Some(found) = FEELING.captures(text) {
        let feeling = found[1].to_lowercase();
        let feeling =
            if feeling.ends_with("respect") || feeling.ends_with("admiration") || feeling.ends_with("enthusiasm") {
                feeling
            } else {
                with_article(&feeling)
            };
        return Some(format!("I have {feeling} {} {}", &found[2], &found[3]));
    }
    if let Some(found) = KIN_IN.captures(text) {
        return Some(format!("my {} is {} {}", found[1].to_lowercase(), &found[2], &found[3]));
    }
    let is_state = STATES_OF_MIND.beginning_of(&lower).is_some() && text.split(' ').count() > 2;
    is_state.then(|| format!("I am {}", crate::facts::spelling::lower_first(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_attracts_is_named_with_its_article() {
        let draw = |text: &str, expect: &str| assert_eq!(named(text), Some(Named::Draw(expect.to_owned())), "{text}");
        draw("good reviews", "your good reviews");
        draw("training", "the training");
        draw("the training programme and the chance to progress", "the training programme and the chance to progress");
        draw("your work on flood defences", "your work on flood defences");
        draw("Because of the Roman collection", "the Roman collection");
        draw("the people I met at the open day", "the people I met at the open day");
        draw("esp the Calder valley scheme", "the Calder valley scheme");
        assert_eq!(named("proximity to home"), Some(Named::Home));
        assert_eq!(named("bigger kitchen"), Some(Named::Want("a bigger kitchen".to_owned())));
        for sentence in [
            "my friend works there",
            "the training is good",
            "your nurses looked after my mum",
            "love your cakes",
            "work with my hands",
        ] {
            assert_eq!(named(sentence), None, "{sentence}");
        }
    }

    #[test]
    fn a_wish_or_a_state_of_mind_gets_its_subject() {
        let check = |text: &str, expect: &str| assert_eq!(without_subject(text).as_deref(), Some(expect), "{text}");
        check("passionate about sustainability", "I am passionate about sustainability");
        check("to get experience before university", "I would like to get experience before university");
        check("being able to walk to work", "I would be able to walk to work");
        check("coached by your head coach as a teenager", "I was coached by your head coach as a teenager");
        check("hours fit round school run", "the hours fit round the school run");
        check("daughter in Year 3", "my daughter is in Year 3");
        check("big fan of the club", "I am a big fan of the club");
        check("season ticket holder since 2010", "I have been a season ticket holder since 2010");
        check("interest in local history", "I have an interest in local history");
        check("fits around college", "the hours fit around college");
        assert_eq!(without_subject("flexible hours"), None);
    }
}
