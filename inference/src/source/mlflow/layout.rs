//! Finds the model among the files that MLflow keeps with it. Pure.
//!
//! A plain folder holds all files side by side. The `transformers` flavour keeps the model in `model/` and its tokenizer
//! in `components/tokenizer/`.

use std::collections::BTreeMap;

use super::super::files::ChoiceError;
use super::artifacts::Artifact;

const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";

/// Files by their names in one folder: those beside `config.json`, and those of the tokenizer.
pub(super) fn flatten(listed: &[Artifact]) -> Result<BTreeMap<String, Artifact>, ChoiceError> {
    let model = only(listed, CONFIG)?;
    let mut files = inside(listed, model);
    if !files.contains_key(TOKENIZER) {
        let tokenizer = inside(listed, only(listed, TOKENIZER)?);
        // Of files in both folders, such as a chat template, the one of the model is used.
        for (name, file) in tokenizer {
            files.entry(name).or_insert(file);
        }
    }
    Ok(files)
}

/// The outermost folder that holds `name`; there must be only one at that depth.
fn only<'a>(listed: &'a [Artifact], name: &str) -> Result<&'a str, ChoiceError> {
    let depth = |folder: &str| folder.matches('/').count() + usize::from(!folder.is_empty());
    let mut folders: Vec<&str> = listed
        .iter()
        .map(|file| split(&file.path))
        .filter(|(_, found)| *found == name)
        .map(|(folder, _)| folder)
        .collect();
    folders.sort_by_key(|folder| depth(folder));
    match folders.as_slice() {
        [] => Err(ChoiceError::Missing(format!("`{name}`"))),
        [one, two, ..] if depth(one) == depth(two) => {
            Err(ChoiceError::Missing(format!("single `{name}`: it is in `{one}` and in `{two}`")))
        }
        [one, ..] => Ok(one),
    }
}

fn inside(listed: &[Artifact], folder: &str) -> BTreeMap<String, Artifact> {
    let files = listed.iter().map(|file| (split(&file.path), file)).filter(|((found, _), _)| *found == folder);
    files.map(|((_, name), file)| (name.to_owned(), file.clone())).collect()
}

/// Folder and name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listed: &[&str], expect: Result<&[(&str, &str)], &str>) {
        let listed: Vec<_> = listed.iter().map(|path| Artifact { path: (*path).to_owned(), size: None }).collect();
        match (flatten(&listed), expect) {
            (Ok(found), Ok(expect)) => {
                let found: Vec<_> = found.iter().map(|(name, file)| (name.as_str(), file.path.as_str())).collect();
                assert_eq!(found, expect);
            }
            (Err(found), Err(expect)) => assert!(found.to_string().contains(expect), "{found}"),
            (found, expect) => panic!("{found:?} instead of {expect:?}"),
        }
    }

    #[test]
    fn a_plain_folder_is_used_as_it_is() {
        check(
            &["MLmodel", "config.json", "model.safetensors", "tokenizer.json"],
            Ok(&[
                ("MLmodel", "MLmodel"),
                ("config.json", "config.json"),
                ("model.safetensors", "model.safetensors"),
                ("tokenizer.json", "tokenizer.json"),
            ]),
        );
    }

    #[test]
    fn the_transformers_flavour_keeps_its_tokenizer_in_another_folder() {
        check(
            &[
                "MLmodel",
                "model/config.json",
                "model/model.safetensors",
                "components/tokenizer/tokenizer.json",
                "components/tokenizer/tokenizer_config.json",
            ],
            Ok(&[
                ("config.json", "model/config.json"),
                ("model.safetensors", "model/model.safetensors"),
                ("tokenizer.json", "components/tokenizer/tokenizer.json"),
                ("tokenizer_config.json", "components/tokenizer/tokenizer_config.json"),
            ]),
        );
    }

    #[test]
    fn the_outermost_of_several_configurations_counts() {
        check(
            &["model/config.json", "model/tokenizer.json", "model/peft/config.json"],
            Ok(&[("config.json", "model/config.json"), ("tokenizer.json", "model/tokenizer.json")]),
        );
        check(&["a/config.json", "b/config.json"], Err("in `a` and in `b`"));
        check(&["MLmodel", "model.pkl"], Err("no `config.json`"));
    }
}
