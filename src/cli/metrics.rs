//! A run in `OpenMetrics` text, for the textfile collector of Prometheus' `node_exporter`.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde_json::Value;

use super::failure::Failure;
use super::run_summary::Summary;
use crate::model::Timestamp;

type Number = Gauge<f64, AtomicU64>;
type Labelled = Family<Vec<(String, String)>, Number>;

/// All of them are gauges: each run replaces the file, nothing is counted across runs.
pub(super) fn text(summary: &Summary) -> Result<String, Failure> {
    let mut registry = Registry::with_prefix("policytrail");
    numbers(&mut registry, summary);
    let outcomes = Labelled::default();
    for outcome in [
        "done",
        "done_with_failures",
        "refused",
        "interrupted",
        "budget_spent",
    ] {
        let value = if outcome == summary.outcome { 1.0 } else { 0.0 };
        set(&outcomes, &[("outcome", outcome)], value);
    }
    registry.register("run_outcome", "1 for how the last run ended", outcomes);
    requests(&mut registry, summary);
    labelled(&mut registry, summary);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|e| anyhow::anyhow!("cannot write metrics: {e}"))?;
    Ok(text)
}

/// What has no label.
fn numbers(registry: &mut Registry, summary: &Summary) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and seconds are far below 2^53"
    )]
    let numbers = {
        let seconds = |moment: Timestamp| moment.unix_seconds() as f64;
        let duration = seconds(summary.finished_at) - seconds(summary.started_at);
        [
            (
                "run_finished_timestamp_seconds",
                "End of the last run",
                seconds(summary.finished_at),
            ),
            ("run_duration_seconds", "Duration of the last run", duration),
            ("sites", "Sites of the job", summary.sites as f64),
            ("run_sites_due", "Sites that were due", summary.due as f64),
            (
                "run_sites_left",
                "Sites that were due and are still",
                summary.left() as f64,
            ),
            (
                "run_new_versions",
                "Versions that the last run found",
                summary.new_versions as f64,
            ),
            (
                "versions",
                "Versions in the database",
                summary.status.versions as f64,
            ),
            (
                "database_bytes",
                "Size of the database",
                summary.status.database_bytes as f64,
            ),
        ]
    };
    for (name, help, value) in numbers {
        let gauge = Number::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
}

/// What was asked.
fn requests(registry: &mut Registry, summary: &Summary) {
    let (requests, shares) = (Labelled::default(), Labelled::default());
    for endpoint in ["cdx", "playback"] {
        let counts = &summary.requests[endpoint];
        for (outcome, n) in counts["outcomes"].as_object().into_iter().flatten() {
            set(
                &requests,
                &[("endpoint", endpoint), ("outcome", outcome)],
                number(n),
            );
        }
        set(
            &shares,
            &[("endpoint", endpoint)],
            number(&counts["share_of_rate"]),
        );
    }
    registry.register("run_requests", "Requests of the last run", requests);
    registry.register(
        "run_share_of_rate",
        "Share of the allowed rate that it used while it asked",
        shares,
    );
    let freezes = Number::default();
    freezes.set(number(&summary.requests["freezes"]));
    registry.register("run_freezes", "Refusals that the last run met", freezes);
}

/// What the database holds, by label.
fn labelled(registry: &mut Registry, summary: &Summary) {
    let drops = Labelled::default();
    for (reason, n) in &summary.status.drops {
        #[expect(clippy::cast_precision_loss, reason = "a count far below 2^53")]
        set(&drops, &[("reason", reason)], *n as f64);
    }
    registry.register("drops", "Captures that gave no version", drops);
    let frozen = Labelled::default();
    for (archive, until) in &summary.status.frozen {
        #[expect(clippy::cast_precision_loss, reason = "seconds far below 2^53")]
        if let Ok(until) = until.parse::<Timestamp>() {
            set(
                &frozen,
                &[("archive", archive)],
                until.unix_seconds() as f64,
            );
        }
    }
    registry.register(
        "frozen_until_timestamp_seconds",
        "When an archive that refused may be asked again",
        frozen,
    );
}

fn set(family: &Labelled, labels: &[(&str, &str)], value: f64) {
    let labels = labels
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    family.get_or_create(&labels).set(value);
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(0.0)
}
