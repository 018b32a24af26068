//! `policytrail import`: an earlier export back into a new database.

use std::io::{self, Write as _};
use std::path::{self, Path, PathBuf};

use super::atomic_file::AtomicFile;
use super::failure::{Exit, Failure};
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::job_run::{JobTask, run_job};
use super::options::CommonOptions;
use crate::crawl::Until;
use crate::export::{SITE_LIST, import_dataset};
use crate::extract::{EXTRACTOR_VERSION, text_hash};
use crate::store::{Hashing, Store};

/// Read an earlier export into a new database: JSON Lines, or WARC
///
/// `versions.jsonl` alone gives the versions; with the tables beside it all that they hold. Such a database holds no
/// pages: it is for reading and exporting, not for going on with a crawl. A WARC export holds the pages: they are looked
/// at again, and the crawl can go on.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folder of an export, or its `versions.jsonl` (also .gz or .zst), or its `policies.warc.gz`
    #[arg(value_name = "FILE|DIR")]
    from: PathBuf,

    #[command(flatten)]
    common: CommonOptions,
}

const HASHING: Hashing = Hashing {
    extractor_version: EXTRACTOR_VERSION,
    text_hash,
};

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let settings = arguments.common.settings(&[])?;
    let (from, database) = (&arguments.from, &settings.database);
    if database.exists() {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` is there already: an import makes a new database, name it with --db",
            database.display()
        )));
    }
    if !from.exists() {
        return Err(Failure::usage(anyhow::anyhow!(
            "there is no `{}`: name a folder or file of an export",
            from.display()
        )));
    }
    if let Some(folder) = warc_folder(from) {
        return import_warc(from, &folder, arguments);
    }
    let file = AtomicFile::create(database)?;
    let imported = Store::open_or_create(&file.path())
        .map_err(Failure::from)
        .and_then(|store| import_dataset(from, &store, HASHING).map_err(Failure::usage))?;
    file.commit_database()?;
    if imported.without_version > 0 {
        writeln!(
            io::stderr(),
            "policytrail: {} captures showed versions that are not in this dataset: it is narrowed, and they stay without one",
            imported.without_version
        )?;
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
            "there is no `{}` beside the archive: use `policytrail backfill --archive {} SITE…` instead",
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
