//! The rows of an export, as JSON Lines spell them.

use std::num::NonZeroU32;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::Timestamp;

/// A row of `sites`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct SiteLine {
    pub site: String,
    pub rank: Option<i64>,
    pub tags: String,
    #[serde(
        rename = "looked_at",
        default,
        deserialize_with = "optional_stored_time"
    )]
    pub crawled_at: Option<String>,
    pub unfinished: bool,
    pub drop_reason: Option<String>,
    pub drop_detail: Option<String>,
    pub sampling: Option<String>,
}

/// A row of `policies`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct PolicyLine {
    pub site: String,
    pub policy_url: String,
    pub kind: String,
    pub cross_domain: bool,
    pub urls: Vec<String>,
    pub left_open: u32,
}

/// A row of `discoveries`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct DiscoveryLine {
    pub site: String,
    pub url: String,
    pub urlkey: String,
    pub kind: String,
    pub source: String,
    pub score: i64,
    #[serde(default, deserialize_with = "optional_stored_time")]
    pub home_timestamp: Option<String>,
    pub home_original: Option<String>,
    pub link_text: Option<String>,
    pub reasons: Vec<String>,
}

/// A row of `reviews`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct ReviewLine {
    pub site: String,
    #[serde(deserialize_with = "stored_time")]
    pub timestamp: String,
    pub decision: String,
    pub why: String,
    #[serde(deserialize_with = "stored_time")]
    pub decided_at: String,
    pub body_sha256: String,
}

/// A row of `captures`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct CaptureLine {
    pub site: String,
    pub policy_url: String,
    #[serde(deserialize_with = "stored_time")]
    pub timestamp: String,
    pub original: String,
    pub urlkey: String,
    pub mimetype: String,
    pub statuscode: Option<u16>,
    pub digest: Option<String>,
    pub length: Option<u32>,
    pub version: Option<NonZeroU32>,
    pub drop_reason: Option<String>,
    pub drop_detail: Option<String>,
    #[serde(default, deserialize_with = "optional_stored_time")]
    pub fetched_timestamp: Option<String>,
    pub fetched_original: Option<String>,
    pub fetched_urlkey: Option<String>,
    pub fetched_digest: Option<String>,
    #[serde(default, deserialize_with = "optional_stored_time")]
    pub read_timestamp: Option<String>,
    pub read_url: Option<String>,
    pub read_status: Option<u16>,
    pub content_type: Option<String>,
    pub redirects: Option<String>,
    pub canonical: Option<String>,
    #[serde(default, deserialize_with = "optional_stored_time")]
    pub fetched_at: Option<String>,
    pub payload_sha256: Option<String>,
    pub payload_bytes: Option<u32>,
    pub archive: String,
    pub memento_url: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub warc_file: Option<Value>,
    pub warc_offset: Option<u64>,
}

/// A row of `versions`.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct VersionLine {
    pub site: String,
    pub policy_url: String,
    pub version: NonZeroU32,
    #[serde(default = "one")]
    pub edition: NonZeroU32,
    #[serde(default = "one")]
    pub sighting: NonZeroU32,
    #[serde(default = "one")]
    pub sightings: NonZeroU32,
    pub same_as: Option<NonZeroU32>,
    pub change: Option<String>,
    pub words_added: Option<u32>,
    pub words_removed: Option<u32>,
    #[serde(deserialize_with = "stored_time")]
    pub first_seen: String,
    #[serde(deserialize_with = "stored_time")]
    pub last_seen: String,
    #[serde(default, deserialize_with = "optional_stored_time")]
    pub changed_after: Option<String>,
    pub captures: NonZeroU32,
    #[serde(default = "one")]
    pub layouts: NonZeroU32,
    #[serde(default = "one")]
    pub texts: NonZeroU32,
    #[serde(default)]
    pub suspect: Vec<String>,
    pub title: Option<String>,
    pub language: String,
    pub text: Option<String>,
    pub markdown: Option<String>,
    pub text_sha256: String,
    pub word_count: u32,
    pub effective_date: Option<String>,
    pub effective_date_sentence: Option<String>,
    pub last_updated: Option<String>,
    pub last_updated_sentence: Option<String>,
    pub memento_url: Option<String>,
    pub original: String,
    pub digest: Option<String>,
    pub mimetype: String,
    pub discovered_by: Vec<String>,
    pub extractor_version: String,
    #[serde(default = "privacy")]
    pub kind: String,
    #[serde(default)]
    pub cross_domain: bool,
    pub discovery_score: Option<i64>,
    pub link_text: Option<String>,
    pub read_url: Option<String>,
    #[serde(default, deserialize_with = "optional_stored_time")]
    pub read_timestamp: Option<String>,
    pub content_type: Option<String>,
    pub redirects: Option<String>,
    #[serde(default, deserialize_with = "optional_stored_time")]
    pub fetched_at: Option<String>,
    pub archive: Option<String>,
    pub payload_sha256: Option<String>,
    pub warc_file: Option<String>,
    pub warc_offset: Option<u64>,
}

/// A field that is there, even if it is null. Datasets of earlier versions of the program lack it.
fn present<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(field).map(Some)
}

/// A time as the database holds it, 14 digits. A dataset has these or the ISO 8601 form. Other text stays as it is, and is
/// refused where a time is expected.
fn stored_time<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    String::deserialize(field).map(to_stored)
}

fn optional_stored_time<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(field).map(|text| text.map(to_stored))
}

fn to_stored(text: String) -> String {
    Timestamp::from_iso(&text).map_or(text, |time| time.to_string())
}

fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

fn privacy() -> String {
    "privacy".to_owned()
}
