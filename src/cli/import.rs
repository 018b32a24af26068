//! `policytrail import`: an earlier export back into a new database.

use std::io::{self, Write as _};
use std::path::{self, Path, PathBuf};

use super::atomic_file::AtomicFile;
use super::failure::{Exit, Failure};
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::job_run::{JobTask, run_job};
use super::options::CommonOptions;
use super::terminal::note;
use crate::crawl::Until;
use crate::export::{SITE_LIST, import_dataset};
use crate::extract::{EXTRACTOR_VERSION, markdown_fault, text_hash};
use crate::store::{Store, TextChecks};

/// Create a database from an export in JSON Lines or WARC
///
/// A JSON Lines export needs only `versions.jsonl`; the other tables are read if they are in the same directory. The
/// new database holds no archived pages: you can read and export it, but not continue its crawl. A WARC export holds
/// the pages: they are extracted again, and the crawl can continue.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail import dataset --db copy.db\n  policytrail import dataset/policies.warc.gz --db copy.db"
)]
pub(super) struct Arguments {
    /// Directory of an export, its `versions.jsonl` (or .gz, .zst), or its `policies.warc.gz`
    #[arg(value_name = "FILE|DIR")]
    from: PathBuf,

    #[command(flatten)]
    common: CommonOptions,
}

const TEXT_CHECKS: TextChecks = TextChecks {
    extractor_version: EXTRACTOR_VERSION,
    text_hash,
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
    let file = AtomicFile::create(database)?;
    let imported = Store::open_or_create(&file.path())
        .map_err(Failure::from)
        .and_then(|store| import_dataset(from, &store, TEXT_CHECKS).map_err(Failure::usage))?;
    file.commit_database()?;
    if imported.without_version > 0 {
        note(format_args!(
            "policytrail: {} captures refer to versions that this filtered dataset does not contain; they are imported without a version",
            imported.without_version
        ));
    }
    writeln!(
        io::stdout(),
        "{}: {} versions, {} rows of other tables",
        database.display(),
        imported.versions,
        imported.others
    )?;
    Ok(Exit::Done)
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
    let is_warc = name.ends_with(".warc.gz") || name.ends_with(".warc");
    is_warc.then(|| from.parent().map(Path::to_path_buf).unwrap_or_default())
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
        "{}: {versions} versions",
        job.settings.database.display()
    )?;
    finished.exit()
}
