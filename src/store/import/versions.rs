//! A row of `versions` on its way into the tables.

use std::num::NonZeroU32;

use rusqlite::{Transaction, params};

use super::lines::VersionLine;
use super::options::{PresentTables, TextChecks};
use super::rows::{
    Name, Playback, RowFault, add_address, add_memento, add_record, archive_id, capture_id,
    is_known, kind, observe, policy_id, site_id, source, time, value,
};
use crate::history::Suspicion;
use crate::model::{
    CaptureId, ChangeKind, Document, PolicyId, RenditionId, SiteId, StatedDate, TextFacts,
    TextHash, UrlKey,
};
use crate::store::documents::NewDocument;

/// Stores a version, with what it needs of other tables where that is not there.
pub(super) fn import_version(
    t: &Transaction<'_>,
    r: &VersionLine,
    present: PresentTables,
    checks: TextChecks,
) -> Result<(), RowFault> {
    let (Some(text), Some(markdown)) = (&r.text, &r.markdown) else {
        return Err(RowFault::Value(
            "the texts are left out; an export with --no-text cannot be imported".to_owned(),
        ));
    };
    let text_hash = check_values(r, text, checks)?;
    // Whoever made the dataset, its Markdown is shown to readers.
    if let Some(fault) = (checks.markdown_fault)(markdown, text) {
        return Err(RowFault::Value(fault));
    }
    let site_id = site_id(t, &r.site)?;
    let policy = match policy_id(t, site_id, &r.policy_url)? {
        Some(policy) => policy,
        None => t
            .prepare_cached(
                "INSERT INTO policies (site_id, policy_url, kind, cross_domain) VALUES (?1, ?2, ?3, ?4) RETURNING policy_id",
            )?
            .query_row(params![site_id, r.policy_url, r.kind, r.cross_domain], |row| row.get(0))?,
    };
    // The first capture of this sighting is its first observation.
    let timestamp = r.first_seen.as_str();
    let archive = archive_id(t, &r.archive_name(), (timestamp, &r.original))?;
    let own_key = UrlKey::of(&r.original).map_err(|e| RowFault::Value(e.to_string()))?;
    let name = Name {
        urlkey: own_key.as_str(),
        timestamp,
        original: &r.original,
        digest: r.digest.as_deref().unwrap_or("-"),
    };
    // A dataset that is narrowed in time has versions whose first capture is in no row of `captures`.
    let has_capture = present.captures && is_known(t, &name)?;
    let first = if has_capture {
        capture_id(t, archive, &name, None)?
    } else {
        add_address(t, site_id, policy, &r.policy_url)?;
        add_address(t, site_id, policy, &r.original)?;
        capture_id(t, archive, &name, Some((&r.mimetype, None, None)))?
    };
    let document = document_of(r, text, markdown, text_hash);
    check_facts(r, &document, checks)?;
    let rendition = NewDocument::of(&document).store(t)?;
    add_rows(t, r, policy, first, rendition)?;
    if !has_capture {
        let playback = Playback {
            timestamp: r.read_timestamp.as_deref(),
            url: r.read_url.as_deref(),
            status: None,
            content_type: r.content_type.as_deref(),
            redirects: r.redirects.as_deref(),
            canonical: None,
            drop: None,
            payload: (r.payload_sha256.as_deref(), None),
            fetched_at: r.fetched_at.as_deref().unwrap_or(&r.first_seen),
        };
        add_memento(t, first, &playback)?;
        add_record(t, first, r.warc_file.as_deref(), r.warc_offset)?;
        observe(t, policy, r.version, first, first)?;
    }
    if !present.discoveries {
        add_sources(t, site_id, r)?;
    }
    Ok(())
}

/// Checks the values that have a meaning of their own, and returns the hash of the text.
fn check_values(r: &VersionLine, text: &str, checks: TextChecks) -> Result<TextHash, RowFault> {
    check_order(r)?;
    kind(&r.kind)?;
    let change = r.change.as_deref();
    if let Some(code) = change.filter(|code| ChangeKind::from_code(code).is_none()) {
        return Err(value("change", code, "a kind of change such as `minor`"));
    }
    r.discovered_by
        .iter()
        .try_for_each(|code| source(code).map(|_| ()))?;
    let text_hash: TextHash = r
        .text_sha256
        .parse()
        .map_err(|_| value("text_sha256", &r.text_sha256, "64 hexadecimal digits"))?;
    // Another extractor may treat other words as the same, so its hashes cannot be recomputed.
    if r.extractor_version == checks.extractor_version && (checks.text_hash)(text) != text_hash {
        return Err(value("text_sha256", &r.text_sha256, "the hash of `text`"));
    }
    Ok(text_hash)
}

/// Checks what a version says about its text.
fn check_facts(r: &VersionLine, document: &Document, checks: TextChecks) -> Result<(), RowFault> {
    // Another extractor may count other words and find other dates.
    if r.extractor_version != checks.extractor_version {
        return Ok(());
    }
    let facts = TextFacts {
        language: &document.language,
        word_count: document.word_count,
        effective_date: document.effective_date.as_ref(),
        last_updated: document.last_updated.as_ref(),
    };
    let fault = (checks.fact_faults)(&document.text, &facts)
        .into_iter()
        .next();
    fault.map_or(Ok(()), |fault| Err(RowFault::Value(fault)))
}

/// Makes the document of a version.
fn document_of(r: &VersionLine, text: &str, markdown: &str, text_hash: TextHash) -> Document {
    Document {
        title: r.title.clone(),
        language: r.language.clone(),
        text: text.to_owned(),
        markdown: markdown.to_owned(),
        text_hash,
        word_count: r.word_count.into(),
        effective_date: stated(
            r.effective_date.as_ref(),
            r.effective_date_sentence.as_ref(),
        ),
        last_updated: stated(r.last_updated.as_ref(), r.last_updated_sentence.as_ref()),
        extractor_version: "",
    }
}

/// Stores the row of a version, and the row of this sighting where the version has several.
fn add_rows(
    t: &Transaction<'_>,
    r: &VersionLine,
    policy: PolicyId,
    first: CaptureId,
    rendition: RenditionId,
) -> Result<(), RowFault> {
    let known = if r.sightings > NonZeroU32::MIN {
        "SELECT EXISTS (SELECT 1 FROM repeated_sightings WHERE policy_id = ?1 AND version = ?2 AND sighting = ?3)"
    } else {
        "SELECT EXISTS (SELECT 1 FROM versions WHERE policy_id = ?1 AND version = ?2 AND ?3 = ?3)"
    };
    let is_known: bool = t
        .prepare_cached(known)?
        .query_row(params![policy, r.version.get(), r.sighting.get()], |row| {
            row.get(0)
        })?;
    if is_known {
        let (version, sighting) = (r.version, r.sighting);
        return Err(RowFault::Value(format!(
            "version {version}, sighting {sighting} of `{}` already exists",
            r.policy_url
        )));
    }
    // Each further sighting of a version extends its time and adds to its captures.
    t.prepare_cached(
        "INSERT INTO versions
         (policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen, changed_after, captures,
          extractor_version, edition, same_as, change_kind, words_added, words_removed, layouts, texts, suspect)
         SELECT ?1, ?2, document_id, rendition_id, ?3, ?4, ?5, ?6, ?7, ?8, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17
         FROM renditions WHERE rendition_id = ?9
         ON CONFLICT (policy_id, version) DO UPDATE SET first_seen = min(first_seen, excluded.first_seen),
            last_seen = max(last_seen, excluded.last_seen), captures = captures + excluded.captures",
    )?
    .execute(params![
        policy,
        r.version.get(),
        first,
        r.first_seen,
        r.last_seen,
        r.changed_after,
        r.captures.get(),
        r.extractor_version,
        rendition,
        r.edition.get(),
        r.same_as.map(NonZeroU32::get),
        r.change,
        r.words_added,
        r.words_removed,
        r.layouts.get(),
        r.texts.get(),
        suspect(&r.suspect)?
    ])?;
    if r.sightings > NonZeroU32::MIN {
        add_sighting(t, r, policy, first)?;
    }
    Ok(())
}

/// Stores one of several sightings of a version.
fn add_sighting(
    t: &Transaction<'_>,
    r: &VersionLine,
    policy: PolicyId,
    first: CaptureId,
) -> Result<(), RowFault> {
    t.prepare_cached(
        "INSERT INTO repeated_sightings
         (policy_id, version, sighting, sightings, first_capture_id, captures, changed_after, first_seen, last_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        policy,
        r.version.get(),
        r.sighting.get(),
        r.sightings.get(),
        first,
        r.captures.get(),
        r.changed_after,
        r.first_seen,
        r.last_seen
    ])?;
    Ok(())
}

/// Checks the order in time: a version is last seen after it is first seen, and the text before it is not seen later.
fn check_order(r: &VersionLine) -> Result<(), RowFault> {
    let first_seen = time(&r.first_seen)?;
    if time(&r.last_seen)? < first_seen {
        return Err(value("last_seen", &r.last_seen, "at or after `first_seen`"));
    }
    match &r.changed_after {
        Some(before) if time(before)? > first_seen => {
            Err(value("changed_after", before, "at or before `first_seen`"))
        }
        _ if r.sighting > r.sightings => Err(value(
            "sighting",
            &r.sighting.to_string(),
            "at most `sightings`",
        )),
        _ => Ok(()),
    }
}

fn stated(date: Option<&String>, sentence: Option<&String>) -> Option<StatedDate> {
    date.map(|date| StatedDate {
        date: date.clone(),
        sentence: sentence.cloned().unwrap_or_default(),
    })
}

/// The evidence that a version tells of: a row for each way in which its policy was found.
fn add_sources(t: &Transaction<'_>, site_id: SiteId, r: &VersionLine) -> Result<(), RowFault> {
    let urlkey = UrlKey::of(&r.policy_url).map_err(|e| RowFault::Value(e.to_string()))?;
    let has_text = |s: &&String| matches!(s.as_str(), "link" | "hub");
    let of_link = r
        .discovered_by
        .iter()
        .find(has_text)
        .or(r.discovered_by.first());
    for source in &r.discovered_by {
        let link_text = r.link_text.as_deref().filter(|_| Some(source) == of_link);
        t.prepare_cached(
            "INSERT OR IGNORE INTO discoveries (site_id, urlkey, url, kind, source, score, link_text, reasons)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '[\"imported\"]')",
        )?
        .execute(params![
            site_id,
            urlkey.as_str(),
            r.policy_url,
            r.kind,
            source,
            r.discovery_score.unwrap_or_default(),
            link_text.unwrap_or_default()
        ])?;
    }
    Ok(())
}

/// The reasons why a version is suspect, as they are stored.
fn suspect(codes: &[String]) -> Result<Option<String>, RowFault> {
    if let Some(code) = codes.iter().find(|c| Suspicion::from_code(c).is_none()) {
        return Err(value("suspect", code, "a reason such as `few_words`"));
    }
    Ok((!codes.is_empty()).then(|| serde_json::Value::from(codes).to_string()))
}
