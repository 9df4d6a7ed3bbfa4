//! Words and phrases as data: the files in `words/`, one entry a line, sorted.
//!
//! The first lines of a file begin with `#` and say what its entries have in common. Where an entry is not plain, a
//! reason follows it, after two spaces and `#`. Entries are in lower case unless the file says otherwise, and in
//! quotation marks where a space at an end counts. In a file of pairs, ` = ` separates a word from what belongs to it.
//!
//! The few function words that belong to one rule of grammar ("of", "at", "in") stand in the code of that rule.

use std::collections::BTreeSet;

/// The entries of a file, sorted.
pub(crate) struct List(BTreeSet<&'static str>);

/// Declares a list: the name of a static, and a file in `words/`, which is read when the list is first used.
macro_rules! list {
    ($visibility:vis $name:ident = $file:literal) => {
        $visibility static $name: std::sync::LazyLock<$crate::words::List> =
            std::sync::LazyLock::new(|| $crate::words::List::read($crate::words::file!($file)));
    };
}

/// The text of a file in `words/`.
macro_rules! file {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/words/", $file, ".txt"))
    };
}

pub(crate) use {file, list};

impl List {
    pub(crate) fn read(file: &'static str) -> Self {
        Self(file.lines().filter_map(entry).collect())
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    /// The entries that `text` begins with, the shortest first, because a longer one sorts behind its own beginning.
    pub(crate) fn beginnings_of(&self, text: &str) -> impl Iterator<Item = &'static str> {
        self.iter().filter(move |entry| text.starts_with(entry))
    }

    /// The longest entry that `text` begins with.
    pub(crate) fn beginning_of(&self, text: &str) -> Option<&'static str> {
        self.beginnings_of(text).last()
    }

    /// What belongs to `word`, in a file of pairs.
    pub(crate) fn pair_of(&self, word: &str) -> Option<&'static str> {
        self.pairs().find(|(first, _)| *first == word).map(|(_, second)| second)
    }

    /// The entries of a file of pairs.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.iter().filter_map(|entry| entry.split_once(" = "))
    }
}

/// The entry of a line; `None` for a comment.
fn entry(line: &'static str) -> Option<&'static str> {
    let entry = line.split_once("  #").map_or(line, |(entry, _)| entry).trim();
    let unquoted = entry.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(entry);
    (!line.starts_with('#') && !unquoted.is_empty()).then_some(unquoted)
}

#[cfg(test)]
mod tests;
