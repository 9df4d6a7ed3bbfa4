//! Removes from a folder of weight caches what no start reads again.

use std::path::Path;
use std::time::Duration;

use super::store::FORMAT;

/// How long an unfinished file is left alone: another process may still be writing it. The largest model takes minutes.
const UNFINISHED: Duration = Duration::from_hours(24);

/// Removes what earlier formats left for the weights of the cache file `name`, if that is there, and unfinished files
/// that were abandoned. A process that has a removed file mapped keeps it. What cannot be removed stays.
pub fn remove_leftovers(folder: &Path, name: &str) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let is_replaced = folder.join(name).exists();
    for entry in entries.flatten() {
        let other = entry.file_name();
        let other = other.to_string_lossy();
        let is_abandoned = || {
            let written = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            written.and_then(|written| written.elapsed().ok()).is_some_and(|age| age > UNFINISHED)
        };
        let is_left = is_replaced && is_older(&other, name) || other.ends_with(".part") && is_abandoned();
        if is_left && std::fs::remove_file(entry.path()).is_ok() {
            tracing::info!(file = %other, "Removed {other} from the weight cache: nothing reads it any more");
        }
    }
}

/// Whether `other` holds the weights of `name` in an earlier format.
fn is_older(other: &str, name: &str) -> bool {
    let format = |name: &str| {
        let (weights, format) = name.strip_suffix(".weights")?.rsplit_once(".v")?;
        Some((weights.to_owned(), format.parse::<u32>().ok()?))
    };
    match (format(other), format(name)) {
        (Some((other, earlier)), Some((weights, _))) => other == weights && earlier < FORMAT,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{File, read_dir, write};
    use std::time::SystemTime;

    use super::*;

    fn name(format: u32) -> String {
        format!("0123456789abcdef-q4.v{format}.weights")
    }

    /// What is left of `files`, sorted.
    fn left(files: &[&str], name: &str) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            write(folder.path().join(file), "x").expect("writes");
        }
        let old = File::options().write(true).open(folder.path().join("old.v2.1f.part")).expect("opens");
        old.set_modified(SystemTime::now() - UNFINISHED - Duration::from_mins(1)).expect("sets its time");
        remove_leftovers(folder.path(), name);
        let entries = read_dir(folder.path()).expect("lists");
        let mut left: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        left.sort();
        left
    }

    #[test]
    fn earlier_formats_of_the_same_weights_and_abandoned_files_go() {
        let (now, before, later) = (name(FORMAT), name(FORMAT - 1), name(FORMAT + 1));
        let others = ["0123456789abcdef-q8.v1.weights", "new.v2.2f.part", "notes.txt"];
        let files = [&[now.as_str(), &before, &later, "old.v2.1f.part"], &others[..]].concat();
        let mut expected = [&[now.as_str(), &later], &others[..]].concat();
        expected.sort_unstable();
        assert_eq!(left(&files, &now), expected);
    }

    #[test]
    fn an_earlier_format_stays_until_there_is_a_new_one() {
        let before = name(FORMAT - 1);
        assert_eq!(left(&[&before, "old.v2.1f.part"], &name(FORMAT)), [before]);
    }
}
