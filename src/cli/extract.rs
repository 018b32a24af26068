//! `policytrail extract`: the policy of one saved page, or of a folder of them. No database, no archive.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use url::Url;

use super::failure::{Exit, Failure};
use super::options::heading;
use super::saved_pages::{
    is_page, page_files, read, read_bounded, remark, report, type_by_name, unusable,
};
use super::wording::counted;
use crate::crawl::PdfReader;
use crate::extract::{self, DocumentType, Options, PageInput};
use crate::model::{Document, DropReason, Dropped};
use crate::report::{document_answer, drop_answer, safe_json};

/// Extract the text of the policy from a saved page (HTML, PDF or plain text)
///
/// If the page is not a policy, the command prints the reason to stderr and exits with code 1. With --type any, it
/// prints the main text of any page; for an article, that is the body without the headline, author and comments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail extract page.html --url https://www.example.com/privacy\n  policytrail extract --in pages --out texts --format json"
)]
pub(super) struct Arguments {
    /// Saved page; standard input if it is `-` or not given
    #[arg(value_name = "FILE", conflicts_with_all = ["input", "out"])]
    file: Option<PathBuf>,

    /// URL of the page, which resolves its relative links; a fragment (#…) selects a part of the page
    #[arg(long, value_name = "URL", conflicts_with = "input", help_heading = heading::INPUT)]
    url: Option<String>,

    /// Output format
    #[arg(long, value_enum, default_value = "markdown", help_heading = heading::OUTPUT)]
    format: Format,

    /// Short for --format json
    #[arg(long, conflicts_with = "format", help_heading = heading::OUTPUT)]
    json: bool,

    /// Text to extract from an HTML page
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value = "privacy", help_heading = heading::INPUT)]
    document_type: Type,

    /// Extract every saved page of this directory; requires --out
    #[arg(long = "in", value_name = "DIR", requires = "out", help_heading = heading::INPUT)]
    input: Option<PathBuf>,

    /// Also follow symbolic links that lead out of the directory of --in
    #[arg(long, requires = "input", help_heading = heading::INPUT)]
    follow_links: bool,

    /// Output directory for the texts (`NAME.md`, `.txt` or `.json`); created if it does not exist
    #[arg(long, value_name = "DIR", requires = "input", help_heading = heading::OUTPUT)]
    out: Option<PathBuf>,

    /// Also print to stderr which part of the page was chosen, and why
    #[arg(long, help_heading = heading::OUTPUT)]
    explain: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// `CommonMark` with tables
    Markdown,
    /// Plain text, wrapped at 80 columns
    Text,
    /// JSON with title, language, text, Markdown and hash
    Json,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Type {
    /// The privacy policy, even if the page holds other documents too
    Privacy,
    /// The main text of any page
    Any,
}

const TEXT_COLUMNS: usize = 80;

impl Arguments {
    fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let url = arguments.url.as_deref().map(Url::parse).transpose().map_err(|e| {
        Failure::usage(anyhow::anyhow!("--url is not a valid URL: {e}; give a full URL such as https://www.example.com/privacy"))
    })?;
    match (&arguments.input, &arguments.out) {
        (Some(input), Some(out)) => many(arguments, input, out),
        _ => one(arguments, url.as_ref()),
    }
}

fn one(arguments: &Arguments, url: Option<&Url>) -> Result<Exit, Failure> {
    let file = arguments.file.as_deref().filter(|f| *f != Path::new("-"));
    let bytes = match file {
        Some(path) => read(path)?,
        None => read_bounded(io::stdin().lock())
            .map_err(|e| Failure::usage(anyhow::anyhow!("cannot read standard input: {e}")))?,
    };
    let result = extract_page(arguments, &bytes, file.and_then(type_by_name), url)?;
    let mut out = io::stdout().lock();
    out.write_all(printed(arguments.format(), &result)?.as_bytes())?;
    match result {
        Ok(_) => Ok(Exit::Done),
        Err(dropped) => {
            report(&format!("not a policy: {dropped}{}", cure(&dropped)));
            Ok(Exit::DoneWithFailures)
        }
    }
}

/// Extracts every page of a directory.
fn many(arguments: &Arguments, input: &Path, out: &Path) -> Result<Exit, Failure> {
    let files = page_files(input, arguments.follow_links, is_page)?;
    fs::create_dir_all(out).map_err(|e| unusable(out, &e))?;
    let same = |folder: &Path| fs::canonicalize(folder).map_err(|e| unusable(folder, &e));
    if same(input)? == same(out)? {
        return Err(Failure::usage(anyhow::anyhow!(
            "--in and --out are the same directory, so texts could overwrite pages; give another directory with --out"
        )));
    }
    let (mut dropped_pages, mut unread) = (0, 0);
    for (file, target) in files.iter().zip(targets(&files, out, arguments.format())) {
        let page =
            read(file).and_then(|bytes| extract_page(arguments, &bytes, type_by_name(file), None));
        let result = match page {
            Ok(result) => result,
            Err(failure) => {
                unread += 1;
                report(&failure.line());
                continue;
            }
        };
        if let Err(dropped) = &result {
            dropped_pages += 1;
            let cure = cure(dropped);
            report(&format!(
                "{}: not a policy: {dropped}{cure}",
                file.display()
            ));
        }
        if result.is_ok() || matches!(arguments.format(), Format::Json) {
            fs::write(&target, printed(arguments.format(), &result)?)
                .map_err(|e| anyhow::anyhow!("cannot write `{}`: {e}", target.display()))?;
        }
    }
    let not_read = match unread {
        0 => String::new(),
        n => format!(", {n} not read"),
    };
    writeln!(
        io::stdout(),
        "{}, {}, {dropped_pages} dropped{not_read}",
        counted(files.len() as u64, "page"),
        counted((files.len() - dropped_pages - unread) as u64, "policy")
    )
    .map_err(|error| Failure::from(error).after_writing(out))?;
    Ok(if dropped_pages + unread == 0 {
        Exit::Done
    } else {
        Exit::DoneWithFailures
    })
}

/// How to get the text of a page that is not a policy.
fn cure(dropped: &Dropped) -> &'static str {
    if dropped.reason == DropReason::NotAPolicy {
        "; to print its text anyway, use `--type any`"
    } else {
        ""
    }
}

/// Where the text of each file is written: its name without the extension, or with it if two names would be equal.
fn targets(files: &[PathBuf], out: &Path, format: Format) -> Vec<PathBuf> {
    let extension = match format {
        Format::Markdown => "md",
        Format::Text => "txt",
        Format::Json => "json",
    };
    // Some systems do not distinguish capitals in names.
    let key = |name: Option<&OsStr>| name.unwrap_or_default().to_string_lossy().to_lowercase();
    let mut taken: HashMap<String, usize> = HashMap::new();
    for file in files {
        for name in [file.file_stem(), file.file_name()] {
            *taken.entry(key(name)).or_default() += 1;
        }
    }
    let target = |file: &PathBuf| {
        let is_alone = taken.get(&key(file.file_stem())) == Some(&1);
        let name = if is_alone {
            file.file_stem()
        } else {
            file.file_name()
        };
        let mut target = out.join(name.unwrap_or_default()).into_os_string();
        target.push(".");
        target.push(extension);
        PathBuf::from(target)
    };
    files.iter().map(target).collect()
}

fn extract_page(
    arguments: &Arguments,
    bytes: &[u8],
    content_type: Option<&str>,
    url: Option<&Url>,
) -> Result<Result<Document, Dropped>, Failure> {
    let input = PageInput {
        bytes,
        content_type,
        url,
    };
    let document_type = match arguments.document_type {
        Type::Privacy => DocumentType::Privacy,
        Type::Any => DocumentType::Any,
    };
    let options = Options { document_type };
    if extract::is_pdf(bytes) {
        if arguments.explain {
            remark("the payload is a PDF, which a separate process reads");
        }
        let read = PdfReader::of_this_program().and_then(|pdf| pdf.read_blocking(&input));
        return read.map_err(Failure::of_system("cannot run the PDF reader"));
    }
    if !arguments.explain {
        return Ok(extract::extract(&input, &options));
    }
    let result = extract::explain(&input, &options);
    for reason in result.iter().flat_map(|extraction| &extraction.explanation) {
        remark(reason);
    }
    Ok(result.map(|extraction| extraction.document))
}

/// The answer in a format; empty for a dropped page, except in JSON.
fn printed(format: Format, result: &Result<Document, Dropped>) -> Result<String, Failure> {
    Ok(match (format, result) {
        (Format::Markdown, Ok(document)) => document.markdown.clone(),
        (Format::Text, Ok(document)) => extract::wrapped_text(&document.markdown, TEXT_COLUMNS),
        (Format::Json, Ok(document)) => safe_json(&document_answer(document))? + "\n",
        (Format::Json, Err(dropped)) => safe_json(&drop_answer(dropped))? + "\n",
        (_, Err(_)) => String::new(),
    })
}
