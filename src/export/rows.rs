//! The tables in one pass each: every row goes to all the formats wanted.

use std::io::Write;

use super::columnar::ParquetWriter;
use super::comma::CsvWriter;
use super::folder::{Compression, Folder, Sink, Written};
use super::jsonl::JsonlWriter;
use super::{ExportError, ExportOptions, RowWriter, panel};
use crate::store::tables::{Cell, Column, PANEL, Snapshot, TABLES, Table};

/// A form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// JSON Lines.
    Jsonl,
    /// CSV by RFC 4180.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl TableFormat {
    fn suffix(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    fn compression(self, wanted: Compression) -> Compression {
        match self {
            Self::Jsonl | Self::Csv => wanted,
            // Compressed inside already.
            Self::Parquet => Compression::None,
        }
    }

    fn writer<'a>(
        self,
        sink: &'a mut Sink,
        table: &Table,
        columns: &[Column],
    ) -> Result<Box<dyn RowWriter + 'a>, ExportError> {
        let path = sink.path().to_path_buf();
        let fail = |e| ExportError::write(&path, e);
        let out: &'a mut (dyn Write + Send) = sink;
        Ok(match self {
            Self::Jsonl => Box::new(JsonlWriter::new(out, columns)),
            Self::Csv => Box::new(CsvWriter::new(out, columns).map_err(fail)?),
            Self::Parquet => Box::new(ParquetWriter::new(out, table.name, columns).map_err(fail)?),
        })
    }
}

/// A table that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRows {
    /// Which.
    pub table: Table,
    /// The columns that were written.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: u64,
    /// Rows with unreadable values, which are in no file.
    pub left_out: u64,
    /// Its files, by format.
    pub files: Vec<(TableFormat, Written)>,
}

fn file_name(table: &Table, format: TableFormat, compression: Compression) -> String {
    format!("{}.{}{}", table.name, format.suffix(), compression.suffix())
}

/// The files that [`write_tables`] will write.
pub(super) fn table_files(options: &ExportOptions) -> Vec<String> {
    let panel = options.panel.map(|_| &PANEL);
    let mut names = Vec::new();
    for table in TABLES.iter().chain(panel) {
        names.extend(
            options
                .tables
                .iter()
                .map(|format| file_name(table, *format, format.compression(options.compression))),
        );
    }
    names
}

/// Writes all tables in all the formats wanted.
pub(super) fn write_tables(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut Folder,
) -> Result<Vec<TableRows>, ExportError> {
    if options.tables.is_empty() {
        return Ok(Vec::new());
    }
    let mut written = Vec::new();
    for table in &TABLES {
        let columns = table.columns(!options.no_text);
        written.push(write_table(
            options,
            folder,
            table,
            columns.clone(),
            |each| snapshot.each_row(table, &columns, &options.filter, each),
        )?);
    }
    if let Some(period) = options.panel {
        let columns = PANEL.columns.to_vec();
        written.push(write_table(options, folder, &PANEL, columns, |each| {
            panel::each_row(snapshot, &options.filter, period, each)
        })?);
    }
    Ok(written)
}

/// Takes the rows of a table, one at a time.
type EachRow<'a> = dyn FnMut(&[Cell<'_>]) -> Result<(), ExportError> + 'a;

fn write_table(
    options: &ExportOptions,
    folder: &mut Folder,
    table: &Table,
    columns: Vec<Column>,
    rows_of: impl FnOnce(&mut EachRow<'_>) -> Result<u64, ExportError>,
) -> Result<TableRows, ExportError> {
    let mut sinks = Vec::new();
    for format in &options.tables {
        let compression = format.compression(options.compression);
        sinks.push(folder.create(&file_name(table, *format, compression), compression)?);
    }
    let paths: Vec<_> = sinks.iter().map(|s| s.path().to_path_buf()).collect();
    let mut writers = Vec::new();
    for (format, sink) in options.tables.iter().zip(&mut sinks) {
        writers.push(format.writer(sink, table, &columns)?);
    }
    let mut rows = 0;
    let left_out = rows_of(&mut |cells| {
        rows += 1;
        for (writer, path) in writers.iter_mut().zip(&paths) {
            writer.row(cells).map_err(|e| ExportError::write(path, e))?;
        }
        Ok(())
    })?;
    for (writer, path) in writers.into_iter().zip(&paths) {
        writer.finish().map_err(|e| ExportError::write(path, e))?;
    }
    let mut files = Vec::new();
    for (format, sink) in options.tables.iter().zip(sinks) {
        files.push((*format, folder.close(sink)?));
    }
    Ok(TableRows {
        table: *table,
        columns,
        rows,
        left_out,
        files,
    })
}
