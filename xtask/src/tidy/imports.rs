//! The imports between files: every name in the code of one file that leads to another, tests aside.
//!
//! An import is a `use` or a path such as `super::Thing` or `child::thing()`. It leads to the file that defines the
//! thing, through all re-exports. Two things do not count: `mod child;`, and `pub use child::Thing`, by which a
//! parent offers what its children own.

use std::collections::BTreeSet;

use super::modules::{Id, Modules, Target};
use super::syntax::Path;
use super::tree::Tree;

/// All imports and foreign names of a tree.
pub struct Imports<'a> {
    pub tree: &'a Tree,
    pub modules: Modules<'a>,
    /// The first of each pair of files.
    pub all: Vec<Import>,
    /// Names from other crates, the standard library's among them.
    pub foreign: Vec<Foreign>,
}

/// One file needs another.
pub struct Import {
    pub from: Id,
    pub to: Id,
    pub line: usize,
}

/// A file names something of another crate.
pub struct Foreign {
    pub from: Id,
    pub name: String,
    pub line: usize,
}

impl<'a> Imports<'a> {
    pub fn of(tree: &'a Tree) -> Self {
        let modules = Modules::of(tree);
        let mut imports = Self { tree, modules, all: Vec::new(), foreign: Vec::new() };
        let mut seen = BTreeSet::new();
        for from in 0..imports.modules.all.len() {
            if !imports.modules.all[from].is_test {
                imports.read_uses(from, &mut seen);
                imports.read_paths(from, &mut seen);
            }
        }
        imports
    }

    /// Path of the file of a module.
    pub fn path(&self, module: Id) -> &'a str {
        &self.tree.code[self.modules.all[module].file].path
    }

    /// An import as a person reads it: the file, the line, and what stands there.
    pub fn shown(&self, import: &Import) -> String {
        let path = self.path(import.from);
        format!("{path}:{}: {}", import.line, self.tree.line(path, import.line))
    }

    fn read_uses(&mut self, from: Id, seen: &mut BTreeSet<(usize, usize)>) {
        for import in &self.modules.all[from].scope.uses {
            let target = self.modules.resolve(from, &import.path);
            let is_export = import.is_public && matches!(target, Target::Item(to) if self.is_above(from, to));
            match target {
                // What of a module is used is known where it is used, unless it is everything.
                Target::Module(_) if import.alias.is_some() => {}
                _ if is_export => {}
                target => self.add(from, target, import.path.line, seen),
            }
        }
    }

    fn read_paths(&mut self, from: Id, seen: &mut BTreeSet<(usize, usize)>) {
        let scope = self.modules.all[from].scope;
        for path in &scope.paths {
            let import = path.segments.first().and_then(|first| scope.named(first)).filter(|_| !path.is_absolute);
            // A single name without a `use` is local or of the language.
            if path.segments.len() > 1 || import.is_some() {
                let line = import.map_or(path.line, |import| import.path.line);
                self.add(from, self.resolve(from, path), line, seen);
            }
        }
    }

    fn resolve(&self, from: Id, path: &Path) -> Target {
        self.modules.resolve(from, path)
    }

    fn add(&mut self, from: Id, target: Target, line: usize, seen: &mut BTreeSet<(usize, usize)>) {
        let file = |module: Id| self.modules.all[module].file;
        match target {
            Target::Module(to) | Target::Item(to) => {
                if file(from) != file(to) && seen.insert((file(from), file(to))) {
                    self.all.push(Import { from, to, line });
                }
            }
            Target::Foreign(segments) => self.foreign.push(Foreign { from, name: segments.join("::"), line }),
        }
    }

    fn is_above(&self, parent: Id, child: Id) -> bool {
        self.modules.ancestors(child).any(|id| id == parent)
    }
}
