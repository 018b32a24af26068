//! A git history of policies: a stream for `git fast-import`, and a bare repository made from it if git is installed.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::jsonl::write_object;
use super::policy_path::PolicyPath;
use super::timestamp_form::TimestampForm;
use crate::model::printable;
use crate::store::tables::{Outline, VERSIONS};

/// Author of the commits. Nobody can own this address.
const COMMITTER: &str = "policytrail <policytrail@example.invalid>";
/// Branch of the commits.
const BRANCH: &str = "refs/heads/main";

/// Writes the commit of one version: its page, the capture's time, and its fields as JSON in the message.
pub(super) fn write_commit(
    out: &mut dyn Write,
    version: &Outline<'_>,
    path: &PolicyPath,
    page: &str,
    timestamps: TimestampForm,
) -> io::Result<()> {
    // Git has no times before 1970, and no capture is that old.
    let seconds = version.timestamp.unix_seconds().max(0);
    let mut message =
        format!("{} as of {}\n\n", path.stem, version.timestamp.date_text()).into_bytes();
    write_object(
        &mut message,
        &VERSIONS.columns(false),
        version.cells,
        timestamps,
    )?;
    message.push(b'\n');
    write!(
        out,
        "commit {BRANCH}\nauthor {COMMITTER} {seconds} +0000\ncommitter {COMMITTER} {seconds} +0000\ndata {}\n",
        message.len()
    )?;
    out.write_all(&message)?;
    write!(
        out,
        "\nM 100644 inline {}\ndata {}\n{page}\n",
        path.nested("md"),
        page.len()
    )
}

/// Why there is no repository.
#[derive(Debug)]
pub(super) enum NoRepository {
    /// Git is not installed.
    NoGit,
    /// Git failed, with this message.
    Failed(String),
}

/// Makes a bare repository from a stream.
pub(super) fn make_repository(stream: &Path, repository: &Path) -> Result<(), NoRepository> {
    run(git(repository.parent().unwrap_or(repository))
        .args([
            "init",
            "--quiet",
            "--bare",
            "--template=",
            "--initial-branch=main",
        ])
        .arg(repository.file_name().unwrap_or_default())
        .stdin(Stdio::null()))?;
    let stream = File::open(stream).map_err(|e| NoRepository::Failed(e.to_string()))?;
    run(git(repository)
        .args(["fast-import", "--quiet", "--done", "--date-format=raw"])
        .stdin(stream))
}

/// A git command that reads neither the user's settings nor another repository.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env(
            "GIT_CONFIG_GLOBAL",
            if cfg!(windows) { "NUL" } else { "/dev/null" },
        );
    for variable in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
        "GIT_TEMPLATE_DIR",
    ] {
        command.env_remove(variable);
    }
    command
}

fn run(command: &mut Command) -> Result<(), NoRepository> {
    match command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
    {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let message = String::from_utf8_lossy(&output.stderr);
            Err(NoRepository::Failed(printable(&message, 300)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(NoRepository::NoGit),
        Err(error) => Err(NoRepository::Failed(error.to_string())),
    }
}
