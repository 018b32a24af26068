//! The modules of a crate and which file imports from which, read from the source text.
//!
//! A name that a module re-exports leads to the file that defines it. Only paths count: a method that is called on a
//! value is no import.

use std::collections::{BTreeMap, BTreeSet};

use super::circles::Graph;
use super::tokens::{attribute, tokens, without_tests};

/// Re-exports that are followed for one path at most.
const MOST_STEPS: usize = 32;

/// A module with a file of its own.
struct Module {
    file: String,
    /// Its parent and itself are places in the list of modules; the root is its own parent.
    parent: usize,
    children: BTreeMap<String, usize>,
    /// Names that `use` binds in this file, with their paths.
    bindings: BTreeMap<String, Vec<String>>,
    /// Every path in this file, those of `use` included.
    paths: BTreeSet<Vec<String>>,
}

/// The modules of one crate, without those of tests.
pub struct Modules {
    modules: Vec<Module>,
    code: BTreeMap<String, Vec<String>>,
}

/// Where a path leads.
enum Target {
    /// To a module itself, not to a thing in it.
    Module,
    /// To a thing that this module's file defines.
    Item(usize),
}

impl Modules {
    /// Reads the modules below `lib.rs`; `sources` are the texts of the files by their paths below `src`.
    pub fn read(sources: &BTreeMap<String, String>) -> Self {
        let mut all = Self {
            modules: Vec::new(),
            code: BTreeMap::new(),
        };
        all.add("lib.rs".to_owned(), "", 0, sources);
        all
    }

    /// Adds the module of a file, whose children are in `folder`, and all below it.
    fn add(
        &mut self,
        file: String,
        folder: &str,
        parent: usize,
        sources: &BTreeMap<String, String>,
    ) -> usize {
        let code = without_tests(&tokens(&sources[&file]));
        let place = self.modules.len();
        let (bindings, paths) = paths(&code);
        self.modules.push(Module {
            file: file.clone(),
            parent,
            children: BTreeMap::new(),
            bindings,
            paths,
        });
        for name in declared(&code) {
            let below = format!("{folder}{name}/");
            let file = [format!("{folder}{name}.rs"), format!("{below}mod.rs")]
                .into_iter()
                .find(|file| sources.contains_key(file));
            if let Some(file) = file {
                let child = self.add(file, &below, place, sources);
                self.modules[place].children.insert(name, child);
            }
        }
        self.code.insert(file, code);
        place
    }

    /// The files with their code, without comments, literals and tests.
    pub fn code(&self) -> impl Iterator<Item = (&str, &[String])> {
        let all = self.code.iter();
        all.map(|(file, code)| (file.as_str(), code.as_slice()))
    }

    /// Which file imports from which, with a path that says so.
    pub fn imports(&self) -> BTreeMap<(String, String), String> {
        let mut found = BTreeMap::new();
        for (place, module) in self.modules.iter().enumerate() {
            for path in &module.paths {
                let Some(Target::Item(to)) = self.resolve(place, path, MOST_STEPS) else {
                    continue;
                };
                if to != place {
                    let edge = (module.file.clone(), self.modules[to].file.clone());
                    found.insert(edge, path.join("::"));
                }
            }
        }
        found
    }

    /// The same as a graph in which every file has a place.
    pub fn graph(&self) -> Graph {
        let files = self.modules.iter().map(|module| module.file.clone());
        let mut graph: Graph = files.map(|file| (file, BTreeSet::new())).collect();
        for (from, to) in self.imports().into_keys() {
            graph.entry(from).or_default().insert(to);
        }
        graph
    }

    /// Where a path leads that stands in a module; `None` when it leads out of the crate.
    fn resolve(&self, place: usize, path: &[String], steps: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        let module = &self.modules[place];
        match first.as_str() {
            "crate" => self.locate(0, rest, steps),
            "self" => self.locate(place, rest, steps),
            "super" => self.locate(module.parent, rest, steps),
            name if module.children.contains_key(name) || module.bindings.contains_key(name) => {
                self.locate(place, path, steps)
            }
            _ => None,
        }
    }

    fn locate(&self, place: usize, path: &[String], steps: usize) -> Option<Target> {
        let Some((first, rest)) = path.split_first() else {
            return Some(Target::Module);
        };
        let steps = steps.checked_sub(1)?;
        let module = &self.modules[place];
        if first == "super" {
            return self.locate(module.parent, rest, steps);
        }
        if let Some(child) = module.children.get(first) {
            return self.locate(*child, rest, steps);
        }
        let Some(bound) = module.bindings.get(first) else {
            return Some(Target::Item(place));
        };
        if bound.first() == Some(first) && !module.children.contains_key(first) {
            // A name of another crate, such as `use url::Url` behind `url`.
            return None;
        }
        let whole: Vec<String> = bound.iter().chain(rest).cloned().collect();
        self.resolve(place, &whole, steps)
    }
}

/// Names of the modules that a file declares.
fn declared(code: &[String]) -> Vec<String> {
    let declarations = code
        .windows(3)
        .filter(|three| three[0] == "mod" && three[2] == ";");
    declarations.map(|three| three[1].clone()).collect()
}

type Paths = (BTreeMap<String, Vec<String>>, BTreeSet<Vec<String>>);

/// The names that `use` binds in a file, and every path in it.
fn paths(code: &[String]) -> Paths {
    let (mut bindings, mut all) = (BTreeMap::new(), BTreeSet::new());
    let mut at = 0;
    while at < code.len() {
        if code[at] == "use" && code.get(at + 1).is_some_and(|next| next != "<") {
            let mut found = Vec::new();
            at = use_tree(code, at + 1, &[], &mut found);
            for (name, path) in found {
                bindings.insert(name, path.clone());
                all.insert(path);
            }
        } else if is_name(&code[at]) && code.get(at + 1).is_some_and(|next| next == "::") {
            let mut path = vec![code[at].clone()];
            while code.get(at + 1).is_some_and(|next| next == "::")
                && code.get(at + 2).is_some_and(|next| is_name(next))
            {
                path.push(code[at + 2].clone());
                at += 2;
            }
            if path.len() > 1 {
                all.insert(path);
            }
            at += 1;
        } else {
            // What follows a `::` without a name before it (`<T as Trait>::f`) begins no path.
            at += if code[at] == "::" { 2 } else { 1 };
        }
    }
    (bindings, all)
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads one tree of a `use` from `at` on; returns the place after it.
fn use_tree(
    code: &[String],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(String, Vec<String>)>,
) -> usize {
    let mut path = prefix.to_vec();
    while at < code.len() {
        match code[at].as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while at < code.len() && code[at] != "}" {
                    at = use_tree(code, at, &path, found);
                    if code.get(at).is_some_and(|token| token == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "*" => {
                path.push("*".to_owned());
                found.push(("*".to_owned(), path));
                return at + 1;
            }
            name if is_name(name) => {
                if name != "self" || path.is_empty() {
                    path.push(name.to_owned());
                }
                at += 1;
                let next = code.get(at).map_or("", String::as_str);
                if next == "::" {
                    continue;
                }
                let mut bound = path.last().cloned().unwrap_or_default();
                if next == "as" {
                    bound.clone_from(&code[at + 1]);
                    at += 2;
                }
                found.push((bound, path));
                return at;
            }
            _ => return at + 1,
        }
    }
    at
}

/// The first words of a file's code that neither declare a module nor re-export: `None` in a `mod.rs` as it should be.
pub fn code_beside_declarations(code: &[String]) -> Option<String> {
    let mut at = 0;
    while at < code.len() {
        if let Some(length) = attribute(&code[at..]) {
            at += length;
            continue;
        }
        let end = code[at..].iter().position(|token| token == ";");
        let statement = &code[at..end.map_or(code.len(), |end| at + end + 1)];
        let keyword = statement
            .iter()
            .find(|token| matches!(token.as_str(), "mod" | "use"));
        let is_public = statement[0] == "pub";
        let has_body = statement.iter().any(|token| token == "(") && !is_public;
        let fits = match keyword.map(String::as_str) {
            Some("mod") => statement.len() <= 7 && !has_body,
            Some("use") => is_public && keyword_comes_first(statement),
            _ => false,
        };
        if !fits {
            return Some(statement[..statement.len().min(8)].join(" "));
        }
        at += statement.len();
    }
    None
}

/// True when only a visibility (`pub`, `pub(super)`, `pub(in …)`) comes before the `use` of a statement.
fn keyword_comes_first(statement: &[String]) -> bool {
    let before: Vec<&str> = statement
        .iter()
        .map(String::as_str)
        .take_while(|token| *token != "use")
        .collect();
    matches!(
        before.as_slice(),
        ["pub"] | ["pub", "(", "crate" | "super", ")"] | ["pub", "(", "in", .., ")"]
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::circles::circles;
    use super::super::tokens::tokens;
    use super::{Modules, code_beside_declarations};

    fn modules(files: &[(&str, &str)]) -> Modules {
        let files = files.iter();
        let sources: BTreeMap<String, String> = files
            .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
            .collect();
        Modules::read(&sources)
    }

    fn edges(modules: &Modules) -> Vec<String> {
        let edges = modules.imports().into_keys();
        edges.map(|(from, to)| format!("{from} {to}")).collect()
    }

    #[test]
    fn a_re_export_leads_to_the_file_that_defines_the_name() {
        let modules = modules(&[
            ("lib.rs", "pub mod a; pub mod b;"),
            (
                "a/mod.rs",
                "mod one; mod two; pub use one::One; pub use two::{Two, make as make_two};",
            ),
            ("a/one.rs", "pub struct One;"),
            (
                "a/two.rs",
                "use super::One; pub struct Two(One); pub fn make() {}",
            ),
            (
                "b.rs",
                "use crate::a::{self, Two}; fn f() { a::make_two(); serde::x() }",
            ),
        ]);
        assert_eq!(
            edges(&modules),
            [
                "a/mod.rs a/one.rs",
                "a/mod.rs a/two.rs",
                "a/two.rs a/one.rs",
                "b.rs a/two.rs"
            ]
        );
        assert!(circles(&modules.graph()).is_empty());
    }

    #[test]
    fn a_child_that_imports_code_of_its_parent_is_in_a_circle_with_it() {
        let modules = modules(&[
            ("lib.rs", "pub mod a;"),
            ("a/mod.rs", "mod one; pub use one::One; pub struct Shared;"),
            ("a/one.rs", "pub struct One(super::Shared);"),
        ]);
        let found = circles(&modules.graph());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].len(), 2);
    }

    #[test]
    fn what_only_tests_import_makes_no_circle() {
        let modules = modules(&[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "pub fn f() {} #[cfg(test)] mod tests { use crate::b::g; }",
            ),
            ("b.rs", "use crate::a::f; pub fn g() { f() }"),
        ]);
        assert_eq!(edges(&modules), ["b.rs a.rs"]);
    }

    #[test]
    fn only_declarations_and_re_exports_are_no_code() {
        let fits = |text: &str| code_beside_declarations(&tokens(text)).is_none();
        assert!(fits(
            "//! About.\n#![allow(x)] mod a; #[cfg(x)] pub(crate) mod b; pub use a::{A, B}; pub(super) use b::C;"
        ));
        assert!(!fits("mod a; use a::A;"));
        assert!(!fits("mod a; pub const N: usize = 3;"));
        assert!(!fits("mod a; pub fn f() { use a::A; }"));
    }
}
