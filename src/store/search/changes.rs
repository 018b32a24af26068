//! The changes of all policies, newest first.

use std::ops::ControlFlow;

use rusqlite::{Transaction, params, params_from_iter};

use super::limited::Limited;
use super::query::SearchQuery;
use super::scope::SearchScope;
use crate::model::{ChangeKind, DocumentId, PolicyId, Timestamp};
use crate::store::database::{Store, StoreError};
use crate::store::histories::entries::{
    PolicyEntry, VersionEntry, policy_of, rendition_of, version_of,
};

/// Up to this number of documents with a phrase, their versions are looked up; beyond it, all changes are gone through.
const FEW_DOCUMENTS: usize = 2_000;

/// The versions of the documents of a list.
const OF_DOCUMENTS: &str = "json_each(?4) d CROSS JOIN versions v ON v.document_id = d.value";
/// The versions that follow those of the documents of a list.
const AFTER_DOCUMENTS: &str = "json_each(?4) d CROSS JOIN versions b ON b.document_id = d.value
     CROSS JOIN versions v ON v.policy_id = b.policy_id AND v.previous_version = b.version";

/// A search for changes in all histories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSearch {
    /// Where it searches. The span of time selects the changes whose window touches it.
    pub scope: SearchScope,
    /// The smallest change.
    pub min: Option<ChangeKind>,
    /// Only changes that added this.
    pub added: Option<SearchQuery>,
    /// Only changes that removed this.
    pub removed: Option<SearchQuery>,
}

/// A change: two versions, one after the other in one edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundChange {
    /// The policy.
    pub policy: PolicyEntry,
    /// The version before.
    pub old: VersionEntry,
    /// The version after.
    pub new: VersionEntry,
    /// The text before.
    pub old_text: String,
    /// The text after.
    pub new_text: String,
}

/// A change as the index has it.
struct ChangeRow {
    policy_id: PolicyId,
    version: u32,
    previous_version: u32,
    document_id: DocumentId,
    kind: Option<String>,
}

impl Store {
    /// Searches all histories for changes, and calls `visit` with each, newest first, up to `limit` of them. Returns
    /// whether there are more.
    ///
    /// # Errors
    /// If the database or `visit` fails.
    pub fn each_change<E: From<StoreError>>(
        &self,
        search: &ChangeSearch,
        limit: Option<usize>,
        visit: impl FnMut(FoundChange) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut limited = Limited::new(limit, visit);
        self.read(|t| {
            each_row(t, search, |row| {
                Ok(match found(t, row)? {
                    Some(change) => limited.take(change),
                    None => ControlFlow::Continue(()),
                })
            })
        })?;
        limited.finish()
    }
}

/// Calls `visit` with the changes that may be selected, until it breaks.
fn each_row(
    t: &Transaction<'_>,
    search: &ChangeSearch,
    mut visit: impl FnMut(&ChangeRow) -> rusqlite::Result<ControlFlow<()>>,
) -> rusqlite::Result<()> {
    let scope = search.scope.policies(t)?;
    let documents = |query: &Option<SearchQuery>| {
        let expression = query.as_ref().map(SearchQuery::expression);
        expression.map(|e| matching_documents(t, &e)).transpose()
    };
    let (added, removed) = (documents(&search.added)?, documents(&search.removed)?);
    let few = |ids: &Option<Vec<DocumentId>>| {
        ids.as_deref()
            .filter(|ids| ids.len() <= FEW_DOCUMENTS)
            .map(json_list)
    };
    let (source, few) = match (few(&added), few(&removed)) {
        (Some(added), _) => (OF_DOCUMENTS, Some(added)),
        (None, Some(removed)) => (AFTER_DOCUMENTS, Some(removed)),
        (None, None) => ("versions v", None),
    };
    let mut statement = t.prepare(&format!(
        "SELECT v.policy_id, v.version, v.previous_version, v.document_id, v.change_kind FROM {source}
         WHERE v.previous_version IS NOT NULL AND v.first_seen >= ?1 AND (?2 IS NULL OR v.changed_after <= ?2)
           AND (?3 IS NULL OR (SELECT language FROM documents d WHERE d.document_id = v.document_id) = ?3)
         ORDER BY v.first_seen DESC, v.policy_id DESC, v.version DESC"
    ))?;
    let time = |time: Option<Timestamp>| time.map(|t| t.to_string());
    let values = [
        Some(time(search.scope.from).unwrap_or_default()),
        time(search.scope.to),
        search.scope.language.clone(),
    ];
    let values = values.into_iter().chain(few.map(Some));
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(r) = rows.next()? {
        let row = ChangeRow {
            policy_id: r.get(0)?,
            version: r.get(1)?,
            previous_version: r.get(2)?,
            document_id: r.get(3)?,
            kind: r.get(4)?,
        };
        if scope
            .as_ref()
            .is_some_and(|ids| !ids.contains(&row.policy_id))
            || !is_large_enough(search.min, row.kind.as_deref())
            || !is_of_documents(t, &row, added.as_deref(), removed.as_deref())?
        {
            continue;
        }
        if visit(&row)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn json_list(ids: &[DocumentId]) -> String {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    serde_json::Value::from(ids).to_string()
}

/// The documents that match an expression, in order.
fn matching_documents(t: &Transaction<'_>, expression: &str) -> rusqlite::Result<Vec<DocumentId>> {
    let mut statement = t.prepare_cached(
        "SELECT rowid FROM document_words WHERE document_words MATCH ?1 ORDER BY rowid",
    )?;
    let rows = statement.query_map([expression], |r| r.get(0))?;
    rows.collect()
}

/// A change whose size is not known passes only without a lower limit.
fn is_large_enough(min: Option<ChangeKind>, kind: Option<&str>) -> bool {
    min.is_none_or(|min| {
        kind.and_then(ChangeKind::from_code)
            .is_some_and(|kind| kind >= min)
    })
}

/// True if a change added and removed what is searched for. `added` and `removed` are the documents that have it, in order.
fn is_of_documents(
    t: &Transaction<'_>,
    row: &ChangeRow,
    added: Option<&[DocumentId]>,
    removed: Option<&[DocumentId]>,
) -> rusqlite::Result<bool> {
    let has = |documents: &[DocumentId], id| documents.binary_search(&id).is_ok();
    if added.is_none() && removed.is_none() {
        return Ok(true);
    }
    if added.is_some_and(|documents| !has(documents, row.document_id))
        || removed.is_some_and(|documents| has(documents, row.document_id))
    {
        return Ok(false);
    }
    let before = document_before(t, row)?;
    Ok(added.is_none_or(|documents| !has(documents, before))
        && removed.is_none_or(|documents| has(documents, before)))
}

/// The document of the version before.
fn document_before(t: &Transaction<'_>, row: &ChangeRow) -> rusqlite::Result<DocumentId> {
    t.prepare_cached("SELECT document_id FROM versions WHERE policy_id = ?1 AND version = ?2")?
        .query_row(params![row.policy_id, row.previous_version], |r| r.get(0))
}

/// The change of a row; `None` if a text is missing.
fn found(t: &Transaction<'_>, row: &ChangeRow) -> rusqlite::Result<Option<FoundChange>> {
    let version = |number| version_of(t, row.policy_id, number);
    let (Some(old), Some(new)) = (version(row.previous_version)?, version(row.version)?) else {
        return Ok(None);
    };
    let text = |version: &VersionEntry| {
        Ok::<_, rusqlite::Error>(rendition_of(t, version.rendition_id)?.map(|r| r.text))
    };
    let policy = policy_of(t, row.policy_id)?;
    let (Some(policy), Some(old_text), Some(new_text)) = (policy, text(&old)?, text(&new)?) else {
        return Ok(None);
    };
    Ok(Some(FoundChange {
        policy,
        old,
        new,
        old_text,
        new_text,
    }))
}
