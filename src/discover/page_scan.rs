//! What was found on one archived page of a site. This is the unit that is stored, so that no home page is fetched
//! twice.
//!
//! The database keeps a scan as JSON. The keys of that JSON are older than the names of the fields here, and do not
//! change.

use serde::{Deserialize, Serialize, Serializer};

use crate::model::{DropReason, Timestamp};

use super::kind::{PolicyKind, Source};

/// Hubs and frames belong to a home page if they were captured within this time before or after it: a year.
pub(super) const SAME_PAGE_SECONDS: i64 = 366 * 86_400;

/// The scan of one page that may link to policies: the home page nearest to a moment, or a capture of a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageScan {
    /// The requested moment; identifies the scan within its site.
    #[serde(rename = "asked", serialize_with = "Timestamp::serialize_digits")]
    pub requested_at: Timestamp,
    /// Whether a page was found.
    pub outcome: ScanOutcome,
    /// Links to policies, most certain first; at most as many as the limits allow. Empty if none were found.
    pub links: Vec<ScannedLink>,
    /// The other pages that were fetched: hubs, frames, targets of refreshes. If there is no home page: the capture
    /// that shows this, which is that of an error, or the nearest capture, which is too far away.
    #[serde(default)]
    pub pages: Vec<LinkedPage>,
}

/// A page that a home page links to or contains. It is stored so that no later scan fetches it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPage {
    /// The requested address.
    pub url: String,
    /// When and where it was captured; `None` if never.
    #[serde(rename = "seen", serialize_with = "stored_capture")]
    pub capture: Option<(Timestamp, String)>,
    /// True for a page of its own, which may have changed when the home page did not.
    #[serde(default)]
    pub is_hub: bool,
}

/// The result of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanOutcome {
    /// A page was found: this capture of it.
    #[serde(rename = "seen")]
    Found {
        /// When it was captured.
        #[serde(serialize_with = "Timestamp::serialize_digits")]
        timestamp: Timestamp,
        /// Where it was captured.
        original: String,
    },
    /// There is no page; final for the requested moment.
    Absent {
        /// Why.
        reason: DropReason,
        /// The archive's message.
        detail: String,
    },
}

/// A policy link on a home page, or on a hub page that the home page links to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScannedLink {
    /// Absolute address on the original web, fragment included.
    pub url: String,
    /// Kind of the policy that it seems to lead to.
    pub kind: PolicyKind,
    /// 0 to 100.
    pub score: u8,
    /// Position among the links of this scan, counted from 1.
    pub rank: u32,
    /// The words that were judged.
    pub text: String,
    /// Reasons for the score, in a few words each.
    pub reasons: Vec<String>,
    /// True for a link in the footer.
    pub in_footer: bool,
    /// [`Source::Link`], or [`Source::Hub`] for a link on a hub page.
    pub source: Source,
    /// The capture that holds the link: the home page, one of its frames, or a hub page.
    #[serde(flatten, with = "page_fields")]
    pub page: (Timestamp, String),
}

/// Serializes time and address of a capture, the time as the database holds it.
#[expect(clippy::ref_option, reason = "serde hands over the field by reference")]
fn stored_capture<S: Serializer>(
    capture: &Option<(Timestamp, String)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let stored = capture.as_ref().map(|(time, url)| (time.to_string(), url));
    stored.serialize(serializer)
}

/// The capture of a link as two fields of the link's own JSON object.
mod page_fields {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::Timestamp;

    #[derive(Serialize, Deserialize)]
    struct PageFields {
        #[serde(serialize_with = "Timestamp::serialize_digits")]
        page_timestamp: Timestamp,
        page_original: String,
    }

    pub(super) fn serialize<S: Serializer>(
        page: &(Timestamp, String),
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let fields = PageFields {
            page_timestamp: page.0,
            page_original: page.1.clone(),
        };
        fields.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<(Timestamp, String), D::Error> {
        let fields = PageFields::deserialize(deserializer)?;
        Ok((fields.page_timestamp, fields.page_original))
    }
}

impl PageScan {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the stored form; `None` for other text (a database that another program changed).
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// When the page was captured; the requested moment if there was no page.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        match &self.outcome {
            ScanOutcome::Found { timestamp, .. } => *timestamp,
            ScanOutcome::Absent { .. } => self.requested_at,
        }
    }

    /// True when a page was found.
    #[must_use]
    pub fn is_found(&self) -> bool {
        matches!(self.outcome, ScanOutcome::Found { .. })
    }

    /// True if the page that was found was captured at this address.
    pub(super) fn is_of(&self, address: &str) -> bool {
        matches!(&self.outcome, ScanOutcome::Found { original, .. } if original == address)
    }

    /// The most certain link to a policy of this kind.
    #[must_use]
    pub fn top(&self, kind: PolicyKind) -> Option<&ScannedLink> {
        self.links.iter().find(|link| link.kind == kind)
    }

    /// The links on captures of the scan's own time, without those on a hub that was captured at another time.
    pub(super) fn links_of_its_time(&self) -> impl Iterator<Item = &ScannedLink> {
        let moment = self.timestamp();
        let near = SAME_PAGE_SECONDS.unsigned_abs();
        self.links
            .iter()
            .filter(move |link| link.page.0.distance_seconds(moment) <= near)
    }

    /// True when no other moment can have a home page: the site is excluded or not in the archive at all.
    #[must_use]
    pub fn ends_search(&self) -> bool {
        matches!(
            self.outcome,
            ScanOutcome::Absent {
                reason: DropReason::Excluded | DropReason::NotArchived,
                ..
            }
        )
    }

    /// True when the archive had only a capture from another time than the requested one.
    #[must_use]
    pub fn is_displaced(&self) -> bool {
        matches!(
            self.outcome,
            ScanOutcome::Absent {
                reason: DropReason::Displaced,
                ..
            }
        )
    }

    /// Time of the capture that the archive offered instead, if it named one. No home page is nearer to the requested
    /// moment.
    pub(super) fn displaced_by(&self) -> Option<Timestamp> {
        self.pages
            .iter()
            .find_map(|page| page.capture.as_ref())
            .map(|(timestamp, _)| *timestamp)
            .filter(|_| self.is_displaced())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> PageScan {
        let timestamp = "20120611040411".parse().unwrap();
        PageScan {
            requested_at: "20120601000000".parse().unwrap(),
            outcome: ScanOutcome::Found {
                timestamp,
                original: "http://example.com/".to_owned(),
            },
            links: vec![ScannedLink {
                url: "http://example.com/privacy#x".to_owned(),
                kind: PolicyKind::Privacy,
                score: 90,
                rank: 1,
                text: "Privacy".to_owned(),
                reasons: vec!["its text".to_owned()],
                in_footer: true,
                source: Source::Hub,
                page: (timestamp, "http://example.com/legal".to_owned()),
            }],
            pages: vec![
                LinkedPage {
                    url: "http://example.com/legal".to_owned(),
                    capture: Some((timestamp, "http://example.com/Legal".to_owned())),
                    is_hub: true,
                },
                LinkedPage {
                    url: "http://example.com/imprint".to_owned(),
                    capture: None,
                    is_hub: false,
                },
            ],
        }
    }

    fn absent() -> PageScan {
        PageScan {
            requested_at: "20120601000000".parse().unwrap(),
            outcome: ScanOutcome::Absent {
                reason: DropReason::NotArchived,
                detail: "none".to_owned(),
            },
            links: Vec::new(),
            pages: Vec::new(),
        }
    }

    #[test]
    fn the_stored_form_is_what_it_always_was() {
        let json = concat!(
            r#"{"asked":"20120601000000","outcome":{"seen":{"timestamp":"20120611040411","original":"http://example.com/"}},"#,
            r#""links":[{"url":"http://example.com/privacy#x","kind":"privacy","score":90,"rank":1,"text":"Privacy","#,
            r#""reasons":["its text"],"in_footer":true,"source":"hub","#,
            r#""page_timestamp":"20120611040411","page_original":"http://example.com/legal"}],"#,
            r#""pages":[{"url":"http://example.com/legal","seen":["20120611040411","http://example.com/Legal"],"is_hub":true},"#,
            r#"{"url":"http://example.com/imprint","seen":null,"is_hub":false}]}"#,
        );
        assert_eq!(found().to_json(), json);
        assert_eq!(PageScan::from_json(json), Some(found()));
        let json = r#"{"asked":"20120601000000","outcome":{"absent":{"reason":"not_archived","detail":"none"}},"links":[],"pages":[]}"#;
        assert_eq!(absent().to_json(), json);
        assert_eq!(PageScan::from_json(json), Some(absent()));
    }

    #[test]
    fn older_forms_without_pages_or_hubs_are_read() {
        let json = r#"{"asked":"20120601000000","outcome":{"absent":{"reason":"not_archived","detail":"none"}},"links":[]}"#;
        assert_eq!(PageScan::from_json(json), Some(absent()));
        let json = found().to_json();
        let older = json.replace(r#","is_hub":true"#, "");
        assert!(!PageScan::from_json(&older).unwrap().pages[0].is_hub);
    }

    #[test]
    fn other_text_is_no_scan() {
        for (part, other) in [
            ("20120611040411", "2012"),
            ("\"privacy\"", "\"terms\""),
            ("\"hub\"", "\"dream\""),
            ("\"score\":90", "\"score\":900"),
            ("\"page_original\"", "\"elsewhere\""),
        ] {
            let json = found().to_json().replace(part, other);
            assert_eq!(PageScan::from_json(&json), None, "{json}");
        }
        assert_eq!(PageScan::from_json("{}"), None);
    }
}
