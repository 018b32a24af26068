//! The policies whose texts match a query, in order of their sites.
//!
//! A rare phrase is looked up once, for all policies. A common one stands in most policies, so that the first policies in
//! order are asked one after the other: a hundred thousand matches take longer than the fifty policies that are listed. A
//! prefix is always looked up once, because the index collects its words anew each time it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use rusqlite::{Transaction, params};

use super::query::SearchQuery;
use super::scope::SearchScope;
use crate::model::{PolicyId, Timestamp};
use crate::store::histories::entries::{POLICY_COLUMNS, PolicyEntry, policy_entry};

/// From this number of matching versions on, a phrase is common.
const COMMON_FROM: i64 = 20_000;
/// Up to this number of policies, each is asked by itself, however rare the phrase is.
const FEW_POLICIES: usize = 100;
/// Up to this number of policies, they are named in the statement that sorts them.
const NAMED_POLICIES: usize = 2_000;

/// Where the versions with the phrase are known from.
enum Matches {
    /// The versions with the phrase, by policy.
    Known(BTreeMap<PolicyId, Vec<u32>>),
    /// Each policy has to be asked.
    Asked,
}

/// Which matches are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    /// Those of the first policies in order.
    First,
    /// All, because few of the policies that match are results.
    All,
}

/// Calls `visit` with each policy of which a version matches the query, and the numbers of these versions, until it breaks.
/// Policies without a text in the language, or without an observation in the span of time, of the scope are left out. The
/// set has the policies of the sites and of the group of the scope; `None` for all.
pub(super) fn each_candidate(
    t: &Transaction<'_>,
    query: &SearchQuery,
    (scope, policies): (&SearchScope, Option<&BTreeSet<PolicyId>>),
    needed: Needed,
    mut visit: impl FnMut(PolicyEntry, Vec<u32>) -> rusqlite::Result<ControlFlow<()>>,
) -> rusqlite::Result<()> {
    let expression = &query.expression();
    let matches = match policies {
        _ if query.has_prefix() => matches(t, expression, Needed::All)?,
        Some(policies) if policies.len() <= FEW_POLICIES => Matches::Asked,
        _ => matches(t, expression, needed)?,
    };
    let named: Option<Vec<i64>> = match (&matches, policies) {
        (Matches::Known(versions), _) => Some(versions.keys().map(|id| id.get()).collect()),
        (Matches::Asked, Some(policies)) => Some(policies.iter().map(|id| id.get()).collect()),
        (Matches::Asked, None) => None,
    };
    let named = named.filter(|ids| ids.len() <= NAMED_POLICIES);
    let condition = match &named {
        Some(_) => "AND p.policy_id IN (SELECT value FROM json_each(?1))",
        None => "AND ?1 IS NULL",
    };
    let mut statement = t.prepare(&format!(
        "SELECT {POLICY_COLUMNS} FROM sites s JOIN policies p USING (site_id) WHERE p.versions > 0 {condition}
           AND (?2 IS NULL OR p.last_seen >= ?2) AND (?3 IS NULL OR p.first_seen <= ?3)
           AND (?4 IS NULL OR EXISTS (SELECT 1 FROM versions v JOIN documents d USING (document_id)
                                      WHERE v.policy_id = p.policy_id AND d.language = ?4))
         ORDER BY s.site, p.policy_url, p.policy_id"
    ))?;
    let named = named.map(|ids| serde_json::Value::from(ids).to_string());
    let time = |time: Option<Timestamp>| time.map(|t| t.to_string());
    let mut rows = statement.query(params![
        named,
        time(scope.from),
        time(scope.to),
        scope.language
    ])?;
    while let Some(row) = rows.next()? {
        let policy_id: PolicyId = row.get("policy_id")?;
        if policies.is_some_and(|policies| !policies.contains(&policy_id)) {
            continue;
        }
        let versions = match &matches {
            Matches::Known(versions) => versions.get(&policy_id).cloned().unwrap_or_default(),
            Matches::Asked => versions_of(t, policy_id, expression)?,
        };
        if !versions.is_empty() && visit(policy_entry(row)?, versions)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The matching versions of all policies, unless the phrase is common and only the first policies are needed.
fn matches(t: &Transaction<'_>, expression: &str, needed: Needed) -> rusqlite::Result<Matches> {
    let limit = match needed {
        Needed::First => COMMON_FROM,
        Needed::All => i64::MAX,
    };
    let mut statement = t.prepare_cached(
        "SELECT v.policy_id, v.version FROM document_words w CROSS JOIN versions v ON v.document_id = w.rowid
         WHERE document_words MATCH ?1 LIMIT ?2",
    )?;
    let mut rows = statement.query(params![expression, limit])?;
    let mut found: Vec<(PolicyId, u32)> = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, row.get(1)?));
    }
    if found.len() as u64 == limit.cast_unsigned() {
        return Ok(Matches::Asked);
    }
    let mut by_policy: BTreeMap<PolicyId, Vec<u32>> = BTreeMap::new();
    for (policy_id, version) in found {
        by_policy.entry(policy_id).or_default().push(version);
    }
    Ok(Matches::Known(by_policy))
}

/// The matching versions of one policy.
fn versions_of(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    expression: &str,
) -> rusqlite::Result<Vec<u32>> {
    let mut statement = t.prepare_cached(
        "SELECT v.version FROM versions v CROSS JOIN document_words w ON w.rowid = v.document_id
         WHERE v.policy_id = ?1 AND document_words MATCH ?2",
    )?;
    let rows = statement.query_map(params![policy_id, expression], |r| r.get(0))?;
    rows.collect()
}
