//! Whether the schema of a file is the one that this program made, before any statement rests on it.
//!
//! A schema is a program: a view in the place of a table, a trigger or an index over an expression runs when somebody
//! reads or writes, and one without end keeps a reader for ever. So whatever this program made must stand there word for
//! word, and what others added (their own tables, views, plain indexes) must not run when this program works.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use rusqlite::{Connection, Transaction};
use rusqlite_migration::{M, Migrations};
use sha2::{Digest as _, Sha256};

use super::migrations::MIGRATIONS;

/// [`fingerprint`] of what all migrations make. Most files have that and nothing else, which is told without making it
/// anew (6 ms of every start); the others are looked at object by object. A test names it after a new migration.
const NEWEST: &str = "2a4d0c4d737bdf33554a2a9f72a5d67396c54da332c81dd0c4ef6414cd19afa1";
/// Beginnings of the names of SQLite's table-valued functions; a table of that name is taken in their place.
const FUNCTIONS: [&str; 2] = ["pragma_", "json_"];

/// A row of `sqlite_schema`.
#[derive(PartialEq, Eq)]
struct Object {
    kind: String,
    name: String,
    table: String,
    sql: Option<String>,
}

/// What is wrong with the schema of a database that was made by these migrations; `None` when nothing is.
pub(super) fn fault(
    t: &Transaction<'_>,
    migrations: &[M<'_>],
) -> Result<Option<String>, rusqlite_migration::Error> {
    let all_found = objects(t)?;
    if migrations.len() == MIGRATIONS.len() && fingerprint(&all_found) == NEWEST {
        return Ok(None);
    }
    let mut own: HashMap<String, Object> = objects(&made_by(migrations)?)?
        .into_iter()
        .map(|object| (object.name.to_ascii_lowercase(), object))
        .collect();
    let own_tables: Vec<String> = own.values().map(|o| o.table.to_ascii_lowercase()).collect();
    let is_own = |table: &str| own_tables.contains(&table.to_ascii_lowercase());
    for found in all_found {
        let name = found.name.to_ascii_lowercase();
        if let Some(expected) = own.remove(&name) {
            if found != expected {
                let Object { kind, name, .. } = found;
                return Ok(Some(format!("{kind} `{name}` was changed")));
            }
        } else if is_own(&name)
            || FUNCTIONS.iter().any(|f| name.starts_with(f))
            || may_run(t, &found, &is_own)?
        {
            let Object { kind, name, .. } = found;
            return Ok(Some(format!(
                "{kind} `{name}` was added, and SQLite would run it automatically"
            )));
        }
    }
    Ok(own
        .into_values()
        .min_by(|a, b| a.name.cmp(&b.name))
        .map(|missing| format!("{} `{}` is missing", missing.kind, missing.name)))
}

/// SHA-256 of objects: of each column of each its length, eight bytes, and its words.
fn fingerprint(objects: &[Object]) -> String {
    let mut hasher = Sha256::new();
    for object in objects {
        let sql = object.sql.as_deref().unwrap_or_default();
        for words in [&object.kind, &object.name, &object.table, sql] {
            hasher.update((words.len() as u64).to_be_bytes());
            hasher.update(words.as_bytes());
        }
    }
    HEXLOWER.encode(&hasher.finalize())
}

/// An empty database.
fn made_by(migrations: &[M<'_>]) -> Result<Connection, rusqlite_migration::Error> {
    let mut connection = Connection::open_in_memory()?;
    if !migrations.is_empty() {
        Migrations::from_slice(migrations).to_latest(&mut connection)?;
    }
    Ok(connection)
}

/// All objects of a database, by name.
fn objects(connection: &Connection) -> rusqlite::Result<Vec<Object>> {
    let mut statement = connection
        .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name, type")?;
    let rows = statement.query_map([], |r| {
        Ok(Object {
            kind: r.get("type")?,
            name: r.get("name")?,
            table: r.get("tbl_name")?,
            sql: r.get("sql")?,
        })
    })?;
    rows.collect()
}

/// True when something that others added is evaluated while this program's tables are written: a trigger, an index over
/// an expression or with a condition, a foreign key that changes rows of theirs.
fn may_run(
    t: &Transaction<'_>,
    object: &Object,
    is_own: &impl Fn(&str) -> bool,
) -> rusqlite::Result<bool> {
    // Statements, not the functions of the same names: a table could stand in the place of those.
    match object.kind.as_str() {
        "trigger" => Ok(true),
        "index" if is_own(&object.table) => {
            let (mut partial, mut computed) = (false, false);
            t.pragma(None, "index_list", &object.table, |r| {
                let name: String = r.get("name")?;
                partial |= name == object.name && r.get("partial")?;
                Ok(())
            })?;
            t.pragma(None, "index_xinfo", &object.name, |r| {
                // -1 is the rowid, -2 an expression.
                computed |= r.get::<_, i64>("cid")? < -1;
                Ok(())
            })?;
            Ok(partial || computed)
        }
        "table" => {
            let mut acts = false;
            t.pragma(None, "foreign_key_list", &object.name, |r| {
                let (parent, update, delete): (String, String, String) =
                    (r.get("table")?, r.get("on_update")?, r.get("on_delete")?);
                let changes = |action: &str| !matches!(action, "NO ACTION" | "RESTRICT");
                acts |= is_own(&parent) && (changes(&update) || changes(&delete));
                Ok(())
            })?;
            Ok(acts)
        }
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::{NEWEST, fingerprint, made_by, objects};
    use crate::model::{EMPTY_PAYLOAD_DIGEST, Site, Timestamp};
    use crate::store::database::migrations::MIGRATIONS;
    use crate::store::{Store, StoreError};

    /// Opens a database that other hands had a statement run on.
    fn after(sql: &str) -> Result<(tempfile::TempDir, Store), StoreError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        drop(Store::open_or_create(&path).unwrap());
        rusqlite::Connection::open(&path)
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        Ok((folder, Store::open(&path)?))
    }

    /// SQL that strangers might run on a database, and the object that the refusal names.
    fn foreign_statements() -> Vec<(String, &'static str)> {
        let endless =
            "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";
        vec![
            (
                format!("DROP TABLE runs; CREATE VIEW runs AS {endless}"),
                "view `runs`",
            ),
            (
                format!("DROP VIEW sightings; CREATE VIEW Sightings AS {endless}"),
                "view `Sightings`",
            ),
            (
                "DROP VIEW sightings; CREATE TABLE sightings (x)".to_owned(),
                "table `sightings`",
            ),
            (
                "DROP VIEW sightings".to_owned(),
                "view `sightings` is missing",
            ),
            (
                "DROP INDEX versions_by_document".to_owned(),
                "index `versions_by_document` is missing",
            ),
            (
                "ALTER TABLE sites ADD COLUMN x TEXT AS (hex(zeroblob(100000000)))".to_owned(),
                "table `sites`",
            ),
            (
                "CREATE TRIGGER t AFTER UPDATE ON policies BEGIN DELETE FROM policies; END"
                    .to_owned(),
                "trigger `t`",
            ),
            (
                "CREATE TABLE own (x); CREATE TRIGGER t AFTER INSERT ON own BEGIN SELECT 1; END"
                    .to_owned(),
                "trigger `t`",
            ),
            (
                "CREATE INDEX i ON runs (hex(command))".to_owned(),
                "index `i`",
            ),
            (
                "CREATE INDEX i ON runs (command) WHERE command GLOB '*a*a*a*a*b'".to_owned(),
                "index `i`",
            ),
            (
                "CREATE TABLE own (x REFERENCES sites (site_id) ON DELETE CASCADE)".to_owned(),
                "table `own`",
            ),
            (
                format!("CREATE VIEW json_each AS {endless}"),
                "view `json_each`",
            ),
            (
                format!("CREATE VIEW Pragma_page_count AS {endless}"),
                "view `Pragma_page_count`",
            ),
        ]
    }

    #[test]
    fn a_schema_that_runs_what_other_hands_wrote_is_refused_before_it_runs() {
        for (sql, named) in foreign_statements() {
            let refused = after(&sql).unwrap_err();
            assert!(
                matches!(refused, StoreError::ForeignSchema { .. }),
                "{sql}: {refused}"
            );
            let told = refused.to_string();
            assert!(told.contains(named), "{sql}: {told}");
        }
    }

    #[test]
    fn own_tables_and_views_and_plain_indexes_of_a_user_are_let_be() {
        let (_folder, store) = after(
            "CREATE TABLE labels (policy_id INTEGER REFERENCES policies (policy_id), label TEXT CHECK (label <> ''));
             CREATE INDEX labels_by_label ON labels (lower(label));
             CREATE VIEW labelled AS SELECT * FROM labels JOIN policies USING (policy_id);
             CREATE INDEX captures_by_time ON captures (timestamp DESC);
             ANALYZE",
        )
        .unwrap();
        let site = Site::parse("example.com").unwrap();
        let id = store.site(&site, None, None).unwrap();
        store
            .begin_crawl(id, Timestamp::earliest("2020").unwrap())
            .unwrap();
    }

    #[test]
    fn no_value_is_larger_than_a_payload_may_be() {
        let store = Store::open_in_memory().unwrap();
        let read = store.read(|t| {
            t.query_row("SELECT hex(zeroblob(200000000))", [], |r| {
                r.get::<_, String>(0)
            })
        });
        assert!(matches!(read, Err(StoreError::Damaged { .. })));
    }

    /// Databases outlive the SQLite that made them, and are compared with what the present one makes of the migrations.
    /// Should another SQLite word its schema otherwise, both wordings have to be taken.
    #[test]
    fn the_present_sqlite_words_the_schema_as_that_of_the_first_databases_did() {
        let first = objects(&made_by(&MIGRATIONS[..5]).unwrap()).unwrap();
        assert_eq!(
            fingerprint(&first),
            "14cbe7f6a14beef431ca1d98f23b29d1a9d298ac107425c728bfc3c8d5ce7316"
        );
    }

    #[test]
    fn the_schema_and_the_program_mean_the_same_digest_of_zero_bytes() {
        let newest = objects(&made_by(&*MIGRATIONS).unwrap()).unwrap();
        let view = newest.iter().find(|o| o.name == "captures_with_digest");
        let sql = view.and_then(|o| o.sql.as_deref()).unwrap();
        assert!(sql.contains(&format!("NOT IN ('-', '{EMPTY_PAYLOAD_DIGEST}')")));
    }

    #[test]
    fn the_newest_schema_is_known_by_its_fingerprint() {
        let newest = objects(&made_by(&*MIGRATIONS).unwrap()).unwrap();
        assert_eq!(fingerprint(&newest), NEWEST);
    }

    #[test]
    fn a_schema_of_another_number_is_refused() {
        for sql in ["PRAGMA user_version = -1", "PRAGMA user_version = 1"] {
            let refused = after(sql).unwrap_err();
            assert!(
                matches!(refused, StoreError::ForeignSchema { .. }),
                "{sql}: {refused}"
            );
        }
    }
}
