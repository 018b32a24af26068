//! The result of extracting one page, as data.

use serde_json::{Value, json};

use crate::model::{Document, Dropped, StatedDate};

/// An extracted document.
#[must_use]
pub fn document_answer(document: &Document) -> Value {
    let d = document;
    json!({
        "title": d.title, "language": d.language, "text": d.text, "markdown": d.markdown,
        "text_sha256": d.text_hash.to_string(), "word_count": d.word_count,
        "effective_date": stated_date(d.effective_date.as_ref()), "last_updated": stated_date(d.last_updated.as_ref()),
        "extractor_version": d.extractor_version,
    })
}

/// A page that was dropped.
#[must_use]
pub fn drop_answer(dropped: &Dropped) -> Value {
    json!({ "dropped": dropped.reason.code(), "detail": dropped.detail })
}

fn stated_date(stated: Option<&StatedDate>) -> Value {
    stated.map_or(
        Value::Null,
        |s| json!({ "date": s.date, "sentence": s.sentence }),
    )
}
