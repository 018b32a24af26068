//! An Atom feed of new versions (RFC 4287).

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sha2::{Digest as _, Sha256};

use crate::model::{Proof, Timestamp};
use crate::store::{ChangeRow, FoundChange};

/// An entry of a feed: a version and its change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// Text that is unique to the version and never changes.
    pub identity: String,
    /// Site, title and number of the version.
    pub title: String,
    /// When the entry became known.
    pub updated: Timestamp,
    /// First observation of the version.
    pub published: Timestamp,
    /// Where the version can be checked.
    pub proof: Proof,
    /// What changed, and when.
    pub summary: String,
}

/// A version, as an entry shows it.
#[derive(Debug, Clone, Copy)]
pub struct FeedVersion<'a> {
    site: &'a str,
    policy_url: &'a str,
    version: i64,
    title: Option<&'a str>,
    changed_after: Option<Timestamp>,
    first_seen: Timestamp,
    proof: &'a Proof,
}

impl<'a> From<&'a ChangeRow> for FeedVersion<'a> {
    fn from(change: &'a ChangeRow) -> Self {
        Self {
            site: &change.site,
            policy_url: &change.policy_url,
            version: change.version,
            title: change.title.as_deref(),
            changed_after: change.changed_after,
            first_seen: change.first_seen,
            proof: &change.proof,
        }
    }
}

impl<'a> From<&'a FoundChange> for FeedVersion<'a> {
    fn from(FoundChange { policy, new, .. }: &'a FoundChange) -> Self {
        Self {
            site: &policy.site,
            policy_url: &policy.policy_url,
            version: i64::from(new.version),
            title: new.title.as_deref(),
            changed_after: new.changed_after,
            first_seen: new.first_seen,
            proof: &new.proof,
        }
    }
}

impl FeedEntry {
    /// The entry of a version as it became known; `what` describes its change.
    #[must_use]
    pub fn of_new_version(what: &str, change: &ChangeRow) -> Self {
        let identity = format!(
            "{} {} {}",
            change.site, change.change_id, change.text_sha256
        );
        Self::of_version(&change.into(), identity, change.noticed_at, what)
    }

    /// The entry of a version; `what` describes its change.
    #[must_use]
    pub fn of_version(
        version: &FeedVersion<'_>,
        identity: String,
        updated: Timestamp,
        what: &str,
    ) -> Self {
        let title = version.title.unwrap_or("Privacy policy");
        let first_seen = version.first_seen;
        let when = match version.changed_after {
            Some(after) => format!("changed {}", after.window_text(first_seen)),
            None => format!("first seen {}", first_seen.date_text()),
        };
        Self {
            identity,
            title: format!("{}: {title} (version {})", version.site, version.version),
            updated,
            published: first_seen,
            proof: version.proof.clone(),
            summary: format!("{}: {when}; {what}", version.policy_url),
        }
    }
}

/// Writes a feed. The same `name` gives the same identity of the feed; `now` is its date if it has no entry.
///
/// # Errors
/// If writing to memory fails.
pub fn atom_feed(
    title: &str,
    entries: &[FeedEntry],
    name: &str,
    now: Timestamp,
) -> io::Result<String> {
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
    let updated = entries.iter().map(|entry| entry.updated).max();
    let updated = updated.unwrap_or(now).rfc3339();
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    out.create_element("feed")
        .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
        .write_inner_content(|out| {
            element(out, "title", title)?;
            element(out, "id", &urn(&format!("feed {name}")))?;
            element(out, "updated", &updated)?;
            element(out, "generator", "policytrail")?;
            out.create_element("author")
                .write_inner_content(|out| element(out, "name", "policytrail"))?;
            entries.iter().try_for_each(|entry| write_entry(out, entry))
        })?;
    String::from_utf8(out.into_inner()).map_err(io::Error::other)
}

fn write_entry(out: &mut Writer<Vec<u8>>, entry: &FeedEntry) -> io::Result<()> {
    out.create_element("entry").write_inner_content(|out| {
        element(out, "title", &entry.title)?;
        element(out, "id", &urn(&entry.identity))?;
        element(out, "updated", &entry.updated.rfc3339())?;
        element(out, "published", &entry.published.rfc3339())?;
        let Some(url) = &entry.proof.memento_url else {
            // An entry without a link needs a content (RFC 4287, section 4.1.2).
            let proof = entry.proof.text();
            return element(out, "content", &format!("{}; {proof}", entry.summary));
        };
        out.create_element("link")
            .with_attribute(("rel", "alternate"))
            .with_attribute(("href", xml_text(url).as_str()))
            .write_empty()?;
        element(out, "summary", &entry.summary)
    })?;
    Ok(())
}

fn element(out: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    out.create_element(name)
        .write_text_content(BytesText::new(&xml_text(text)))?;
    Ok(())
}

/// Removes the characters that XML 1.0 cannot hold, escaped or not.
fn xml_text(text: &str) -> String {
    let is_xml = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_xml).collect()
}

/// An identifier that depends only on the text and is unique to it: a UUID (version 8, RFC 9562).
fn urn(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChangeId, PolicyId};

    fn change(title: &str) -> FeedEntry {
        let change = ChangeRow {
            change_id: ChangeId::new(7),
            noticed_at: "20260131020304".parse().unwrap(),
            site: "example.com".to_owned(),
            policy_id: PolicyId::new(1),
            policy_url: "http://example.com/privacy?a=1&b=2".to_owned(),
            kind: crate::model::PolicyKind::Privacy,
            version: 3,
            changed_after: Some("20250101000000".parse().unwrap()),
            first_seen: "20260101000000".parse().unwrap(),
            title: Some(title.to_owned()),
            language: "en".to_owned(),
            word_count: 812,
            text_sha256: "00".to_owned(),
            proof: Proof {
                memento_url: Some(
                    "https://web.archive.org/web/20260101000000/http://example.com/privacy?a=1&b=2"
                        .to_owned(),
                ),
                ..Proof::default()
            },
            previous_text_sha256: None,
            same_as: None,
            change_kind: None,
            words_added: None,
            words_removed: None,
        };
        FeedEntry::of_new_version("7 words added", &change)
    }

    #[test]
    fn a_feed_names_each_version_and_the_window_of_its_change() {
        let feed = atom_feed(
            "New versions",
            &[change("Privacy")],
            "feed.xml",
            Timestamp::from_unix_seconds(0),
        )
        .unwrap();
        for part in [
            "<updated>2026-01-31T02:03:04Z</updated>",
            "<title>example.com: Privacy (version 3)</title>",
            "changed between 2025-01-01 and 2026-01-01; 7 words added",
            "privacy?a=1&amp;b=2",
        ] {
            assert!(feed.contains(part), "{part} in {feed}");
        }
    }

    #[test]
    fn no_title_breaks_out_of_the_feed() {
        let feed = atom_feed(
            "New versions",
            &[change("</title><script>\u{1b}[31m\u{0}\u{fffe}")],
            "x",
            Timestamp::from_unix_seconds(0),
        )
        .unwrap();
        assert!(!feed.contains("<script>") && !feed.contains('\u{1b}') && !feed.contains('\u{0}'));
    }

    #[test]
    fn an_entry_without_an_archive_has_no_link() {
        let mut entry = change("Privacy");
        entry.proof = Proof {
            warc_file: Some("crawl.warc.gz".to_owned()),
            warc_offset: Some(7),
            ..Proof::default()
        };
        let feed = atom_feed("x", &[entry], "x", Timestamp::from_unix_seconds(0)).unwrap();
        assert!(
            !feed.contains("<link") && !feed.contains("web.archive.org"),
            "{feed}"
        );
        assert!(
            feed.contains("; record at byte 7 of crawl.warc.gz</content>"),
            "{feed}"
        );
    }

    #[test]
    fn an_empty_feed_has_a_date_all_the_same() {
        let feed = atom_feed(
            "New versions",
            &[],
            "x",
            Timestamp::earliest("2026").unwrap(),
        )
        .unwrap();
        assert!(feed.contains("<updated>2026-01-01T00:00:00Z</updated>"));
    }
}
