//! The process that reads PDFs: its sandbox, its limits, and its end (Linux only).

use std::fs;
use std::fs::File;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use policytrail::crawl::{PdfReader, run_pdf_child};
use policytrail::extract::PageInput;
use policytrail::model::DropReason;
use rusqlite::Connection;

use crate::support::hostile_pdf::{memory_bomb, time_bomb};
use crate::support::own_process::{run_alone, task};
use crate::support::program::{policytrail, program, run};
use crate::support::warc::write_warc;

const POLICY: &str = "http://example.com/privacy.pdf";

/// An input that, when the child reads it, tries what a PDF must not be able to do.
struct Intruder(u16);

impl Read for Intruder {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        let told = |what: &str, error: Option<io::Error>| {
            eprintln!(
                "{what}: {}",
                error.map_or("done".to_owned(), |e| e.kind().to_string())
            );
        };
        told("open", File::open("/etc/passwd").err());
        told("create", File::create("intruder.txt").err());
        told("list", fs::read_dir("/").err());
        told("connect", TcpStream::connect(("127.0.0.1", self.0)).err());
        told("listen", TcpListener::bind("127.0.0.1:0").err());
        told("start", Command::new("/bin/true").spawn().err());
        Ok(0)
    }
}

#[test]
fn the_child_can_open_no_file_and_reach_no_network() {
    if let Some(port) = task() {
        let port = port.to_str().unwrap().parse().unwrap();
        run_pdf_child(Intruder(port), io::sink()).unwrap();
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    let test = "pdf_reader::the_child_can_open_no_file_and_reach_no_network";
    let report = run_alone(test, port.to_string());
    for what in ["open", "create", "list", "connect", "listen", "start"] {
        assert!(
            report.contains(&format!("{what}: permission denied")),
            "{report}"
        );
    }
    assert!(!Path::new("intruder.txt").exists());
}

#[test]
fn a_pdf_that_needs_too_much_memory_is_dropped_with_this_reason() {
    let page = PageInput {
        bytes: &memory_bomb(),
        content_type: Some("application/pdf"),
        url: None,
    };
    let read = PdfReader::new(program()).read_blocking(&page).unwrap();
    let dropped = read.unwrap_err();
    assert_eq!(dropped.reason, DropReason::BeyondLimits, "{dropped}");
    assert!(dropped.detail.contains("160 MB of memory"), "{dropped}");
}

#[test]
fn a_pdf_beyond_the_limits_is_not_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = memory_bomb();
    write_warc(
        &folder.path().join("bomb.warc.gz"),
        [("2012", POLICY, "application/pdf", bomb)],
    );
    let backfill = ["backfill", "--archive", "bomb.warc.gz", "--url", POLICY];
    for _ in 0..2 {
        let output = run(folder.path(), &backfill);
        assert!(output.status.success(), "{output:?}");
    }
    let database = Connection::open(folder.path().join("policytrail.db")).unwrap();
    let query = "SELECT drop_reason || ': ' || drop_detail FROM extractions";
    let detail: String = database.query_row(query, [], |row| row.get(0)).unwrap();
    assert_eq!(
        detail,
        "beyond_limits: reading the PDF needed more than 160 MB of memory"
    );
}

#[test]
fn quitting_twice_leaves_no_pdf_reader_behind() {
    if !Path::new("/proc/self/stat").exists() {
        eprintln!("SKIPPED: this system does not list processes in /proc");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write_warc(
        &folder.path().join("bomb.warc.gz"),
        [("2012", POLICY, "application/pdf", time_bomb())],
    );
    let backfill = ["backfill", "--archive", "bomb.warc.gz", "--url", POLICY];
    let mut crawl = policytrail(folder.path(), &backfill).spawn().unwrap();
    let reader = within(Duration::from_mins(1), || children_of(crawl.id()).pop());
    for _ in 0..2 {
        let process = crawl.id().to_string();
        assert!(
            Command::new("kill")
                .arg(process)
                .status()
                .unwrap()
                .success()
        );
        sleep(Duration::from_millis(200));
    }
    assert_eq!(crawl.wait().unwrap().code(), Some(130));
    within(Duration::from_secs(5), || {
        (!is_running(reader)).then_some(())
    });
}

/// Waits until there is a value.
#[track_caller]
fn within<T>(time: Duration, mut value: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = value() {
            return value;
        }
        assert!(began.elapsed() < time, "nothing within {time:?}");
        sleep(Duration::from_millis(20));
    }
}

/// The state and the parent of a process.
fn stat(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}

/// True for a process that has not ended. A dead one may still be listed, until its new parent takes note.
fn is_running(process: u32) -> bool {
    stat(process).is_some_and(|(state, _)| state != "Z")
}

fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap();
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let is_child = |process: &u32| stat(*process).is_some_and(|(_, of)| of == parent);
    numbers.filter(is_child).collect()
}
