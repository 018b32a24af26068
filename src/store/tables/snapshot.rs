//! One state of the database, read row by row.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};

use super::described::VERSIONS;
use super::filter::Filter;
use super::table::{Cell, Column, ColumnType, Table};
use crate::model::{PolicyId, Proof, Redirect, RenditionId, Timestamp};
use crate::store::database::sql::{archive_name, memento_url, payload_sha256};
use crate::store::database::{Store, StoreError};

/// One state of the database: whoever writes meanwhile is not seen.
#[derive(Debug)]
pub struct Snapshot<'a> {
    pub(super) connection: &'a Connection,
    pub(super) path: &'a Path,
}

/// In which order versions come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionOrder {
    /// By site, policy and time.
    ByPolicy,
    /// By first sight, over all sites.
    ByTime,
}

/// A version without its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline<'a> {
    /// Its fields without its words, in the order of `VERSIONS.columns(false)`.
    pub cells: &'a [Cell<'a>],
    /// Its site, as stored.
    pub site: &'a str,
    /// Its policy's kind, as stored.
    pub kind: &'a str,
    /// 1, 2, … among the policies of this kind and site.
    pub ordinal: i64,
    /// Row of its policy.
    pub policy_id: PolicyId,
    /// Row of its words.
    pub rendition_id: RenditionId,
    /// Time of its first capture.
    pub timestamp: Timestamp,
    /// Address of its first capture.
    pub original: &'a str,
    /// Beginning of links to captures; `None` if no archive is known to show them.
    pub memento_prefix: Option<&'a str>,
    /// Where its first capture can be checked.
    pub proof: Proof,
}

/// The words of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Heading or title of the page.
    pub title: Option<String>,
    /// A line a block.
    pub text: String,
    /// As `CommonMark`.
    pub markdown: String,
}

/// Columns of an [`Outline`], whose names differ from those of the table.
const OUTLINE: &str = concat!(
    "s.site AS outline_site, p.kind AS outline_kind,
    (SELECT count(*) FROM policies q WHERE q.site_id = p.site_id AND q.kind = p.kind AND q.policy_id <= p.policy_id) AS outline_ordinal,
    p.policy_id AS outline_policy_id, v.rendition_id AS outline_rendition_id, c.timestamp AS outline_timestamp,
    c.original AS outline_original, a.memento_url_prefix AS outline_prefix, ",
    archive_name!(),
    " AS outline_archive, ",
    memento_url!(),
    " AS outline_memento_url, k.file AS outline_file, k.record_offset AS outline_offset, ",
    payload_sha256!(),
    " AS outline_sha256, v.version AS outline_version, w.sightings > 1 AS is_repeated"
);

impl Store {
    /// Lets `work` read one state of the database.
    ///
    /// # Errors
    /// When the database fails, or with what `work` gives.
    pub fn snapshot<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let fail = |e| E::from(StoreError::of(self.path(), e));
        let transaction = connection.transaction().map_err(fail)?;
        work(&Snapshot {
            connection: &transaction,
            path: self.path(),
        })
    }
}

impl Snapshot<'_> {
    pub(super) fn fail(&self, error: rusqlite::Error) -> StoreError {
        StoreError::of(self.path, error)
    }

    /// Hands the rows of a table to `each`, in its order, one at a time, until it fails. Gives the number of rows that
    /// were left out because other hands made a value unreadable.
    ///
    /// # Errors
    /// When the database fails, or with what `each` gives.
    pub fn each_row<E: From<StoreError>>(
        &self,
        table: &Table,
        columns: &[Column],
        filter: &Filter,
        mut each: impl FnMut(&[Cell<'_>]) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut values = Vec::new();
        let condition = filter.sql(table, &mut values);
        let sql = format!(
            "SELECT {} FROM {} WHERE {condition} ORDER BY {}",
            expressions(columns),
            table.from,
            table.order
        );
        self.rows(&sql, values, |row| {
            let Some(cells) = cells(row, columns) else {
                return Ok(false);
            };
            each(&cells)?;
            Ok(true)
        })
    }

    /// Hands all versions without their words to `each`, each once: at the first of its sightings that are wanted. Gives the
    /// number of those left out, as [`Snapshot::each_row`].
    ///
    /// # Errors
    /// When the database fails, or with what `each` gives.
    pub fn each_outline<E: From<StoreError>>(
        &self,
        filter: &Filter,
        order: VersionOrder,
        mut each: impl FnMut(&Outline<'_>) -> Result<(), E>,
    ) -> Result<u64, E> {
        let columns = VERSIONS.columns(false);
        let mut values = Vec::new();
        let condition = filter.sql(&VERSIONS, &mut values);
        let by_policy = VERSIONS.order;
        let order = match order {
            VersionOrder::ByPolicy => by_policy.to_owned(),
            VersionOrder::ByTime => format!("v.first_seen, {by_policy}"),
        };
        let sql = format!(
            "SELECT {}, {OUTLINE} FROM {} WHERE {condition} ORDER BY {order}",
            expressions(&columns),
            VERSIONS.from
        );
        // The versions with several sightings, which are few.
        let mut seen = HashSet::new();
        self.rows(&sql, values, |row| {
            let Some(cells) = cells(row, &columns) else {
                return Ok(false);
            };
            let Some((outline, sighted)) = outline(row, &cells) else {
                return Ok(false);
            };
            if sighted.is_some_and(|version| !seen.insert(version)) {
                return Ok(true);
            }
            each(&outline)?;
            Ok(true)
        })
    }

    /// The words of a version.
    ///
    /// # Errors
    /// When the database fails or does not hold them.
    pub fn body(&self, rendition_id: RenditionId) -> Result<Body, StoreError> {
        self.connection
            .prepare_cached("SELECT title, text, markdown FROM renditions WHERE rendition_id = ?1")
            .and_then(|mut statement| {
                statement.query_row([rendition_id], |r| {
                    Ok(Body {
                        title: r.get("title")?,
                        text: r.get("text")?,
                        markdown: r.get("markdown")?,
                    })
                })
            })
            .map_err(|e| self.fail(e))
    }

    /// Number of the things that the rows of a table are about (of `versions`: versions, not sightings), by the value of a
    /// column, the most frequent first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn counts(
        &self,
        table: &Table,
        column: &str,
        filter: &Filter,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let expression = table.column(column).map_or("NULL", |c| c.sql);
        let mut values = Vec::new();
        let condition = filter.sql(table, &mut values);
        let sql = format!(
            "SELECT coalesce({expression}, ''), {} FROM {} WHERE {condition} GROUP BY 1 ORDER BY 2 DESC, 1",
            table.counted, table.from
        );
        let mut counts = Vec::new();
        self.rows(&sql, values, |row| {
            let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()));
            counts.push(read(row).map_err(|e| self.fail(e))?);
            Ok::<_, StoreError>(true)
        })?;
        Ok(counts)
    }

    /// Number of rows of a table.
    ///
    /// # Errors
    /// When the database fails.
    pub fn row_count(&self, table: &Table, filter: &Filter) -> Result<u64, StoreError> {
        let mut values = Vec::new();
        let condition = filter.sql(table, &mut values);
        let sql = format!("SELECT count(*) FROM {} WHERE {condition}", table.from);
        let mut count = 0;
        self.rows(&sql, values, |row| {
            count = row
                .get::<_, i64>(0)
                .map_err(|e| self.fail(e))?
                .cast_unsigned();
            Ok::<_, StoreError>(true)
        })?;
        Ok(count)
    }

    /// The first time in one column of a table and the last time in another; `None` without any time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn extent(
        &self,
        table: &Table,
        (first, last): (&str, &str),
        filter: &Filter,
    ) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let expression = |column: &str| table.column(column).map_or("NULL", |c| c.sql);
        let mut values = Vec::new();
        let condition = filter.sql(table, &mut values);
        let sql = format!(
            "SELECT min({}) AS first, max({}) AS last FROM {} WHERE {condition}",
            expression(first),
            expression(last),
            table.from
        );
        let mut extent = None;
        self.rows(&sql, values, |row| {
            extent = time(row, "first").zip(time(row, "last"));
            Ok::<_, StoreError>(true)
        })?;
        Ok(extent)
    }

    /// The date of what the database holds: when its last run ended, else its newest capture.
    ///
    /// # Errors
    /// When the database fails.
    pub fn dated(&self) -> Result<Option<Timestamp>, StoreError> {
        let date: Option<String> = self
            .connection
            .query_row(
                "SELECT coalesce((SELECT max(coalesce(finished_at, started_at)) FROM runs), (SELECT max(timestamp) FROM captures))",
                [],
                |r| r.get(0),
            )
            .optional()
            .map_err(|e| self.fail(e))?
            .flatten();
        Ok(date.and_then(|d| d.parse().ok()))
    }

    /// Runs a statement; `each` says whether it took the row. Gives the number of rows it did not take.
    pub(super) fn rows<E: From<StoreError>>(
        &self,
        sql: &str,
        values: Vec<Value>,
        mut each: impl FnMut(&Row<'_>) -> Result<bool, E>,
    ) -> Result<u64, E> {
        let fail = |e| E::from(self.fail(e));
        let mut statement = self.connection.prepare(sql).map_err(fail)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(fail)?;
        let mut left_out = 0;
        while let Some(row) = rows.next().map_err(fail)? {
            left_out += u64::from(!each(row)?);
        }
        Ok(left_out)
    }
}

fn expressions(columns: &[Column]) -> String {
    let expressions: Vec<&str> = columns.iter().map(|c| c.sql).collect();
    expressions.join(", ")
}

/// The cells of a row; `None` when one of them is not what its column says.
fn cells<'r>(row: &'r Row<'_>, columns: &[Column]) -> Option<Vec<Cell<'r>>> {
    let mut cells = Vec::with_capacity(columns.len());
    for (at, column) in columns.iter().enumerate() {
        let cell = match cell(row.get_ref(at).ok()?, column.kind) {
            Some(cell) => cell,
            None if column.nullable => Cell::Null,
            None => return None,
        };
        if cell == Cell::Null && !column.nullable {
            return None;
        }
        cells.push(cell);
    }
    Some(cells)
}

fn cell(value: ValueRef<'_>, kind: ColumnType) -> Option<Cell<'_>> {
    Some(match (value, kind) {
        (ValueRef::Null, _) => Cell::Null,
        (ValueRef::Integer(number), ColumnType::Integer) => Cell::Integer(number),
        (ValueRef::Real(number), ColumnType::Fraction) if number.is_finite() => {
            Cell::Fraction(number)
        }
        (ValueRef::Integer(number), ColumnType::Boolean) => Cell::Boolean(number != 0),
        (ValueRef::Text(bytes), kind) => {
            let text = std::str::from_utf8(bytes).ok()?;
            match kind {
                ColumnType::Text | ColumnType::Json => Cell::Text(text.into()),
                ColumnType::Time => Cell::Time(text.parse().ok()?),
                ColumnType::List => Cell::List(serde_json::from_str(text).ok()?),
                ColumnType::Redirects => Cell::Redirects(Redirect::list_from_json(text)),
                ColumnType::Integer | ColumnType::Fraction | ColumnType::Boolean => return None,
            }
        }
        _ => return None,
    })
}

/// The outline in a row; with policy and number of a version that has several such rows.
fn outline<'a>(
    row: &'a Row<'_>,
    cells: &'a [Cell<'a>],
) -> Option<(Outline<'a>, Option<(PolicyId, i64)>)> {
    let text = |column: &str| row.get_ref(column).ok()?.as_str().ok();
    let number = |column: &str| row.get_ref(column).ok()?.as_i64().ok();
    let outline = Outline {
        cells,
        site: text("outline_site")?,
        kind: text("outline_kind")?,
        ordinal: number("outline_ordinal")?,
        policy_id: PolicyId::new(number("outline_policy_id")?),
        rendition_id: RenditionId::new(number("outline_rendition_id")?),
        timestamp: text("outline_timestamp")?.parse().ok()?,
        original: text("outline_original")?,
        memento_prefix: text("outline_prefix"),
        proof: Proof {
            archive: text("outline_archive")?.to_owned(),
            memento_url: text("outline_memento_url").map(str::to_owned),
            warc_file: text("outline_file").map(str::to_owned),
            warc_offset: number("outline_offset").map(i64::cast_unsigned),
            payload_sha256: text("outline_sha256").map(str::to_owned),
        },
    };
    let sighted = (number("is_repeated") == Some(1))
        .then(|| Some((outline.policy_id, number("outline_version")?)))
        .flatten();
    Some((outline, sighted))
}

pub(super) fn time(row: &Row<'_>, column: &str) -> Option<Timestamp> {
    row.get_ref(column).ok()?.as_str().ok()?.parse().ok()
}
