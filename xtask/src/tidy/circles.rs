//! No circles: neither of files, nor of rooms, nor of neighbouring folders inside a room.
//!
//! A parent that uses a child while the child uses the parent is a circle of files: what both need belongs in a file of
//! its own. A folder is a module's file with all that lies below it; neighbours are folders of one parent. Rooms are
//! those of `house.rs`, so that a folder of one subject may hold several, as `letters/handlers` and `letters/forms`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::imports::{Import, Imports};
use super::rooms::Rooms;

/// What imports what, each with the import that shows it.
type Graph<'a> = BTreeMap<String, BTreeMap<String, &'a Import>>;

pub fn findings(imports: &Imports, rooms: &Rooms) -> Vec<String> {
    let mut folders: BTreeMap<String, Graph> = BTreeMap::new();
    let (mut files, mut between_rooms) = (Graph::new(), Graph::new());
    for import in &imports.all {
        let (from, to) = (imports.path(import.from), imports.path(import.to));
        add(&mut files, from, to, import);
        let (room, other) = (rooms.name(from), rooms.name(to));
        if room != other {
            add(&mut between_rooms, &room, &other, import);
        } else if let Some((parent, one, other)) = neighbours(from, to) {
            add(folders.entry(parent.to_owned()).or_default(), one, other, import);
        }
    }
    let mut seen = BTreeSet::new();
    let graphs = [files, between_rooms].into_iter().chain(folders.into_values());
    let findings = graphs.flat_map(|graph| {
        let circles = circles(&graph).into_iter();
        // A circle of two files is one of their folders too.
        let new = circles
            .filter(|circle| seen.insert(circle.iter().map(|name| stem(name).to_owned()).collect::<BTreeSet<_>>()));
        new.map(|circle| told(imports, &graph, &circle)).collect::<Vec<_>>()
    });
    findings.collect()
}

fn add<'a>(graph: &mut Graph<'a>, from: &str, to: &str, import: &'a Import) {
    graph.entry(from.to_owned()).or_default().entry(to.to_owned()).or_insert(import);
}

/// For `a/b/c.rs` and `a/d.rs`: the parent `a`, and the folders `a/b` and `a/d`. Nothing for a parent and its child.
fn neighbours<'a>(from: &'a str, to: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
    let (from, to) = (stem(from), stem(to));
    let same = from.split('/').zip(to.split('/')).take_while(|(from, to)| from == to);
    let parent: usize = same.map(|(part, _)| part.len() + 1).sum();
    let child = |path: &'a str| {
        let name = path.get(parent..).filter(|rest| !rest.is_empty())?.split('/').next()?;
        path.get(..parent + name.len())
    };
    Some((from.get(..parent)?, child(from)?, child(to)?))
}

fn stem(path: &str) -> &str {
    path.trim_end_matches(".rs")
}

/// For every import that lies on a circle the shortest one through it, each circle once.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let mut found: BTreeMap<BTreeSet<&str>, Vec<String>> = BTreeMap::new();
    for (from, targets) in graph {
        for to in targets.keys() {
            if let Some(mut way) = shortest_way(graph, to, from) {
                // The way ends where the import begins.
                way.rotate_right(1);
                let members = way.iter().copied().collect();
                found.entry(members).or_insert_with(|| way.into_iter().map(str::to_owned).collect());
            }
        }
    }
    found.into_values().collect()
}

fn shortest_way<'a>(graph: &'a Graph, from: &'a str, to: &str) -> Option<Vec<&'a str>> {
    let mut reached_by = BTreeMap::from([(from, None)]);
    let mut waiting = VecDeque::from([from]);
    while let Some(at) = waiting.pop_front() {
        if at == to {
            let mut way: Vec<&str> = std::iter::successors(Some(at), |at| reached_by[at]).collect();
            way.reverse();
            return Some(way);
        }
        for next in graph.get(at).into_iter().flat_map(BTreeMap::keys) {
            reached_by.entry(next).or_insert_with(|| {
                waiting.push_back(next);
                Some(at)
            });
        }
    }
    None
}

/// `a -> b -> a`, and the import behind each arrow.
fn told(imports: &Imports, graph: &Graph, circle: &[String]) -> String {
    let round = || circle.iter().chain(circle.first());
    let names: Vec<&str> = round().map(String::as_str).collect();
    let arrows = round().zip(round().skip(1));
    let lines: Vec<String> = arrows.map(|(from, to)| imports.shown(graph[from][to])).collect();
    format!(
        "{}: a circle of imports: move what both need to a file of its own\n      {}",
        names.join(" -> "),
        lines.join("\n      ")
    )
}
