//! Options that work before and after the command: `policytrail --db FILE log example.com`.
//!
//! Each command has its own `--format`, with its own values, so these options are no global options of clap. The ones
//! before the command are moved behind it, where the command parses them.

use std::ffi::OsString;

use clap::{Arg, ArgAction};

use super::options::heading;

/// `--quiet` and `--no-pager`, which mean the same in every command.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct GlobalOptions {
    /// Print no notes, no progress and no warnings on stderr, only errors
    #[arg(long, global = true, help_heading = heading::OUTPUT)]
    pub(super) quiet: bool,

    /// Do not show the answer in a pager ($PAGER, else `less -FRX`), which is used only on a terminal
    #[arg(long, global = true, help_heading = heading::OUTPUT)]
    pub(super) no_pager: bool,
}

/// An option that is moved behind the command.
struct MovedOption {
    name: &'static str,
    value_name: Option<&'static str>,
    help: &'static str,
}

const MOVED_OPTIONS: [MovedOption; 5] = [
    MovedOption {
        name: "config",
        value_name: Some("FILE"),
        help: "Settings file (TOML)",
    },
    MovedOption {
        name: "db",
        value_name: Some("FILE"),
        help: "Database file [default: policytrail.db]",
    },
    MovedOption {
        name: "format",
        value_name: Some("FORMAT"),
        help: "Output format; the help of a command lists its formats",
    },
    MovedOption {
        name: "json",
        value_name: None,
        help: "Short for --format json",
    },
    MovedOption {
        name: "color",
        value_name: Some("WHEN"),
        help: "When to use colors",
    },
];

/// The moved options, for the help of the program.
pub(super) fn described_options() -> impl Iterator<Item = Arg> {
    MOVED_OPTIONS.iter().map(|option| {
        let arg = Arg::new(option.name).long(option.name).help(option.help);
        match option.value_name {
            Some(name) => arg.value_name(name),
            None => arg.action(ArgAction::SetTrue),
        }
    })
}

/// Moves options that stand before the command behind it.
pub(super) fn moved_behind_command(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut rest = arguments.into_iter();
    let mut kept: Vec<OsString> = rest.next().into_iter().collect();
    let mut moved = Vec::new();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text.as_ref(), None),
        };
        let option = MOVED_OPTIONS
            .iter()
            .find(|o| name.strip_prefix("--") == Some(o.name));
        let is_separate = value.is_none() && option.is_some_and(|o| o.value_name.is_some());
        let is_command = !text.starts_with('-');
        if option.is_none() {
            kept.push(argument);
        } else {
            moved.push(argument);
        }
        if is_command {
            break;
        }
        if is_separate {
            moved.extend(rest.next());
        }
    }
    kept.append(&mut moved);
    kept.extend(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_before_the_command_are_moved_behind_it() {
        for (given, expected) in [
            ("p --db a.db log x.com", "p log --db a.db x.com"),
            (
                "p --db=a.db --json log x.com",
                "p log --db=a.db --json x.com",
            ),
            (
                "p --quiet --format csv search x",
                "p --quiet search --format csv x",
            ),
            ("p log --db a.db x.com", "p log --db a.db x.com"),
            ("p --db a.db", "p --db a.db"),
            ("p --db", "p --db"),
            ("p --version", "p --version"),
            ("p --dbx log", "p --dbx log"),
            ("p", "p"),
            ("", ""),
        ] {
            let words = given.split_whitespace().map(OsString::from);
            let moved = moved_behind_command(words);
            let expected: Vec<OsString> = expected.split_whitespace().map(OsString::from).collect();
            assert_eq!(moved, expected, "{given}");
        }
    }
}
