//! File names of a policy's pages. They are made from values of a database that a stranger may have written, so every
//! value is checked.

use crate::model::Site;
use crate::store::tables::Outline;

/// Location of the pages of one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PolicyPath {
    /// The site, parsed again: a registrable domain.
    pub(super) site: String,
    /// The site and what distinguishes the policy from others of the site: `example.com`, `example.com.cookies`,
    /// `example.com.privacy-2`.
    pub(super) stem: String,
}

impl PolicyPath {
    /// `None` if the stored site is not a registrable domain.
    pub(super) fn of(version: &Outline<'_>) -> Option<Self> {
        let site = Site::parse(version.site).ok()?;
        let site = site.as_str();
        let is_name = site == version.site
            && site.starts_with(|c: char| c.is_ascii_alphanumeric())
            && site
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        if !is_name {
            return None;
        }
        let suffix = match (version.kind, version.ordinal) {
            ("privacy", 1) => String::new(),
            (kind @ ("cookies" | "children"), 1) => format!(".{kind}"),
            (kind @ ("privacy" | "cookies" | "children"), ordinal) => format!(".{kind}-{ordinal}"),
            // This program does not know the kind; the policy's number distinguishes such policies.
            _ => format!(".policy-{}", version.policy_id),
        };
        Some(Self {
            site: site.to_owned(),
            stem: format!("{site}{suffix}"),
        })
    }

    /// `e/ex/exa/example.com.md`.
    pub(super) fn nested(&self, extension: &str) -> String {
        let letters = |n: usize| self.site.get(..n.min(self.site.len())).unwrap_or_default();
        // Some systems allow no name that ends in a dot.
        let part = |n: usize| letters(n).trim_end_matches('.').to_owned();
        format!(
            "{}/{}/{}/{}.{extension}",
            part(1),
            part(2),
            part(3),
            self.stem
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PolicyId, Proof, RenditionId};

    fn path_of(site: &str, kind: &str, ordinal: i64) -> Option<PolicyPath> {
        PolicyPath::of(&Outline {
            cells: &[],
            site,
            kind,
            ordinal,
            policy_id: PolicyId::new(7),
            rendition_id: RenditionId::new(1),
            timestamp: "20120611040411".parse().unwrap(),
            original: "http://example.com/",
            memento_prefix: None,
            proof: Proof::default(),
        })
    }

    #[test]
    fn policies_of_a_site_lie_side_by_side() {
        for (kind, ordinal, path) in [
            ("privacy", 1, "e/ex/exa/example.com.md"),
            ("privacy", 2, "e/ex/exa/example.com.privacy-2.md"),
            ("cookies", 1, "e/ex/exa/example.com.cookies.md"),
            ("../../etc", 1, "e/ex/exa/example.com.policy-7.md"),
        ] {
            assert_eq!(
                path_of("example.com", kind, ordinal).unwrap().nested("md"),
                path
            );
        }
        assert_eq!(
            path_of("t.co", "privacy", 1).unwrap().nested("md"),
            "t/t/t.c/t.co.md"
        );
    }

    #[test]
    fn a_site_that_is_none_has_no_place() {
        for hostile in [
            "..",
            "../../etc/passwd",
            "/etc/passwd",
            "C:\\x.com",
            "a/b.com",
            "EXAMPLE.com",
            ".com",
            "a..com\u{0}",
            "http://example.com",
            "$(x).com",
        ] {
            assert_eq!(path_of(hostile, "privacy", 1), None, "{hostile}");
        }
    }
}
