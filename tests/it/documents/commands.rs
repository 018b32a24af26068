//! Every command line and query of the documents is run against the sample archive, and its output compared.
//!
//! A page is a session: its blocks run in order, in one directory with `config/` and `data/` of the repository. In that
//! directory is `sample.db`, the database that the README's first command makes; a page that begins with a backfill makes
//! it itself. What follows a block as ```` ```text ```` is its standard output.
//! - ```` ```sh ```` is run by `sh`; every command must succeed.
//! - ```` ```sh no-run ```` needs a network or takes too long: only its commands and options are checked.
//! - ```` ```sql ```` is run against `sample.db`; every statement must give a row, or its output is shown.
//! - ```` ```python ```` is run where Python with DuckDB and pandas is installed.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use regex::Regex;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

use super::page::{CodeBlock, Page};
use super::{documents, generated, update};
use crate::support::paths::root;

/// How the README starts the program from its source.
const FROM_SOURCE: &str = "cargo run --release -- ";

/// The database that the README's first command makes.
fn sample_database() -> &'static Path {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let folder = MADE.get_or_init(|| {
        let folder = session_folder();
        shell(
            folder.path(),
            "policytrail backfill --config config/sample.toml",
        )
        .unwrap();
        folder
    });
    Box::leak(folder.path().join("sample.db").into_boxed_path())
}

/// A directory in which the commands of a page find what they name.
fn session_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["config", "data"] {
        symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// Runs a block of commands; its standard output, or what went wrong.
fn shell(folder: &Path, script: &str) -> Result<String, String> {
    let program = Path::new(env!("CARGO_BIN_EXE_policytrail"));
    let mut path = program.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("POLICYTRAIL_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["-e", "-c", &script.replace(FROM_SOURCE, "policytrail ")])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    if output.status.success() {
        Ok(printed)
    } else {
        let errors = String::from_utf8_lossy(&output.stderr);
        Err(format!("{}\n{printed}{errors}", output.status))
    }
}

/// Runs statements; the rows of the last one in the form of `sqlite3 -header`.
fn query(database: &Path, sql: &str) -> Result<String, String> {
    let connection = Connection::open(database).map_err(|e| e.to_string())?;
    let mut printed = String::new();
    for sql in sql.split_inclusive(";\n") {
        let mut statement = connection.prepare(sql).map_err(|e| format!("{e}: {sql}"))?;
        let names = statement.column_names().join("|");
        let columns = statement.column_count();
        printed = if names.is_empty() {
            names
        } else {
            names + "\n"
        };
        let mut rows = statement.query([]).map_err(|e| format!("{e}: {sql}"))?;
        while let Some(row) = rows.next().map_err(|e| format!("{e}: {sql}"))? {
            let cells: Vec<String> = (0..columns)
                .map(|i| match row.get_ref(i).unwrap() {
                    ValueRef::Null => String::new(),
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(number) => number.to_string(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
                })
                .collect();
            printed += &(cells.join("|") + "\n");
        }
    }
    Ok(printed)
}

/// True where Python has what the recipes import.
fn has_python() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    *HAS.get_or_init(|| {
        let output = Command::new("python3")
            .args(["-c", "import duckdb, pandas, pyarrow"])
            .output();
        let has = output.is_ok_and(|o| o.status.success());
        if !has {
            eprintln!("skipped: the Python recipes (duckdb, pandas or pyarrow is missing)");
        }
        has
    })
}

fn python(folder: &Path, script: &str) -> Result<String, String> {
    let path = folder.join("recipe.py");
    fs::write(&path, script).unwrap();
    shell(folder, "python3 recipe.py")
}

/// The output that the page shows for a block: the next block, when nothing else is between them.
fn shown(page: &Page, block: &CodeBlock, next: Option<&CodeBlock>) -> Option<CodeBlock> {
    let next = next.filter(|next| next.info == "text")?;
    let between = &page.text[block.whole.end..next.whole.start];
    between.trim().is_empty().then(|| next.clone())
}

/// Runs one block; `None` for one that is not run here.
fn run(folder: &Path, block: &CodeBlock, body: &str) -> Option<Result<String, String>> {
    match block.info.as_str() {
        "sh" => Some(shell(folder, body)),
        "sql" => Some(query(&folder.join("sample.db"), body)),
        "python" => has_python().then(|| python(folder, body)),
        _ => None,
    }
}

/// Runs a page and puts the output into it; the faults found.
fn session(page: &mut Page) -> Vec<String> {
    let mut faults = Vec::new();
    let blocks = page.code_blocks();
    let is_run = |b: &CodeBlock| ["sh", "sql", "python"].contains(&b.info.as_str());
    let Some(first) = blocks.iter().find(|b| is_run(b)) else {
        return faults;
    };
    let folder = session_folder();
    if !page.text[first.body.clone()].contains(" backfill ") {
        fs::copy(sample_database(), folder.path().join("sample.db")).unwrap();
    }
    let mut replacements = Vec::new();
    for (i, block) in blocks.iter().enumerate() {
        let body = page.text[block.body.clone()].to_owned();
        let shown = shown(page, block, blocks.get(i + 1));
        match run(folder.path(), block, &body) {
            Some(Err(fault)) => faults.push(format!("{body}{fault}")),
            Some(Ok(printed)) => match shown {
                Some(shown) if page.text[shown.body.clone()] != printed => {
                    faults.push(format!("{body}prints\n{printed}"));
                    replacements.push((shown.body, printed));
                }
                None if block.info == "sql" && printed.lines().count() < 2 => {
                    faults.push(format!("{body}gives no row"));
                }
                _ => {}
            },
            None => {}
        }
    }
    if update() && !replacements.is_empty() {
        for (range, printed) in replacements.into_iter().rev() {
            page.text.replace_range(range, &printed);
        }
        page.write();
    }
    faults
        .into_iter()
        .map(|fault| format!("{}: {fault}", page.path.display()))
        .collect()
}

#[test]
fn every_command_and_query_does_what_its_page_shows() {
    let mut faults = Vec::new();
    for mut page in documents() {
        faults.extend(session(&mut page));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// Command lines of the program: in shell blocks, and in the prose between backquotes.
fn command_lines(page: &Page) -> Vec<String> {
    let mut lines = Vec::new();
    for block in page.code_blocks() {
        if block.info.starts_with("sh") {
            let body = page.text[block.body].replace("\\\n", " ");
            lines.extend(body.split(['\n', '|', ';', '&']).map(str::to_owned));
        }
    }
    let quoted = Regex::new("`([^`\n]+)`").unwrap();
    let prose = page.prose();
    lines.extend(quoted.captures_iter(&prose).map(|c| c[1].to_owned()));
    lines
        .into_iter()
        .map(|line| line.trim().replace(FROM_SOURCE, "policytrail "))
        .filter(|line| line.starts_with("policytrail "))
        .collect()
}

#[test]
fn every_command_line_names_commands_and_options_that_exist() {
    let commands = generated::commands();
    let mut help: HashMap<String, String> = HashMap::new();
    let mut faults = Vec::new();
    for page in documents() {
        for line in command_lines(&page) {
            let mut words = line.split_whitespace().skip(1);
            let Some(command) = words.next().filter(|c| !c.starts_with(['<', '-', '…'])) else {
                continue;
            };
            if !commands.iter().any(|c| c == command) {
                faults.push(format!("{}: no command: {line}", page.path.display()));
                continue;
            }
            let help = help
                .entry(command.to_owned())
                .or_insert_with(|| generated::help(command));
            for option in words.filter(|w| w.starts_with("--")) {
                let option = option.split('=').next().unwrap_or(option);
                if !help.contains(&format!("{option} ")) && !help.contains(&format!("{option}\n")) {
                    faults.push(format!("{}: no {option}: {line}", page.path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
