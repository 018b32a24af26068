//! Labelled texts: JSON Lines of `text`, `label`, and optional `service` and `language`.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use policytrail::classify::{Features, features};
use policytrail::model::{DocumentKind, word_hash};
use serde::Deserialize;

/// The beginnings of texts of this length, in bytes, are learnt as texts of their own.
const LONG_BYTES: usize = 2000;
/// Length of these beginnings, in bytes: about 80 words.
const BEGINNING_BYTES: usize = 500;

#[derive(Deserialize)]
struct Line {
    text: String,
    label: DocumentKind,
    service: Option<String>,
    language: Option<String>,
}

/// One labelled text.
pub struct LabelledText {
    /// What the classifier sees.
    pub features: Features,
    /// The same of the beginning of a long text, from which short texts are learnt.
    pub beginning: Option<Features>,
    /// The position of its kind.
    pub kind: usize,
    /// Whose text it is. A text without service is for training only and never scored.
    pub service: Option<String>,
    /// As the file has it, or as `whatlang` guesses it; for the tables only.
    pub language: String,
    /// Its length.
    pub bytes: usize,
}

impl LabelledText {
    /// The part of the texts in which the text is scored, of so many: all texts of a service are in one part.
    pub fn fold(&self, folds: u64) -> Option<u64> {
        let service = self.service.as_deref()?;
        Some(word_hash(service) % folds)
    }
}

/// The language of the middle of a text (ISO 639-3), `und` if there is none.
fn guessed_language(text: &str) -> &'static str {
    let from = text.floor_char_boundary((text.len() / 2).saturating_sub(1000));
    let to = text.floor_char_boundary(text.len() / 2 + 1000);
    whatlang::detect(&text[from..to]).map_or("und", |found| found.lang().code())
}

/// Reads the texts of a file, which may be compressed with gzip.
pub fn read(path: &Path) -> Result<Vec<LabelledText>, Box<dyn Error>> {
    let name = path.display();
    let mut file =
        BufReader::new(File::open(path).map_err(|e| format!("cannot read `{name}`: {e}"))?);
    let is_gzip = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let input: Box<dyn Read> = if is_gzip {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut texts = Vec::new();
    for (at, line) in BufReader::new(input).lines().enumerate() {
        let line: Line = serde_json::from_str(&line?)
            .map_err(|e| format!("cannot read line {} of `{name}`: {e}", at + 1))?;
        let found = guessed_language(&line.text);
        texts.push(LabelledText {
            features: features(&line.text),
            beginning: (line.text.len() > LONG_BYTES)
                .then(|| features(&line.text[..line.text.floor_char_boundary(BEGINNING_BYTES)])),
            kind: line.label as usize,
            service: line.service,
            language: line.language.unwrap_or_else(|| found.to_owned()),
            bytes: line.text.len(),
        });
    }
    Ok(texts)
}
