//! CSV by RFC 4180: a header, CRLF after each row, quotes where needed. A list is a JSON array, a missing value is an empty
//! field.

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use super::row_writer::RowWriter;
use super::timestamp_form::TimestampForm;
use crate::store::tables::{Cell, Column};

/// Writes the rows of a table as CSV.
pub(super) struct CsvWriter<'a> {
    out: Writer<&'a mut (dyn Write + Send)>,
    timestamps: TimestampForm,
}

impl<'a> CsvWriter<'a> {
    pub(super) fn new(
        out: &'a mut (dyn Write + Send),
        columns: &[Column],
        timestamps: TimestampForm,
    ) -> io::Result<Self> {
        let mut out = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        out.write_record(columns.iter().map(|c| c.name))?;
        Ok(Self { out, timestamps })
    }
}

impl RowWriter for CsvWriter<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        for cell in cells {
            match cell {
                Cell::Null => self.out.write_field(b"")?,
                Cell::Text(text) => self.out.write_field(text.as_bytes())?,
                Cell::Integer(number) => self.out.write_field(number.to_string())?,
                Cell::Fraction(number) => self.out.write_field(format!("{number:?}"))?,
                Cell::Boolean(truth) => self.out.write_field(truth.to_string())?,
                Cell::Time(time) => self.out.write_field(self.timestamps.text(*time))?,
                Cell::List(list) => self.out.write_field(serde_json::to_string(list)?)?,
                Cell::Redirects(list) => self.out.write_field(self.timestamps.redirects(list))?,
            }
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}
