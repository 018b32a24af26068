//! Columns that several tables share, and the functions that make columns.

use crate::store::database::sql::{archive_name, memento_url, payload_sha256};
use crate::store::tables::table::ColumnType::{Integer, List, Text, Time};
use crate::store::tables::table::{Column, ColumnType};

/// A column that always has a value.
pub(super) const fn always(
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
pub(super) const fn perhaps(
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
pub(super) const fn body(name: &'static str, sql: &'static str, meaning: &'static str) -> Column {
    Column {
        is_body: true,
        ..always(name, Text, sql, meaning)
    }
}

pub(super) const SITE: Column = always("site", Text, "s.site", "registrable domain");
pub(super) const POLICY_URL: Column = always(
    "policy_url",
    Text,
    "p.policy_url",
    "the latest URL of the policy; identifies the policy together with `site`",
);
pub(super) const KIND: Column = always(
    "kind",
    Text,
    "p.kind",
    "subject of the policy: `privacy`, `cookies` or `children`",
);
pub(super) const VERSION: Column = always(
    "version",
    Integer,
    "v.version",
    "number of the version in order of time, from 1; identifies the version together with `site` and `policy_url`, and the row together with `sighting` too",
);
pub(super) const FIRST_SEEN: Column = always(
    "first_seen",
    Time,
    "coalesce(w.first_seen, v.first_seen)",
    "time of the first of the consecutive captures that show this text",
);
pub(super) const LAST_SEEN: Column = always(
    "last_seen",
    Time,
    "coalesce(w.last_seen, v.last_seen)",
    "time of the last of the consecutive captures that show this text",
);
pub(super) const TITLE: Column = perhaps(
    "title",
    Text,
    "r.title",
    "heading of the text, otherwise the page's `<title>`",
);
pub(super) const LANGUAGE: Column = always(
    "language",
    Text,
    "d.language",
    "language code (ISO 639-1), `und` if unknown",
);
pub(super) const TEXT_SHA256: Column = always(
    "text_sha256",
    Text,
    "d.text_sha256",
    "SHA-256 of the normalised text, in hexadecimal; equal hashes mean the same text. White space, line ends, Unicode form, \
     invisible characters, case, and the shape of quotes, dashes and bullets are ignored",
);
pub(super) const SUSPECT: Column = always(
    "suspect",
    List,
    "coalesce(v.suspect, '[]')",
    "reasons why the text may not be the policy: `few_words` (less than a tenth of the words of the last whole text before it), \
     `other_language` (in another language, and the language before it returned), `error_wording`, `log_in_wording`; \
     empty if there is none, or if a reviewer accepted the text (table `reviews`)",
);
pub(super) const WORD_COUNT: Column = always(
    "word_count",
    Integer,
    "d.word_count",
    "number of words, or of characters in scripts without spaces",
);
pub(super) const MEMENTO_URL: Column = perhaps(
    "memento_url",
    Text,
    memento_url!(),
    "URL where the (first) capture can be viewed; empty for a capture from files, unless the setting `archive.memento_prefix` names an archive that has it",
);
pub(super) const ARCHIVE: Column = always(
    "archive",
    Text,
    archive_name!(),
    "base URL of the archive, or `file`",
);
pub(super) const WARC_FILE: Column = perhaps(
    "warc_file",
    Text,
    "k.file",
    "for an archive of files, name of the WARC file that the bytes were read from",
);
pub(super) const WARC_OFFSET: Column = perhaps(
    "warc_offset",
    Integer,
    "k.record_offset",
    "where the record (or the gzip member with it) begins in that file, in bytes",
);
pub(super) const PAYLOAD_SHA256: Column = perhaps(
    "payload_sha256",
    Text,
    payload_sha256!(),
    "SHA-256 of the bytes that were read, without content encodings",
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
pub(super) use evidence;
