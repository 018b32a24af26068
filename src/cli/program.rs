//! The program: its commands, and how it runs one of them.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::failure::{Exit, Failure};
use super::{
    backfill, backup, check, diff, discover, export, extract, import, log, plan, reextract, run,
    search, show, status, verify,
};
use crate::crawl::{PDF_COMMAND, run_pdf_child};

/// Histories of privacy policies from web archives.
///
/// Finds where each site's privacy policy lived over the years, fetches the archived pages politely, takes the policy's
/// own words out of the HTML, and keeps every version, with its dates, in one SQLite file that exports as a dataset.
#[derive(Debug, Parser)]
#[command(name = "policytrail", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done · 1 done with failures · 2 usage or configuration · \
3 the archive refused or cannot be reached (run again to go on) · 130 interrupted (run again to go on)";

#[derive(Debug, Subcommand)]
enum Command {
    Backfill(Box<backfill::Arguments>),
    Run(Box<run::Arguments>),
    Check(Box<check::Arguments>),
    Discover(Box<discover::Arguments>),
    Plan(Box<plan::Arguments>),
    Status(status::Arguments),
    Log(log::Arguments),
    Show(show::Arguments),
    Diff(diff::Arguments),
    Search(search::Arguments),
    Verify(verify::Arguments),
    Backup(backup::Arguments),
    Export(export::Arguments),
    Import(import::Arguments),
    Extract(extract::Arguments),
    Reextract(reextract::Arguments),
    /// Read one PDF from standard input (for this program's own use)
    #[command(name = PDF_COMMAND, hide = true)]
    ReadPdf,
}

/// Runs the program with these arguments (the first is its name) and returns its exit code.
#[must_use]
pub fn run_program(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe is not a failure.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            }
            .into();
        }
    };
    let result = match arguments.command {
        Command::Backfill(arguments) => backfill::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Discover(arguments) => discover::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Log(arguments) => log::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Extract(arguments) => extract::run(&arguments),
        Command::Reextract(arguments) => reextract::run(&arguments),
        Command::ReadPdf => run_pdf_child(io::stdin().lock(), io::stdout().lock())
            .map(|()| Exit::Done)
            .map_err(Failure::from),
    };
    result.unwrap_or_else(Failure::report).into()
}
