//! Who may import whom: between crates, and between the colours of files inside a program.

use super::Source;

/// The three programs meet in custom resources only: none is a dependency of another.
const PROGRAMS: [&str; 3] = ["operator", "webapp", "inference"];

/// Files that decide without doing: data in, data out. A folder stands for everything in it.
const PURE: [&str; 18] = [
    "crds/src/",
    "operator/src/validate",
    "operator/src/desired",
    "operator/src/objects",
    "operator/src/status",
    "operator/src/scaling",
    "operator/src/triage",
    "operator/src/credentials",
    "webapp/src/letters/forms",
    "webapp/src/letters/pages",
    "webapp/src/accounts/password/policy",
    "webapp/src/letters/progress",
    "inference/src/queue",
    "inference/src/report",
    "letters/src",
    "engine/src/tokens",
    "engine/src/sampling",
    "xtask/src/tidy/size",
];

/// What a pure file never names, and why.
const IMPURE: [(&str, &str); 13] = [
    ("kube::Client", "I/O belongs in an edge file"),
    ("kube::Api", "I/O belongs in an edge file"),
    ("kube::api::Api", "I/O belongs in an edge file"),
    ("tokio::", "nothing to wait for in a decision"),
    ("sqlx::", "I/O belongs in an edge file"),
    ("axum::", "HTTP belongs in a handler"),
    ("std::fs", "I/O belongs in an edge file"),
    ("std::env", "configuration is passed in"),
    ("std::net", "I/O belongs in an edge file"),
    ("tracing::", "say it in the value that is returned"),
    ("Timestamp::now", "the time is passed in"),
    ("Instant::now", "the time is passed in"),
    ("rand::rng(", "the source of randomness is passed in"),
];

/// The only file of each program that writes to the API server.
const WRITERS: [(&str, &[&str]); 3] = [
    ("operator", &["operator/src/apply", "operator/src/leader"]),
    ("webapp", &["webapp/src/cluster/requests"]),
    ("inference", &["inference/src/claim", "inference/src/lease"]),
];

/// Calls that write to the API server.
const WRITES: [&str; 6] =
    [".replace_status(", ".patch_status(", ".patch(", ".create(&PostParams", ".replace(", ".delete("];

pub fn findings(sources: &[Source]) -> Vec<String> {
    let code = sources.iter().filter(|source| !source.is_test() && source.path.contains("/src/"));
    let found = code.flat_map(|source| {
        let mut findings = impurities(source);
        findings.extend(stray_writes(source));
        findings
    });
    found.chain(vanished(sources)).collect()
}

/// Entries of the tables above that match no file any more, and so check nothing.
fn vanished(sources: &[Source]) -> impl Iterator<Item = String> {
    let named = PURE.iter().chain(WRITERS.iter().flat_map(|(_, writers)| writers.iter()));
    let gone = named.filter(|name| !sources.iter().any(|source| source.path.starts_with(**name)));
    gone.map(|name| format!("xtask/src/tidy/layers.rs: {name} matches no file: take it out or correct it"))
}

/// A program that depends on another one, by the manifests.
pub fn program_dependencies(manifests: &[Source]) -> Vec<String> {
    let programs = manifests.iter().filter(|manifest| PROGRAMS.contains(&manifest.krate()));
    let foreign = programs.flat_map(|manifest| {
        let others = PROGRAMS.iter().filter(|program| **program != manifest.krate());
        others.map(move |program| (manifest, program))
    });
    let hits = foreign.filter(|(manifest, program)| manifest.text.lines().any(|line| line.starts_with(*program)));
    hits.map(|(manifest, program)| {
        format!("{}: {program}: programs meet in custom resources, never in code", manifest.path)
    })
    .collect()
}

fn impurities(source: &Source) -> Vec<String> {
    if !PURE.iter().any(|pure| source.path.starts_with(pure)) {
        return Vec::new();
    }
    lines(source, IMPURE.iter().map(|(word, why)| ((*word).to_owned(), format!("a pure file: {why}"))))
}

fn stray_writes(source: &Source) -> Vec<String> {
    let Some((_, writers)) = WRITERS.iter().find(|(program, _)| *program == source.krate()) else { return Vec::new() };
    let talks_to_kubernetes = source.text.contains("kube::");
    if !talks_to_kubernetes || writers.iter().any(|writer| source.path.starts_with(writer)) {
        return Vec::new();
    }
    lines(
        source,
        WRITES
            .iter()
            .map(|call| ((*call).to_owned(), format!("writes to the API server belong in {}", writers.join(" and ")))),
    )
}

/// One finding for every line of code (comments aside) that contains one of `words`.
fn lines(source: &Source, words: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let words: Vec<_> = words.collect();
    let code = source.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(number, line)| {
        let hits = words.iter().filter(|(word, _)| line.contains(word.as_str()));
        hits.map(move |(word, why)| format!("{}:{}: `{word}`: {why}", source.path, number + 1)).collect::<Vec<_>>()
    })
    .collect()
}
