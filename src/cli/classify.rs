//! `policytrail classify`: what kind of document a text or a saved page is. No database, no archive.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::failure::{Exit, Failure};
use super::options::{FormatOption, OutputFormat, heading};
use super::saved_pages::{
    extension, is_page, page_files, read, read_bounded, report, type_by_name,
};
use super::table::{Align, table};
use crate::classify::{CLASSIFIER_VERSION, classify};
use crate::crawl::PdfReader;
use crate::extract::{self, DocumentType, Options, PageInput};
use crate::model::{Dropped, KindProbabilities};
use crate::page::decode;
use crate::report::{classification_answer, drop_answer, safe_json};

/// Tell what kind of document a text or a saved page is
///
/// The kinds are privacy, cookies, terms, other legal documents (guidelines, imprint, …) and other pages, each with its
/// probability. Plain text and Markdown are classified as they are. Of an HTML page or a PDF, the text that `extract` takes
/// from it is classified.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail classify page.html\n  policytrail classify --in pages --format json"
)]
pub(super) struct Arguments {
    /// Text, Markdown file or saved page; standard input if it is `-` or not given
    #[arg(value_name = "FILE", conflicts_with = "input")]
    file: Option<PathBuf>,

    /// Classify every text and saved page of this directory
    #[arg(long = "in", value_name = "DIR", help_heading = heading::INPUT)]
    input: Option<PathBuf>,

    /// Also follow symbolic links that lead out of the directory of --in
    #[arg(long, requires = "input", help_heading = heading::INPUT)]
    follow_links: bool,

    #[command(flatten)]
    format: FormatOption,
}

/// What came of one file.
type Outcome = Result<KindProbabilities, Dropped>;

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut found: Vec<(String, Outcome)> = Vec::new();
    let mut exit = Exit::Done;
    if let Some(folder) = &arguments.input {
        let files = page_files(folder, arguments.follow_links, is_classified)?;
        if files.is_empty() {
            return Err(Failure::usage(anyhow::anyhow!(
                "directory `{}` has no text or page; the names of such files end in .txt, .md, .html or .pdf",
                folder.display()
            )));
        }
        for file in files {
            match read(&file).and_then(|bytes| classified(&bytes, Some(&file))) {
                Ok(result) => found.push((file.display().to_string(), result)),
                Err(failure) => {
                    report(&failure.line());
                    exit = Exit::DoneWithFailures;
                }
            }
        }
    } else {
        let file = arguments.file.as_deref().filter(|f| *f != Path::new("-"));
        let bytes = match file {
            Some(path) => read(path)?,
            None => read_bounded(io::stdin().lock())
                .map_err(|e| Failure::usage(anyhow::anyhow!("cannot read standard input: {e}")))?,
        };
        let name = file.map_or_else(|| "-".to_owned(), |path| path.display().to_string());
        found.push((name, classified(&bytes, file)?));
    }
    for (name, result) in &found {
        if let Err(dropped) = result {
            report(&format!("{name}: no text to classify: {dropped}"));
            exit = Exit::DoneWithFailures;
        }
    }
    io::stdout().write_all(printed(arguments.format.chosen(), &found)?.as_bytes())?;
    Ok(exit)
}

/// Classifies the bytes of a file: as text if its name or its first character says so, else what extraction finds.
fn classified(bytes: &[u8], file: Option<&Path>) -> Result<Outcome, Failure> {
    if !extract::is_pdf(bytes) && is_text(bytes, file) {
        return Ok(Ok(classify(&decode(bytes, Some("text/plain")).text)));
    }
    let input = PageInput {
        bytes,
        content_type: file.and_then(type_by_name),
        url: None,
    };
    if extract::is_pdf(bytes) {
        let document = PdfReader::of_this_program()?.read_blocking(&input)?;
        return Ok(document.map(|document| classify(&document.text)));
    }
    let policy = extract::extract(&input, &Options::default());
    // A page that is no policy has a text, too.
    let document = policy.or_else(|_| {
        let options = Options {
            document_type: DocumentType::Any,
        };
        extract::extract(&input, &options)
    });
    Ok(document.map(|document| classify(&document.text)))
}

fn is_text(bytes: &[u8], file: Option<&Path>) -> bool {
    match file.map(extension).as_deref() {
        Some("txt" | "text" | "md" | "markdown") => true,
        _ => !bytes.trim_ascii_start().starts_with(b"<"),
    }
}

fn is_classified(path: &Path) -> bool {
    is_page(path) || matches!(extension(path).as_str(), "text" | "md" | "markdown")
}

fn printed(format: OutputFormat, found: &[(String, Outcome)]) -> Result<String, Failure> {
    if format == OutputFormat::Text {
        return Ok(printed_table(found));
    }
    let mut lines = String::new();
    for (file, result) in found {
        let mut answer = match result {
            Ok(probabilities) => classification_answer(probabilities, CLASSIFIER_VERSION),
            Err(dropped) => drop_answer(dropped),
        };
        answer["file"] = json!(file);
        lines += &(safe_json(&answer)? + "\n");
    }
    Ok(lines)
}

fn printed_table(found: &[(String, Outcome)]) -> String {
    let header = [
        ("File", Align::Left),
        ("Kind", Align::Left),
        ("privacy", Align::Right),
        ("cookies", Align::Right),
        ("terms", Align::Right),
        ("other_legal", Align::Right),
        ("other", Align::Right),
    ];
    let classified = found
        .iter()
        .filter_map(|(file, result)| Some((file, result.as_ref().ok()?)));
    let rows: Vec<Vec<String>> = classified
        .map(|(file, probabilities)| {
            let kind = probabilities.most_probable().to_string();
            let numbers = probabilities.iter().map(|(_, p)| format!("{p:.3}"));
            [file.clone(), kind].into_iter().chain(numbers).collect()
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    table(&header, &rows)
}
