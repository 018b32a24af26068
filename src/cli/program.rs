//! The program: its commands, and how it runs one of them.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::failure::{Exit, Failure};
use super::global_options::{GlobalOptions, described_options, moved_behind_command};
use super::pager::Pager;
use super::terminal::set_quiet;
use super::{
    backfill, backup, changes, check, classify, clusters, decisions, diff, discover, evidence,
    export, extract, import, log, plan, reextract, review, run, search, show, similar, status,
    verify,
};
use crate::crawl::{PDF_COMMAND, run_pdf_child};

/// Histories of privacy policies from web archives
///
/// policytrail finds the privacy policies of web sites in a web archive, fetches the archived pages at a polite rate and
/// extracts the text of the policies. It stores every version with its dates in one SQLite file, which you can read and
/// export as a dataset.
#[derive(Debug, Parser)]
#[command(name = "policytrail", version, subcommand_value_name = "COMMAND", after_help = EXIT_CODES)]
struct Arguments {
    #[command(flatten)]
    global: GlobalOptions,

    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "\
`policytrail COMMAND --help` describes the options of a command and gives examples.

Exit codes:
    0  done
    1  done, but something failed: a request, a file, an alert; `verify` found faults,
       `evidence` lacks bytes, `extract` dropped a page, or `search` or `clusters` found nothing
    2  wrong arguments, settings or files
    3  the archive refused requests or cannot be reached; run the command again later to continue
  130  interrupted; run the command again to continue";

/// The text that the program prints without arguments.
const TOUR: &str = "\
policytrail collects the histories of privacy policies from web archives.

Collect the archived versions of a site's policy in the database policytrail.db:
  policytrail backfill example.com --from 2005 --contact you@example.org

Read the history, and see what the newest change removed and added:
  policytrail log example.com
  policytrail diff example.com

Export all versions as a dataset:
  policytrail export --out dataset

`policytrail --help` lists all commands. `policytrail COMMAND --help` describes one command.
";

/// The groups of commands in the help text.
const COMMAND_GROUPS: [(&str, &[&str]); 5] = [
    (
        "Crawl an archive",
        &["discover", "plan", "check", "backfill", "run"],
    ),
    (
        "Read the histories",
        &[
            "status", "log", "show", "diff", "changes", "search", "similar", "clusters",
        ],
    ),
    ("Review suspect versions", &["review", "exclude", "include"]),
    (
        "Export and import",
        &["export", "evidence", "import", "extract", "classify"],
    ),
    ("Maintain the database", &["verify", "backup", "reextract"]),
];

/// The command line, with the commands of the help text in groups.
fn command_line() -> clap::Command {
    let command = Arguments::command().args(described_options());
    let header = *command.get_styles().get_header();
    let literal = *command.get_styles().get_literal();
    let mut list = String::new();
    for (title, names) in COMMAND_GROUPS {
        // Writing to a string cannot fail.
        let _ = writeln!(list, "{header}{title}:{header:#}");
        for name in names {
            let about = command
                .find_subcommand(name)
                .and_then(clap::Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(list, "  {literal}{name:<9}{literal:#}  {about}");
        }
        list.push('\n');
    }
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{list}{header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    command.help_template(template)
}

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
    Changes(Box<changes::Arguments>),
    Search(Box<search::Arguments>),
    Similar(similar::Arguments),
    Clusters(clusters::Arguments),
    Review(review::Arguments),
    Exclude(decisions::ExcludeArguments),
    Include(decisions::IncludeArguments),
    Verify(verify::Arguments),
    Backup(backup::Arguments),
    Export(export::Arguments),
    Evidence(evidence::Arguments),
    Import(import::Arguments),
    Extract(extract::Arguments),
    Classify(classify::Arguments),
    Reextract(reextract::Arguments),
    /// Read one PDF from standard input (for internal use)
    #[command(name = PDF_COMMAND, hide = true)]
    ReadPdf,
}

impl Command {
    /// True if a pager shows the answer on a terminal. An answer that grows while a crawl works is not paged.
    fn is_paged(&self) -> bool {
        match self {
            Self::Status(_)
            | Self::Log(_)
            | Self::Diff(_)
            | Self::Changes(_)
            | Self::Search(_)
            | Self::Similar(_)
            | Self::Clusters(_)
            | Self::Review(_) => true,
            // Archived bytes are refused on a terminal, also through a pager.
            Self::Show(arguments) => !arguments.is_raw(),
            _ => false,
        }
    }

    fn run(self) -> Result<Exit, Failure> {
        match self {
            Self::Backfill(arguments) => backfill::run(&arguments),
            Self::Run(arguments) => run::run(&arguments),
            Self::Check(arguments) => check::run(&arguments),
            Self::Discover(arguments) => discover::run(&arguments),
            Self::Plan(arguments) => plan::run(&arguments),
            Self::Status(arguments) => status::run(&arguments),
            Self::Log(arguments) => log::run(&arguments),
            Self::Show(arguments) => show::run(&arguments),
            Self::Diff(arguments) => diff::run(&arguments),
            Self::Changes(arguments) => changes::run(&arguments),
            Self::Search(arguments) => search::run(&arguments),
            Self::Similar(arguments) => similar::run(&arguments),
            Self::Clusters(arguments) => clusters::run(&arguments),
            Self::Review(arguments) => review::run(&arguments),
            Self::Exclude(arguments) => decisions::exclude(&arguments),
            Self::Include(arguments) => decisions::include(&arguments),
            Self::Verify(arguments) => verify::run(&arguments),
            Self::Backup(arguments) => backup::run(&arguments),
            Self::Evidence(arguments) => evidence::run(&arguments),
            Self::Export(arguments) => export::run(&arguments),
            Self::Import(arguments) => import::run(&arguments),
            Self::Extract(arguments) => extract::run(&arguments),
            Self::Classify(arguments) => classify::run(&arguments),
            Self::Reextract(arguments) => reextract::run(&arguments),
            Self::ReadPdf => run_pdf_child(io::stdin().lock(), io::stdout().lock())
                .map(|()| Exit::Done)
                .map_err(Failure::of_system("cannot read the PDF")),
        }
    }
}

/// Runs the program with these arguments (the first is its name) and returns its exit code.
#[must_use]
pub fn run_program(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let parsed = command_line()
        .try_get_matches_from(moved_behind_command(arguments))
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
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
    let Some(command) = arguments.command else {
        // If stderr is closed, nobody can read the tour.
        let _ = io::stderr().write_all(TOUR.as_bytes());
        return Exit::Usage.into();
    };
    set_quiet(arguments.global.quiet);
    let is_paged = command.is_paged() && !arguments.global.no_pager;
    let _pager = is_paged.then(Pager::start).flatten();
    command.run().unwrap_or_else(Failure::report).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_every_command_once() {
        let command = Arguments::command();
        let mut commands: Vec<&str> = command
            .get_subcommands()
            .filter(|c| !c.is_hide_set())
            .map(clap::Command::get_name)
            .collect();
        let mut listed: Vec<&str> = COMMAND_GROUPS
            .iter()
            .flat_map(|(_, names)| names.iter().copied())
            .collect();
        commands.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, commands);
    }

    #[test]
    fn every_command_has_examples_that_parse() {
        for command in Arguments::command().get_subcommands() {
            if command.is_hide_set() {
                continue;
            }
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            let examples: Vec<&str> = help
                .lines()
                .filter_map(|line| line.strip_prefix("  policytrail "))
                .collect();
            assert!((1..=3).contains(&examples.len()), "{name}: {help}");
            for example in examples {
                let words = example.split(" > ").next().unwrap_or_default();
                // Every second part is inside quotation marks.
                let words = words.split('"').enumerate().flat_map(|(at, part)| {
                    if at % 2 == 1 {
                        return vec![part];
                    }
                    let words = part.split_whitespace().map(|w| w.trim_matches('\''));
                    words.filter(|w| !w.is_empty()).collect()
                });
                let parsed = Arguments::try_parse_from(["policytrail"].into_iter().chain(words));
                assert!(parsed.is_ok(), "{example}: {parsed:?}");
            }
        }
    }
}
