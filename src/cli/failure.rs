//! How a command ends: exit codes and error messages.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use super::terminal::error_line;
use crate::archive::ArchiveError;
use crate::archive::clock::{Clock as _, SystemClock};
use crate::config::{ConfigError, SiteListError};
use crate::crawl::CrawlError;
use crate::export::ExportError;
use crate::report::ReportError;
use crate::store::StoreError;

/// The exit codes; they are part of the program's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: done, but something failed and was reported.
    DoneWithFailures,
    /// 1: a search, or `clusters`, found nothing.
    NothingFound,
    /// 2: wrong arguments, configuration, or a file that cannot be used.
    Usage,
    /// 3: the archive refused or cannot be reached; the same command continues later.
    Refused,
    /// 130: interrupted; the same command continues.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::DoneWithFailures | Exit::NothingFound => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// An error with the exit code that it causes.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    /// An error in the arguments, the settings or a file that the user named.
    pub(super) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit: Exit::Usage,
            error: error.into(),
        }
    }

    /// An error of the system that has nothing to do with standard output; `what` says what the program could not do.
    pub(super) fn of_system(what: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::from(anyhow::Error::from(error).context(what))
    }

    /// The same failure, of a command that has written all its files.
    pub(super) fn after_writing(self, path: &Path) -> Self {
        let complete = format!("`{}` is complete, but not reported", path.display());
        Self {
            error: self.error.context(complete),
            ..self
        }
    }

    /// The message on one line, for a failure that does not end the command.
    pub(super) fn line(&self) -> String {
        let text = format!("{:#}", self.error);
        text.lines().collect::<Vec<_>>().join("; ")
    }

    /// Prints the message and returns the exit code. A closed pipe (`| head`) is success.
    pub(super) fn report(self) -> Exit {
        let broken_pipe = self.error.chain().any(|cause| {
            cause
                .downcast_ref::<io::Error>()
                .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
        });
        if broken_pipe {
            return Exit::Done;
        }
        for line in format!("{:#}", self.error).lines() {
            error_line(line);
        }
        self.exit
    }
}

/// Collects failures of several checks so that they are reported together.
#[derive(Debug, Default)]
pub(super) struct FailureCollector(Vec<Failure>);

impl FailureCollector {
    /// The value of a successful check; a failure is kept.
    pub(super) fn record<T, E: Into<Failure>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|failure| self.0.push(failure.into())).ok()
    }

    /// The value if there is one and no check failed; else all failures, one line each.
    pub(super) fn into_result<T>(self, value: Option<T>) -> Result<T, Failure> {
        let usage = self.0.iter().any(|f| f.exit == Exit::Usage);
        match (value, self.0.as_slice()) {
            (Some(value), []) => Ok(value),
            (_, failures) => {
                let lines: Vec<String> =
                    failures.iter().map(|f| format!("{:#}", f.error)).collect();
                Err(Failure {
                    exit: if usage {
                        Exit::Usage
                    } else {
                        Exit::DoneWithFailures
                    },
                    error: anyhow::anyhow!(lines.join("\n")),
                })
            }
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

impl From<SiteListError> for Failure {
    fn from(error: SiteListError) -> Self {
        Self::usage(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error {
            StoreError::DiskFull { .. } | StoreError::Removed { .. } | StoreError::Sqlite(_) => {
                Exit::DoneWithFailures
            }
            _ => Exit::Usage,
        };
        Self {
            exit,
            error: error.into(),
        }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Busy { .. } | ExportError::Foreign { .. } | ExportError::NoParquet => {
                Self::usage(error)
            }
            other => Self {
                exit: Exit::DoneWithFailures,
                error: other.into(),
            },
        }
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        if let ArchiveError::Refused {
            archive,
            until,
            detail,
        } = &error
        {
            // A freeze lasts in real time, which --now does not change.
            let when = until.wait_text(SystemClock.now());
            return Self {
                exit: Exit::Refused,
                error: anyhow::anyhow!(
                    "{archive} refuses requests ({detail}); run the same command again {when} to continue"
                ),
            };
        }
        let exit = match error {
            ArchiveError::File { .. } => Exit::Usage,
            ArchiveError::Unreachable { .. } => Exit::Refused,
            ArchiveError::Interrupted => Exit::Interrupted,
            _ => Exit::DoneWithFailures,
        };
        Self {
            exit,
            error: error.into(),
        }
    }
}

impl From<CrawlError> for Failure {
    fn from(error: CrawlError) -> Self {
        match error {
            CrawlError::Archive(error) => error.into(),
            CrawlError::Store(error) => error.into(),
            other => Self {
                exit: Exit::DoneWithFailures,
                error: other.into(),
            },
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Store(error) => error.into(),
            other => Self {
                exit: Exit::DoneWithFailures,
                error: other.into(),
            },
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        anyhow::Error::from(error).into()
    }
}

/// An error of standard output. Errors of files get the name of the file where they occur, others [`Failure::of_system`].
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            exit: Exit::DoneWithFailures,
            error: anyhow::Error::from(error).context("cannot write to standard output"),
        }
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            other => anyhow::anyhow!("cannot write CSV: {other:?}").into(),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self {
            exit: Exit::DoneWithFailures,
            error,
        }
    }
}
