//! Alerts: which new versions the command of `--on-change` is notified of, and what it gets on its standard input.

use serde_json::json;

use super::alert_mail::alert_mail;
use crate::config::{AlertFormat, AlertSettings};
use crate::model::ChangeKind;
use crate::report::{ReportError, change_notification, change_summary};
use crate::store::{ChangeRow, Store};

/// True if the settings select this version. The first version of a policy has no size; it is selected whatever the
/// smallest change is.
pub(super) fn is_wanted(change: &ChangeRow, settings: &AlertSettings) -> bool {
    let kind = change.change_kind.as_deref();
    let is_large = kind
        .and_then(ChangeKind::from_code)
        .is_none_or(|kind| kind >= settings.min_change);
    is_large
        && is_listed(&settings.kinds, |kind| *kind == change.kind)
        && is_listed(&settings.languages, |language| *language == change.language)
        && is_listed(&settings.sites, |site| site.as_str() == change.site)
}

/// True if the list is empty or has a fitting item.
fn is_listed<T>(list: &[T], fits: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(fits)
}

/// What the command gets for these versions.
///
/// # Errors
/// If the database fails.
pub(super) fn alert_input(
    store: &Store,
    changes: &[ChangeRow],
    settings: &AlertSettings,
) -> Result<String, ReportError> {
    if settings.format == AlertFormat::Mail {
        let mut described = Vec::with_capacity(changes.len());
        for change in changes {
            described.push((change_summary(store, change)?, change));
        }
        return Ok(alert_mail(&described));
    }
    let mut notifications = Vec::with_capacity(changes.len());
    for change in changes {
        notifications.push(change_notification(store, change)?);
    }
    let json = match notifications.pop() {
        Some(single) if !settings.digest => single,
        last => {
            notifications.extend(last);
            json!({ "count": notifications.len(), "versions": notifications })
        }
    };
    Ok(format!("{json}\n"))
}
