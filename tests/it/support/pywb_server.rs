//! A real pywb on loopback over one WARC file, where pywb is installed.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const COLLECTION: &str = "sample";

/// The running server; it ends with this value.
pub struct PywbServer {
    /// Address of its one collection.
    pub collection: String,
    _running: Running,
    _folder: tempfile::TempDir,
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl PywbServer {
    /// Starts a pywb over a WARC file, which pywb copies and indexes. Without pywb, prints that and returns `None`.
    pub fn start(warc: &Path) -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!(
                "SKIPPED: neither PATH nor POLICYTRAIL_PYWB has pywb's `wayback`; nothing was tested"
            );
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        for arguments in [
            vec!["init", COLLECTION],
            vec!["add", COLLECTION, warc.to_str().unwrap()],
        ] {
            let output = Command::new(programs.join("wb-manager"))
                .current_dir(folder.path())
                .args(arguments)
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
        }
        // Another process may take the port before pywb starts: three attempts.
        let (running, port) = (0..3)
            .find_map(|_| start_on_free_port(&programs.join("wayback"), folder.path()))
            .unwrap();
        Some(Self {
            collection: format!("http://127.0.0.1:{port}/{COLLECTION}"),
            _running: running,
            _folder: folder,
        })
    }
}

/// The folder of pywb's programs.
fn programs() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("POLICYTRAIL_PYWB").map(PathBuf::from) {
        assert!(
            folder.join("wayback").is_file(),
            "POLICYTRAIL_PYWB names {}, where no `wayback` is",
            folder.display()
        );
        return Some(folder);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .find(|folder| folder.join("wayback").is_file() && folder.join("wb-manager").is_file())
}

fn start_on_free_port(wayback: &Path, folder: &Path) -> Option<(Running, u16)> {
    let port = TcpListener::bind("127.0.0.1:0")
        .ok()?
        .local_addr()
        .ok()?
        .port();
    let mut command = Command::new(wayback);
    command
        .current_dir(folder)
        .args(["-b", "127.0.0.1", "-p", &port.to_string()]);
    let mut running = Running(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(1) {
        if running.0.try_wait().unwrap().is_some() {
            return None;
        }
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some((running, port));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}
