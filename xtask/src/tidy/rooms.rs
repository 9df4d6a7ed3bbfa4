//! Imports inside a crate go downward through its rooms, and pure rooms touch nothing outside.

use std::collections::BTreeSet;

use super::house::{Colour, Crate, Forbidden, Row, is_below};
use super::imports::Imports;
use super::modules::Id;

/// The laws of `house` on the files of its crates.
pub struct Rooms<'a> {
    imports: &'a Imports<'a>,
    house: &'a [Crate],
}

impl<'a> Rooms<'a> {
    pub fn new(imports: &'a Imports, house: &'a [Crate]) -> Self {
        Self { imports, house }
    }

    /// Imports that a row of the table does not allow.
    pub fn upward_imports(&self) -> Vec<String> {
        let checked = self.imports.all.iter().filter_map(|import| {
            let (from, to) = (self.imports.path(import.from), self.imports.path(import.to));
            let (row, room) = self.room(from)?;
            let (other_row, other_room) = self.room(to).filter(|_| crate_of(from) == crate_of(to))?;
            let why = row.refuses(room, other_row, other_room)?;
            Some(format!("{}: {room} {why} {other_room}", self.imports.shown(import)))
        });
        checked.collect()
    }

    /// What pure rooms name although `forbidden` says that they must not.
    pub fn impurities(&self, forbidden: &[Forbidden]) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let names = self.imports.foreign.iter().filter(|foreign| self.is_pure(foreign.from));
        let hits = names.filter_map(|foreign| {
            let hit = forbidden.iter().find(|forbidden| is_below(forbidden.name, &foreign.name))?;
            let path = self.imports.path(foreign.from);
            seen.insert((path, foreign.line))
                .then(|| format!("{path}:{}: a pure room names `{}`: {}", foreign.line, foreign.name, hit.why))
        });
        hits.collect()
    }

    /// Files that no row covers, and rows that cover no file.
    pub fn gaps(&self) -> Vec<String> {
        let files =
            || self.imports.modules.all.iter().map(|module| (module, &self.imports.tree.code[module.file].path));
        let homeless = files().filter(|(module, path)| {
            let is_in_house = self.house.iter().any(|of| of.name == crate_of(path));
            !module.is_test && is_in_house && inside(path).is_some() && self.room(path).is_none()
        });
        let homeless: BTreeSet<String> = homeless
            .map(|(_, path)| {
                format!("{path}: in no row of its crate in xtask/src/tidy/house.rs: say what it may import")
            })
            .collect();
        let rows = self.house.iter().flat_map(|of| of.rows.iter().map(move |row| (of, row)));
        let rooms = rows.flat_map(|(of, row)| row.rooms().chain(row.may_import()).map(move |room| (of.name, room)));
        let vanished = rooms.filter(|(krate, room)| {
            !files().any(|(_, path)| crate_of(path) == *krate && inside(path).is_some_and(|file| covers(room, file)))
        });
        let vanished = vanished.map(|(krate, room)| {
            format!("xtask/src/tidy/house.rs: {krate} has no room `{room}`: take it out or correct it")
        });
        homeless.into_iter().chain(vanished).collect()
    }

    /// Name of a file's room, for graphs. What only `*` covers has a room for each folder; a test, bench or example is one.
    pub fn name(&self, path: &str) -> String {
        let krate = crate_of(path);
        match (inside(path), self.room(path)) {
            (Some(file), None | Some((_, "*"))) => format!("{krate}/src/{}", file.split('/').next().unwrap_or(file)),
            (_, Some((_, room))) => format!("{krate}/src/{room}"),
            (None, None) => path.split('/').take(3).collect::<Vec<_>>().join("/"),
        }
    }

    fn is_pure(&self, module: Id) -> bool {
        self.room(self.imports.path(module)).is_some_and(|(row, _)| row.colour == Colour::Pure)
    }

    /// The row and room of a file: of several that cover it, the one that names it most exactly.
    fn room(&self, path: &str) -> Option<(&'a Row, &'a str)> {
        let rows = self.house.iter().filter(|of| of.name == crate_of(path)).flat_map(|of| of.rows);
        let rooms = rows.flat_map(|row| row.rooms().map(move |room| (row, room)));
        let file = inside(path)?;
        rooms.filter(|(_, room)| covers(room, file)).max_by_key(|(_, room)| room.trim_end_matches('*').len())
    }
}

impl Row {
    /// Why something in `room` of this row must not import from `other_room`, in words that stand between the two.
    fn refuses(&self, room: &str, other: &Self, other_room: &str) -> Option<String> {
        if room == other_room {
            return None;
        }
        if other.colour > self.colour {
            return Some(format!("is {}, and must not import what is {}:", self.colour, other.colour));
        }
        let is_listed = |listed: &str| covers(listed, other_room);
        (self.imports.is_some() && !self.may_import().any(is_listed))
            .then(|| format!("may import only its own files and [{}], not", self.imports.unwrap_or_default()))
    }
}

/// Whether the file or room `inside` is `room` or lies below it.
fn covers(room: &str, inside: &str) -> bool {
    room == "*" || inside.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn crate_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

/// `a/b` for `crate/src/a/b.rs`; nothing for tests, benches and examples.
fn inside(path: &str) -> Option<&str> {
    path.split_once("/src/")?.1.strip_suffix(".rs")
}
