//! From settings to archives and vocabularies, and the request counts of an archive for people and machines.

use serde_json::Value;
use url::Url;

use super::failure::Failure;
use super::wording::counted;
use crate::archive::http::{ArchiveUsage, Dialect, EndpointUsage, HttpSettings, RequestLog};
use crate::config::{
    ArchiveLocation, ArchiveSettings, ConfigError, DiscoverSettings, read_text_at_most,
};
use crate::discover::Vocabulary;
use crate::report::{EndpointCounts, RequestCounts};

/// Largest vocabulary file.
const MAX_VOCABULARY_BYTES: usize = 1 << 20;

/// The vocabulary that the settings name; `None` for the built-in one.
pub(super) fn vocabulary(settings: &DiscoverSettings) -> Result<Option<Vocabulary>, Failure> {
    let Some(path) = &settings.vocabulary else {
        return Ok(None);
    };
    let fail = |what: &dyn std::fmt::Display| {
        Failure::usage(anyhow::anyhow!("vocabulary `{}`: {what}", path.display()))
    };
    let text = read_text_at_most(path, MAX_VOCABULARY_BYTES).map_err(|e| fail(&e))?;
    Vocabulary::from_toml(&text).map(Some).map_err(|e| fail(&e))
}

/// The name of an archive over HTTP, as [`Archive::name`] gives it once it is open.
pub(super) fn http_archive_name(settings: &HttpSettings) -> String {
    settings.base_url.as_str().trim_end_matches('/').to_owned()
}

/// The settings of an archive over HTTP, checked against its limits.
pub(super) fn http_settings(
    settings: &ArchiveSettings,
    request_log: Option<RequestLog>,
) -> Result<HttpSettings, Failure> {
    let (dialect, base_url) = match &settings.location {
        ArchiveLocation::Wayback(url) => (Dialect::Wayback, url.clone()),
        ArchiveLocation::Pywb(url) => (Dialect::Pywb, url.clone()),
        ArchiveLocation::Path(path) => {
            return Err(Failure::usage(anyhow::anyhow!(
                "`{}` is a path, not the address of a server",
                path.display()
            )));
        }
    };
    let http = unchecked(settings, (dialect, base_url), request_log);
    check_contact(&http)?;
    http.validate()
        .map_err(|faults| Failure::usage(anyhow::anyhow!(faults)))?;
    Ok(http)
}

/// Checks the contact and the rates of an archive over HTTP; for settings with faults the contact alone, unless they hide it.
pub(super) fn check_archive(
    settings: &ArchiveSettings,
    faults_of_settings: Option<&ConfigError>,
) -> Result<(), Failure> {
    let server = match &settings.location {
        ArchiveLocation::Wayback(url) => (Dialect::Wayback, url.clone()),
        ArchiveLocation::Pywb(url) => (Dialect::Pywb, url.clone()),
        ArchiveLocation::Path(_) => return Ok(()),
    };
    match faults_of_settings {
        None => http_settings(settings, None).map(|_| ()),
        // An archive of files needs no contact.
        Some(error) if error.may_hide("archive.contact") || error.may_hide("archive.location") => {
            Ok(())
        }
        Some(_) => check_contact(&unchecked(settings, server, None)),
    }
}

fn unchecked(
    settings: &ArchiveSettings,
    (dialect, base_url): (Dialect, Url),
    request_log: Option<RequestLog>,
) -> HttpSettings {
    HttpSettings {
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
    }
}

fn check_contact(http: &HttpSettings) -> Result<(), Failure> {
    if http.contact.is_some() || http.is_loopback() {
        return Ok(());
    }
    Err(Failure::usage(anyhow::anyhow!(
        "no contact given; the archive must be able to reach the person who sends the requests. Give your e-mail \
         address or URL with --contact, or as `contact` in section [archive] of the settings"
    )))
}

/// The request counts of a run, as stored.
pub(super) fn request_counts(usage: &ArchiveUsage) -> Value {
    let counts = RequestCounts {
        cdx: endpoint_counts(&usage.cdx),
        playback: endpoint_counts(&usage.playback),
        retries: usage.retries,
        freezes: usage.freezes,
    };
    // Serialisation fails only for maps with keys that are not strings, and there are none here.
    serde_json::to_value(counts).unwrap_or(Value::Null)
}

fn endpoint_counts(usage: &EndpointUsage) -> EndpointCounts {
    EndpointCounts {
        requests: usage.requests,
        outcomes: usage
            .outcomes
            .iter()
            .map(|(outcome, n)| (outcome.name(), *n))
            .collect(),
        bytes_received: usage.bytes_received,
        active_seconds: usage.active_seconds,
        share_of_rate: usage.share_of_rate,
    }
}

/// The stored request counts of a run, for people; empty for a run on an archive of files.
pub(super) fn request_counts_text(counts: &Value) -> String {
    let mut text = String::new();
    for name in ["cdx", "playback"] {
        if let Some(endpoint) = counts.get(name) {
            text += &endpoint_text(name, endpoint);
        }
    }
    let (retries, freezes) = (
        counts["retries"].as_u64().unwrap_or(0),
        counts["freezes"].as_u64().unwrap_or(0),
    );
    if retries + freezes > 0 {
        let line = format!(
            "{}, {}\n",
            counted(retries, "retry"),
            counted(freezes, "freeze")
        );
        text += &line;
    }
    text
}

/// A line about the requests to one endpoint.
fn endpoint_text(name: &str, endpoint: &Value) -> String {
    let number = |key: &str| endpoint[key].as_u64().unwrap_or(0);
    let outcomes: Vec<String> = endpoint["outcomes"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(outcome, n)| format!("{outcome} {n}"))
        .collect();
    let outcomes = if outcomes.is_empty() {
        String::new()
    } else {
        format!(" ({})", outcomes.join(", "))
    };
    let share = endpoint["share_of_rate"].as_f64().unwrap_or(0.0) * 100.0;
    format!(
        "{name}: {}{outcomes}, {} kB, {share:.0} % of the allowed rate\n",
        counted(number("requests"), "request"),
        number("bytes_received") >> 10,
    )
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
