//! Settings of alerts: the section `[run.alerts]`.

use super::validator::{Validator, shown};
use crate::model::{ChangeKind, PolicyKind, Site, language_code};

/// Which new versions the command of `--on-change` is notified of, and in which form.
#[derive(Debug, Clone)]
pub struct AlertSettings {
    /// True if the versions of the first crawl of a site are announced too.
    pub first_look: bool,
    /// Smallest change to announce.
    pub min_change: ChangeKind,
    /// Kinds of policies to announce; all if there is none.
    pub kinds: Vec<PolicyKind>,
    /// Languages to announce (ISO 639-1, or `und`); all if there is none.
    pub languages: Vec<String>,
    /// Sites to announce; all if there is none.
    pub sites: Vec<Site>,
    /// True if a run makes one call for all versions instead of one for each.
    pub digest: bool,
    /// What the command gets on its standard input.
    pub format: AlertFormat,
}

/// Form of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertFormat {
    /// One line of JSON.
    Json,
    /// A mail with its header, without `From` and `To`.
    Mail,
}

/// Validates the section `[run.alerts]`.
pub(super) fn alert_settings(validator: &mut Validator<'_>) -> AlertSettings {
    AlertSettings {
        first_look: validator.truth("run.alerts.first_look"),
        min_change: min_change(validator),
        kinds: kinds(validator),
        languages: languages(validator),
        sites: validator.sites("run.alerts.sites"),
        digest: validator.truth("run.alerts.digest"),
        format: format(validator),
    }
}

fn min_change(validator: &mut Validator<'_>) -> ChangeKind {
    let key = "run.alerts.min_change";
    let text = validator.text(key).trim();
    let kinds = ChangeKind::BETWEEN_VERSIONS;
    let chosen = kinds.into_iter().find(|kind| kind.code() == text);
    chosen.unwrap_or_else(|| {
        let what = format!("is `{}`; give minor, substantive or rewrite", shown(text));
        validator.fault(key, what);
        ChangeKind::Minor
    })
}

fn kinds(validator: &mut Validator<'_>) -> Vec<PolicyKind> {
    let key = "run.alerts.kinds";
    let mut kinds = Vec::new();
    for text in validator.texts(key) {
        if let Ok(kind) = text.parse() {
            kinds.push(kind);
        } else {
            let all = PolicyKind::ALL.map(PolicyKind::code).join(", ");
            let what = format!("contains `{}`; the kinds are {all}", shown(text));
            validator.fault(key, what);
        }
    }
    kinds
}

fn languages(validator: &mut Validator<'_>) -> Vec<String> {
    let key = "run.alerts.languages";
    let mut languages = Vec::new();
    for text in validator.texts(key) {
        if let Some(code) = language_code(text) {
            languages.push(code);
        } else {
            let what = format!(
                "contains `{}`; give codes of two letters such as en or de, or und for unknown languages",
                shown(text)
            );
            validator.fault(key, what);
        }
    }
    languages
}

fn format(validator: &mut Validator<'_>) -> AlertFormat {
    let key = "run.alerts.format";
    match validator.text(key).trim() {
        "json" => AlertFormat::Json,
        "mail" => AlertFormat::Mail,
        other => {
            let what = format!("is `{}`; give json or mail", shown(other));
            validator.fault(key, what);
            AlertFormat::Json
        }
    }
}
