//! An answer of many items, and how many of them are printed.

use std::io::{self, Stdout};
use std::num::NonZeroUsize;

use super::csv_rows::CsvRows;
use super::failure::Failure;

/// Items that are printed for people, or in a feed, if no limit is given.
const DEFAULT_LIMIT: usize = 50;

/// Where the items of an answer go, one by one.
pub(super) enum Answer<E> {
    /// Printed at once, for people.
    Lines,
    /// Printed at once, a JSON object each.
    Json,
    /// Printed at once, as rows of CSV.
    Csv(Box<CsvRows<Stdout>>),
    /// Kept until the end.
    Entries(Vec<E>),
}

impl<E> Answer<E> {
    /// An answer in CSV, of which the header is printed.
    pub(super) fn csv(header: &[&str]) -> Result<Self, Failure> {
        let rows = CsvRows::start(io::stdout(), header)?;
        Ok(Self::Csv(Box::new(rows)))
    }

    /// Prints what is left; returns what was kept until the end.
    pub(super) fn finish(self) -> Result<Option<Vec<E>>, Failure> {
        match self {
            Self::Lines | Self::Json => Ok(None),
            Self::Csv(csv) => csv.finish().map(|()| None),
            Self::Entries(entries) => Ok(Some(entries)),
        }
    }
}

/// Most items to print: the given number; else all for a program, and a number that people can read for others.
pub(super) fn limit(given: Option<NonZeroUsize>, is_for_program: bool) -> Option<usize> {
    match given {
        Some(limit) => Some(limit.get()),
        None if is_for_program => None,
        None => Some(DEFAULT_LIMIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_get_a_limit_that_they_did_not_give() {
        assert_eq!(limit(None, true), None);
        assert_eq!(limit(None, false), Some(DEFAULT_LIMIT));
        assert_eq!(limit(NonZeroUsize::new(3), true), Some(3));
    }
}
