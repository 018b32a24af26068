//! The name of a site, by which its own headings are told from the titles of its documents.

use crate::extract::vocabulary::{policy_words, title_topic};

/// Shortest label of a host that is taken as a name, in letters.
const LEAST_LETTERS: usize = 4;
/// Longest heading that names a site, in bytes.
const MAX_BYTES: usize = 100;

/// What is known about the name of a page's site.
#[derive(Debug, Clone, Default)]
pub(in crate::extract) struct SiteName {
    /// The label of the host above its public suffix, as letters and digits.
    label: String,
    /// The parts of the page's `<title>` beside the title of a document, as letters and digits.
    parts: Vec<String>,
}

impl SiteName {
    pub(in crate::extract) fn of(host: Option<&str>, page_title: Option<&str>) -> Self {
        let label = host
            .and_then(psl::domain_str)
            .and_then(|domain| domain.split('.').next());
        let pieces: Vec<&str> = page_title
            .unwrap_or_default()
            .split(['|', '-', '–', '—', ':', '»', '·', '>', '›', '｜'])
            .collect();
        let names_document = |piece: &&str| title_topic(piece).is_some();
        let parts = if pieces.iter().any(names_document) {
            let others = pieces.iter().filter(|piece| !names_document(piece));
            others.map(|piece| letters(piece)).collect()
        } else {
            Vec::new()
        };
        Self {
            label: letters(label.unwrap_or_default()),
            parts,
        }
    }

    /// True for a heading that names the site, alone or with its slogan.
    pub(in crate::extract) fn is_named_by(&self, heading: &str) -> bool {
        if heading.len() > MAX_BYTES || title_topic(heading).is_some() || policy_words(heading) > 0
        {
            return false;
        }
        let own = letters(heading);
        let begins = self.label.chars().count() >= LEAST_LETTERS && own.starts_with(&self.label);
        !own.is_empty() && (begins || self.parts.contains(&own))
    }
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_of_the_site_names_it() {
        let site = SiteName::of(
            Some("www.tin-ware.co.uk"),
            Some("Privacy Policy | Tinned Goods"),
        );
        for heading in [
            "Tin Ware",
            "TIN-WARE.CO.UK",
            "Tinware: preserves since 1901",
            "Tinned goods",
        ] {
            assert!(site.is_named_by(heading), "{heading}");
        }
        for heading in [
            "Tinware Privacy Policy",
            "How Tinware uses personal data",
            "About us",
            "",
        ] {
            assert!(!site.is_named_by(heading), "{heading}");
        }
        let alone = SiteName::of(None, Some("How we use data"));
        assert!(!alone.is_named_by("How we use data"));
    }
}
