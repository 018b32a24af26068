//! A stored database of the first schema, brought to each later one first and from there to the newest.

use super::*;
use crate::store::database::migrations::MIGRATIONS;
use rusqlite::Connection;
use rusqlite_migration::Migrations;

#[test]
fn a_stored_database_of_any_earlier_schema_comes_up_to_date_with_all_that_it_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schema1.db.zst");
    let first = zstd::decode_all(std::fs::read(path).unwrap().as_slice()).unwrap();
    let mut held = Vec::new();
    for schema in 1..MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("policytrail.db");
        std::fs::write(&database, &first).unwrap();
        let mut connection = Connection::open(&database).unwrap();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        Migrations::from_slice(&*MIGRATIONS)
            .to_version(&mut connection, schema)
            .unwrap();
        drop(connection);
        let store = Store::open(&database).unwrap();
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
