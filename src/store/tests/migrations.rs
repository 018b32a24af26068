//! A stored database of the first schema, brought to each later one first and from there to the newest.

use super::*;
use crate::store::database::migrations::MIGRATIONS;
use rusqlite::Connection;
use rusqlite_migration::Migrations;

const FILE: &str = "policytrail.db";

/// A file with the stored database of the first schema, brought to a later one.
fn at_schema(schema: usize) -> tempfile::TempDir {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schema1.db.zst");
    let first = zstd::decode_all(std::fs::read(path).unwrap().as_slice()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), first).unwrap();
    let mut connection = Connection::open(folder.path().join(FILE)).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    Migrations::from_slice(&*MIGRATIONS)
        .to_version(&mut connection, schema)
        .unwrap();
    folder
}

#[test]
fn a_stored_database_of_any_earlier_schema_comes_up_to_date_with_all_that_it_holds() {
    let mut held = Vec::new();
    for schema in 1..MIGRATIONS.len() {
        let folder = at_schema(schema);
        let store = Store::open(&folder.path().join(FILE)).unwrap();
        assert_eq!(
            store.structural_faults().unwrap(),
            Vec::<String>::new(),
            "from {schema}"
        );
        let status = store.status().unwrap();
        assert!(status.versions > 0 && status.captures > 0);
        held.push((
            status.versions,
            status.documents,
            status.captures,
            status.mementos,
        ));
    }
    held.dedup();
    assert_eq!(held.len(), 1, "{held:?}");
}

#[test]
fn digests_of_earlier_schemas_are_respelled() {
    let folder = at_schema(12);
    let connection = Connection::open(folder.path().join(FILE)).unwrap();
    let digests = || -> Vec<(i64, String)> {
        let query = "SELECT capture_id, digest FROM captures WHERE digest <> '-' ORDER BY 1";
        let mut statement = connection.prepare(query).unwrap();
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    };
    let before = digests();
    for (id, digest) in &before {
        let other = match id % 3 {
            0 => digest.to_lowercase(),
            1 => {
                let bytes = data_encoding::BASE32_NOPAD.decode(digest.as_bytes());
                data_encoding::HEXLOWER.encode(&bytes.unwrap())
            }
            _ => digest.clone(),
        };
        let update = "UPDATE captures SET digest = ?2 WHERE capture_id = ?1";
        connection.execute(update, (id, other)).unwrap();
    }
    assert_ne!(digests(), before);
    Store::open(&folder.path().join(FILE)).unwrap();
    assert_eq!(digests(), before);
}
