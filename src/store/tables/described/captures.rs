//! What stands in the tables of captures.

use super::columns::{
    ARCHIVE, MEMENTO_URL, PAYLOAD_SHA256, POLICY_URL, SITE, WARC_FILE, WARC_OFFSET, always, perhaps,
};
use crate::store::tables::table::ColumnType::{Integer, Redirects, Text, Time};
use crate::store::tables::table::{Chosen, Table};

/// One capture of a policy a row.
pub const CAPTURES: Table = Table {
    name: "captures",
    about: "One row per capture in the archive's index at a URL of a policy, with the version that it shows or the reason why \
            it shows none. If both are empty, the capture is a redirect or was not fetched.",
    columns: &[
        SITE,
        POLICY_URL,
        always("timestamp", Time, "c.timestamp", "when it was captured"),
        always("original", Text, "c.original", "the URL that was captured"),
        always(
            "urlkey",
            Text,
            "c.urlkey",
            "the URL in the form that archives use as index key (SURT)",
        ),
        always(
            "mimetype",
            Text,
            "c.mimetype",
            "content type in the archive's index; `warc/revisit` means the same payload as an earlier capture",
        ),
        perhaps(
            "statuscode",
            Integer,
            "c.statuscode",
            "HTTP status in the archive's index",
        ),
        perhaps(
            "digest",
            Text,
            "nullif(c.digest, '-')",
            "digest of the payload in the archive's index",
        ),
        perhaps(
            "length",
            Integer,
            "c.length",
            "size of the archived record in bytes",
        ),
        perhaps("version", Integer, "o.version", "the version that it shows"),
        perhaps("drop_reason", Text, "x.reason", "why it shows no version"),
        perhaps("drop_detail", Text, "x.detail", "details of the reason"),
        perhaps(
            "fetched_timestamp",
            Time,
            "f.timestamp",
            "time of the capture that was requested for it: the capture itself, or one with the same digest",
        ),
        perhaps(
            "fetched_original",
            Text,
            "f.original",
            "URL of the requested capture",
        ),
        perhaps("fetched_urlkey", Text, "f.urlkey", "key (SURT) of that URL"),
        perhaps(
            "fetched_digest",
            Text,
            "f.digest",
            "index digest of the requested capture, `-` if it has none",
        ),
        perhaps(
            "read_timestamp",
            Time,
            "m.timestamp",
            "time of the capture that the archive returned",
        ),
        perhaps(
            "read_url",
            Text,
            "m.original",
            "URL of the returned capture; different after archived redirects",
        ),
        perhaps(
            "read_status",
            Integer,
            "m.statuscode",
            "HTTP status of the returned capture",
        ),
        perhaps(
            "content_type",
            Text,
            "m.content_type",
            "content type of the returned capture",
        ),
        perhaps(
            "redirects",
            Redirects,
            "m.redirects",
            "archived redirects that were followed: a list of `from`, `timestamp`, `status`, `to`",
        ),
        perhaps(
            "canonical",
            Text,
            "m.canonical",
            "URL that the page declares as its own (`<link rel=canonical>`)",
        ),
        perhaps("fetched_at", Time, "m.fetched_at", "when it was fetched"),
        PAYLOAD_SHA256,
        perhaps(
            "payload_bytes",
            Integer,
            "coalesce(y.size_bytes, m.payload_bytes)",
            "number of the returned bytes, without content encodings",
        ),
        ARCHIVE,
        MEMENTO_URL,
        WARC_FILE,
        WARC_OFFSET,
    ],
    from: "sites s
           CROSS JOIN policies p ON p.site_id = s.site_id
           CROSS JOIN policy_urls u ON u.policy_id = p.policy_id
           CROSS JOIN captures c ON c.urlkey = u.urlkey
           CROSS JOIN archives a ON a.archive_id = c.archive_id
           LEFT JOIN observations o ON o.policy_id = p.policy_id AND o.capture_id = c.capture_id
           LEFT JOIN drops x ON x.policy_id = p.policy_id AND x.capture_id = c.capture_id
           LEFT JOIN mementos m ON m.capture_id = coalesce(o.fetched_capture_id, c.capture_id)
           LEFT JOIN captures f ON f.capture_id = m.capture_id
           LEFT JOIN payloads y ON y.payload_id = m.payload_id
           LEFT JOIN records k ON k.capture_id = m.capture_id AND k.role = 'capture'",
    always: "true",
    order: "s.site, p.policy_id, c.timestamp, c.original, c.digest",
    span: Some(("c.timestamp", "c.timestamp")),
    chosen: Chosen::Policy("p.policy_id"),
    counted: "count(*)",
};

/// One dropped capture a row.
pub const DROPS: Table = Table {
    name: "drops",
    about: "One row per capture of a policy that shows no version, with the reason.",
    columns: &[
        SITE,
        POLICY_URL,
        always("timestamp", Time, "c.timestamp", "when it was captured"),
        always("original", Text, "c.original", "the URL that was captured"),
        perhaps(
            "digest",
            Text,
            "nullif(c.digest, '-')",
            "digest of the payload in the archive's index",
        ),
        always("reason", Text, "x.reason", "code of the reason"),
        always("detail", Text, "x.detail", "details of the reason"),
        MEMENTO_URL,
    ],
    from: "sites s
           CROSS JOIN policies p ON p.site_id = s.site_id
           CROSS JOIN drops x ON x.policy_id = p.policy_id
           CROSS JOIN captures c ON c.capture_id = x.capture_id
           CROSS JOIN archives a ON a.archive_id = c.archive_id",
    always: "true",
    order: "s.site, p.policy_id, c.timestamp, c.original, c.digest",
    span: Some(("c.timestamp", "c.timestamp")),
    chosen: Chosen::Policy("p.policy_id"),
    counted: "count(*)",
};
