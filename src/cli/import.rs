//! `policytrail import`: an earlier export back into a new database.

use std::io::{self, Write as _};
use std::path::{self, Path, PathBuf};

use super::atomic_file::AtomicFile;
use super::failure::{Exit, Failure};
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::job_run::{JobTask, run_job};
use super::options::CommonOptions;
use super::terminal::{error_line, note};
use super::wording::counted;
use crate::archive::DEFAULT_MAX_BODY_BYTES;
use crate::archive::warc::WarcArchive;
use crate::crawl::Until;
use crate::export::{ImportedPages, SITE_LIST, import_dataset, import_pages};
use crate::extract::{EXTRACTOR_VERSION, fact_faults, markdown_fault, text_hash};
use crate::store::{Store, TextChecks};

/// Create a database from an export in JSON Lines or WARC
///
/// A JSON Lines export needs only `versions.jsonl`; the other tables are read if they are in the same directory, and so
/// are the archived pages of a WARC export. You can read and export the new database, but not continue its crawl. A
/// WARC export alone is crawled like an archive: its pages are extracted again, and the crawl can continue. Every import
/// says what it does not keep.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail import dataset --db copy.db\n  policytrail import dataset/policies.warc.gz --db copy.db"
)]
pub(super) struct Arguments {
    /// Directory of an export (tables, WARC or both), its `versions.jsonl` (or .gz, .zst), or its `policies.warc.gz`
    #[arg(value_name = "FILE|DIR")]
    from: PathBuf,

    #[command(flatten)]
    common: CommonOptions,
}

const TEXT_CHECKS: TextChecks = TextChecks {
    extractor_version: EXTRACTOR_VERSION,
    text_hash,
    fact_faults,
    markdown_fault,
};

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let settings = arguments.common.settings(&[])?;
    let (from, database) = (&arguments.from, &settings.database);
    if database.exists() {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` already exists, and an import creates a new database; give another file with --db",
            database.display()
        )));
    }
    if !from.exists() {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` does not exist; give the directory or a file of an export",
            from.display()
        )));
    }
    if let Some(folder) = warc_folder(from) {
        return import_warc(from, &folder, arguments);
    }
    import_tables(from, database)
}

/// Imports tables in JSON Lines, and the archived pages beside them.
fn import_tables(from: &Path, database: &Path) -> Result<Exit, Failure> {
    let folder = if from.is_dir() {
        from
    } else {
        from.parent().unwrap_or(Path::new(""))
    };
    let archive = open_pages(folder)?;
    let file = AtomicFile::create(database)?;
    let store = Store::open_or_create(&file.path())?;
    let imported = import_dataset(from, &store, TEXT_CHECKS).map_err(Failure::usage)?;
    let pages = match &archive {
        Some(archive) => Some(import_pages(archive, &store).map_err(Failure::usage)?),
        None => None,
    };
    drop(store);
    file.commit_database()?;
    let mut line = format!(
        "{}: {}, {} of other tables",
        database.display(),
        counted(imported.versions, "version"),
        counted(imported.others, "row")
    );
    if let Some(pages) = pages {
        let captures = counted(pages.stored, "capture");
        line = format!("{line}, archived pages of {captures}");
    }
    writeln!(io::stdout(), "{line}")
        .map_err(|error| Failure::from(error).after_writing(database))?;
    if imported.without_version > 0 {
        note(format_args!(
            "policytrail: {} captures refer to versions that this filtered dataset does not contain; they are imported without a version",
            imported.without_version
        ));
    }
    note(format_args!("policytrail: {}", left_out_of_tables(pages)));
    let failures = archive
        .iter()
        .flat_map(|archive| archive.skipped().failures());
    let mut exit = Exit::Done;
    for failure in failures {
        error_line(failure);
        exit = Exit::DoneWithFailures;
    }
    Ok(exit)
}

/// The archive in a directory if there is one: a WARC file with any name.
fn open_pages(folder: &Path) -> Result<Option<WarcArchive>, Failure> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let mut names = folder
        .read_dir()
        .map_err(Failure::of_system(
            "cannot read the directory of the export",
        ))?
        .filter_map(Result::ok)
        .map(|entry| entry.file_name());
    if !names.any(|name| is_warc(&name.to_string_lossy())) {
        return Ok(None);
    }
    Ok(Some(WarcArchive::open(folder, DEFAULT_MAX_BODY_BYTES)?))
}

/// What an import of tables does not keep.
fn left_out_of_tables(pages: Option<ImportedPages>) -> String {
    let pages = match pages {
        None => {
            "the archived pages (a WARC export in the same directory would have them), ".to_owned()
        }
        Some(ImportedPages { missing: 0, .. }) => String::new(),
        Some(pages) => format!(
            "the archived pages of {}, which the WARC files do not have, ",
            counted(pages.missing, "capture")
        ),
    };
    format!(
        "not kept: {pages}the original WARC records, the searched home pages, the answers of the index, further layouts of a text, \
         the results of other extractors, and the log of runs and alerts. The database can be read and exported; a crawl or \
         `reextract` needs a database of the WARC export alone"
    )
}

/// What an import of a WARC export does not keep.
const LEFT_OUT_OF_WARC: &str = "not kept: the evidence of the searches for policies (home pages and links), decisions of \
     `exclude` and `include`, tags of sites, original headers, times and requests of the first crawl, and captures that were not \
     fetched. The pages were extracted again by this version of the program";

fn is_warc(name: &str) -> bool {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    Path::new(name).extension().is_some_and(|end| end == "warc")
}

/// The directory of a WARC export if `from` is one: a WARC file, or a directory without `versions.jsonl`.
fn warc_folder(from: &Path) -> Option<PathBuf> {
    if from.is_dir() {
        let has = |name: &str| from.join(name).is_file();
        let has_versions = ["", ".gz", ".zst"]
            .iter()
            .any(|s| has(&format!("versions.jsonl{s}")));
        return (!has_versions && has(SITE_LIST)).then(|| from.to_path_buf());
    }
    let name = from.file_name()?.to_string_lossy();
    is_warc(&name).then(|| from.parent().map(Path::to_path_buf).unwrap_or_default())
}

/// Crawls every capture of the archive, as a backfill does.
fn import_warc(from: &Path, folder: &Path, arguments: &Arguments) -> Result<Exit, Failure> {
    let list = folder.join(SITE_LIST);
    if !list.is_file() {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` does not exist in the directory of the archive; use `policytrail backfill --archive {} SITE…` instead",
            list.display(),
            from.display()
        )));
    }
    let sites = SiteOptions::of_list(&list);
    // A directory may be named like an archive: `wayback`.
    let archive = path::absolute(from)
        .map_err(|e| Failure::usage(anyhow::anyhow!("cannot use `{}`: {e}", from.display())))?;
    let options = CrawlOptions::of_archive(&archive, arguments.common.clone());
    let job = Job::new("import", &sites, &options, &[])?;
    job.interruptible(crawl)
}

fn crawl(job: &Job) -> Result<Exit, Failure> {
    let finished = run_job(job, JobTask::Crawl(Until::Versions))?;
    let versions = finished.store.status()?.versions;
    writeln!(
        io::stdout(),
        "{}: {}",
        job.settings.database.display(),
        counted(versions, "version")
    )
    .map_err(|error| Failure::from(error).after_writing(&job.settings.database))?;
    note(format_args!("policytrail: {LEFT_OUT_OF_WARC}"));
    finished.exit()
}
