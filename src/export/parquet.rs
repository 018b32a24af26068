//! Apache Parquet: times as UTC timestamps, lists as lists, pages compressed with zstd.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{
    Compression, ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel,
};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use super::row_writer::RowWriter;
use super::timestamp_form::TimestampForm;
use crate::store::tables::{Cell, Column, ColumnType};

/// Largest row group, in rows. A group is held in memory until it is written, and readers load one at a time.
const MAX_GROUP_ROWS: usize = 100_000;
/// Largest row group, in bytes.
const MAX_GROUP_BYTES: usize = 32 << 20;
/// Compression level of Parquet pages.
const ZSTD_LEVEL: i32 = 3;

/// Writes the rows of a table as Parquet.
pub(super) struct ParquetWriter<'a> {
    file: SerializedFileWriter<&'a mut (dyn Write + Send)>,
    columns: Vec<ColumnBuffer>,
    rows: usize,
    bytes: usize,
}

/// The cells of a column that are not written yet.
struct ColumnBuffer {
    kind: ColumnType,
    nullable: bool,
    bytes: Vec<ByteArray>,
    numbers: Vec<i64>,
    fractions: Vec<f64>,
    booleans: Vec<bool>,
    /// 0: no value, or an empty list; 1: a value.
    definition: Vec<i16>,
    /// 0: the first element of a list; 1: a later one.
    repetition: Vec<i16>,
}

impl<'a> ParquetWriter<'a> {
    pub(super) fn new(
        out: &'a mut (dyn Write + Send),
        table: &str,
        columns: &[Column],
    ) -> io::Result<Self> {
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(
                ZstdLevel::try_new(ZSTD_LEVEL).map_err(failed)?,
            ))
            .set_created_by(concat!("policytrail ", env!("CARGO_PKG_VERSION")).to_owned());
        for column in columns.iter().filter(|c| c.is_body) {
            properties =
                properties.set_column_dictionary_enabled(ColumnPath::from(column.name), false);
        }
        let file = SerializedFileWriter::new(
            out,
            schema(table, columns).map_err(failed)?,
            Arc::new(properties.build()),
        )
        .map_err(failed)?;
        Ok(Self {
            file,
            columns: columns.iter().map(ColumnBuffer::new).collect(),
            rows: 0,
            bytes: 0,
        })
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            if let Some(mut writer) = group.next_column()? {
                column.write(&mut writer)?;
                writer.close()?;
            }
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl RowWriter for ParquetWriter<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            self.bytes += column.push(cell);
        }
        self.rows += 1;
        if self.rows >= MAX_GROUP_ROWS || self.bytes >= MAX_GROUP_BYTES {
            self.write_group().map_err(failed)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group().map_err(failed)?;
        }
        self.file.close().map_err(failed)?;
        Ok(())
    }
}

impl ColumnBuffer {
    fn new(column: &Column) -> Self {
        Self {
            kind: column.kind,
            nullable: column.nullable,
            bytes: Vec::new(),
            numbers: Vec::new(),
            fractions: Vec::new(),
            booleans: Vec::new(),
            definition: Vec::new(),
            repetition: Vec::new(),
        }
    }

    /// Adds a cell; returns its approximate size in bytes.
    fn push(&mut self, cell: &Cell<'_>) -> usize {
        let size = match cell {
            Cell::Null => {
                self.definition.push(0);
                self.repetition.push(0);
                return 4;
            }
            Cell::List(list) => return self.push_list(list),
            Cell::Text(value) => self.push_text(value),
            Cell::Redirects(list) => self.push_text(&TimestampForm::Iso.redirects(list)),
            Cell::Integer(number) => {
                self.numbers.push(*number);
                8
            }
            Cell::Fraction(number) => {
                self.fractions.push(*number);
                8
            }
            Cell::Time(time) => {
                self.numbers.push(time.unix_seconds() * 1_000_000);
                8
            }
            Cell::Boolean(truth) => {
                self.booleans.push(*truth);
                1
            }
        };
        self.definition.push(1);
        self.repetition.push(0);
        size + 4
    }

    /// Adds the bytes of a text and returns their approximate size.
    fn push_text(&mut self, text: &str) -> usize {
        self.bytes.push(ByteArray::from(text.as_bytes().to_vec()));
        text.len() + 64
    }

    /// Adds a list and returns its approximate size in bytes.
    fn push_list(&mut self, list: &[String]) -> usize {
        for (at, element) in list.iter().enumerate() {
            let bytes = element.as_bytes().to_vec();
            self.bytes.push(ByteArray::from(bytes));
            self.definition.push(1);
            self.repetition.push(i16::from(at > 0));
        }
        if list.is_empty() {
            self.definition.push(0);
            self.repetition.push(0);
        }
        list.iter().map(|e| e.len() + 64).sum::<usize>() + 4
    }

    /// Writes the cells to a row group and empties the buffer.
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let is_list = self.kind == ColumnType::List;
        let definition = (self.nullable || is_list).then_some(self.definition.as_slice());
        let repetition = is_list.then_some(self.repetition.as_slice());
        match self.kind {
            ColumnType::Text | ColumnType::Json | ColumnType::Redirects | ColumnType::List => {
                writer
                    .typed::<ByteArrayType>()
                    .write_batch(&self.bytes, definition, repetition)?
            }
            ColumnType::Integer | ColumnType::Time => {
                writer
                    .typed::<Int64Type>()
                    .write_batch(&self.numbers, definition, repetition)?
            }
            ColumnType::Fraction => {
                writer
                    .typed::<DoubleType>()
                    .write_batch(&self.fractions, definition, repetition)?
            }
            ColumnType::Boolean => {
                writer
                    .typed::<BoolType>()
                    .write_batch(&self.booleans, definition, repetition)?
            }
        };
        self.bytes.clear();
        self.numbers.clear();
        self.fractions.clear();
        self.booleans.clear();
        self.definition.clear();
        self.repetition.clear();
        Ok(())
    }
}

/// The schema of a table.
fn schema(table: &str, columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let fields: Result<Vec<TypePtr>, ParquetError> = columns.iter().map(field).collect();
    let schema = Type::group_type_builder(table)
        .with_fields(fields?)
        .build()?;
    Ok(Arc::new(schema))
}

/// The schema of a column.
fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    let repetition = if column.nullable {
        Repetition::OPTIONAL
    } else {
        Repetition::REQUIRED
    };
    let text = |name: &str, repetition| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8)
            .build()
    };
    let field = match column.kind {
        ColumnType::Text => text(column.name, repetition)?,
        ColumnType::Json | ColumnType::Redirects => {
            Type::primitive_type_builder(column.name, Physical::BYTE_ARRAY)
                .with_repetition(repetition)
                .with_logical_type(Some(LogicalType::Json))
                .with_converted_type(ConvertedType::JSON)
                .build()?
        }
        ColumnType::Integer => Type::primitive_type_builder(column.name, Physical::INT64)
            .with_repetition(repetition)
            .build()?,
        ColumnType::Fraction => Type::primitive_type_builder(column.name, Physical::DOUBLE)
            .with_repetition(repetition)
            .build()?,
        ColumnType::Boolean => Type::primitive_type_builder(column.name, Physical::BOOLEAN)
            .with_repetition(repetition)
            .build()?,
        ColumnType::Time => Type::primitive_type_builder(column.name, Physical::INT64)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MICROS)))
            .build()?,
        // The Parquet specification prescribes these three levels for lists.
        ColumnType::List => {
            let element = Arc::new(text("element", Repetition::REQUIRED)?);
            let repeated = Type::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![element])
                .build()?;
            Type::group_type_builder(column.name)
                .with_repetition(Repetition::REQUIRED)
                .with_logical_type(Some(LogicalType::List))
                .with_converted_type(ConvertedType::LIST)
                .with_fields(vec![Arc::new(repeated)])
                .build()?
        }
    };
    Ok(Arc::new(field))
}

/// Converts an error; an error of the output is returned as it was.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(cause) => *cause,
            Err(cause) => io::Error::other(cause),
        },
        other => io::Error::other(other),
    }
}
