//! The part of the database that is searched.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};

use crate::model::{PolicyId, Site, Timestamp};
use crate::store::database::{Store, StoreError};

/// The sites, the group, the language and the span of time that are searched; the default is everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchScope {
    /// Only these sites; all when empty.
    pub sites: Vec<Site>,
    /// Only sites with this tag: a value of any further column of the site list, or `column=value`.
    pub group: Option<String>,
    /// Only texts in this language.
    pub language: Option<String>,
    /// Only what was there, or happened, at or after this time.
    pub from: Option<Timestamp>,
    /// Only what was there, or happened, at or before this time.
    pub to: Option<Timestamp>,
}

impl SearchScope {
    /// True if a span touches the span of the scope. A span without a start began before the archive's first capture.
    pub(super) fn touches(&self, start: Option<Timestamp>, end: Timestamp) -> bool {
        self.from.is_none_or(|from| end >= from)
            && self
                .to
                .is_none_or(|to| start.is_none_or(|start| start <= to))
    }

    /// True if texts in this language are searched.
    pub(super) fn has_language(&self, language: &str) -> bool {
        self.language
            .as_deref()
            .is_none_or(|wanted| wanted == language)
    }

    /// The policies of the sites and of the group; `None` for all policies.
    pub(super) fn policies(
        &self,
        t: &Transaction<'_>,
    ) -> rusqlite::Result<Option<BTreeSet<PolicyId>>> {
        let mut parts = Vec::new();
        let mut values = Vec::new();
        if !self.sites.is_empty() {
            let names: Vec<&str> = self.sites.iter().map(Site::as_str).collect();
            values.push(Value::Text(serde_json::Value::from(names).to_string()));
            parts.push("s.site IN (SELECT value FROM json_each(?))".to_owned());
        }
        if let Some(group) = &self.group {
            let (column, value) = match group.split_once('=') {
                Some((column, value)) => (Some(column), value),
                None => (None, group.as_str()),
            };
            let of_column = if column.is_some() { " AND key = ?" } else { "" };
            parts.push(format!(
                "EXISTS (SELECT 1 FROM json_each(s.tags) WHERE value = ? COLLATE NOCASE{of_column})"
            ));
            values.push(Value::Text(value.trim().to_owned()));
            values.extend(column.map(|column| Value::Text(column.trim().to_owned())));
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let mut statement = t.prepare(&format!(
            "SELECT p.policy_id FROM sites s JOIN policies p USING (site_id) WHERE {}",
            parts.join(" AND ")
        ))?;
        let rows = statement.query_map(params_from_iter(values), |r| r.get(0))?;
        rows.collect::<rusqlite::Result<_>>().map(Some)
    }
}

impl Store {
    /// The tags of all sites as `column=value`, in order, `limit` at most.
    ///
    /// # Errors
    /// If the database fails.
    pub fn tags(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT DISTINCT key || '=' || value AS tag FROM sites, json_each(sites.tags) ORDER BY tag LIMIT ?1",
            )?;
            let rows = statement.query_map([limit], |r| r.get(0))?;
            rows.collect()
        })
    }

    /// True if a policy of the database is in the scope.
    ///
    /// # Errors
    /// If the database fails.
    pub fn has_policy_in(&self, scope: &SearchScope) -> Result<bool, StoreError> {
        self.read(|t| {
            Ok(scope
                .policies(t)?
                .is_none_or(|policies| !policies.is_empty()))
        })
    }
}
