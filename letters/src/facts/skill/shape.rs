//! Entries whose shape tells what they say: measures, training, covers of a kitchen, things that stand for a deed, names of
//! techniques and of products.

use super::character;
use crate::facts::fact::{Kind, Words};
use crate::facts::spell::{self, put_right};
use crate::pattern::pattern;
use crate::words::list;

list!(WORDED = "skill/worded");

// "Worcester and Vaillant trained", "120 covers", "self-taught on CDS", "court reporting x8 visits".
pattern!(TRAINED = r"(?i)^([\w&+ -]{2,40}) (trained|qualified|certified|accredited)$");
pattern!(COVERS = r"(?i)^((?:up to |about |over )?\d{2,3}\+? covers)(?: a (?:night|day|service))?$");
pattern!(SELF_TAUGHT = r"(?i)^self[- ]taught (?:on|in|with|at)? ?(.+)$");
pattern!(
    EXPERIENCE = r"(?i)^(?:some |good |lots of |plenty of |i have |have |previous )*experience (with|of|in|working with|working in) (.+)$"
);
pattern!(ABILITY = r"(?i)^(?:an? |the )?ability to ([a-z]+ .+)$");
pattern!(
    TOLD = r"(?i)^(?:(?:i am |i'm |i have been |i've been |been |often |always )*told|people (?:often |always )?(?:say|tell me)) (?:that )?((?:i |i'm |im )[^,]+)$"
);
pattern!(TO_BE = r"^(?i:i'm|im|i am) ");
pattern!(
    NONE_HAD = r"(?i)^(no (?:sick days?|days off sick|sickness|absences?|accidents|complaints|breakages|claims|points)(?: (?:in|for|since|on|over) .+)?)$"
);
pattern!(NEVER = r"(?i)^never ((?:missed|been|had|failed|dropped|lost|broken) .+)$");
pattern!(START_ON = r"(?i)^can start (?:on )?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)$");
pattern!(KNOWLEDGE_OF = r"(?i)^(?:[a-z]+ ){1,3}knowledge (?:at|of|in|from|across) .+$");
pattern!(TIMES = r"(?i)\s+x\s?\d+(?: \w+)?$");
pattern!(OWN_COUNT = r"(?i)^(my |a )?own (\w+),? (?:about|approx\.?|roughly|around) (\d+)$");
pattern!(
    SPEED = r"(?i)^(?:(audio typing|touch typing|typing|shorthand|type|copy typing|i can type)[\s,(@]*(?:at )?)?(\d{2,3})\s?(?:wpm|words per minute|words a minute)(?: (?:typing(?: speed)?|passed|touch typing|speed))?\)?$"
);
pattern!(
    SPEED_FIRST =
        r"(?i)^(\d{2,3})\s?(?:wpm|words per minute|words a minute) (shorthand|typing|audio typing|copy typing)$"
);
pattern!(
    PAGE_HAS = r"(?i)^(?:my )?(github|gitlab|portfolio|blog|channel|page|website) has (?:over )?(\d[\d,.]*k?)(\+)? (\w+(?: \w+)?)$"
);
pattern!(
    QUICK_ON =
        r"(?i)^((?:good|fast|quick|confident) (?:on|with) (?:the )?(?:tills?|computers?|a computer|phones?|my feet))$"
);
pattern!(USED_TO_IT = r"(?i)^(.+?),? (?:i am |i'm |im )?used to it$");
pattern!(GOOD = r"(?i)^([\w'-]+(?: [\w'-]+)?) (?:gd|v gd|good|very good)$");
pattern!(SCORE = r"(?i)^(?:english )?(IELTS|TOEFL)\s+(\d+(?:\.\d)?)$");

/// The entry without how often it was done: "court reporting x8 visits".
pub(super) fn without_times(text: &str) -> String {
    TIMES.replace(text, "").into_owned()
}

/// What is named by a thing alone: "rotas", "phones".
pub(super) fn worded(lower: &str) -> Option<(Kind, Words)> {
    WORDED.pair_of(lower).map(|doing| (Kind::Skill, Words::Thing(doing.to_owned())))
}

/// What its shape tells: training, covers of a kitchen, what somebody taught himself or herself.
pub(super) fn shaped(text: &str) -> Option<(Kind, Words)> {
    let clause = |kind, clause: String| Some((kind, Words::Clause(clause)));
    if let Some(found) = TRAINED.captures(text).filter(|found| character::adjective(&found[1]).is_none()) {
        return clause(Kind::Trait, format!("I am {} {}", &found[1], found[2].to_lowercase()));
    }
    if let Some(found) = COVERS.captures(text) {
        return clause(Kind::Skill, format!("I am used to {}", found[1].to_lowercase()));
    }
    if let Some(found) = EXPERIENCE.captures(text) {
        let rest = put_right(&found[2]).replace(" dementia", " people with dementia");
        return clause(
            Kind::Skill,
            format!(
                "I have experience {}",
                if rest.starts_with(&found[1]) { rest } else { format!("{} {}", &found[1], rest) }
            ),
        );
    }
    if let Some(found) = ABILITY.captures(text) {
        return clause(Kind::Skill, format!("I can {}", &found[1]));
    }
    if let Some(found) = TOLD.captures(text) {
        let rest = TO_BE.replace(&found[1], "I am ").into_owned();
        return clause(
            Kind::Trait,
            format!(
                "I have been told that {}",
                if rest.starts_with("i ") { rest.replacen("i ", "I ", 1) } else { rest }
            ),
        );
    }
    if let Some(found) = NONE_HAD.captures(text) {
        return clause(Kind::Trait, format!("I have had {}", found[1].to_lowercase()));
    }
    if let Some(found) = NEVER.captures(text) {
        return clause(Kind::Trait, format!("I have never {}", &found[1]));
    }
    if let Some(found) = START_ON.captures(text) {
        let day = crate::facts::spelling::upper_first(&found[1].to_lowercase());
        return clause(Kind::Free, format!("I can start on {day}"));
    }
    if let Some(found) = KNOWLEDGE_OF.captures(text).filter(|_| super::plain::is_sound(text)) {
        return clause(Kind::Knowledge, format!("I have {}", &found[0]));
    }
    if let Some(found) = SELF_TAUGHT.captures(text) {
        return clause(Kind::Skill, format!("I have taught myself {}", &found[1]));
    }
    if let Some(found) = OWN_COUNT.captures(text) {
        return clause(Kind::Own, format!("I have about {} {} of my own", &found[3], found[2].to_lowercase()));
    }
    None
}

/// "typing 60wpm", "IELTS 7.5", "maths gd".
pub(super) fn measured(text: &str) -> Option<(Kind, Words)> {
    if let Some(found) = GOOD.captures(text).filter(|found| !spell::is_language(&found[1].to_lowercase())) {
        return Some((Kind::Skill, Words::Clause(format!("I am good at {}", put_right(&found[1])))));
    }
    if let Some(found) = SPEED.captures(text) {
        let what = found.get(1).map_or("typing", |what| what.as_str()).to_lowercase();
        let what = if matches!(what.as_str(), "type" | "i can type") { "typing" } else { &what };
        return Some((Kind::Skill, Words::Thing(format!("{what} at {} words a minute", &found[2]))));
    }
    if let Some(found) = SPEED_FIRST.captures(text) {
        let what = found[2].to_lowercase();
        return Some((Kind::Skill, Words::Thing(format!("{what} at {} words a minute", &found[1]))));
    }
    if let Some(found) = PAGE_HAS.captures(text) {
        let page = spell::put_right(&found[1].to_lowercase());
        let over = found.get(3).map_or("", |_| "over ");
        return Some((Kind::Skill, Words::Clause(format!("my {page} has {over}{} {}", &found[2], &found[4]))));
    }
    if let Some(found) = QUICK_ON.captures(text) {
        return Some((Kind::Trait, Words::Adjective(found[1].to_lowercase())));
    }
    if let Some(found) = USED_TO_IT.captures(text).filter(|found| super::plain::is_sound(&found[1])) {
        return Some((Kind::Skill, Words::Clause(format!("I am used to {}", super::lower_first(&found[1])))));
    }
    let found = SCORE.captures(text)?;
    Some((
        Kind::Grade,
        Words::Thing(format!("an {} score of {}", found[1].to_uppercase(), &found[2]).replace("an TOEFL", "a TOEFL")),
    ))
}

/// Whether a word is an abbreviation of a field or technique: "HPLC", "GD&T", "GLMs".
pub(super) fn is_technical(word: &str) -> bool {
    let bare = word.strip_suffix('s').unwrap_or(word);
    let capitals = bare.chars().filter(char::is_ascii_uppercase).count();
    capitals > 1 && bare.len() > 2 && !bare.chars().any(char::is_lowercase)
}

/// Whether a word can only be a name, of a product as a rule: "Koha", "iManage".
pub(super) fn is_unknown_name(word: &str) -> bool {
    let lower = word.to_lowercase();
    let is_plain = word.chars().all(char::is_alphabetic) && word.len() > 3;
    let has_capital = word.starts_with(char::is_uppercase) && word.chars().skip(1).all(char::is_lowercase)
        || word.starts_with(char::is_lowercase) && word.chars().nth(1).is_some_and(char::is_uppercase);
    is_plain
        && has_capital
        && !spell::is_ordinary(&lower)
        && !spell::is_place(&lower)
        && !spell::is_language(&lower)
        && !crate::facts::lexicon::is_role(&lower)
        && !["ly", "ed", "ese", "ish", "ian", "ing", "ness", "ment", "tion"].iter().any(|end| lower.ends_with(end))
}

/// Whether a word is spelt as only products are: `TEMPro`, `PowerFactory`.
pub(super) fn is_product(word: &str) -> bool {
    let has_capital_inside =
        word.char_indices().skip(1).any(|(at, c)| c.is_uppercase() && word[..at].ends_with(char::is_lowercase));
    word.starts_with(char::is_uppercase)
        && word.ends_with(char::is_lowercase)
        && (has_capital_inside || word.chars().filter(|c| c.is_uppercase()).count() > 2)
        && word.chars().all(char::is_alphanumeric)
        && !word.ends_with('s')
}

/// The text outside its brackets, and what they hold.
pub fn brackets(text: &str) -> (String, Option<String>) {
    let open = text.find('(');
    let inner = open.and_then(|open| Some((open, open + text[open..].find(')')?)));
    match inner {
        Some((open, close)) if close + 1 == text.len() && open > 0 => {
            (text[..open].trim().to_owned(), Some(text[open + 1..close].trim().to_owned()))
        }
        _ => (text.to_owned(), None),
    }
}
