//! Merges the layers of settings into one flat list of `section.key` values. A later layer replaces values of earlier ones.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::bounded_file::read_text_at_most;
use super::defaults::DEFAULTS;
use super::error::SettingFault;
use crate::model::printable;

/// Largest settings file.
const MAX_FILE_BYTES: usize = 1 << 20;

/// Beginning of the names of environment variables that are settings.
const VARIABLE_PREFIX: &str = "POLICYTRAIL_";
/// Variables with that beginning that are no settings: the level of log lines, and those of the program's own tests.
const OTHER_VARIABLES: [&str; 6] = ["LOG", "SHARED", "PYWB", "BLESS", "ROWS", "TEST_TASK"];

/// Merged values: each has the type of its default, none is validated yet.
#[derive(Debug, Clone)]
pub struct Layers {
    values: BTreeMap<String, Value>,
    /// Where each value that is not a default was set, for messages.
    origins: BTreeMap<String, String>,
    faults: Vec<SettingFault>,
}

impl Default for Layers {
    fn default() -> Self {
        let mut layers = Self {
            values: BTreeMap::new(),
            origins: BTreeMap::new(),
            faults: Vec::new(),
        };
        match flatten(DEFAULTS, "the built-in defaults") {
            Ok(values) => layers.values = values,
            Err(fault) => layers.faults.push(fault),
        }
        layers
    }
}

impl Layers {
    /// Merges a file over the earlier layers.
    pub fn add_file(&mut self, path: &Path) {
        let origin = format!("`{}`", path.display());
        match read_text_at_most(path, MAX_FILE_BYTES) {
            Err(e) => self.faults.push(SettingFault::of_file(format!(
                "cannot read {origin}: {e}; give a readable TOML file with --config"
            ))),
            Ok(text) => match flatten(&text, &origin) {
                Err(fault) => self.faults.push(fault),
                Ok(values) => {
                    for (key, value) in values {
                        self.set(&key, value, &origin);
                    }
                }
            },
        }
    }

    /// Merges environment variables named `POLICYTRAIL_<SECTION>_<KEY>` over the earlier layers. Another name with that
    /// beginning is a fault.
    pub fn add_environment(&mut self, variables: impl Iterator<Item = (String, String)>) {
        for (name, text) in variables {
            let Some(bare) = name.strip_prefix(VARIABLE_PREFIX) else {
                continue;
            };
            let wanted = bare.to_ascii_lowercase();
            let key = self
                .values
                .keys()
                .find(|key| key.replace('.', "_") == wanted)
                .cloned();
            if let Some(key) = key {
                self.add_text(&key, &text, &format!("environment variable `{name}`"));
            } else if !OTHER_VARIABLES.contains(&bare) {
                self.unknown_variable(&name, &wanted);
            }
        }
    }

    fn unknown_variable(&mut self, name: &str, wanted: &str) {
        let of_key = |key: &str| key.replace('.', "_");
        let likeness = |key: &str| {
            let whole = strsim::normalized_damerau_levenshtein(wanted, &of_key(key));
            // `CONTACT` alone is likely to be the key of a section.
            let bare = key.rsplit('.').next().unwrap_or(key);
            whole.max(strsim::normalized_damerau_levenshtein(wanted, bare))
        };
        let meant = self
            .values
            .keys()
            .map(|key| (likeness(key), key))
            .filter(|(likeness, _)| *likeness > 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let hint = meant.map_or_else(
            || "; remove it from the environment".to_owned(),
            |(_, key)| {
                let variable = of_key(key).to_ascii_uppercase();
                format!(" (did you mean `{VARIABLE_PREFIX}{variable}`?)")
            },
        );
        self.faults.push(SettingFault::new(format!(
            "environment variable `{}`: there is no such setting{hint}",
            printable(name, 80)
        )));
    }

    /// Merges one value, given as text, over the earlier layers. `origin` names where the user wrote it.
    pub fn add_text(&mut self, key: &str, text: &str, origin: &str) {
        let parsed = match self.values.get(key) {
            Some(Value::Float(_)) => text.parse().ok().map(Value::Float),
            Some(Value::Integer(_)) => text.parse().ok().map(Value::Integer),
            Some(Value::Boolean(_)) => text.parse().ok().map(Value::Boolean),
            // A list is separated by commas here.
            Some(Value::Array(_)) => Some(Value::Array(
                text.split(',')
                    .map(|item| Value::String(item.trim().to_owned()))
                    .collect(),
            )),
            _ => Some(Value::String(text.to_owned())),
        };
        if let Some(value) = parsed {
            self.set(key, value, origin);
        } else {
            let message = format!(
                "{origin}: `{}` is not a {}",
                printable(text, 80),
                self.type_of(key)
            );
            self.faults.push(SettingFault::of_key(key, message));
        }
    }

    fn set(&mut self, key: &str, value: Value, origin: &str) {
        let fitting = match (self.values.get(key), value) {
            (None, _) => {
                let hint = match nearest(key, self.values.keys()) {
                    Some(meant) => format!(" (did you mean `{meant}`?)"),
                    None => {
                        "; `config/policytrail.toml` in the source code lists all keys".to_owned()
                    }
                };
                self.faults.push(SettingFault::new(format!(
                    "{origin}: unknown key `{}`{hint}",
                    printable(key, 80)
                )));
                return;
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "rates and days are small numbers"
            )]
            (Some(Value::Float(_)), Value::Integer(n)) => Some(Value::Float(n as f64)),
            (Some(Value::Array(_)), Value::Array(items)) if !items.iter().all(Value::is_str) => {
                None
            }
            (Some(old), new) if old.same_type(&new) => Some(new),
            _ => None,
        };
        if let Some(value) = fitting {
            self.values.insert(key.to_owned(), value);
            self.origins.insert(key.to_owned(), origin.to_owned());
        } else {
            let message = format!("{origin}: `{key}` must be a {}", self.type_of(key));
            self.faults.push(SettingFault::of_key(key, message));
        }
    }

    fn type_of(&self, key: &str) -> &'static str {
        match self.values.get(key) {
            Some(Value::Float(_)) => "number",
            Some(Value::Integer(_)) => "whole number",
            Some(Value::Boolean(_)) => "true or false",
            Some(Value::Array(_)) => "list of texts in quotes",
            _ => "text in quotes",
        }
    }

    /// Where a value was set, for messages.
    #[must_use]
    pub fn origin(&self, key: &str) -> String {
        match self.origins.get(key) {
            Some(flag) if flag.starts_with("--") => flag.clone(),
            Some(origin) => format!("{origin}: `{key}`"),
            None => format!("`{key}`"),
        }
    }

    /// The text of a key; empty if the value is not a text.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.values.get(key).and_then(Value::as_str).unwrap_or("")
    }

    /// The texts of a key whose value is a list.
    pub fn texts<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let items = self.values.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str)
    }

    /// The number of a key.
    #[must_use]
    pub fn number(&self, key: &str) -> f64 {
        self.values
            .get(key)
            .and_then(Value::as_float)
            .unwrap_or(0.0)
    }

    /// The whole number of a key.
    #[must_use]
    pub fn whole(&self, key: &str) -> i64 {
        self.values
            .get(key)
            .and_then(Value::as_integer)
            .unwrap_or(0)
    }

    /// The boolean of a key.
    #[must_use]
    pub fn truth(&self, key: &str) -> bool {
        self.values
            .get(key)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// The faults found while merging.
    #[must_use]
    pub fn faults(&self) -> &[SettingFault] {
        &self.faults
    }
}

/// Parses TOML and flattens `[section] key = value` to `section.key`, and `[section.part] key = value` to
/// `section.part.key`.
fn flatten(text: &str, origin: &str) -> Result<BTreeMap<String, Value>, SettingFault> {
    let mut flat = BTreeMap::new();
    let table: Table = toml::from_str(text).map_err(|e| {
        let what = e.message().lines().next().unwrap_or("not TOML").to_owned();
        let line = e.span().map_or(1, |s| {
            text.get(..s.start)
                .map_or(1, |t| t.matches('\n').count() + 1)
        });
        SettingFault::of_file(format!("{origin}, line {line}: {what}"))
    })?;
    let mut sections = vec![(String::new(), table)];
    while let Some((section, table)) = sections.pop() {
        for (key, value) in table {
            let key = format!("{section}{key}");
            match value {
                Value::Table(keys) => sections.push((format!("{key}."), keys)),
                other => {
                    flat.insert(key, other);
                }
            }
        }
    }
    Ok(flat)
}

/// The known key that is most similar to an unknown one.
fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    let bare = |k: &str| k.rsplit('.').next().unwrap_or(k).to_owned();
    known
        .map(|k| {
            (
                strsim::normalized_damerau_levenshtein(&bare(key), &bare(k)),
                k,
            )
        })
        .filter(|(likeness, _)| *likeness > 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}
