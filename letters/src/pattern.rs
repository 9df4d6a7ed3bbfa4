//! Patterns: the one place where constant regular expressions are compiled.

use regex::Regex;

/// Declares a constant pattern, which is compiled when it is first used.
macro_rules! pattern {
    ($name:ident = $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| $crate::pattern::compiled(&$pattern));
    };
}

pub(crate) use pattern;

/// The pattern, which is constant and therefore valid.
pub(crate) fn compiled(pattern: impl AsRef<str>) -> Regex {
    Regex::new(pattern.as_ref()).expect("the pattern is constant and valid")
}
