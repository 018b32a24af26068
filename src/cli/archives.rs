//! From settings to archives and vocabularies, and what an archive's use looks like to people and machines.

use serde_json::{Value, json};

use super::failure::Failure;
use crate::archive::Archive;
use crate::archive::http::{self, Dialect, EndpointUsage, HttpSettings, RequestLog};
use crate::config::{ArchiveLocation, ArchiveSettings, DiscoverSettings, read_text_at_most};
use crate::discover::Vocabulary;
use crate::model::Timestamp;

/// Largest vocabulary file.
const MOST_VOCABULARY_BYTES: usize = 1 << 20;

/// The vocabulary that the settings name; `None` for the built-in one.
pub(super) fn vocabulary(settings: &DiscoverSettings) -> Result<Option<Vocabulary>, Failure> {
    let Some(path) = &settings.vocabulary else {
        return Ok(None);
    };
    let fail = |what: &dyn std::fmt::Display| {
        Failure::usage(anyhow::anyhow!("vocabulary `{}`: {what}", path.display()))
    };
    let text = read_text_at_most(path, MOST_VOCABULARY_BYTES).map_err(|e| fail(&e))?;
    Vocabulary::from_toml(&text).map(Some).map_err(|e| fail(&e))
}

/// The name of an archive over HTTP, as [`Archive::name`] gives it once it is open.
pub(super) fn name(settings: &HttpSettings) -> String {
    settings.base_url.as_str().trim_end_matches('/').to_owned()
}

/// How to speak to an archive over HTTP, checked against its limits.
pub(super) fn http_settings(
    settings: &ArchiveSettings,
    request_log: Option<RequestLog>,
) -> Result<HttpSettings, Failure> {
    let (dialect, base_url) = match &settings.location {
        ArchiveLocation::Wayback(url) => (Dialect::Wayback, url.clone()),
        ArchiveLocation::Pywb(url) => (Dialect::Pywb, url.clone()),
        ArchiveLocation::Path(path) => {
            return Err(Failure::usage(anyhow::anyhow!(
                "`{}` is a path, not a server",
                path.display()
            )));
        }
    };
    let http = HttpSettings {
        base_url,
        dialect,
        cdx_per_minute: settings.cdx_per_minute,
        playback_per_second: settings.playback_per_second,
        contact: settings.contact.clone(),
        max_body_bytes: settings.max_body_bytes,
        connect_timeout: settings.connect_timeout,
        read_timeout: settings.read_timeout,
        request_log,
        ..HttpSettings::default()
    };
    if http.contact.is_none() && !http.is_loopback() {
        return Err(Failure::usage(anyhow::anyhow!(
            "no contact: an archive must be able to reach whoever asks it; give your e-mail address or URL with \
             --contact, or as `contact` in the section [archive] of the settings"
        )));
    }
    http.validate()
        .map_err(|faults| Failure::usage(anyhow::anyhow!(faults)))?;
    Ok(http)
}

/// What stands before `<timestamp>/<url>` in the addresses of an archive for people.
pub(super) fn memento_url_prefix<A: Archive>(archive: &A) -> String {
    let stamp = Timestamp::from_unix_seconds(0);
    let address = archive.memento_url(stamp, "");
    address
        .strip_suffix(&format!("{stamp}/"))
        .unwrap_or(&address)
        .to_owned()
}

/// What was asked of an archive.
#[derive(Debug)]
pub(super) enum Usage {
    /// Files: nothing worth counting.
    None,
    /// A server.
    Http(http::Usage),
}

impl Usage {
    /// For the database and `status`.
    pub(super) fn json(&self) -> Value {
        let Self::Http(usage) = self else {
            return Value::Null;
        };
        json!({
            "cdx": endpoint_json(&usage.cdx), "playback": endpoint_json(&usage.playback),
            "retries": usage.retries, "freezes": usage.freezes,
        })
    }

    /// For people, a line an endpoint.
    pub(super) fn text(&self) -> String {
        usage_text(&self.json())
    }
}

/// The counts of a run, as stored, for people; empty for a run that asked no server.
pub(super) fn usage_text(counts: &Value) -> String {
    let mut text = String::new();
    for name in ["cdx", "playback"] {
        let Some(endpoint) = counts.get(name) else {
            continue;
        };
        let number = |key: &str| endpoint[key].as_u64().unwrap_or(0);
        let outcomes: Vec<String> = endpoint["outcomes"]
            .as_object()
            .map(|o| {
                o.iter()
                    .map(|(outcome, n)| format!("{outcome} {n}"))
                    .collect()
            })
            .unwrap_or_default();
        let outcomes = if outcomes.is_empty() {
            String::new()
        } else {
            format!(" ({})", outcomes.join(", "))
        };
        let share = endpoint["share_of_rate"].as_f64().unwrap_or(0.0) * 100.0;
        let line = format!(
            "{name}: {} requests{outcomes}, {} kB, {share:.0} % of the allowed rate\n",
            number("requests"),
            number("bytes_received") >> 10,
        );
        text += &line;
    }
    let (retries, freezes) = (
        counts["retries"].as_u64().unwrap_or(0),
        counts["freezes"].as_u64().unwrap_or(0),
    );
    if retries + freezes > 0 {
        let line = format!("{retries} retries, {freezes} freezes\n");
        text += &line;
    }
    text
}

fn endpoint_json(e: &EndpointUsage) -> Value {
    let outcomes: serde_json::Map<String, Value> = e
        .outcomes
        .iter()
        .map(|(o, n)| (o.name().to_owned(), Value::from(*n)))
        .collect();
    json!({
        "requests": e.requests, "outcomes": outcomes, "bytes_received": e.bytes_received,
        "active_seconds": e.active_seconds, "share_of_rate": e.share_of_rate,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Layers, Settings};

    #[test]
    fn what_no_setting_changes_is_the_same_in_the_library_and_in_the_program() {
        let mut layers = Layers::default();
        layers.add_text("archive.contact", "you@university.example", "test");
        let settings = Settings::from_layers(&layers).unwrap();
        let program = http_settings(&settings.archive, None).unwrap();
        let library = HttpSettings {
            contact: program.contact.clone(),
            ..HttpSettings::default()
        };
        assert_eq!(program.base_url, library.base_url);
        assert_eq!(
            program.cdx_per_minute.to_bits(),
            library.cdx_per_minute.to_bits()
        );
        assert_eq!(
            program.playback_per_second.to_bits(),
            library.playback_per_second.to_bits()
        );
        assert_eq!(program.max_body_bytes, library.max_body_bytes);
        assert_eq!(program.connect_timeout, library.connect_timeout);
        assert_eq!(program.read_timeout, library.read_timeout);
    }
}
