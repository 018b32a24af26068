//! JSON Lines: each row is one line with one object, its fields in the order of the columns.

use std::io::{self, Write};

use super::row_writer::RowWriter;
use super::timestamp_form::TimestampForm;
use crate::store::tables::{Cell, Column};

/// Writes the rows of a table as JSON Lines.
pub(super) struct JsonlWriter<'a> {
    out: &'a mut (dyn Write + Send),
    columns: Vec<Column>,
    timestamps: TimestampForm,
    line: Vec<u8>,
}

impl<'a> JsonlWriter<'a> {
    pub(super) fn new(
        out: &'a mut (dyn Write + Send),
        columns: &[Column],
        timestamps: TimestampForm,
    ) -> Self {
        Self {
            out,
            columns: columns.to_vec(),
            timestamps,
            line: Vec::new(),
        }
    }
}

impl RowWriter for JsonlWriter<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        self.line.clear();
        write_object(&mut self.line, &self.columns, cells, self.timestamps)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a row as a JSON object without a line end. No value can be `NaN`, because fractions are finite.
pub(super) fn write_object(
    out: &mut Vec<u8>,
    columns: &[Column],
    cells: &[Cell<'_>],
    timestamps: TimestampForm,
) -> io::Result<()> {
    let mut separator = b'{';
    for (column, cell) in columns.iter().zip(cells) {
        out.push(separator);
        separator = b',';
        // Column names need no escaping.
        write!(out, "\"{}\":", column.name)?;
        match cell {
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Text(text) => serde_json::to_writer(&mut *out, text)?,
            Cell::Integer(number) => write!(out, "{number}")?,
            Cell::Fraction(number) => write!(out, "{number:?}")?,
            Cell::Boolean(truth) => write!(out, "{truth}")?,
            Cell::Time(time) => write!(out, "\"{}\"", timestamps.text(*time))?,
            Cell::List(list) => serde_json::to_writer(&mut *out, list)?,
            Cell::Redirects(list) => {
                serde_json::to_writer(&mut *out, &timestamps.redirects(list))?;
            }
        }
    }
    if separator == b'{' {
        out.push(b'{');
    }
    out.push(b'}');
    Ok(())
}
