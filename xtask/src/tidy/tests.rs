//! Each law is broken on purpose in a small tree of its own; the last test holds all of them on this repository.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::house::{Crate, Only, Thing, edge, forbidden, pure, story, wire};
use super::imports::Imports;
use super::rooms::Rooms;
use super::tree::Tree;
use super::*;

/// A house of one crate with a room of each colour.
const SHOP: &[Crate] = &[Crate {
    name: "shop",
    depends_on: "base",
    tests_depend_on: "kit",
    rows: &[wire("lib"), story("sell"), edge("till store"), pure("price").imports("tax"), pure("tax label")],
}];

fn tree(files: &[(&str, &str)]) -> Tree {
    let texts: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), format!("//! A file.\n{text}"))).collect();
    Tree::new(texts).expect("parses")
}

/// The crate `shop`: all its rooms, those of `files` with these texts.
fn shop(files: &[(&str, &str)]) -> Tree {
    let mut all = BTreeMap::from([("lib", "mod label; mod price; mod sell; mod store; mod tax; mod till;")]);
    for room in ["label", "price", "sell", "store", "tax", "till"] {
        all.insert(room, "pub struct Thing;");
    }
    all.extend(files.iter().copied());
    let files: Vec<(String, &str)> =
        all.into_iter().map(|(name, text)| (format!("shop/src/{name}.rs"), text)).collect();
    tree(&files.iter().map(|(path, text)| (path.as_str(), *text)).collect::<Vec<_>>())
}

/// Exactly one finding, which says all of `words`.
#[track_caller]
fn refuses(findings: &[String], words: &[&str]) {
    assert_eq!(findings.len(), 1, "{findings:#?}");
    for word in words {
        assert!(findings[0].contains(word), "`{word}` is not in: {}", findings[0]);
    }
}

#[track_caller]
fn accepts(findings: &[String]) {
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

fn circles(tree: &Tree) -> Vec<String> {
    let imports = Imports::of(tree);
    circles::findings(&imports, &Rooms::new(&imports, SHOP))
}

fn upward(tree: &Tree) -> Vec<String> {
    Rooms::new(&Imports::of(tree), SHOP).upward_imports()
}

#[test]
fn imports_go_down_the_colours() {
    accepts(&upward(&shop(&[("sell", "use crate::{till::Thing, price};\nfn f(_: Thing) { price::x() }")])));
    refuses(
        &upward(&shop(&[("till", "use crate::sell::Thing;")])),
        &["shop/src/till.rs:2", "till is edge", "story: sell"],
    );
    refuses(&upward(&shop(&[("tax", "use super::till::Thing;")])), &["shop/src/tax.rs:2", "tax is pure", "edge: till"]);
}

#[test]
fn a_path_without_a_use_is_an_import() {
    refuses(&upward(&shop(&[("tax", "fn f() -> crate::till::Thing { g() }")])), &["shop/src/tax.rs:2"]);
    refuses(
        &upward(&shop(&[("tax", "use super::till;\nfn f() { till::open() }")])),
        &["shop/src/tax.rs:2: use super::till;"],
    );
    refuses(&upward(&shop(&[("tax", "fn f() { assert!(matches!(x, crate::till::Thing)) }")])), &["shop/src/tax.rs:2"]);
}

#[test]
fn a_re_export_hides_no_import() {
    let files = [
        ("lib", "mod label; mod price; mod sell; mod store; mod tax; mod till; pub use till::Thing as Open;"),
        ("tax", "use crate::Open;"),
    ];
    refuses(&upward(&shop(&files)), &["tax is pure", "till"]);
}

#[test]
fn a_row_may_list_what_it_imports() {
    accepts(&upward(&shop(&[("price", "use crate::tax::Thing;")])));
    refuses(
        &upward(&shop(&[("price", "use crate::label::Thing;")])),
        &["may import only its own files and [tax]", "label"],
    );
}

#[test]
fn tests_may_import_what_they_like() {
    accepts(&upward(&shop(&[("tax", "#[cfg(test)]\nmod tests { use crate::till::Thing; }")])));
    accepts(&upward(&shop(&[("tax", "#[cfg(test)]\nmod tests;"), ("tax/tests", "use crate::till::Thing;")])));
}

#[test]
fn every_file_has_a_room_and_every_room_a_file() {
    let gaps = |tree: &Tree| Rooms::new(&Imports::of(tree), SHOP).gaps();
    accepts(&gaps(&shop(&[])));
    let files =
        [("lib", "mod label; mod price; mod sell; mod store; mod tax; mod till; mod more;"), ("more", "struct X;")];
    refuses(&gaps(&shop(&files)), &["shop/src/more.rs", "in no row"]);
    refuses(&gaps(&shop(&[("lib", "mod label; mod price; mod sell; mod tax; mod till;")])), &["no room `store`"]);
}

#[test]
fn pure_rooms_touch_nothing_outside() {
    let forbidden = [forbidden("std::fs", "files belong in an edge"), forbidden("jiff::Timestamp::now", "passed in")];
    let impurities =
        |text: &str| Rooms::new(&Imports::of(&shop(&[("tax", text), ("till", text)])), SHOP).impurities(&forbidden);
    accepts(&impurities("use jiff::Timestamp;\nfn f(now: Timestamp) {}"));
    accepts(&impurities("#[cfg(test)]\nmod tests { use std::fs; }"));
    refuses(
        &impurities("use jiff::Timestamp;\nfn f() { Timestamp::now(); }"),
        &["shop/src/tax.rs", "jiff::Timestamp::now"],
    );
    refuses(&impurities("use std::{fmt, fs::File};"), &["shop/src/tax.rs:2", "std::fs::File", "belong in an edge"]);
    refuses(&impurities("fn f() { format!(\"{}\", std::fs::read(p)) }"), &["shop/src/tax.rs:2", "std::fs::read"]);
    refuses(&impurities("use jiff::Timestamp as T;\nfn f() { g(T::now) }"), &["jiff::Timestamp::now"]);
}

#[test]
fn files_import_one_another_in_no_circle() {
    accepts(&circles(&shop(&[("tax", "use crate::label::Thing;"), ("price", "use crate::label::Thing;")])));
    refuses(
        &circles(&shop(&[("tax", "use crate::label::Thing;"), ("label", "use super::tax::Thing;")])),
        &[
            "shop/src/label.rs -> shop/src/tax.rs -> shop/src/label.rs",
            "label.rs:2: use super::tax::Thing;",
            "tax.rs:2: use crate",
        ],
    );
    refuses(
        &circles(&shop(&[
            ("tax", "use crate::label::X;"),
            ("label", "use crate::price::X;"),
            ("price", "use crate::tax::X;"),
        ])),
        &["label.rs -> ", "price.rs -> ", "tax.rs -> "],
    );
}

#[test]
fn a_parent_and_its_child_do_not_use_each_other() {
    let circles = |parent: &str, child: &str| circles(&shop(&[("tax", parent), ("tax/rate", child)]));
    accepts(&circles("mod rate;\nuse rate::Rate;\nstruct Tax(Rate);", "pub struct Rate;"));
    accepts(&circles("mod rate;\npub use rate::Rate;\npub struct Tax;", "use super::Tax;\npub struct Rate(Tax);"));
    refuses(
        &circles("mod rate;\nuse rate::Rate;\nstruct Tax(Rate);", "use super::Tax;\npub struct Rate;"),
        &["tax.rs -> "],
    );
    refuses(
        &circles("mod rate;\npub use rate::Rate;\nstruct Tax(Rate);", "use super::Tax;\npub struct Rate;"),
        &["tax.rs -> "],
    );
    refuses(&circles("mod rate;\npub struct Tax;\nfn f() { rate::g() }", "use super::Tax;"), &["tax.rs -> "]);
}

#[test]
fn rooms_import_one_another_in_no_circle() {
    let files = [
        ("tax", "mod rate; mod rule;"),
        ("tax/rate", "use crate::label::size::Size;"),
        ("tax/rule", "pub struct Rule;"),
        ("label", "mod size; mod text;"),
        ("label/size", "pub struct Size;"),
        ("label/text", "use crate::tax::rule::Rule;"),
    ];
    let words = ["shop/src/label -> shop/src/tax -> shop/src/label", "label/text.rs:2", "tax/rate.rs:2"];
    refuses(&circles(&shop(&files)), &words);
}

#[test]
fn neighbouring_folders_of_a_room_import_one_another_in_no_circle() {
    let files = [
        ("tax", "mod rate; mod rule;"),
        ("tax/rate", "mod high; mod low;"),
        ("tax/rate/high", "pub struct High;"),
        ("tax/rate/low", "use crate::tax::rule::Rule;"),
        ("tax/rule", "use super::rate::high::High;\npub struct Rule;"),
    ];
    let words = ["shop/src/tax/rate -> shop/src/tax/rule -> shop/src/tax/rate", "rate/low.rs:2", "tax/rule.rs:2"];
    refuses(&circles(&shop(&files)), &words);
}

#[test]
fn crates_depend_on_what_the_house_says() {
    let findings = |dependencies: Value| {
        let metadata = json!({"packages": [
            {"name": "shop", "dependencies": dependencies},
            {"name": "base", "dependencies": []},
            {"name": "kit", "dependencies": []},
        ]});
        let alone = |name| Crate { name, depends_on: "", tests_depend_on: "", rows: &[] };
        crates::findings(&metadata, &[Crate { ..SHOP[0] }, alone("base"), alone("kit")])
    };
    accepts(&findings(json!([{"name": "base"}, {"name": "serde"}, {"name": "kit", "kind": "dev"}])));
    refuses(&findings(json!([{"name": "kit"}])), &["shop/Cargo.toml", "kit", "[base]"]);
    let metadata = json!({"packages": [{"name": "new", "dependencies": []}]});
    refuses(&crates::findings(&metadata, &[]), &["new/Cargo.toml"]);
    refuses(&crates::findings(&json!({"packages": []}), SHOP), &["no crate `shop`"]);
}

#[test]
fn precious_things_have_one_place() {
    let only = |thing| [Only { thing, places: "shop/src/till.rs", why: "one place" }];
    let findings =
        |thing, text: &str| only_here::findings(&Imports::of(&shop(&[("till", text), ("tax", text)])), &only(thing));
    refuses(
        &findings(Thing::Unsafe, "fn f() { unsafe { g() } }"),
        &["shop/src/tax.rs:2", "`unsafe` only in shop/src/till.rs"],
    );
    refuses(&findings(Thing::Unsafe, "macro_rules! f { () => { unsafe { g() } } }"), &["shop/src/tax.rs:2"]);
    refuses(&findings(Thing::Named("sqlx"), "use sqlx::PgPool;"), &["shop/src/tax.rs:2", "`sqlx`"]);
    refuses(
        &findings(Thing::Writes, "use kube::Api;\nfn f() { api.patch(a, b, c) }"),
        &["shop/src/tax.rs:3", "writes"],
    );
    accepts(&findings(Thing::Writes, "use kube::Api;\nfn f() { text.replace(a, b) }"));
    let gone = [Only { thing: Thing::Unsafe, places: "shop/src/gone.rs", why: "one place" }];
    refuses(&only_here::findings(&Imports::of(&shop(&[])), &gone), &["shop/src/gone.rs matches no file"]);
}

#[test]
fn files_are_short() {
    let long = "fn f() {}\n".repeat(400);
    refuses(&size::findings(&shop(&[("tax", &long)])), &["shop/src/tax.rs: 401 lines, at most 400"]);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{long}}}\n");
    accepts(&size::findings(&shop(&[("tax", &tests)])));
    let middling = "fn f() {}\n".repeat(130);
    let rooms = ["label", "price", "sell", "store"].map(|room| (room, middling.as_str()));
    refuses(&size::findings(&shop(&rooms)), &["median", "131 lines"]);
}

#[test]
fn no_file_only_declares_modules() {
    let findings = |text: &str| size::findings(&shop(&[("tax", text)]));
    refuses(&findings("mod a; mod b;\npub use a::A;"), &["shop/src/tax.rs", "only declares modules"]);
    refuses(&findings("mod a; mod b; mod c;"), &["only declares modules"]);
    accepts(&findings("//! It begins with `a`.\nmod a; mod b; mod c;"));
    refuses(&findings("//! It begins with `a`.\nmod a; mod b; #[cfg(test)]\nmod tests;"), &["only declares modules"]);
    accepts(&findings("mod a;\npub struct Tax;"));
}

#[test]
fn every_file_is_compiled() {
    let findings = |tree: &Tree| dead_files::findings(tree, &Imports::of(tree).modules);
    accepts(&findings(&shop(&[("tax", "mod rate;"), ("tax/rate", "struct Rate;")])));
    refuses(&findings(&shop(&[("tax/rate", "struct Rate;")])), &["shop/src/tax/rate.rs", "no `mod` leads here"]);
}

#[test]
fn leftovers_and_machines_are_not_in_the_text() {
    let marker = concat!("FIX", "ME");
    refuses(&text::findings(&shop(&[("tax", &format!("// {marker}: later"))])), &["shop/src/tax.rs:2", marker]);
    let host = concat!("https://pypi", ".org/simple");
    refuses(&text::findings(&shop(&[("tax", &format!("const HOST: &str = \"{host}\";"))])), &["a registry's host"]);
}

#[test]
fn the_architecture_names_what_exists() {
    let findings = |line: &str| {
        let texts = [("ARCHITECTURE.md", line), ("shop/src/tax.rs", "//! Tax.\nfn nobody_pays_it_twice() {}")];
        let texts = texts.map(|(path, text)| (path.to_owned(), text.to_owned()));
        documents::findings(&Tree::new(BTreeMap::from(texts)).expect("parses"))
    };
    accepts(&findings(
        "In `shop/src/tax.rs`, `src/tax`, `shop/` and `tax.rs` (`nobody_pays_it_twice`): `Tax::of`, `a && b`.",
    ));
    refuses(&findings("In `shop/till.rs`."), &["ARCHITECTURE.md:1", "no file `shop/till.rs`"]);
    refuses(&findings("Held by `nobody_pays_it_three_times`."), &["no test `nobody_pays_it_three_times`"]);
}

#[test]
fn every_file_says_what_it_owns() {
    let silent = Tree::new(BTreeMap::from([("shop/src/lib.rs".to_owned(), "struct X;".to_owned())])).expect("parses");
    refuses(&text::findings(&silent), &["shop/src/lib.rs", "begin with a `//!` sentence"]);
}

#[test]
fn this_repository_keeps_its_laws() {
    let metadata = crates::metadata().expect("cargo runs");
    accepts(&findings(&checkout::tree().expect("git runs"), &metadata));
}
