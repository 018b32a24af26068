//! A run in `OpenMetrics` text, for the textfile collector of Prometheus' `node_exporter`.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde_json::Value;

use super::failure::Failure;
use crate::model::Timestamp;
use crate::report::RunReport;

type Number = Gauge<f64, AtomicU64>;
type Labelled = Family<Vec<(String, String)>, Number>;

/// Writes the metrics of a run. All are gauges: each run replaces the file, and nothing is counted across runs.
pub(super) fn metrics_text(report: &RunReport) -> Result<String, Failure> {
    let mut registry = Registry::with_prefix("policytrail");
    numbers(&mut registry, report);
    let outcomes = Labelled::default();
    for outcome in [
        "done",
        "done_with_failures",
        "refused",
        "interrupted",
        "budget_spent",
    ] {
        let value = if outcome == report.outcome.code() {
            1.0
        } else {
            0.0
        };
        set(&outcomes, &[("outcome", outcome)], value);
    }
    registry.register("run_outcome", "1 for the outcome of the last run", outcomes);
    alerts(&mut registry, report);
    requests(&mut registry, report);
    labelled(&mut registry, report);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|e| anyhow::anyhow!("cannot write metrics: {e}"))?;
    Ok(text)
}

/// The metrics without labels.
fn numbers(registry: &mut Registry, report: &RunReport) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts and seconds are far below 2^53"
    )]
    let numbers = {
        let seconds = |moment: Timestamp| moment.unix_seconds() as f64;
        let duration = seconds(report.finished_at) - seconds(report.started_at);
        [
            (
                "run_finished_timestamp_seconds",
                "End of the last run",
                seconds(report.finished_at),
            ),
            ("run_duration_seconds", "Duration of the last run", duration),
            ("sites", "Sites of the job", report.sites as f64),
            ("run_sites_due", "Sites that were due", report.due as f64),
            (
                "run_sites_left",
                "Sites that were due and are still unfinished",
                report.left() as f64,
            ),
            (
                "run_new_versions",
                "Versions that the last run found",
                report.new_versions as f64,
            ),
            (
                "run_failures",
                "Failures of the last run: requests without an answer, alerts, files",
                (report.failures.len() + report.late_failures.len()) as f64,
            ),
            (
                "versions",
                "Versions in the database",
                report.status.versions as f64,
            ),
            (
                "database_bytes",
                "Size of the database",
                report.status.database_bytes as f64,
            ),
        ]
    };
    for (name, help, value) in numbers {
        let gauge = Number::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
}

/// The metrics of the calls of `--on-change`.
fn alerts(registry: &mut Registry, report: &RunReport) {
    let (calls, undelivered) = (Labelled::default(), Labelled::default());
    let waiting = report.status.alerts;
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    for (family, label, name, count) in [
        (&calls, "outcome", "delivered", report.alerts_delivered),
        (&calls, "outcome", "failed", report.alerts_failed),
        (&calls, "outcome", "passed_over", report.alerts_passed_over),
        (&undelivered, "state", "waiting", waiting.waiting),
        (&undelivered, "state", "given_up", waiting.given_up),
    ] {
        set(family, &[(label, name)], count as f64);
    }
    registry.register("run_alerts", "Alerts of the last run", calls);
    let help = "Alerts that were not delivered: waiting for the next run, or given up";
    registry.register("alerts_undelivered", help, undelivered);
}

/// The metrics of requests.
fn requests(registry: &mut Registry, report: &RunReport) {
    let (requests, shares) = (Labelled::default(), Labelled::default());
    for endpoint in ["cdx", "playback"] {
        let counts = &report.requests[endpoint];
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
        "Share of the allowed rate that the last run used while it sent requests",
        shares,
    );
    let freezes = Number::default();
    freezes.set(number(&report.requests["freezes"]));
    registry.register(
        "run_freezes",
        "Refusals by the archive during the last run",
        freezes,
    );
}

/// The labelled metrics of the database.
fn labelled(registry: &mut Registry, report: &RunReport) {
    let drops = Labelled::default();
    for (reason, n) in &report.status.drops {
        #[expect(clippy::cast_precision_loss, reason = "a count far below 2^53")]
        set(&drops, &[("reason", reason)], *n as f64);
    }
    registry.register(
        "drops",
        "Captures that were dropped and show no version",
        drops,
    );
    let frozen = Labelled::default();
    for (archive, until) in &report.status.frozen {
        #[expect(clippy::cast_precision_loss, reason = "seconds far below 2^53")]
        set(
            &frozen,
            &[("archive", archive)],
            until.unix_seconds() as f64,
        );
    }
    registry.register(
        "frozen_until_timestamp_seconds",
        "Time when requests to an archive that refused may be sent again",
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
