//! Words with the marks around them.

/// A word of a text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Brackets and quotation marks before it.
    pub lead: String,
    pub core: String,
    /// Stops, commas, brackets behind it.
    pub tail: String,
    /// Whether a list has decided its spelling, so that its capitals stay.
    pub is_settled: bool,
}

/// A text as words between single spaces.
#[derive(Clone, Debug)]
pub(super) struct Tokens(pub Vec<Token>);

impl Tokens {
    pub fn of(text: &str) -> Self {
        Self(text.split_whitespace().map(Token::of).collect())
    }

    pub fn text(&self) -> String {
        let words = self.0.iter().map(|token| format!("{}{}{}", token.lead, token.core, token.tail));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The core of the word at `at` in lower case; empty beyond the ends.
    pub fn lower(&self, at: Option<usize>) -> String {
        at.and_then(|at| self.0.get(at)).map_or_else(String::new, |token| token.core.to_lowercase())
    }

    /// The word before `at` in lower case; empty where a mark or bracket stands between.
    pub fn before(&self, at: usize) -> String {
        let is_joined = at > 0 && self.0[at - 1].tail.is_empty() && self.0[at].lead.is_empty();
        if is_joined { self.lower(Some(at - 1)) } else { String::new() }
    }

    /// The word behind `at` in lower case; empty where a mark or bracket stands between.
    pub fn after(&self, at: usize) -> String {
        let is_joined = self.0[at].tail.is_empty() && self.0.get(at + 1).is_some_and(|next| next.lead.is_empty());
        if is_joined { self.lower(Some(at + 1)) } else { String::new() }
    }

    /// Whether the words `at..at + length` stand as an entry of their own: between ends, marks, "and" and "or".
    pub fn is_entry(&self, at: usize, length: usize) -> bool {
        let links = |word: &str| matches!(word, "" | "and" | "or" | "&" | "+");
        links(&self.before(at)) && links(&self.after(at + length - 1))
    }

    /// Whether no mark stands inside the words `at..at + length`.
    pub fn is_run(&self, at: usize, length: usize) -> bool {
        at + length <= self.0.len() && (at + 1..at + length).all(|next| !self.before(next).is_empty())
    }

    /// Puts other words in the place of `at..at + length`; answers where the text goes on.
    pub fn replace(&mut self, at: usize, length: usize, text: &str) -> usize {
        let lead = self.0[at].lead.clone();
        let tail = self.0[at + length - 1].tail.clone();
        let mut words: Vec<Token> = text
            .split(' ')
            .map(|word| Token { lead: String::new(), core: word.to_owned(), tail: String::new(), is_settled: true })
            .collect();
        let end = at + words.len();
        if let Some(first) = words.first_mut() {
            first.lead = lead;
        }
        if let Some(last) = words.last_mut() {
            last.tail = tail;
        }
        self.0.splice(at..at + length, words);
        end
    }
}

impl Token {
    fn of(word: &str) -> Self {
        let is_mark = |c: char| !c.is_alphanumeric() && !"£$€+#*&@=".contains(c);
        let core =
            word.trim_start_matches(|c: char| is_mark(c) && !".'".contains(c) || c == '\'' && word.ends_with('\''));
        let lead = &word[..word.len() - core.len()];
        let bare = core.trim_end_matches(|c: char| is_mark(c) && !(c == '/' && core.len() <= 2));
        let tail = &core[bare.len()..];
        Self { lead: lead.to_owned(), core: bare.to_owned(), tail: tail.to_owned(), is_settled: false }
    }

    pub fn is_capitalised(&self) -> bool {
        self.core.starts_with(char::is_uppercase)
    }

    /// Whether it has a capital behind its first letter, as abbreviations have.
    pub fn has_inner_capital(&self) -> bool {
        self.core.chars().skip(1).any(char::is_uppercase)
    }
}

/// The months, with their capitals.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Numbers from one to ten, in words.
pub(super) const NUMBERS: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// Whether a word is a number from one to ten.
pub(super) fn is_number_word(word: &str) -> bool {
    NUMBERS.contains(&word)
}
