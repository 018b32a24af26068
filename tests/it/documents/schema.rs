//! The schema of a database as Markdown: columns, references, and the comments that SQLite keeps.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use rusqlite::Connection;

/// Describes every table and view of a database.
pub(super) fn describe(database: &Path) -> String {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'
             AND name NOT LIKE 'document\\_words\\_%' ESCAPE '\\' ORDER BY type, name",
        )
        .unwrap();
    let objects = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .unwrap();
    let objects: Vec<(String, String, String)> = objects.map(Result::unwrap).collect();
    let mut text = String::new();
    for (kind, name, sql) in objects {
        let comments = comments(&sql);
        let _ = write!(text, "## {} {name}\n\n", capitalised(&kind));
        if let Some(about) = comments.get("") {
            let _ = write!(text, "{}.\n\n", capitalised(about.trim_end_matches('.')));
        }
        text += &columns(&connection, &name, kind == "table", &comments);
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The columns of a table or view, a row each.
fn columns(
    connection: &Connection,
    name: &str,
    is_table: bool,
    comments: &HashMap<String, String>,
) -> String {
    let mut references: HashMap<String, String> = HashMap::new();
    connection
        .pragma(None, "foreign_key_list", name, |r| {
            references.insert(r.get("from")?, r.get("table")?);
            Ok(())
        })
        .unwrap();
    let head = if is_table {
        "| column | type | meaning |\n|---|---|---|\n"
    } else {
        "| column |\n|---|\n"
    };
    let mut text = head.to_owned();
    connection
        .pragma(None, "table_info", name, |r| {
            let column: String = r.get("name")?;
            if !is_table {
                let _ = writeln!(text, "| `{column}` |");
                return Ok(());
            }
            let mut kind: String = r.get("type")?;
            let (not_null, key): (bool, u32) = (r.get("notnull")?, r.get("pk")?);
            if key > 0 {
                kind += ", key";
            } else if !not_null && !kind.is_empty() {
                kind += " or NULL";
            }
            let mut meaning = comments.get(&column).cloned().unwrap_or_default();
            if let Some(table) = references.get(&column) {
                let reference = format!("refers to [`{table}`](#table-{table})");
                meaning = if meaning.is_empty() {
                    reference
                } else {
                    format!("{meaning}; {reference}")
                };
            }
            let _ = writeln!(text, "| `{column}` | {kind} | {meaning} |");
            Ok(())
        })
        .unwrap();
    text
}

/// The comment of each column of a `CREATE` statement, and under the empty name that of the whole.
fn comments(sql: &str) -> HashMap<String, String> {
    let mut found: HashMap<String, String> = HashMap::new();
    // The column that a comment in signs is about is the last one that began before it. A comment to the end of the line is
    // about the first column of the line: where a migration added a column after the last one, SQLite puts both on one line.
    let (mut column, mut depth, mut begins, mut rest) = (String::new(), 0, false, sql);
    let (mut line_column, mut is_new_line) = (String::new(), true);
    while let Some(first) = rest.chars().next() {
        let is_body = depth == 1;
        if rest.starts_with("--") || rest.starts_with("/*") {
            let (about, (comment, after)) = if let Some(line) = rest.strip_prefix("--") {
                is_new_line = true;
                (&line_column, line.split_once('\n').unwrap_or((line, "")))
            } else {
                (&column, rest[2..].split_once("*/").unwrap())
            };
            if is_body || column.is_empty() {
                let words: Vec<&str> = comment.split_whitespace().collect();
                let known = found.entry(about.clone()).or_default();
                *known = format!("{known} {}", words.join(" "))
                    .trim()
                    .replace('|', "\\|");
            }
            rest = after;
            continue;
        }
        match first {
            '\'' => {
                let end = rest[1..].find('\'').unwrap() + 2;
                rest = &rest[end..];
                continue;
            }
            '(' => {
                depth += 1;
                begins |= depth == 1;
            }
            ')' => depth -= 1,
            ',' if is_body => begins = true,
            '\n' => is_new_line = true,
            c if is_body && begins && (c.is_alphanumeric() || c == '_') => {
                let end = rest
                    .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len());
                rest[..end].clone_into(&mut column);
                if is_new_line {
                    line_column.clone_from(&column);
                    is_new_line = false;
                }
                begins = false;
                rest = &rest[end..];
                continue;
            }
            _ => {}
        }
        rest = &rest[first.len_utf8()..];
    }
    found
}
