//! What stands in the tables of captures.

use super::columns::{POLICY_URL, SITE, always, perhaps};
use crate::store::tables::table::ColumnType::{Integer, Json, Text, Time};
use crate::store::tables::table::{Chosen, Table};

/// One capture of a policy a row.
pub const CAPTURES: Table = Table {
    name: "captures",
    about: "A row of the archive's index at an address of a policy, with what it showed: a version, or why none. Neither: \
            a redirect, or nobody looked.",
    columns: &[
        SITE,
        POLICY_URL,
        always("timestamp", Time, "c.timestamp", "when it was captured"),
        always(
            "original",
            Text,
            "c.original",
            "the address that was captured",
        ),
        always(
            "urlkey",
            Text,
            "c.urlkey",
            "the address in the form under which archives index it (SURT)",
        ),
        always(
            "mimetype",
            Text,
            "c.mimetype",
            "type in the archive's index; `warc/revisit`: the payload of an earlier capture",
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
            "the archive's digest of the payload",
        ),
        perhaps(
            "length",
            Integer,
            "c.length",
            "bytes of the archived record",
        ),
        perhaps(
            "version",
            Integer,
            "o.version",
            "the version that it showed",
        ),
        perhaps("drop_reason", Text, "x.reason", "why it shows no version"),
        perhaps("drop_detail", Text, "x.detail", "the same in more words"),
        perhaps(
            "fetched_timestamp",
            Time,
            "f.timestamp",
            "the capture that was asked for in its place: itself, or one with its digest",
        ),
        perhaps(
            "fetched_original",
            Text,
            "f.original",
            "address of that capture",
        ),
        perhaps("fetched_urlkey", Text, "f.urlkey", "key of that address"),
        perhaps(
            "fetched_digest",
            Text,
            "f.digest",
            "index digest of that capture, `-` when it has none",
        ),
        perhaps(
            "read_timestamp",
            Time,
            "m.timestamp",
            "time of the capture that came",
        ),
        perhaps(
            "read_url",
            Text,
            "m.original",
            "its address: another one after archived redirects",
        ),
        perhaps(
            "read_status",
            Integer,
            "m.statuscode",
            "HTTP status that it came with",
        ),
        perhaps(
            "content_type",
            Text,
            "m.content_type",
            "content type that it came with",
        ),
        perhaps(
            "redirects",
            Json,
            "m.redirects",
            "archived redirects on the way: a list of `from`, `timestamp`, `status`, `to`",
        ),
        perhaps(
            "canonical",
            Text,
            "m.canonical",
            "what the page calls its own address (`<link rel=canonical>`)",
        ),
        perhaps("fetched_at", Time, "m.fetched_at", "when it was fetched"),
        perhaps(
            "payload_sha256",
            Text,
            "y.sha256",
            "SHA-256 of the bytes that came, content encodings taken off",
        ),
        perhaps(
            "payload_bytes",
            Integer,
            "y.size_bytes",
            "number of these bytes",
        ),
        always(
            "archive",
            Text,
            "iif(a.archive GLOB 'file-*', 'file', a.archive)",
            "the archive's address, or `file`",
        ),
        always(
            "memento_url",
            Text,
            "a.memento_url_prefix || c.timestamp || '/' || c.original",
            "where people can look at the capture",
        ),
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
           LEFT JOIN payloads y ON y.payload_id = m.payload_id",
    always: "true",
    order: "s.site, p.policy_id, c.timestamp, c.original, c.digest",
    span: Some(("c.timestamp", "c.timestamp")),
    chosen: Chosen::Policy("p.policy_id"),
    counted: "count(*)",
};

/// One dropped capture a row.
pub const DROPS: Table = Table {
    name: "drops",
    about: "A capture of a policy that shows no version, with the reason.",
    columns: &[
        SITE,
        POLICY_URL,
        always("timestamp", Time, "c.timestamp", "when it was captured"),
        always(
            "original",
            Text,
            "c.original",
            "the address that was captured",
        ),
        perhaps(
            "digest",
            Text,
            "nullif(c.digest, '-')",
            "the archive's digest of the payload",
        ),
        always("reason", Text, "x.reason", "code of the reason"),
        always("detail", Text, "x.detail", "the same in more words"),
        always(
            "memento_url",
            Text,
            "a.memento_url_prefix || c.timestamp || '/' || c.original",
            "where people can look at the capture",
        ),
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
