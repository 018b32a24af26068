//! Columns that several tables share, and the functions that make columns.

use crate::store::tables::table::ColumnType::{Integer, Text, Time};
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
    "where the policy lives, or lived last; with `site` the key of the policy",
);
pub(super) const KIND: Column = always(
    "kind",
    Text,
    "p.kind",
    "what it is about: `privacy`, `cookies`, `children`",
);
pub(super) const VERSION: Column = always(
    "version",
    Integer,
    "v.version",
    "1, 2, … in time; with `site` and `policy_url` the key of the version, with `sighting` that of the row",
);
pub(super) const FIRST_SEEN: Column = always(
    "first_seen",
    Time,
    "coalesce(w.first_seen, v.first_seen)",
    "first capture in a row that showed these words",
);
pub(super) const LAST_SEEN: Column = always(
    "last_seen",
    Time,
    "coalesce(w.last_seen, v.last_seen)",
    "last capture in a row that showed these words",
);
pub(super) const TITLE: Column = perhaps(
    "title",
    Text,
    "r.title",
    "the page's own heading, else its `<title>`",
);
pub(super) const LANGUAGE: Column = always(
    "language",
    Text,
    "d.language",
    "ISO 639-1, `und` when unsure",
);
pub(super) const TEXT_SHA256: Column = always(
    "text_sha256",
    Text,
    "d.text_sha256",
    "SHA-256 of the normalised words, in hexadecimal: equal means the same words. White space, line ends, Unicode form, \
     invisible characters, capitals, and the shape of quotes, dashes and bullets do not count",
);
pub(super) const WORD_COUNT: Column = always(
    "word_count",
    Integer,
    "d.word_count",
    "words; letters in scripts without spaces",
);
pub(super) const MEMENTO_URL: Column = always(
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
pub(super) use evidence;
