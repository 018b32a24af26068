//! Which rows of the tables are wanted.

use rusqlite::types::Value;

use super::condition::Condition;
use super::described::VERSIONS;
use super::table::{Chosen, Table};
use crate::model::{Site, Timestamp};

/// Narrows an export; the default takes everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only these sites; all when empty.
    pub sites: Vec<Site>,
    /// Only versions in force, and captures made, at or after this moment.
    pub from: Option<Timestamp>,
    /// Only versions first seen, and captures made, at or before this moment.
    pub to: Option<Timestamp>,
    /// Only versions in this language; of other tables what belongs to policies or sites with such versions.
    pub language: Option<String>,
    /// Only versions that meet all of these; of other tables as for the language.
    pub conditions: Vec<Condition>,
}

impl Filter {
    /// The `WHERE` of a table's rows; its values are added to `values`, named by their number.
    pub(super) fn sql(&self, table: &Table, values: &mut Vec<Value>) -> String {
        let mut parts = vec![table.always.to_owned()];
        if !self.sites.is_empty() {
            let names: Vec<&str> = self.sites.iter().map(Site::as_str).collect();
            values.push(Value::Text(serde_json::Value::from(names).to_string()));
            parts.push(format!(
                "s.site IN (SELECT value FROM json_each(?{}))",
                values.len()
            ));
        }
        if let Some((first, last)) = table.span {
            for (expression, sign, moment) in [(last, ">=", self.from), (first, "<=", self.to)] {
                if let Some(moment) = moment {
                    values.push(Value::Text(moment.to_string()));
                    parts.push(format!("{expression} {sign} ?{}", values.len()));
                }
            }
        }
        if self.language.is_some() || !self.conditions.is_empty() {
            let versions = self.of_versions(values);
            let policies = format!("SELECT v.policy_id FROM {} WHERE {versions}", VERSIONS.from);
            parts.push(match table.chosen {
                Chosen::Versions => versions,
                Chosen::Policy(id) => format!("{id} IN ({policies})"),
                Chosen::Site(id) => {
                    format!(
                        "{id} IN (SELECT site_id FROM policies WHERE policy_id IN ({policies}))"
                    )
                }
            });
        }
        parts.join(" AND ")
    }

    fn of_versions(&self, values: &mut Vec<Value>) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some(language) = &self.language {
            values.push(Value::Text(language.clone()));
            parts.push(format!("d.language = ?{}", values.len()));
        }
        parts.extend(self.conditions.iter().map(|c| c.sql(values)));
        parts.join(" AND ")
    }

    /// True when everything is wanted.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}
