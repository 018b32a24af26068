//! Measures how fast each format is written and how much memory it takes, on made-up versions:
//! `cargo bench --bench export [VERSIONS [LINES]]`.
//!
//! Each export runs in a separate process, so that its peak memory (`VmHWM`) is its own.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops at the first surprise and prints"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use data_encoding::HEXLOWER;
use policytrail::export::{ExportOptions, PageFormat, TableFormat, export};
use policytrail::store::Store;
use rusqlite::{Connection, Statement, params};
use sha2::{Digest as _, Sha256};

/// Number of versions of each policy.
const OF_A_POLICY: i64 = 20;
/// Default number of lines of each text: about 1,000 bytes, so that a million texts fit on a small disk. A policy of
/// ordinary length has 180 lines.
const LINES: usize = 12;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    if let [flag, format, database, target] = arguments.as_slice()
        && flag == "--child"
    {
        child(format, Path::new(database), Path::new(target));
        return;
    }
    let versions = arguments.first().map_or(1_000_000, |n| n.parse().unwrap());
    let lines = arguments.get(1).map_or(LINES, |n| n.parse().unwrap());
    let folder =
        tempfile::tempdir_in(std::env::var_os("BENCH_DIR").unwrap_or_else(|| "/tmp".into()))
            .unwrap();
    let database = folder.path().join("bench.db");
    let started = Instant::now();
    synthesise(&database, versions, lines);
    println!(
        "{versions} versions made in {:.0} s, {} MB",
        started.elapsed().as_secs_f64(),
        fs::metadata(&database).unwrap().len() >> 20
    );
    for format in [
        "jsonl-no-text",
        "csv-no-text",
        "parquet-no-text",
        "jsonl",
        "csv",
        "parquet",
        "markdown",
        "text",
        "git",
        "warc",
    ] {
        let target = folder.path().join(format);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--child", format])
            .arg(&database)
            .arg(&target);
        // Without git in the path, only the stream is written.
        command.env("PATH", "");
        assert!(command.status().unwrap().success());
        if format == "git" {
            fast_import(
                &target.join("policies.fast-import"),
                &folder.path().join("bench.git"),
                versions,
            );
        }
        fs::remove_dir_all(&target).unwrap();
    }
}

fn child(format: &str, database: &Path, target: &Path) {
    let mut options = ExportOptions {
        no_text: format.ends_with("-no-text"),
        ..ExportOptions::default()
    };
    match format.trim_end_matches("-no-text") {
        "jsonl" => options.tables.push(TableFormat::Jsonl),
        "csv" => options.tables.push(TableFormat::Csv),
        "parquet" => options.tables.push(TableFormat::Parquet),
        "markdown" => options.pages.push(PageFormat::Markdown),
        "text" => options.pages.push(PageFormat::Text),
        "git" => options.git = true,
        _ => options.warc = true,
    }
    let store = Store::open(database).unwrap();
    let started = Instant::now();
    let exported = export(&store, &options, target).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    let rows: u64 = exported.tables.iter().map(|t| t.rows).sum::<u64>()
        + exported.others.iter().map(|(_, n)| n).sum::<u64>();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = rows as f64 / seconds;
    println!(
        "{format:16} {rows:9} rows {seconds:7.1} s {rate:9.0} rows/s {:5} MB peak",
        peak_mb()
    );
}

fn fast_import(stream: &Path, repository: &Path, commits: i64) {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments);
        command
    };
    assert!(
        git(&["init", "--quiet", "--bare"])
            .arg(repository)
            .status()
            .unwrap()
            .success()
    );
    let started = Instant::now();
    let status = git(&["fast-import", "--quiet", "--done"])
        .current_dir(repository)
        .stdin(fs::File::open(stream).unwrap())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = commits as f64 / seconds;
    println!("git fast-import  {commits:9} commits {seconds:7.1} s {rate:9.0} commits/s");
    fs::remove_dir_all(repository).unwrap();
}

fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) >> 10
}

fn synthesise(database: &Path, versions: i64, lines: usize) {
    drop(Store::open_or_create(database).unwrap());
    let mut connection = Connection::open(database).unwrap();
    connection
        .execute_batch(
            "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000",
        )
        .unwrap();
    let t = connection.transaction().unwrap();
    t.execute("INSERT INTO archives (archive_id, archive, memento_url_prefix) VALUES (1, 'file', 'https://web.archive.org/web/')", []).unwrap();
    let page = format!("<html><body>{}</body></html>", text(0, lines));
    t.execute(
        "INSERT INTO payloads (payload_id, sha256, size_bytes, body) VALUES (1, ?1, ?2, ?3)",
        params![
            HEXLOWER.encode(&Sha256::digest(&page)),
            i64::try_from(page.len()).unwrap(),
            zstd::bulk::compress(page.as_bytes(), 3).unwrap()
        ],
    )
    .unwrap();
    let mut insert = Inserts::new(&t);
    for n in 0..versions {
        insert.version(n, &text(n, lines));
    }
    drop(insert);
    t.commit().unwrap();
}

/// The prepared statements that insert one version and what it needs.
struct Inserts<'c> {
    site: Statement<'c>,
    policy: Statement<'c>,
    address: Statement<'c>,
    found: Statement<'c>,
    capture: Statement<'c>,
    memento: Statement<'c>,
    document: Statement<'c>,
    rendition: Statement<'c>,
    version: Statement<'c>,
    observation: Statement<'c>,
}

impl<'c> Inserts<'c> {
    fn new(connection: &'c Connection) -> Self {
        let prepare = |sql: &str| connection.prepare(sql).unwrap();
        Self {
            site: prepare(
                "INSERT INTO sites (site_id, site) VALUES (?1, ?2)",
            ),
            policy: prepare(
                "INSERT INTO policies (policy_id, site_id, policy_url, kind, cross_domain) VALUES (?1, ?1, ?2, 'privacy', 0)",
            ),
            address: prepare(
                "INSERT INTO policy_urls (site_id, urlkey, url, policy_id) VALUES (?1, ?2, ?3, ?1)",
            ),
            found: prepare(
                "INSERT INTO discoveries (site_id, urlkey, url, kind, source, score, link_text, reasons) VALUES (?1, ?2, ?3, 'privacy', ?4, 100, 'Privacy', '[\"words\"]')",
            ),
            capture: prepare(
                "INSERT INTO captures (capture_id, archive_id, urlkey, timestamp, original, mimetype, statuscode, digest, length) VALUES (?1, 1, ?2, ?3, ?4, 'text/html', 200, ?5, 9000)",
            ),
            memento: prepare(
                "INSERT INTO mementos (capture_id, urlkey, timestamp, original, statuscode, content_type, payload_id, fetched_at) VALUES (?1, ?2, ?3, ?4, 200, 'text/html; charset=utf-8', 1, '20260101000000')",
            ),
            document: prepare(
                "INSERT INTO documents (document_id, text_sha256, language, word_count) VALUES (?1, ?2, 'en', 170)",
            ),
            rendition: prepare(
                "INSERT INTO renditions (rendition_id, document_id, sha256, title, language, word_count, text, markdown)
             VALUES (?1, ?1, ?2, 'Privacy Policy', 'en', 170, ?3, ?3)",
            ),
            version: prepare(
                "INSERT INTO versions (policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen, changed_after, captures, extractor_version) VALUES (?1, ?2, ?3, ?3, ?3, ?4, ?4, NULL, 1, 'bench')",
            ),
            observation: prepare(
                "INSERT INTO observations (policy_id, capture_id, version, fetched_capture_id) VALUES (?1, ?2, ?3, ?2)",
            ),
        }
    }

    fn version(&mut self, n: i64, words: &str) {
        let (policy_id, number) = (n / OF_A_POLICY + 1, n % OF_A_POLICY + 1);
        // Scattered over the alphabet, as real names are.
        let name = format!(
            "{:08x}.com",
            policy_id.wrapping_mul(2_654_435_761) & 0xffff_ffff
        );
        let (url, key) = (
            format!("https://www.{name}/privacy-policy"),
            format!("com,{})/privacy-policy", &name[..8]),
        );
        if number == 1 {
            self.site.execute(params![policy_id, name]).unwrap();
            self.policy.execute(params![policy_id, url]).unwrap();
            self.address.execute(params![policy_id, key, url]).unwrap();
            for source in ["path", "link"] {
                self.found
                    .execute(params![policy_id, key, url, source])
                    .unwrap();
            }
        }
        let stamp = format!(
            "{:04}{:02}{:02}12{:02}{:02}",
            2004 + number,
            n % 12 + 1,
            n % 28 + 1,
            n % 60,
            n / 60 % 60
        );
        let id = n + 1;
        self.capture
            .execute(params![id, key, stamp, url, format!("{id:032}")])
            .unwrap();
        self.memento.execute(params![id, key, stamp, url]).unwrap();
        self.document
            .execute(params![id, format!("{id:064x}")])
            .unwrap();
        self.rendition
            .execute(params![id, format!("{id:064x}"), words])
            .unwrap();
        self.version
            .execute(params![policy_id, number, id, stamp])
            .unwrap();
        self.observation
            .execute(params![policy_id, id, number])
            .unwrap();
    }
}

fn text(n: i64, lines: usize) -> String {
    let partners = n % 97;
    let lines: Vec<String> = (0..lines)
        .map(|line| {
            format!(
                "Paragraph {n}.{line}: we collect your name and address, and share them with {partners} partners.\n"
            )
        })
        .collect();
    lines.concat()
}
