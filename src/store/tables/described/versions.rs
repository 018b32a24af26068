//! What stands in the tables of versions.

use super::columns::{
    ARCHIVE, FIRST_SEEN, KIND, LANGUAGE, LAST_SEEN, MEMENTO_URL, PAYLOAD_SHA256, POLICY_URL, SITE,
    SUSPECT, TEXT_SHA256, TITLE, VERSION, WARC_FILE, WARC_OFFSET, WORD_COUNT, always, body,
    evidence, perhaps,
};
use crate::store::tables::table::ColumnType::{Boolean, Integer, List, Redirects, Text, Time};
use crate::store::tables::table::{Chosen, Table};

/// One version of a policy a row.
pub const VERSIONS: Table = Table {
    name: "versions",
    about: "A version is a maximal sequence of captures of one policy that show the same text (or texts that differ only in page furniture above the title or below the last paragraph); a text that comes back later \
            is a new version. A row is a sighting of a version, that is, consecutive captures that show it. Each version has \
            one row, unless captures alternate between editions. Use the first row of each version to count versions.",
    columns: &[
        SITE,
        POLICY_URL,
        VERSION,
        always(
            "edition",
            Integer,
            "v.edition",
            "number of the edition: 1, unless captures alternate between several texts",
        ),
        always(
            "sighting",
            Integer,
            "coalesce(w.sighting, 1)",
            "number of the sighting of the version, from 1",
        ),
        always(
            "sightings",
            Integer,
            "coalesce(w.sightings, 1)",
            "number of sightings of the version: 1, unless captures alternate between editions",
        ),
        perhaps(
            "same_as",
            Integer,
            "v.same_as",
            "the first version with the same text, if the text came back",
        ),
        perhaps(
            "change",
            Text,
            "v.change_kind",
            "size of the change since the previous version of the edition: `minor` (up to 20 words, which may still be important), \
             `substantive`, or `rewrite` (less than half of the text is kept)",
        ),
        perhaps(
            "words_added",
            Integer,
            "v.words_added",
            "number of words added since the previous version of the edition",
        ),
        perhaps(
            "words_removed",
            Integer,
            "v.words_removed",
            "number of words removed since the previous version of the edition",
        ),
        FIRST_SEEN,
        LAST_SEEN,
        perhaps(
            "changed_after",
            Time,
            "iif(w.sighting IS NULL, v.changed_after, w.changed_after)",
            "time of the last capture of the previous text; the change happened between it and `first_seen`",
        ),
        always(
            "captures",
            Integer,
            "coalesce(w.captures, v.captures)",
            "number of captures of the sighting",
        ),
        always(
            "layouts",
            Integer,
            "v.layouts",
            "number of different layouts (headings, emphasis, links) of the same text in the captures of the version; the row has the first one",
        ),
        always(
            "texts",
            Integer,
            "v.texts",
            "number of different texts in the captures of the version: they differ only above the title or below the last paragraph; the row has the first one",
        ),
        TITLE,
        LANGUAGE,
        body("text", "r.text", "text of the policy, one line per block"),
        body(
            "markdown",
            "r.markdown",
            "text of the policy as CommonMark with tables; links are absolute original URLs",
        ),
        TEXT_SHA256,
        WORD_COUNT,
        perhaps(
            "effective_date",
            Text,
            "r.effective_date",
            "date from which the policy is in force, as its text states: `YYYY-MM-DD`, or `YYYY-MM` if no day is given",
        ),
        perhaps(
            "effective_date_sentence",
            Text,
            "r.effective_date_sentence",
            "the sentence that states the date",
        ),
        perhaps(
            "last_updated",
            Text,
            "r.last_updated",
            "date of the last change, as the text states; same format as `effective_date`",
        ),
        perhaps(
            "last_updated_sentence",
            Text,
            "r.last_updated_sentence",
            "the sentence that states the date",
        ),
        MEMENTO_URL,
        always(
            "original",
            Text,
            "c.original",
            "URL of the first capture (a policy can move)",
        ),
        perhaps(
            "digest",
            Text,
            "nullif(c.digest, '-')",
            "digest of the payload of the first capture in the archive's index",
        ),
        always(
            "mimetype",
            Text,
            "c.mimetype",
            "content type of the first capture in the archive's index; `warc/revisit` means the same payload as an earlier capture",
        ),
        always(
            "discovered_by",
            List,
            evidence!("json_group_array(DISTINCT i.source ORDER BY i.source)", ""),
            "how the URLs of the policy were found: `given`, `path`, `link`, `hub`, `redirect`, `canonical`",
        ),
        always(
            "extractor_version",
            Text,
            "v.extractor_version",
            "version of the extractor",
        ),
        KIND,
        always(
            "cross_domain",
            Boolean,
            "p.cross_domain",
            "true if the policy is on the host of another site",
        ),
        perhaps(
            "discovery_score",
            Integer,
            evidence!("max(i.score)", ""),
            "best score of the evidence for the URLs of the policy; the table `discoveries` has all evidence",
        ),
        perhaps(
            "link_text",
            Text,
            evidence!(
                "i.link_text",
                " AND i.link_text <> '' ORDER BY i.score DESC, i.source, i.urlkey, i.home_timestamp, i.home_original LIMIT 1"
            ),
            "text of the link to the policy with the best score",
        ),
        perhaps(
            "raw_url",
            Text,
            "a.memento_url_prefix || c.timestamp || 'id_/' || c.original",
            "URL of the bytes of the first capture, as they were archived; empty if `memento_url` is",
        ),
        perhaps(
            "read_url",
            Text,
            "m.original",
            "URL of the capture whose bytes were read: that of the first capture, of a capture with the same digest, or of the \
             target of the archived redirects",
        ),
        perhaps(
            "read_timestamp",
            Time,
            "m.timestamp",
            "time of the capture whose bytes were read",
        ),
        perhaps(
            "content_type",
            Text,
            "m.content_type",
            "content type from the original server",
        ),
        always(
            "redirects",
            Redirects,
            "coalesce(m.redirects, '[]')",
            "archived redirects that led to this capture: a list of `from`, `timestamp`, `status`, `to`",
        ),
        perhaps("fetched_at", Time, "m.fetched_at", "when it was fetched"),
        ARCHIVE,
        WARC_FILE,
        WARC_OFFSET,
        PAYLOAD_SHA256,
        SUSPECT,
    ],
    from: "sites s
           CROSS JOIN policies p ON p.site_id = s.site_id
           CROSS JOIN versions v ON v.policy_id = p.policy_id
           LEFT JOIN repeated_sightings w ON w.policy_id = v.policy_id AND w.version = v.version
           CROSS JOIN captures c ON c.capture_id = coalesce(w.first_capture_id, v.first_capture_id)
           CROSS JOIN archives a ON a.archive_id = c.archive_id
           CROSS JOIN documents d ON d.document_id = v.document_id
           CROSS JOIN renditions r ON r.rendition_id = v.rendition_id
           LEFT JOIN observations o ON o.policy_id = v.policy_id AND o.capture_id = c.capture_id
           LEFT JOIN mementos m ON m.capture_id = o.fetched_capture_id
           LEFT JOIN payloads y ON y.payload_id = m.payload_id
           LEFT JOIN records k ON k.capture_id = m.capture_id AND k.role = 'capture'",
    always: "true",
    order: "s.site, p.policy_id, coalesce(w.first_seen, v.first_seen), v.version, w.sighting",
    span: Some((
        "coalesce(w.first_seen, v.first_seen)",
        "coalesce(w.last_seen, v.last_seen)",
    )),
    chosen: Chosen::Versions,
    // A version that was sighted twice is one version.
    counted: "count(DISTINCT v.policy_id || ' ' || v.version)",
};

/// One policy and period a row; made from the versions of a policy, which the columns of the period go before.
pub const PANEL: Table = Table {
    name: "panel",
    about: "One row per policy and period between its first and last capture, with the version in force at the middle of the \
            period: the version that was observed nearest to it. The texts are in `versions`.",
    columns: &[
        SITE,
        POLICY_URL,
        KIND,
        always(
            "period",
            Text,
            "''",
            "`2012_A` (January to June) and `2012_B` for half-years, `2012` for years, `2012_06` for months",
        ),
        always("year", Integer, "0", "year of the period"),
        always(
            "season",
            Text,
            "''",
            "the part of `period` after the year; empty for years",
        ),
        always(
            "middle",
            Time,
            "coalesce(w.first_seen, v.first_seen)",
            "middle of the period; for half-years 1 April and 1 October",
        ),
        always(
            "uncertain",
            Boolean,
            "0",
            "true if the version at the middle is uncertain: the middle is between the last capture of one version and the \
             first capture of the next, or before or after all captures",
        ),
        VERSION,
        FIRST_SEEN,
        LAST_SEEN,
        TITLE,
        LANGUAGE,
        WORD_COUNT,
        TEXT_SHA256,
        MEMENTO_URL,
        WARC_FILE,
        WARC_OFFSET,
        PAYLOAD_SHA256,
        SUSPECT,
    ],
    from: VERSIONS.from,
    always: "true",
    order: VERSIONS.order,
    span: None,
    chosen: Chosen::Policy("p.policy_id"),
    counted: "count(*)",
};
