//! JSON Lines: `versions.jsonl`, one version a line; a line a sighting of versions that are captured in turns.

use std::io::{self, Write};

use serde::Serialize;

use super::Format;
use crate::store::VersionRow;

/// The JSON Lines form.
#[derive(Debug, Default)]
pub struct Jsonl;

/// One line; the order of the fields is part of the format.
#[derive(Serialize)]
struct Line<'a> {
    site: &'a str,
    policy_url: &'a str,
    version: u32,
    edition: u32,
    sighting: u32,
    sightings: u32,
    same_as: Option<u32>,
    change: Option<&'a str>,
    words_added: Option<u64>,
    words_removed: Option<u64>,
    first_seen: String,
    last_seen: String,
    changed_after: Option<String>,
    captures: u64,
    title: Option<&'a str>,
    language: &'a str,
    text: &'a str,
    markdown: &'a str,
    text_sha256: &'a str,
    word_count: u64,
    effective_date: Option<&'a str>,
    effective_date_sentence: Option<&'a str>,
    last_updated: Option<&'a str>,
    last_updated_sentence: Option<&'a str>,
    memento_url: &'a str,
    original: &'a str,
    digest: Option<&'a str>,
    mimetype: &'a str,
    discovered_by: &'a [String],
    extractor_version: &'a str,
}

impl Format for Jsonl {
    fn file_name(&self) -> &'static str {
        "versions.jsonl"
    }

    fn version(&mut self, v: &VersionRow, out: &mut dyn Write) -> io::Result<()> {
        let line = Line {
            site: &v.site,
            policy_url: &v.policy_url,
            version: v.version,
            edition: v.edition,
            sighting: v.sighting,
            sightings: v.sightings,
            same_as: v.same_as,
            change: v.change.map(|c| c.kind.code()),
            words_added: v.change.map(|c| c.words_added),
            words_removed: v.change.map(|c| c.words_removed),
            first_seen: v.first_seen.to_string(),
            last_seen: v.last_seen.to_string(),
            changed_after: v.changed_after.map(|t| t.to_string()),
            captures: v.captures,
            title: v.title.as_deref(),
            language: &v.language,
            text: &v.text,
            markdown: &v.markdown,
            text_sha256: &v.text_sha256,
            word_count: v.word_count,
            effective_date: v.effective_date.as_ref().map(|s| s.date.as_str()),
            effective_date_sentence: v.effective_date.as_ref().map(|s| s.sentence.as_str()),
            last_updated: v.last_updated.as_ref().map(|s| s.date.as_str()),
            last_updated_sentence: v.last_updated.as_ref().map(|s| s.sentence.as_str()),
            memento_url: &v.memento_url,
            original: &v.original,
            digest: Some(v.digest.as_str()).filter(|d| *d != "-"),
            mimetype: &v.mimetype,
            discovered_by: &v.discovered_by,
            extractor_version: &v.extractor_version,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")
    }
}
