//! CSV by RFC 4180, as the dataset has it: a header, CRLF after each row. Times are ISO 8601, so that no program reads them
//! as numbers.

use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};

use super::failure::Failure;
use crate::model::Timestamp;
use crate::report::safe_line;

/// Writes rows of CSV.
pub(super) struct CsvRows<W: Write>(Writer<W>);

impl<W: Write> CsvRows<W> {
    /// Writes the header.
    pub(super) fn start(out: W, header: &[&str]) -> Result<Self, Failure> {
        let mut rows = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(out);
        rows.write_record(header)?;
        Ok(Self(rows))
    }

    /// Writes a row. Text of strangers is made safe.
    pub(super) fn row(&mut self, cells: &[String]) -> Result<(), Failure> {
        let cells = cells.iter().map(|cell| safe_line(cell));
        self.0.write_record(cells)?;
        Ok(())
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        Ok(self.0.flush()?)
    }
}

/// A time as a cell; empty if there is none.
pub(super) fn time_cell(time: Option<Timestamp>) -> String {
    time.map(Timestamp::rfc3339).unwrap_or_default()
}
