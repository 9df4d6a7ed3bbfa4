//! Objects with marks, and the templates that their YAML becomes. A mark is a string that no object has otherwise.

use serde_json::Value;

use super::super::install::NAMESPACE;

/// Begins a mark that a value replaces.
const WORD: &str = "value-of-";
/// Begins a mark whose field or item is there only if the value is not empty.
const OPTIONAL: &str = "if-any-";

/// Stands for the value `path`, as JSON, which is YAML.
pub fn word(path: &str) -> Value {
    Value::String(format!("{WORD}{path}"))
}

/// Stands for a field with the value `path`, or for an item that depends on it.
pub fn optional(path: &str) -> Value {
    Value::String(format!("{OPTIONAL}{path}"))
}

/// `yaml` in the namespace of the release, with its values.
pub fn release(yaml: &str) -> String {
    let text = yaml.replace(&format!("namespace: {NAMESPACE}\n"), "namespace: {{ $.Release.Namespace }}\n");
    let lines = text.lines().map(|line| match line.split_once(WORD) {
        // Marks of what is inserted later stay.
        Some((before, path)) if KNOWN.contains(&path) => format!("{before}{{{{ toJson .Values.{path} }}}}\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// Words that are values; the others are inserted by [`inserted`].
const KNOWN: [&str; 4] = ["replicas", "image", "postgresImage", "resources"];

/// `text` with `content` where the word `path` stands.
pub fn inserted(text: &str, path: &str, content: &str) -> String {
    text.replace(&format!("{WORD}{path}"), content)
}

/// `yaml` with fields and items that are there only if their values are not empty. An item becomes `item`, and a field
/// that is called `more` all fields of its value.
pub fn present(yaml: &str, item: &str) -> String {
    let lines = yaml.lines().map(|line| {
        let Some((before, path)) = line.split_once(OPTIONAL) else { return format!("{line}\n") };
        let indent = &before[..before.len() - before.trim_start().len()];
        let content = match before.trim_start() {
            "- " => format!("{indent}{item}"),
            "more: " => format!("{indent}{{{{- toYaml . | nindent {} }}}}", indent.len()),
            field => format!("{indent}{field}{{{{ toJson . }}}}"),
        };
        format!("{indent}{{{{- with .Values.{path} }}}}\n{content}\n{indent}{{{{- end }}}}\n")
    });
    lines.collect()
}

/// `text` if the value is neither empty nor false.
pub fn when(path: &str, text: &str) -> String {
    format!("{{{{- if .Values.{path} }}}}\n{text}{{{{- end }}}}\n")
}

/// `text` if the value is empty or false.
pub fn unless(path: &str, text: &str) -> String {
    format!("{{{{- if not .Values.{path} }}}}\n{text}{{{{- end }}}}\n")
}

/// `text` for each item of the value, which stands in place of `mark`.
pub fn each(path: &str, mark: &str, text: &str) -> String {
    format!("{{{{- range .Values.{path} }}}}\n{}{{{{- end }}}}\n", text.replace(mark, "{{ . }}"))
}
