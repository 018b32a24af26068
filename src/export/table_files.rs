//! Writes each table in one pass: every row is written in all formats of the options.

use std::io::{self, Write};

use super::clusters;
use super::compression::Compression;
use super::csv::CsvWriter;
use super::error::ExportError;
use super::export_file::{ExportFile, WrittenFile};
use super::folder::ExportFolder;
use super::jsonl::JsonlWriter;
use super::options::{ExportOptions, TableFormat};
use super::panel;
#[cfg(feature = "parquet")]
use super::parquet::ParquetWriter;
use super::row_writer::RowWriter;
use super::timestamp_form::TimestampForm;
use crate::store::tables::{CLUSTERS, Cell, Column, PANEL, Snapshot, TABLES, Table};

/// True when this build writes Parquet.
const CAN_WRITE_PARQUET: bool = cfg!(feature = "parquet");

/// The end of a file name.
fn suffix(format: TableFormat) -> &'static str {
    match format {
        TableFormat::Jsonl => "jsonl",
        TableFormat::Csv => "csv",
        TableFormat::Parquet => "parquet",
    }
}

/// Compression of a whole file of this format. Parquet compresses its contents itself.
fn compression(format: TableFormat, options: &ExportOptions) -> Compression {
    match format {
        TableFormat::Jsonl | TableFormat::Csv => options.compression,
        TableFormat::Parquet => Compression::None,
    }
}

/// The writer of a format.
fn row_writer<'a>(
    (format, timestamps): (TableFormat, TimestampForm),
    file: &'a mut ExportFile,
    table: &Table,
    columns: &[Column],
) -> Result<Box<dyn RowWriter + 'a>, ExportError> {
    let path = file.path().to_path_buf();
    let fail = |e| ExportError::write(&path, e);
    let out: &'a mut (dyn Write + Send) = file;
    Ok(match format {
        TableFormat::Jsonl => Box::new(JsonlWriter::new(out, columns, timestamps)),
        TableFormat::Csv => Box::new(CsvWriter::new(out, columns, timestamps).map_err(fail)?),
        TableFormat::Parquet => parquet_writer(out, table.name, columns).map_err(fail)?,
    })
}

#[cfg(feature = "parquet")]
fn parquet_writer<'a>(
    out: &'a mut (dyn Write + Send),
    table: &str,
    columns: &[Column],
) -> io::Result<Box<dyn RowWriter + 'a>> {
    Ok(Box::new(ParquetWriter::new(out, table, columns)?))
}

/// Replaces the Parquet writer in a build without the feature. [`check_formats`] refuses Parquet before this is called.
#[cfg(not(feature = "parquet"))]
fn parquet_writer<'a>(
    _out: &'a mut (dyn Write + Send),
    _table: &str,
    _columns: &[Column],
) -> io::Result<Box<dyn RowWriter + 'a>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A table that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTable {
    /// The table.
    pub table: Table,
    /// The columns that were written.
    pub columns: Vec<Column>,
    /// Number of rows.
    pub rows: u64,
    /// Number of rows with unreadable values. They are in no file.
    pub left_out: u64,
    /// Its files, by format.
    pub files: Vec<(TableFormat, WrittenFile)>,
}

fn file_name(table: &Table, format: TableFormat, compression: Compression) -> String {
    format!("{}.{}{}", table.name, suffix(format), compression.suffix())
}

/// Fails if this build cannot write one of the formats.
pub(super) fn check_formats(options: &ExportOptions) -> Result<(), ExportError> {
    let can_write = |format: &TableFormat| *format != TableFormat::Parquet || CAN_WRITE_PARQUET;
    if options.tables.iter().all(can_write) {
        Ok(())
    } else {
        Err(ExportError::NoParquet)
    }
}

/// The names of the files that [`write_tables`] writes.
pub(super) fn table_file_names(options: &ExportOptions) -> Vec<String> {
    let panel = options.panel.map(|_| &PANEL);
    let derived = std::iter::once(&CLUSTERS).chain(panel);
    let mut names = Vec::new();
    for table in TABLES.iter().chain(derived) {
        names.extend(
            options
                .tables
                .iter()
                .map(|format| file_name(table, *format, compression(*format, options))),
        );
    }
    names
}

/// Writes all tables in all formats of the options.
pub(super) fn write_tables(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut ExportFolder,
) -> Result<Vec<WrittenTable>, ExportError> {
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
    let columns = CLUSTERS.columns(!options.no_text);
    written.push(write_table(
        options,
        folder,
        &CLUSTERS,
        columns.clone(),
        |each| clusters::each_row(snapshot, &columns, &options.filter, each),
    )?);
    if let Some(period) = options.panel {
        let columns = PANEL.columns.to_vec();
        written.push(write_table(options, folder, &PANEL, columns, |each| {
            panel::each_row(snapshot, &options.filter, period, each)
        })?);
    }
    Ok(written)
}

/// Receives the rows of a table, one at a time.
type RowSink<'a> = dyn FnMut(&[Cell<'_>]) -> Result<(), ExportError> + 'a;

fn write_table(
    options: &ExportOptions,
    folder: &mut ExportFolder,
    table: &Table,
    columns: Vec<Column>,
    for_each_row: impl FnOnce(&mut RowSink<'_>) -> Result<u64, ExportError>,
) -> Result<WrittenTable, ExportError> {
    let mut outputs = Vec::new();
    for format in &options.tables {
        let compression = compression(*format, options);
        outputs.push(folder.create(&file_name(table, *format, compression), compression)?);
    }
    let paths: Vec<_> = outputs
        .iter()
        .map(|file| file.path().to_path_buf())
        .collect();
    let mut writers = Vec::new();
    for (format, file) in options.tables.iter().zip(&mut outputs) {
        let form = (*format, options.timestamps);
        writers.push(row_writer(form, file, table, &columns)?);
    }
    let mut rows = 0;
    let left_out = for_each_row(&mut |cells| {
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
    for (format, file) in options.tables.iter().zip(outputs) {
        files.push((*format, folder.close(file)?));
    }
    Ok(WrittenTable {
        table: *table,
        columns,
        rows,
        left_out,
        files,
    })
}

#[cfg(test)]
#[cfg(not(feature = "parquet"))]
mod tests {
    use super::*;
    use crate::export::export;
    use crate::store::Store;

    #[test]
    fn a_build_without_parquet_refuses_the_format_before_it_writes() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("dataset");
        let options = ExportOptions {
            tables: vec![TableFormat::Jsonl, TableFormat::Parquet],
            ..ExportOptions::default()
        };
        let store = Store::open_in_memory().unwrap();
        let error = export(&store, &options, &target).unwrap_err();
        assert!(error.to_string().contains("feature `parquet`"), "{error}");
        assert!(!target.exists());
    }
}
