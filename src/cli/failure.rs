//! How a command ends: exit codes, and errors in words for people.

use std::io::{self, Write as _};
use std::process::ExitCode;

use super::terminal::harmless;
use crate::archive::ArchiveError;
use crate::config::{ConfigError, SiteListError};
use crate::crawl::CrawlError;
use crate::export::ExportError;
use crate::store::StoreError;

/// The exit codes; they are part of the program's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: done, but something failed and was told.
    DoneWithFailures,
    /// 2: wrong arguments, configuration, or a file that cannot be used.
    Usage,
    /// 3: the archive refused or cannot be reached; the same command goes on later.
    Refused,
    /// 130: interrupted; the same command goes on.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::DoneWithFailures => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// An error on its way to the user.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    /// A fault of what the user gave.
    pub(super) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit: Exit::Usage,
            error: error.into(),
        }
    }

    /// What went wrong, on one line, for a failure that does not end the command.
    pub(super) fn line(&self) -> String {
        let text = format!("{:#}", self.error);
        text.lines().collect::<Vec<_>>().join("; ")
    }

    /// Tells the user and says how to exit. A reader that went away (`| head`) is success.
    pub(super) fn tell(self) -> Exit {
        let broken_pipe = self.error.chain().any(|cause| {
            cause
                .downcast_ref::<io::Error>()
                .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
        });
        if broken_pipe {
            return Exit::Done;
        }
        for line in format!("{:#}", self.error).lines() {
            let line = harmless(line);
            // Nobody is left to tell when stderr is closed.
            let _ = writeln!(io::stderr(), "policytrail: {line}");
        }
        self.exit
    }
}

/// Faults of several things, to be told together.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Failure>);

impl Faults {
    /// What came out well; a fault is kept.
    pub(super) fn note<T, E: Into<Failure>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|fault| self.0.push(fault.into())).ok()
    }

    /// The value, when there is one and no fault was noted; else all the faults, a line each.
    pub(super) fn or<T>(self, value: Option<T>) -> Result<T, Failure> {
        let usage = self.0.iter().any(|f| f.exit == Exit::Usage);
        match (value, self.0.as_slice()) {
            (Some(value), []) => Ok(value),
            (_, faults) => {
                let lines: Vec<String> = faults.iter().map(|f| format!("{:#}", f.error)).collect();
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
            ExportError::Busy { .. } | ExportError::Foreign { .. } => Self::usage(error),
            other => Self {
                exit: Exit::DoneWithFailures,
                error: other.into(),
            },
        }
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        let exit = match error {
            ArchiveError::File { .. } => Exit::Usage,
            ArchiveError::Refused { .. } | ArchiveError::Unreachable { .. } => Exit::Refused,
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

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            exit: Exit::DoneWithFailures,
            error: error.into(),
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
