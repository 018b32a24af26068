//! The parts of the documents that are made from the code: between `<!-- generated: NAME -->` and `<!-- end -->`.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use policytrail::export::{dictionary_line, drop_meaning};
use policytrail::model::DropReason;
use policytrail::store::tables::{CLUSTERS, PANEL, TABLES};

use super::{documents, schema, update};
use crate::support::dataset::folder;
use crate::support::paths::root;

const BEGIN: &str = "<!-- generated: ";
const END: &str = "<!-- end -->";

/// What a command prints with `--help`, 100 columns wide.
pub(super) fn help(command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_policytrail"))
        .args(command.split_whitespace())
        .arg("--help")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = help.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// The names of the commands, in the order of the help.
pub(super) fn commands() -> Vec<String> {
    let tour = help("");
    let groups = tour.split("Usage:").nth(1).unwrap_or_default();
    groups
        .lines()
        .take_while(|line| *line != "Options:")
        .filter(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn all_help() -> String {
    let mut text = format!("```text\n{}\n```\n", help(""));
    for command in commands() {
        let _ = write!(text, "\n## {command}\n\n```text\n{}\n```\n", help(&command));
    }
    text
}

fn dataset() -> String {
    let mut text = String::new();
    for table in TABLES.iter().chain([&CLUSTERS, &PANEL]) {
        let columns: Vec<String> = table.columns.iter().map(dictionary_line).collect();
        let _ = write!(
            text,
            "\n## Table {}\n\n{}\n\n| field | type | meaning |\n|---|---|---|\n{}\n",
            table.name,
            table.about,
            columns.join("\n")
        );
    }
    text.trim_start().to_owned()
}

fn drop_reasons() -> String {
    let mut text = "| reason | meaning |\n|---|---|\n".to_owned();
    for reason in DropReason::ALL {
        let code = reason.code();
        let _ = writeln!(text, "| `{code}` | {} |", drop_meaning(code));
    }
    text
}

fn settings() -> String {
    let file = fs::read_to_string(root().join("config/policytrail.toml")).unwrap();
    format!("```toml\n{file}```\n")
}

/// What stands under a name.
fn generate(name: &str) -> String {
    match name {
        "help of all commands" => all_help(),
        "dataset" => dataset(),
        "database" => schema::describe(&folder().path().join("policytrail.db")),
        "drop reasons" => drop_reasons(),
        "settings" => settings(),
        _ => panic!("nothing is generated under the name `{name}`"),
    }
}

#[test]
fn generated_parts_are_what_the_code_says() {
    let mut stale = Vec::new();
    for mut page in documents() {
        let mut from = 0;
        let mut changed = false;
        while let Some(at) = page.text[from..].find(BEGIN) {
            let name_at = from + at + BEGIN.len();
            let name_end = name_at + page.text[name_at..].find(" -->").unwrap();
            let start = name_end + " -->\n".len();
            let end = start + page.text[start..].find(END).unwrap();
            let expected = format!("\n{}\n", generate(&page.text[name_at..name_end]));
            if page.text[start..end] != expected {
                stale.push(format!(
                    "{}: `{}`",
                    page.path.display(),
                    &page.text[name_at..name_end]
                ));
                page.text.replace_range(start..end, &expected);
                changed = true;
            }
            from = start + expected.len();
        }
        if changed && update() {
            page.write();
        }
    }
    assert!(
        stale.is_empty() || update(),
        "not up to date (run `UPDATE_DOCS=1 cargo test --test it documents:: -- --test-threads=1`):\n{}",
        stale.join("\n")
    );
}
