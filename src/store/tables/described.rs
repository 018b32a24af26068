//! What stands in each table of the dataset.

use super::ColumnType::{Boolean, Integer, Json, List, Text, Time};
use super::{Chosen, Column, ColumnType, Table};

/// A column that always has a value.
const fn always(
    name: &'static str,
    kind: ColumnType,
    sql: &'static str,
    meaning: &'static str,
) -> Column {
    Column {
        name,
        kind,
        nullable: false,
        is_body: false,
        meaning,
        sql,
    }
}

/// A column that may be empty.
const fn perhaps(
    name: &'static str,
    kind: ColumnType,
    sql: &'static str,
    meaning: &'static str,
) -> Column {
    Column {
        nullable: true,
        ..always(name, kind, sql, meaning)
    }
}

/// A column of a policy's words.
const fn body(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    Column {
        is_body: true,
        ..always(name, Text, sql, meaning)
    }
}

const SITE: Column = always("site", Text, "s.site", "registrable domain");
const POLICY_URL: Column = always(
    "policy_url",
    Text,
    "p.policy_url",
    "where the policy lives, or lived last; with `site` the key of the policy",
);
const KIND: Column = always(
    "kind",
    Text,
    "p.kind",
    "what it is about: `privacy`, `cookies`, `children`",
);
const VERSION: Column = always(
    "version",
    Integer,
    "v.version",
    "1, 2, … in time; with `site` and `policy_url` the key of the version, with `sighting` that of the row",
);
const EDITION: Column = always(
    "edition",
    Integer,
    "v.edition",
    "its line of versions: 1, but for texts that are captured in turns",
);
const FIRST_SEEN: Column = always(
    "first_seen",
    Time,
    "coalesce(w.first_seen, v.first_seen)",
    "first capture in a row that showed these words",
);
const LAST_SEEN: Column = always(
    "last_seen",
    Time,
    "coalesce(w.last_seen, v.last_seen)",
    "last capture in a row that showed these words",
);
const TITLE: Column = perhaps(
    "title",
    Text,
    "r.title",
    "the page's own heading, else its `<title>`",
);
const LANGUAGE: Column = always(
    "language",
    Text,
    "d.language",
    "ISO 639-1, `und` when unsure",
);
const TEXT_SHA256: Column = always(
    "text_sha256",
    Text,
    "d.text_sha256",
    "SHA-256 of the normalised words, in hexadecimal: equal means the same words. White space, line ends, Unicode form, \
     invisible characters, capitals, and the shape of quotes, dashes and bullets do not count",
);
const WORD_COUNT: Column = always(
    "word_count",
    Integer,
    "d.word_count",
    "words; letters in scripts without spaces",
);
const MEMENTO_URL: Column = always(
    "memento_url",
    Text,
    "a.memento_url_prefix || c.timestamp || '/' || c.original",
    "where people can look at the first capture",
);

/// Of a policy's evidence.
macro_rules! evidence {
    ($what:literal, $rest:literal) => {
        concat!(
            "(SELECT ",
            $what,
            " FROM policy_urls u JOIN discoveries i ON i.site_id = u.site_id AND i.urlkey = u.urlkey
              WHERE u.policy_id = p.policy_id",
            $rest,
            ")"
        )
    };
}

/// One version of a policy a row.
pub const VERSIONS: Table = Table {
    name: "versions",
    about: "A version is a maximal run of captures of one policy that show the same words; a text that comes back later \
            is a new version. A row is a sighting of a version, the captures in a row that showed it: one a version, but for \
            editions that are captured in turns. Take the rows with `sighting` 1 for one a version.",
    columns: &[
        SITE,
        POLICY_URL,
        VERSION,
        EDITION,
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
    order: "s.site, p.policy_url, p.policy_id, coalesce(w.first_seen, v.first_seen), v.version, w.sighting",
    span: Some((
        "coalesce(w.first_seen, v.first_seen)",
        "coalesce(w.last_seen, v.last_seen)",
    )),
    chosen: Chosen::Versions,
};

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
        always("archive", Text, "a.archive", "name of the archive"),
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
    order: "s.site, p.policy_url, p.policy_id, c.timestamp, c.original, c.digest",
    span: Some(("c.timestamp", "c.timestamp")),
    chosen: Chosen::Policy("p.policy_id"),
};

/// One policy a row.
pub const POLICIES: Table = Table {
    name: "policies",
    about: "A policy is a site's line of policy pages, across moves.",
    columns: &[
        SITE,
        POLICY_URL,
        KIND,
        always(
            "cross_domain",
            Boolean,
            "p.cross_domain",
            "it lives on another site's host",
        ),
        always(
            "urls",
            List,
            "(SELECT json_group_array(u.url ORDER BY u.urlkey) FROM policy_urls u WHERE u.policy_id = p.policy_id)",
            "every address it has had",
        ),
        always(
            "versions",
            Integer,
            "(SELECT count(*) FROM versions v WHERE v.policy_id = p.policy_id)",
            "number of its versions",
        ),
        perhaps(
            "first_seen",
            Time,
            "(SELECT min(v.first_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
            "first capture that showed it",
        ),
        perhaps(
            "last_seen",
            Time,
            "(SELECT max(v.last_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
            "last capture that showed it",
        ),
        always(
            "captures",
            Integer,
            "(SELECT count(*) FROM observations o WHERE o.policy_id = p.policy_id)",
            "captures that showed it",
        ),
        always(
            "dropped",
            Integer,
            "(SELECT count(*) FROM drops x WHERE x.policy_id = p.policy_id)",
            "captures that showed no version",
        ),
        always(
            "left_open",
            Integer,
            "p.left_open",
            "changes not pinned down and steps not looked at, because the number of requests was limited",
        ),
        always(
            "languages",
            List,
            "(SELECT json_group_array(DISTINCT d.language ORDER BY d.language) FROM versions v JOIN documents d USING (document_id)
              WHERE v.policy_id = p.policy_id)",
            "languages of its versions",
        ),
        always(
            "discovered_by",
            List,
            evidence!("json_group_array(DISTINCT i.source ORDER BY i.source)", ""),
            "how its addresses were found",
        ),
    ],
    from: "sites s CROSS JOIN policies p ON p.site_id = s.site_id",
    always: "true",
    order: "s.site, p.policy_url, p.policy_id",
    span: None,
    chosen: Chosen::Policy("p.policy_id"),
};

/// One site a row.
pub const SITES: Table = Table {
    name: "sites",
    about: "A site that was asked for, also when nothing of it was found.",
    columns: &[
        SITE,
        perhaps(
            "rank",
            Integer,
            "s.rank",
            "from the site list, if it had one",
        ),
        always("tags", Json, "s.tags", "other columns of the site list"),
        perhaps(
            "looked_at",
            Time,
            "s.looked_at",
            "end of the last complete look",
        ),
        always(
            "unfinished",
            Boolean,
            "s.unfinished_since IS NOT NULL",
            "a look has not come to its end",
        ),
        always(
            "policies",
            Integer,
            "(SELECT count(*) FROM policies p WHERE p.site_id = s.site_id)",
            "number of its policies",
        ),
        always(
            "versions",
            Integer,
            "(SELECT count(*) FROM policies p JOIN versions v USING (policy_id) WHERE p.site_id = s.site_id)",
            "number of their versions",
        ),
        perhaps(
            "drop_reason",
            Text,
            "s.drop_reason",
            "why the archive has nothing to say about the whole site",
        ),
        perhaps(
            "drop_detail",
            Text,
            "s.drop_detail",
            "the same in more words",
        ),
    ],
    from: "sites s",
    always: "true",
    order: "s.site",
    span: None,
    chosen: Chosen::Site("s.site_id"),
};

/// One piece of evidence a row.
pub const DISCOVERIES: Table = Table {
    name: "discoveries",
    about: "A piece of evidence that an address is a policy's.",
    columns: &[
        SITE,
        perhaps(
            "policy_url",
            Text,
            "p.policy_url",
            "the policy that the address was taken for; empty: it was taken for none",
        ),
        always("url", Text, "i.url", "the address"),
        always("urlkey", Text, "i.urlkey", "its key (SURT)"),
        always("kind", Text, "i.kind", "`privacy`, `cookies`, `children`"),
        always(
            "source",
            Text,
            "i.source",
            "`given`, `path`, `link`, `hub`, `redirect`, `canonical`",
        ),
        always("score", Integer, "i.score", "how sure; higher is surer"),
        perhaps(
            "home_timestamp",
            Time,
            "nullif(i.home_timestamp, '')",
            "time of the archived page that held the link",
        ),
        perhaps(
            "home_original",
            Text,
            "nullif(i.home_original, '')",
            "its address",
        ),
        perhaps(
            "link_text",
            Text,
            "nullif(i.link_text, '')",
            "the link's text",
        ),
        always("reasons", List, "i.reasons", "why, in a few words each"),
    ],
    from: "sites s
           CROSS JOIN discoveries i ON i.site_id = s.site_id
           LEFT JOIN policy_urls u ON u.site_id = i.site_id AND u.urlkey = i.urlkey
           LEFT JOIN policies p ON p.policy_id = u.policy_id",
    always: "true",
    order: "s.site, i.urlkey, i.source, i.home_timestamp, i.home_original",
    span: None,
    chosen: Chosen::Site("s.site_id"),
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
    order: "s.site, p.policy_url, p.policy_id, c.timestamp, c.original, c.digest",
    span: Some(("c.timestamp", "c.timestamp")),
    chosen: Chosen::Policy("p.policy_id"),
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
};

/// The tables of every export, in order.
pub const TABLES: [Table; 6] = [VERSIONS, CAPTURES, POLICIES, SITES, DISCOVERIES, DROPS];
