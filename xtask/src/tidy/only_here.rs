//! Dangerous or precious things have one place: `unsafe` code, SQL, writes to the API server.

use super::house::{Only, Thing, is_below};
use super::imports::Imports;
use super::syntax::Scope;

/// Calls that write to the API server, with their number of arguments, which tells them from those of strings and maps.
const WRITES: [(&str, usize); 8] = [
    ("create", 2),
    ("replace", 3),
    ("replace_status", 3),
    ("patch", 3),
    ("patch_status", 3),
    ("patch_scale", 3),
    ("delete", 2),
    ("delete_collection", 2),
];

pub fn findings(imports: &Imports, laws: &[Only]) -> Vec<String> {
    laws.iter().flat_map(|law| strays(imports, law).chain(vanished(imports, law))).collect()
}

fn strays<'a>(imports: &'a Imports, law: &'a Only) -> impl Iterator<Item = String> + 'a {
    let hits = match law.thing {
        Thing::Unsafe => unsafes(imports),
        Thing::Writes => writes(imports),
        Thing::Named(name) => named(imports, name),
    };
    let strays = hits.into_iter().filter(|(path, _)| !law.places().any(|place| path.starts_with(place)));
    strays.map(|(path, line)| format!("{path}:{line}: {} only in {}: {}", law.thing, law.places, law.why))
}

/// Places that hold nothing of the kind any more.
fn vanished<'a>(imports: &'a Imports, law: &'a Only) -> impl Iterator<Item = String> + 'a {
    let gone = law.places().filter(|place| !imports.tree.code.iter().any(|code| code.path.starts_with(place)));
    gone.map(|place| format!("xtask/src/tidy/house.rs: {place} matches no file: take it out or correct it"))
}

fn unsafes<'a>(imports: &'a Imports) -> Vec<(&'a str, usize)> {
    imports.tree.code.iter().flat_map(|code| code.unsafes.iter().map(|line| (code.path.as_str(), *line))).collect()
}

fn writes<'a>(imports: &'a Imports) -> Vec<(&'a str, usize)> {
    let modules = imports.modules.all.iter().enumerate().filter(|(_, module)| !module.is_test);
    let with_kube = modules.filter(|(id, _)| {
        imports.foreign.iter().any(|foreign| foreign.from == *id && foreign.name.starts_with("kube::"))
    });
    with_kube
        .flat_map(|(id, module)| write_calls(module.scope).map(move |line| (imports.path(id), line)))
        .filter(|(path, _)| path.contains("/src/"))
        .collect()
}

fn write_calls(scope: &Scope) -> impl Iterator<Item = usize> {
    let writes = scope.calls.iter().filter(|(name, arguments, _)| WRITES.contains(&(name.as_str(), *arguments)));
    writes.map(|(_, _, line)| *line)
}

fn named<'a>(imports: &'a Imports, name: &str) -> Vec<(&'a str, usize)> {
    let hits = imports.foreign.iter().filter(|foreign| is_below(name, &foreign.name));
    hits.map(|foreign| (imports.path(foreign.from), foreign.line)).filter(|(path, _)| path.contains("/src/")).collect()
}
