//! The tree of modules of every crate, and which file a path leads to.

use std::collections::BTreeMap;

use super::syntax::{Path, Scope};
use super::tree::Tree;

/// Index of a module in [`Modules`].
pub type Id = usize;

/// More re-exports in a row than this are a circle of them.
const HOPS_MAX: usize = 16;

/// All modules that some `mod` leads to.
pub struct Modules<'a> {
    pub all: Vec<Module<'a>>,
}

/// A file, or `mod name { .. }` inside one.
pub struct Module<'a> {
    /// The file that it is or lies in, by its place in [`Tree::code`].
    pub file: usize,
    pub parent: Option<Id>,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
    pub scope: &'a Scope,
    children: BTreeMap<&'a str, Id>,
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// A module of ours.
    Module(Id),
    /// Something in a module of ours.
    Item(Id),
    /// Something else, with every alias replaced by what it stands for.
    Foreign(Vec<String>),
}

impl<'a> Modules<'a> {
    pub fn of(tree: &'a Tree) -> Self {
        let mut modules = Self { all: Vec::new() };
        for (file, code) in tree.code.iter().enumerate().filter(|(_, code)| is_root(&code.path)) {
            modules.add(tree, file, None, &code.scope, code.scope.is_test);
        }
        modules
    }

    fn add(&mut self, tree: &'a Tree, file: usize, parent: Option<Id>, scope: &'a Scope, is_test: bool) -> Id {
        let id = self.all.len();
        self.all.push(Module { file, parent, is_test, scope, children: BTreeMap::new() });
        for inline in &scope.inline {
            let child = self.add(tree, file, Some(id), inline, is_test || inline.is_test);
            self.all[id].children.insert(&inline.name, child);
        }
        let folder = folder_of_children(&tree.code[file].path);
        for declared in &scope.declared {
            let Some(found) = tree.find(&format!("{folder}/{}.rs", declared.name)) else { continue };
            let inside = &tree.code[found].scope;
            let child = self.add(tree, found, Some(id), inside, is_test || declared.is_test || inside.is_test);
            self.all[id].children.insert(&declared.name, child);
        }
        id
    }

    /// `id` and everything above it, the root last.
    pub fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(Some(id), |id| self.all[*id].parent)
    }

    /// Where `path`, written in `from`, leads to.
    pub fn resolve(&self, from: Id, path: &Path) -> Target {
        if path.is_absolute {
            return Target::Foreign(path.segments.clone());
        }
        self.follow(from, &path.segments, 0)
    }

    fn follow(&self, from: Id, segments: &[String], hops: usize) -> Target {
        let Some((first, rest)) = segments.split_first() else { return Target::Module(from) };
        match first.as_str() {
            "crate" => self.descend(self.ancestors(from).last().unwrap_or(from), rest, hops),
            "self" => self.descend(from, rest, hops),
            "super" => match self.all[from].parent {
                // What follows may be another `super`.
                Some(parent) if rest.first().is_some_and(|next| next == "super") => self.follow(parent, rest, hops),
                Some(parent) => self.descend(parent, rest, hops),
                None => Target::Foreign(segments.to_vec()),
            },
            name if self.all[from].children.contains_key(name) || self.alias(from, first).is_some() => {
                self.descend(from, segments, hops)
            }
            _ => Target::Foreign(segments.to_vec()),
        }
    }

    /// Goes from `at` through children and re-exports as far as the segments lead.
    fn descend(&self, at: Id, segments: &[String], hops: usize) -> Target {
        let Some((first, rest)) = segments.split_first() else { return Target::Module(at) };
        if let Some(child) = self.all[at].children.get(first.as_str()) {
            return self.descend(*child, rest, hops);
        }
        match self.alias(at, first) {
            Some(path) if hops < HOPS_MAX => {
                if path.is_absolute || path.segments.first() == Some(first) {
                    return Target::Foreign([&path.segments, rest].concat());
                }
                self.follow(at, &[&path.segments, rest].concat(), hops + 1)
            }
            _ => Target::Item(at),
        }
    }

    /// What `name` stands for in `module` by a `use`.
    fn alias(&self, module: Id, name: &str) -> Option<&'a Path> {
        self.all[module].scope.named(name).map(|import| &import.path)
    }
}

/// `lib.rs`, `main.rs`, `build.rs` and the first file of a test, bench, example or second binary.
pub fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [_, "build.rs"] | [_, "src", "lib.rs" | "main.rs"] | [_, "src", "bin", _] => true,
        [_, "tests" | "benches" | "examples", rest @ ..] => matches!(rest, [_] | [_, "main.rs"]),
        _ => false,
    }
}

/// Where the children of a file lie: beside a crate root, else in a folder of the file's name.
fn folder_of_children(path: &str) -> &str {
    if is_root(path) { path.rsplit_once('/').map_or("", |(folder, _)| folder) } else { path.trim_end_matches(".rs") }
}
