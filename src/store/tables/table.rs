//! The description of a table: its columns, their types, and one value of a row.

use std::borrow::Cow;

use crate::model::{Redirect, Timestamp};

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Fraction,
    /// True or false.
    Boolean,
    /// A moment to the second, UTC.
    Time,
    /// A list of texts.
    List,
    /// Text that is JSON.
    Json,
    /// A list of archived redirects, written as JSON.
    Redirects,
}

impl ColumnType {
    /// The word of the data dictionary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Fraction => "number",
            Self::Boolean => "boolean",
            Self::Time => "time",
            Self::List => "list of text",
            Self::Json | Self::Redirects => "JSON text",
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, the same in every format.
    pub name: &'static str,
    /// What its cells are.
    pub kind: ColumnType,
    /// A cell may be empty.
    pub nullable: bool,
    /// It holds the words of policies, which `--no-text` leaves out.
    pub is_body: bool,
    /// What it means.
    pub meaning: &'static str,
    /// The expression that yields it.
    pub(super) sql: &'static str,
}

/// A table of the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name and that of its file.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its columns, in order.
    pub columns: &'static [Column],
    pub(super) from: &'static str,
    /// What is always asked of a row.
    pub(super) always: &'static str,
    pub(super) order: &'static str,
    /// First and last moment of a row, where it has them.
    pub(super) span: Option<(&'static str, &'static str)>,
    /// How a row belongs to policies: `{}` stands for the chosen ones.
    pub(super) chosen: Chosen,
    /// How many things its rows are about.
    pub(super) counted: &'static str,
}

/// How conditions on versions choose the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    /// The rows are versions themselves.
    Versions,
    /// Rows whose policy has a version that is chosen: this expression is in the list of their ids.
    Policy(&'static str),
    /// Rows whose site has one.
    Site(&'static str),
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// Of a column of text or JSON.
    Text(Cow<'a, str>),
    /// Of a column of whole numbers.
    Integer(i64),
    /// Of a column of fractions; always finite.
    Fraction(f64),
    /// Of a column of true and false.
    Boolean(bool),
    /// Of a column of times.
    Time(Timestamp),
    /// Of a column of lists.
    List(Vec<String>),
    /// Of a column of redirects.
    Redirects(Vec<Redirect>),
}

impl Cell<'_> {
    /// The same value, borrowed from nobody.
    #[must_use]
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Integer(number) => Cell::Integer(number),
            Self::Fraction(number) => Cell::Fraction(number),
            Self::Boolean(truth) => Cell::Boolean(truth),
            Self::Time(time) => Cell::Time(time),
            Self::List(list) => Cell::List(list),
            Self::Redirects(list) => Cell::Redirects(list),
        }
    }
}

impl Table {
    /// Its columns, without those that hold the words of policies unless `with_text`.
    #[must_use]
    pub fn columns(&self, with_text: bool) -> Vec<Column> {
        let wanted = |c: &&Column| with_text || !c.is_body;
        self.columns.iter().filter(wanted).copied().collect()
    }

    /// The column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }
}
