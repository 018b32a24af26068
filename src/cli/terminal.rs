//! Colours and styles of text on a terminal, and notes on stderr.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::safe_text;

/// True if `--quiet` was given. A process has one stderr.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// True if stdout was a terminal before the pager took its place.
static STDOUT_IS_TERMINAL: LazyLock<bool> = LazyLock::new(|| io::stdout().is_terminal());

/// Turns notes and progress on stderr off or on.
pub(super) fn set_quiet(is_quiet: bool) {
    IS_QUIET.store(is_quiet, Ordering::Relaxed);
}

/// True if notes and progress are off.
pub(super) fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// True if the answer goes to a terminal, directly or through a pager.
pub(super) fn stdout_is_terminal() -> bool {
    *STDOUT_IS_TERMINAL
}

/// Prints a line on stderr, unless `--quiet` is given. If stderr is closed or its disk is full, nobody can read the line, and
/// the work goes on.
pub(super) fn note(line: impl Display) {
    if !is_quiet() {
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// Prints a line about a failure on stderr, also with `--quiet`.
pub(super) fn error_line(line: &str) {
    let _ = writeln!(io::stderr(), "policytrail: {}", safe_text(line));
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ColorMode {
    /// Use colors on a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always use colors
    Always,
    /// Never use colors
    Never,
}

impl ColorMode {
    /// True if stdout is coloured.
    pub(super) fn is_wanted(self) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
                stdout_is_terminal() && !set("NO_COLOR") && !dumb
            }
        }
    }
}

/// A style of text on a terminal (select graphic rendition).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextStyle {
    /// For text of less importance.
    Dim,
    /// For headings.
    Bold,
    /// Added words: green, and underlined for readers who do not see the colour.
    Added,
    /// Removed words: red, struck through.
    Removed,
}

/// Applies a style if `color` is true.
pub(super) fn styled(text: &str, style: TextStyle, color: bool) -> String {
    let code = match style {
        TextStyle::Dim => "2",
        TextStyle::Bold => "1",
        TextStyle::Added => "32;4",
        TextStyle::Removed => "31;9",
    };
    if color {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Shortens a text to `most` characters, the last of which is then an ellipsis.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
