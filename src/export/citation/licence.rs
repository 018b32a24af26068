//! The licence of what a dataset adds to the texts: dates, hashes, evidence, structure.

use std::str::FromStr;

use url::Url;

use super::line::{InvalidCitation, one_line};

/// Licences of data by their SPDX identifiers, with their addresses. `CITATION.cff` accepts identifiers of SPDX only; any
/// other licence is given by its address.
const KNOWN: [(&str, &str); 13] = [
    (
        "CC0-1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    (
        "CC-BY-SA-4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    (
        "CC-BY-NC-4.0",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    (
        "CC-BY-NC-SA-4.0",
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    ),
    (
        "CC-BY-ND-4.0",
        "https://creativecommons.org/licenses/by-nd/4.0/",
    ),
    (
        "CC-BY-NC-ND-4.0",
        "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    ),
    ("ODC-By-1.0", "https://opendatacommons.org/licenses/by/1-0/"),
    ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    ("PDDL-1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
    ("CDLA-Permissive-2.0", "https://cdla.dev/permissive-2-0/"),
    ("MIT", "https://opensource.org/license/mit"),
    ("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
];

/// A licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    spdx: Option<&'static str>,
    url: String,
}

impl Default for Licence {
    /// CC0 1.0.
    fn default() -> Self {
        Self::known(KNOWN[0])
    }
}

impl FromStr for Licence {
    type Err = InvalidCitation;

    /// Parses an SPDX identifier of a licence of data, or an address.
    fn from_str(text: &str) -> Result<Self, InvalidCitation> {
        let text = one_line(text)?;
        let known = |(spdx, url): &&(&str, &str)| text.eq_ignore_ascii_case(spdx) || text == *url;
        if let Some(known) = KNOWN.iter().find(known) {
            return Ok(Self::known(*known));
        }
        let url = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        match url {
            Some(url) => Ok(Self {
                spdx: None,
                url: url.to_string(),
            }),
            None => Err(InvalidCitation(format!(
                "it is not known; give the address of the licence (https://…), or one of {}",
                KNOWN.map(|(spdx, _)| spdx).join(", ")
            ))),
        }
    }
}

impl Licence {
    fn known((spdx, url): (&'static str, &'static str)) -> Self {
        Self {
            spdx: Some(spdx),
            url: url.to_owned(),
        }
    }

    /// The SPDX identifier; `None` for another licence.
    #[must_use]
    pub fn spdx(&self) -> Option<&'static str> {
        self.spdx
    }

    /// The address. It has no spaces, quotation marks or control characters.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who may use what, in a sentence or two.
    pub(in crate::export) fn rights(&self) -> String {
        let added = "Everything that this dataset adds (structure, dates, hashes, evidence)";
        let grant = match self.spdx {
            Some("CC0-1.0") => {
                format!("{added} is dedicated to the public domain (CC0 1.0).")
            }
            Some(spdx) => format!("{added} is under the licence {spdx} ({}).", self.url),
            None => format!("{added} is under the licence at {}.", self.url),
        };
        format!(
            "The texts of the policies belong to their authors; they are quoted from public web archives for research. {grant}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_an_identifier_of_spdx_or_an_address() {
        let by: Licence = "cc-by-4.0".parse().unwrap();
        assert_eq!(by.spdx(), Some("CC-BY-4.0"));
        assert_eq!(by.url().parse(), Ok(by.clone()));
        let own: Licence = "https://example.org/terms?a=\"b c\"".parse().unwrap();
        assert_eq!(own.spdx(), None);
        assert_eq!(own.url(), "https://example.org/terms?a=%22b%20c%22");
        for bad in [
            "",
            "CC-BY",
            "free",
            "javascript:alert(1)",
            "file:///etc/passwd",
        ] {
            assert!(bad.parse::<Licence>().is_err(), "{bad:?}");
        }
        assert!(Licence::default().rights().contains("CC0 1.0"));
    }
}
