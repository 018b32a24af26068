//! What stands in the tables of versions.

use super::columns::{
    FIRST_SEEN, KIND, LANGUAGE, LAST_SEEN, MEMENTO_URL, POLICY_URL, SITE, TEXT_SHA256, TITLE,
    VERSION, WORD_COUNT, always, body, evidence, perhaps,
};
use crate::store::tables::table::ColumnType::{Boolean, Integer, Json, List, Text, Time};
use crate::store::tables::table::{Chosen, Table};

/// One version of a policy a row.
pub const VERSIONS: Table = Table {
    name: "versions",
    about: "A version is a maximal run of captures of one policy that show the same words; a text that comes back later \
            is a new version. A row is a sighting of a version, the captures in a row that showed it: one a version, but for \
            editions that are captured in turns. Take the first row of each version for one a version.",
    columns: &[
        SITE,
        POLICY_URL,
        VERSION,
        always(
            "edition",
            Integer,
            "v.edition",
            "its line of versions: 1, but for texts that are captured in turns",
        ),
        always(
            "sighting",
            Integer,
            "coalesce(w.sighting, 1)",
            "which sighting of the version the row is",
        ),
        always(
            "sightings",
            Integer,
            "coalesce(w.sightings, 1)",
            "of how many: 1, but for editions",
        ),
        perhaps(
            "same_as",
            Integer,
            "v.same_as",
            "the first version with the same words, when they came back",
        ),
        perhaps(
            "change",
            Text,
            "v.change_kind",
            "against the version before in its edition: `minor` (up to 20 words: small, not unimportant), `substantive`, \
             `rewrite` (less than half is kept)",
        ),
        perhaps(
            "words_added",
            Integer,
            "v.words_added",
            "against the version before in its edition",
        ),
        perhaps(
            "words_removed",
            Integer,
            "v.words_removed",
            "against the version before in its edition",
        ),
        FIRST_SEEN,
        LAST_SEEN,
        perhaps(
            "changed_after",
            Time,
            "iif(w.sighting IS NULL, v.changed_after, w.changed_after)",
            "last capture of the words before: the change happened between it and `first_seen`",
        ),
        always(
            "captures",
            Integer,
            "coalesce(w.captures, v.captures)",
            "captures of the sighting",
        ),
        always(
            "layouts",
            Integer,
            "v.layouts",
            "how many layouts of the same words (headings, emphasis, links) the version's captures have; the first is here",
        ),
        TITLE,
        LANGUAGE,
        body("text", "r.text", "the policy's words, a line a block"),
        body(
            "markdown",
            "r.markdown",
            "the same as CommonMark with tables; links absolute on the original web",
        ),
        TEXT_SHA256,
        WORD_COUNT,
        perhaps(
            "effective_date",
            Text,
            "r.effective_date",
            "from when the text says that it is in force: `YYYY-MM-DD`, or `YYYY-MM` without a day",
        ),
        perhaps(
            "effective_date_sentence",
            Text,
            "r.effective_date_sentence",
            "the sentence that says so",
        ),
        perhaps(
            "last_updated",
            Text,
            "r.last_updated",
            "when the text says that it was last changed; written as `effective_date`",
        ),
        perhaps(
            "last_updated_sentence",
            Text,
            "r.last_updated_sentence",
            "the sentence that says so",
        ),
        MEMENTO_URL,
        always(
            "original",
            Text,
            "c.original",
            "address of the first capture (a policy may have moved)",
        ),
        perhaps(
            "digest",
            Text,
            "nullif(c.digest, '-')",
            "the archive's digest of its payload",
        ),
        always(
            "mimetype",
            Text,
            "c.mimetype",
            "its type in the archive's index; `warc/revisit`: the payload of an earlier capture",
        ),
        always(
            "discovered_by",
            List,
            evidence!("json_group_array(DISTINCT i.source ORDER BY i.source)", ""),
            "how the policy's addresses were found: `given`, `path`, `link`, `hub`, `redirect`, `canonical`",
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
            "the policy lives on another site's host",
        ),
        perhaps(
            "discovery_score",
            Integer,
            evidence!("max(i.score)", ""),
            "the best score of the evidence for the policy's addresses; table `discoveries` has it all",
        ),
        perhaps(
            "link_text",
            Text,
            evidence!(
                "i.link_text",
                " AND i.link_text <> '' ORDER BY i.score DESC, i.source, i.urlkey, i.home_timestamp, i.home_original LIMIT 1"
            ),
            "text of the best link that led to the policy",
        ),
        always(
            "raw_url",
            Text,
            "a.memento_url_prefix || c.timestamp || 'id_/' || c.original",
            "where the first capture's bytes can be had as they were archived",
        ),
        perhaps(
            "read_url",
            Text,
            "m.original",
            "address of the capture whose bytes were read: that of the first capture, of one with its digest, or of the \
             page that its archived redirects led to",
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
            "the origin's content type for it",
        ),
        always(
            "redirects",
            Json,
            "coalesce(m.redirects, '[]')",
            "archived redirects that led to it: a list of `from`, `timestamp`, `status`, `to`",
        ),
        perhaps("fetched_at", Time, "m.fetched_at", "when it was fetched"),
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
           LEFT JOIN mementos m ON m.capture_id = o.fetched_capture_id",
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
    about: "For each policy and period of its life, the version in force at the period's middle: the one observed nearest \
            to it. Its words are in `versions`.",
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
            "what follows the year in `period`; empty for years",
        ),
        always(
            "middle",
            Time,
            "coalesce(w.first_seen, v.first_seen)",
            "middle of the period; of half-years 1 April and 1 October",
        ),
        always(
            "uncertain",
            Boolean,
            "0",
            "no two captures around the middle show this version: the middle lies between the last sight of one and the \
             first of the next, or before or after all captures",
        ),
        VERSION,
        FIRST_SEEN,
        LAST_SEEN,
        TITLE,
        LANGUAGE,
        WORD_COUNT,
        TEXT_SHA256,
        MEMENTO_URL,
    ],
    from: VERSIONS.from,
    always: "true",
    order: VERSIONS.order,
    span: None,
    chosen: Chosen::Policy("p.policy_id"),
    counted: "count(*)",
};
