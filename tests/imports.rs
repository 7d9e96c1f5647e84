//! Which file may import which: no import runs in a circle, and each part of the program knows its own frameworks alone.
//!
//! The files are read as text: `use` declarations, and paths that begin with `crate` or `super`. Tests are left out. A
//! `mod.rs` that re-exports its children imports them, so that a child must not import from it.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Folders of the crates' sources.
const CRATES: [&str; 4] = [
    "crates/core/src",
    "crates/gpu/src",
    "crates/test-support/src",
    "src",
];

/// Modules by their path (`labels::store`), with what they import among the same.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_import_runs_in_a_circle() {
    let mut told = String::new();
    for folder in CRATES {
        for circle in circles(&graph(&sources(folder))) {
            told += &format!(
                "{folder}: {} files import each other\n{circle}",
                circle.lines().count()
            );
        }
    }
    assert!(told.is_empty(), "\n{told}");
}

#[test]
fn each_part_knows_its_own_frameworks_alone() {
    let mut told = String::new();
    for (folder, strangers) in [
        ("crates/core/src", &["bevy", "egui", "burn", "wgpu"][..]),
        ("crates/gpu/src", &["bevy", "egui"]),
        ("crates/test-support/src", &["ssvae"]),
        ("src/ui", &["bevy"]),
        ("src/cloud", &["egui"]),
    ] {
        for (module, text) in sources(folder) {
            for name in named(&text, strangers) {
                told += &format!("{folder}: {module} names {name}\n");
            }
        }
    }
    assert!(told.is_empty(), "\n{told}");
}

#[test]
fn a_circle_is_found_and_nothing_else() {
    let files = |texts: &[(&str, &str)]| -> BTreeMap<String, String> {
        let code = |(name, text): &(&str, &str)| ((*name).into(), without_tests_and_comments(text));
        texts.iter().map(code).collect()
    };
    let around = files(&[
        ("a", "use crate::b::{self, C};"),
        ("b", "mod c; pub use c::{C, d::E as F};"),
        ("b::c", "fn f() { super::super::a::g() } // use super::d;"),
        ("d", "use crate::a::A;\n#[cfg(test)]\nmod tests { use crate::e; }"),
        ("e", "use crate::d; use std::fs; use other::a;"),
    ]);
    let found = circles(&graph(&around));
    assert_eq!(found, ["    a → b\n    b → b::c\n    b::c → a\n"]);
    let straight = files(&[
        ("a", "use crate::b::C;"),
        ("b", "mod c;"),
        ("b::c", "use super::super::d::D;"),
        ("d", ""),
    ]);
    assert!(circles(&graph(&straight)).is_empty());
    let text = without_tests_and_comments("use bevy_egui::X; // egui::Y\nfn f(egui: u8) { wgpu::f() }");
    assert_eq!(named(&text, &["bevy", "egui", "wgpu"]), ["bevy_egui", "wgpu"]);
}

/// The text of each module below a folder, but for tests and comments.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    read(Path::new(folder), &mut Vec::new(), &mut found);
    assert!(!found.is_empty(), "{folder} holds no sources");
    found
}

fn read(folder: &Path, module: &mut Vec<String>, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "tests" {
            continue;
        }
        module.push(name);
        if path.is_dir() {
            read(&path, module, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let own = match module.as_slice() {
                [folders @ .., last] if last == "mod" => folders,
                all => all,
            };
            if !own.is_empty() && own != ["lib"] && own != ["main"] {
                let text = without_tests_and_comments(&fs::read_to_string(&path).unwrap());
                found.insert(own.join("::"), text);
            }
        }
        module.pop();
    }
}

fn without_tests_and_comments(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

fn graph(files: &BTreeMap<String, String>) -> Graph {
    let imports = |(module, text): (&String, &String)| {
        let own: Vec<&str> = module.split("::").collect();
        let targets = paths(text)
            .into_iter()
            .filter_map(|path| resolve(&own, &path, files));
        (
            module.clone(),
            targets.filter(|target| target != module).collect(),
        )
    };
    files.iter().map(imports).collect()
}

/// All paths that a file's `use` declarations and its code name.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("use ") {
        if !text[..at].ends_with(is_name)
            && let Some(tree) = text[at + 4..].split(';').next()
            // Messages have the word, too.
            && tree.chars().all(|c| is_name(c) || c.is_whitespace() || ":{},*".contains(c))
        {
            expand(&[], tree, &mut found);
        }
    }
    for root in ["crate::", "super::"] {
        for (at, _) in text.match_indices(root) {
            if !text[..at].ends_with(|c| is_name(c) || c == ':') {
                let end = text[at..]
                    .find(|c| !is_name(c) && c != ':')
                    .map_or(text.len(), |end| at + end);
                let path = text[at..end].split("::").filter(|part| !part.is_empty());
                let path: Vec<String> = path.map(str::to_owned).collect();
                // `use super::{…}` is expanded above.
                if path.iter().any(|name| name != "super" && name != "crate") {
                    found.push(path);
                }
            }
        }
    }
    found
}

/// `a::{b, c::{d as e}}` → `a::b`, `a::c::d`.
fn expand(before: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let (mut depth, mut start) = (0, 0);
    let mut parts = Vec::new();
    for (at, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&tree[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tree[start..]);
    for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
        let (path, inner) = match (part.find('{'), part.rfind('}')) {
            (Some(open), Some(close)) => (&part[..open], Some(&part[open + 1..close])),
            _ => (part.split(" as ").next().unwrap_or_default(), None),
        };
        let names = path.split("::").map(str::trim).filter(|name| !name.is_empty());
        let path: Vec<String> = before.iter().cloned().chain(names.map(str::to_owned)).collect();
        match inner {
            Some(inner) => expand(&path, inner, found),
            None => found.push(path),
        }
    }
}

/// The file of this crate that a path leads to.
fn resolve(own: &[&str], path: &[String], files: &BTreeMap<String, String>) -> Option<String> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let up = path.iter().take_while(|name| **name == "super").count();
    let full = match *path.first()? {
        "crate" => path[1..].to_vec(),
        "super" => [own.get(..own.len().checked_sub(up)?)?, &path[up..]].concat(),
        "self" => [own, &path[1..]].concat(),
        child => {
            let whole = [own, &[child]].concat();
            files
                .contains_key(&whole.join("::"))
                .then(|| [own, &path].concat())?
        }
    };
    let longest = (1..=full.len()).rev().map(|length| full[..length].join("::"));
    longest.into_iter().find(|module| files.contains_key(module))
}

/// Each set of modules that reach each other, with what they import among themselves.
fn circles(graph: &Graph) -> Vec<String> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = graph
        .keys()
        .map(|module| (module.as_str(), reach(graph, module)))
        .collect();
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for module in graph.keys().map(String::as_str) {
        if told.contains(module) || !reached[module].contains(module) {
            continue;
        }
        let circle: BTreeSet<&str> = reached[module]
            .iter()
            .copied()
            .filter(|other| reached[other].contains(module))
            .collect();
        let line = |member: &&str| {
            let inside: Vec<&str> = graph[*member]
                .iter()
                .map(String::as_str)
                .filter(|other| circle.contains(other))
                .collect();
            format!("    {member} → {}\n", inside.join(", "))
        };
        found.push(circle.iter().map(line).collect());
        told.extend(circle);
    }
    found
}

/// What a module imports, and what that imports, and so on.
fn reach<'a>(graph: &'a Graph, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for next in &graph[module] {
            if seen.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    seen
}

/// Which of these frameworks, or of the crates that are called after them, a text has paths into.
fn named(text: &str, frameworks: &[&str]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("::") {
        let start = text[..at].rfind(|c| !is_name(c)).map_or(0, |before| before + 1);
        let name = &text[start..at];
        let is_root = !text[..start].ends_with("::");
        if is_root && name.split('_').any(|part| frameworks.contains(&part)) {
            found.insert(name.to_owned());
        }
    }
    found.into_iter().collect()
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
