//! Moves: what a sentence of a letter does, and the mark by which the built-in model knows it.

use std::fmt;

/// Declares the moves: a variant, its name, and the names of the applicant's words that its sentences hold.
macro_rules! moves {
    ($($variant:ident = $name:literal [$($slot:literal),*],)*) => {
        /// What a sentence of a letter does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Move { $(#[doc = $name] $variant,)* }

        impl Move {
            /// All moves.
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The move of this name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// Its name in the files of sentences and in plans.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The names of the words that its sentences hold, each once.
            pub const fn slots(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($slot),*],)* }
            }
        }
    };
}

moves! {
    Greet = "greet" [],
    GreetCompany = "greet.company" ["company"],
    GreetName = "greet.name" ["name"],
    OpenRoleCompany = "open.role.company" ["title", "company"],
    OpenPostCompany = "open.post.company" ["title", "company"],
    OpenFieldCompany = "open.field.company" ["title", "company"],
    OpenNoTitleCompany = "open.notitle.company" ["company"],
    OpenRole = "open.role" ["title"],
    OpenPost = "open.post" ["title"],
    OpenField = "open.field" ["title"],
    OpenNoTitle = "open.notitle" [],
    Reason = "reason" ["clause"],
    Now = "now" ["position"],
    NowTime = "now.time" ["position", "time"],
    NowAlso = "now.also" ["position"],
    Doing = "doing" ["doing"],
    Past = "past" ["position"],
    PastTime = "past.time" ["position", "time"],
    PastAlso = "past.also" ["position"],
    PastTimeAlso = "past.time.also" ["position", "time"],
    Duties = "duties" ["acts"],
    DutiesThere = "duties.there" ["acts"],
    Feats = "feats" ["acts"],
    FeatsAlso = "feats.also" ["acts"],
    FeatsThere = "feats.there" ["acts"],
    FeatsHere = "feats.here" ["acts"],
    Clause = "clause" ["clause"],
    Ask = "ask" ["ask"],
    AskMore = "ask.more" ["ask"],
    AskSkill = "ask.skill" ["ask"],
    AskSkills = "ask.skills" ["ask"],
    AskTool = "ask.tool" ["ask"],
    AskHold = "ask.hold" ["ask"],
    Look = "look" ["about"],
    Question = "question" ["about"],
    Training = "training" ["about"],
    Skill = "skill" ["thing"],
    SkillMore = "skill.more" ["thing"],
    Skills = "skills" ["things"],
    SkillsMore = "skills.more" ["things"],
    Used = "used" ["things"],
    UsedMore = "used.more" ["things"],
    Tools = "tools" ["things"],
    ToolsMore = "tools.more" ["things"],
    ToolsAsked = "tools.asked" ["things"],
    Know = "know" ["things"],
    KnowMore = "know.more" ["things"],
    Speak = "speak" ["things"],
    Traits = "traits" ["things"],
    Hold = "hold" ["things"],
    HoldFirst = "hold.first" ["things"],
    HoldMore = "hold.more" ["things"],
    HoldAsked = "hold.asked" ["things"],
    Have = "have" ["things"],
    HaveMore = "have.more" ["things"],
    Trained = "trained" ["things"],
    TrainedMore = "trained.more" ["things"],
    Close = "close" [],
    CloseCompany = "close.company" ["company"],
    CloseCall = "close.call" [],
    Thanks = "thanks" [],
}

/// The mark of the move: its name in angle brackets.
impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name())
    }
}
