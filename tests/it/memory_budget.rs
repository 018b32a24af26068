//! The memory of a crawl of large pages and hostile PDFs: eight sites with a page of 31 MB, two PDF bombs, and four sites
//! with ten redirects of 3.9 MB before the page, all at once.
//!
//! Takes minutes, so only `.ci/full` runs it.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use policytrail::archive::warc::writer::{CapturedResponse, WarcWriter};
use policytrail::model::Timestamp;
use rusqlite::Connection;

use crate::support::hostile_pdf::memory_bomb;
use crate::support::program::{policytrail, program};
use crate::support::warc::write_warc;

const PAGE_BYTES: usize = 31 << 20;
const REDIRECTS: usize = 10;
const REDIRECT_BYTES: usize = 3_900_000;
const SENTENCE: &str =
    "We collect personal information about you when you register, and we use cookies.";
/// Memory of the cgroup, or the most that all processes may take together where no cgroup can be made.
const MOST_BYTES: u64 = 1 << 30;

#[test]
#[ignore = "takes minutes; .ci/full runs it"]
fn large_pages_pdf_bombs_and_long_redirects_fit_into_a_gigabyte() {
    let folder = tempfile::tempdir().unwrap();
    write_archive(folder.path());
    let mut arguments = vec!["backfill", "--archive", ".", "--sites", "sites.csv"];
    arguments.extend(["--db", "trail.db"]);
    let cgroup = MemoryCgroup::new();
    let mut command = match &cgroup {
        // The shell enters the group before it becomes the program, so every process of the run is in it.
        Some(cgroup) => {
            let mut shell = Command::new("sh");
            shell
                .current_dir(folder.path())
                .args(["-c", r#"echo $$ > "$0/cgroup.procs" && exec "$@""#])
                .arg(&cgroup.0)
                .arg(program())
                .args(arguments);
            shell
        }
        None => policytrail(folder.path(), &arguments),
    };
    let began = Instant::now();
    let crawl = command.stderr(Stdio::null()).spawn().unwrap();
    let (code, peak) = wait_and_measure(crawl);
    eprintln!(
        "exit {code:?} after {} s, peak of all processes {} MB, in a cgroup of 1 GB: {}",
        began.elapsed().as_secs(),
        peak >> 20,
        cgroup.is_some()
    );
    assert!(matches!(code, Some(0 | 1)), "{code:?}");
    assert!(peak < MOST_BYTES, "{peak}");
    let database = Connection::open(folder.path().join("trail.db")).unwrap();
    let count = |query: &str| -> i64 { database.query_row(query, [], |r| r.get(0)).unwrap() };
    assert_eq!(count("SELECT count(*) FROM versions"), 8 + 4);
    // The limit of the reader ended it, not the killer of the system.
    let bombs = "SELECT count(*) FROM drops WHERE reason = 'beyond_limits' AND detail LIKE '%160 MB of memory%'";
    assert_eq!(count(bombs), 2);
    let records =
        "SELECT max(bytes) FROM (SELECT sum(size_bytes) AS bytes FROM records GROUP BY capture_id)";
    assert!((3 << 20..=4 << 20).contains(&count(records)));
}

fn write_archive(folder: &Path) {
    let text = format!(
        "<h2>What we do</h2><p>{SENTENCE}</p><ul><li><a href=/x>{SENTENCE}</a></li></ul>\n"
    );
    let body = |site: usize| {
        let head = format!("<title>Privacy Policy</title><h1>Privacy Policy of site {site}</h1>");
        (head + &text.repeat(PAGE_BYTES / text.len())).into_bytes()
    };
    let pages: Vec<String> = (0..8)
        .map(|n| format!("http://site{n}.com/privacy"))
        .collect();
    let bombs: Vec<String> = (0..2)
        .map(|n| format!("http://pdf{n}.com/privacy.pdf"))
        .collect();
    let captures = pages
        .iter()
        .enumerate()
        .map(|(n, url)| ("2012", url.as_str(), "text/html", body(n)));
    let captures = captures.chain(bombs.iter().enumerate().map(|(n, url)| {
        let mut bomb = memory_bomb();
        bomb.extend_from_slice(format!("%{n}").as_bytes());
        ("2012", url.as_str(), "application/pdf", bomb)
    }));
    write_warc(&folder.join("large.warc.gz"), captures);
    let chains: Vec<String> = (0..4).map(|n| format!("http://chain{n}.com/0")).collect();
    write_chains(&folder.join("chains.warc.gz"), &chains);
    let mut sites = "site,policy_url\n".to_owned();
    for url in pages.iter().chain(&bombs).chain(&chains) {
        let site = url.split('/').nth(2).unwrap();
        sites.extend([site, ",", url, "\n"]);
    }
    fs::write(folder.join("sites.csv"), sites).unwrap();
}

/// Writes policies that are found after ten redirects with large pages of their own, each chain from this URL.
fn write_chains(file: &Path, chains: &[String]) {
    let mut writer = WarcWriter::new(BufWriter::new(File::create(file).unwrap()));
    for chain in chains {
        let address = |n: usize| format!("{}{n}", chain.trim_end_matches('0'));
        for n in 0..=REDIRECTS {
            let (head, payload) = if n < REDIRECTS {
                let head = format!("HTTP/1.1 301 Moved\r\nLocation: {}\r\n\r\n", address(n + 1));
                (head, vec![b' '; REDIRECT_BYTES])
            } else {
                let text = format!(
                    "<title>Privacy Policy</title><h1>Privacy Policy of {chain}</h1><p>{SENTENCE}</p>"
                );
                (
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_owned(),
                    text.into_bytes(),
                )
            };
            let response = CapturedResponse {
                url: &address(n),
                timestamp: Timestamp::earliest("2012").unwrap(),
                head: head.as_bytes(),
                payload: &payload,
            };
            writer.response(&response).unwrap();
        }
    }
}

/// Waits for the end of a process. Returns its exit code, and the most memory that it and its children took together.
fn wait_and_measure(mut process: Child) -> (Option<i32>, u64) {
    let mut peak = 0;
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return (status.code(), peak);
        }
        peak = peak.max(memory_with_children(process.id()));
        sleep(Duration::from_millis(20));
    }
}

/// Resident memory of a process and its children; 0 where the system does not tell it.
fn memory_with_children(process: u32) -> u64 {
    let own = |process: u32| -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    let tasks = fs::read_dir(format!("/proc/{process}/task"));
    let children = tasks.into_iter().flatten().filter_map(|task| {
        let children = fs::read_to_string(task.ok()?.path().join("children")).ok()?;
        let numbers = children.split_whitespace().filter_map(|n| n.parse().ok());
        // Until a child runs its own program, its memory is that of its parent.
        let is_reader = |child: &u32| {
            let line = fs::read_to_string(format!("/proc/{child}/cmdline"));
            line.is_ok_and(|line| line.contains("read-pdf"))
        };
        Some(numbers.filter(is_reader).filter_map(own).sum::<u64>())
    });
    own(process).unwrap_or(0) + children.sum::<u64>()
}

/// A memory cgroup of one gigabyte, removed when this is dropped.
struct MemoryCgroup(PathBuf);

impl MemoryCgroup {
    /// `None` where the process may not make one.
    fn new() -> Option<Self> {
        let name = format!("policytrail-{}", std::process::id());
        let kinds = [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            ("/sys/fs/cgroup", "memory.max"),
        ];
        kinds.iter().find_map(|(root, limit)| {
            let folder = Path::new(root).join(&name);
            fs::create_dir(&folder).ok()?;
            let cgroup = Self(folder);
            fs::write(cgroup.0.join(limit), MOST_BYTES.to_string()).ok()?;
            Some(cgroup)
        })
    }
}

impl Drop for MemoryCgroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}
