//! An author of a dataset.

use std::str::FromStr;

use super::line::{InvalidCitation, one_line};

/// An author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A person: `Family, Given`.
    Person {
        /// Family names.
        family: String,
        /// Given names.
        given: String,
    },
    /// An organisation, or a name that is not divided.
    Whole(String),
}

impl FromStr for Author {
    type Err = InvalidCitation;

    /// Parses `Family, Given` as a person. Text without a comma is a whole name: where a name is divided differs between
    /// languages.
    fn from_str(text: &str) -> Result<Self, InvalidCitation> {
        let text = one_line(text)?;
        Ok(match text.split_once(',') {
            Some((family, given)) => Self::Person {
                family: one_line(family)?.to_owned(),
                given: one_line(given)?.to_owned(),
            },
            None => Self::Whole(text.to_owned()),
        })
    }
}

impl Author {
    /// The name as people read it: `Given Family`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Person { family, given } => format!("{given} {family}"),
            Self::Whole(name) => name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_divides_the_name_of_a_person() {
        let doe: Author = "Doe, Jane Q.".parse().unwrap();
        assert_eq!(doe.name(), "Jane Q. Doe");
        let king: Author = "King, Jr., Martin Luther".parse().unwrap();
        assert_eq!(
            king,
            Author::Person {
                family: "King".to_owned(),
                given: "Jr., Martin Luther".to_owned()
            }
        );
        assert_eq!(
            "Institute for Law".parse(),
            Ok(Author::Whole("Institute for Law".to_owned()))
        );
        for bad in ["", ",", "Doe,", ", Jane"] {
            assert!(bad.parse::<Author>().is_err(), "{bad:?}");
        }
    }
}
