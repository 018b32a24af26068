//! The DOI of a dataset.

use std::fmt;
use std::str::FromStr;

use super::line::InvalidCitation;

/// A DOI: `10.5281/zenodo.1234567`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doi(String);

impl FromStr for Doi {
    type Err = InvalidCitation;

    /// Parses a DOI, also after `doi:` and as an address at `doi.org`. The characters are those that the schema of
    /// `CITATION.cff` 1.2.0 allows, without the backslash.
    fn from_str(text: &str) -> Result<Self, InvalidCitation> {
        let text = text.trim();
        let prefixes = [
            "https://doi.org/",
            "http://doi.org/",
            "https://dx.doi.org/",
            "http://dx.doi.org/",
            "doi.org/",
            "doi:",
        ];
        let name = prefixes
            .iter()
            .find_map(|prefix| {
                let start = text.get(..prefix.len())?;
                start
                    .eq_ignore_ascii_case(prefix)
                    .then(|| text[prefix.len()..].trim_start())
            })
            .unwrap_or(text);
        if is_doi(name) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidCitation(
                "it is not a DOI; write it as 10.5281/zenodo.1234567".to_owned(),
            ))
        }
    }
}

/// `10.`, four to nine digits (and perhaps parts after dots), a slash, and the name.
fn is_doi(text: &str) -> bool {
    let Some((registrant, name)) = text.strip_prefix("10.").and_then(|t| t.split_once('/')) else {
        return false;
    };
    let mut parts = registrant.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let first = parts.next().unwrap_or_default();
    is_number(first)
        && (4..=9).contains(&first.len())
        && parts.all(is_number)
        && (1..=200).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b":/_;-.()[]".contains(&b))
}

impl fmt::Display for Doi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Doi {
    /// The address that leads to the dataset.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://doi.org/{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doi_is_read_in_every_usual_form() {
        for text in [
            "10.5281/zenodo.1234567",
            " doi:10.5281/zenodo.1234567",
            "DOI: 10.5281/zenodo.1234567",
            "https://doi.org/10.5281/zenodo.1234567",
            "http://dx.doi.org/10.5281/zenodo.1234567",
        ] {
            let doi: Doi = text.parse().unwrap();
            assert_eq!(doi.url(), "https://doi.org/10.5281/zenodo.1234567");
        }
        for bad in [
            "",
            "zenodo.1",
            "10.52/x",
            "10.5281/",
            "10.5281/a b",
            "10.5281/a\"b",
            "10.5281/a}b",
            "10.5281/a\\b",
            "11.5281/x",
            "https://example.org/10.5281/x",
            "10.5281/ü",
        ] {
            assert!(bad.parse::<Doi>().is_err(), "{bad:?}");
        }
    }
}
