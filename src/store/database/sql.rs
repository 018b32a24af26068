//! Conversions between the model's types and values of SQLite, and expressions of several statements.

use std::str::FromStr;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::model::{
    ArchiveId, CaptureId, ChangeId, DocumentId, PayloadId, PolicyId, PolicyKind, Redirect,
    RenditionId, RunId, SiteId, Source, Timestamp,
};

macro_rules! integer_ids {
    ($($name:ident),+ $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.get()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self::new)
            }
        }
    )+};
}

integer_ids!(
    ArchiveId,
    CaptureId,
    ChangeId,
    DocumentId,
    PayloadId,
    PolicyId,
    RenditionId,
    RunId,
    SiteId,
);

macro_rules! codes {
    ($($name:ident),+ $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.code()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str()?.parse().map_err(FromSqlError::other)
            }
        }
    )+};
}

codes!(PolicyKind, Source);

/// A time is stored as its 14 digits. Text that is no time is an error of the column.
impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

/// Parses a stored text; `None` for NULL and for text that another program made unreadable.
pub(in crate::store) fn parsed<T: FromStr>(text: Option<String>) -> Option<T> {
    text?.parse().ok()
}

/// Parses a stored time; `None` for NULL and for text that is not a time.
pub(in crate::store) fn timestamp(text: Option<String>) -> Option<Timestamp> {
    parsed(text)
}

/// Parses the stored list of archived redirects; empty for NULL.
pub(in crate::store) fn redirects(json: Option<String>) -> Vec<Redirect> {
    json.map_or_else(Vec::new, |json| Redirect::list_from_json(&json))
}

/// Base URL of the archive `a`, or `file`.
macro_rules! archive_name {
    () => {
        "iif(a.archive GLOB 'file-*', 'file', a.archive)"
    };
}

/// URL where the archive `a` shows the capture `c`; NULL if it is not known to show it.
macro_rules! memento_url {
    () => {
        "a.memento_url_prefix || c.timestamp || '/' || c.original"
    };
}

/// SHA-256 of the payload `y` of the memento `m`, also if the database does not hold the payload.
macro_rules! payload_sha256 {
    () => {
        "coalesce(y.sha256, m.payload_sha256)"
    };
}

pub(in crate::store) use {archive_name, memento_url, payload_sha256};
