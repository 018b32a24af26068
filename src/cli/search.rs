//! `policytrail search`: which policies said something, from when until when.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;

use serde_json::json;

use super::failure::{Exit, Failure};
use super::log::counted;
use super::options::{Common, Format};
use super::pick;
use super::terminal::{Color, Style, harmless_json, harmless_line, styled};
use crate::history::{is_word, tokens};
use crate::store::Found;

/// Find a phrase in all versions of all policies: where it stands, since when, until when
///
/// Capitals, accents and marks do not matter. In Chinese, Japanese, Thai, Lao, Khmer and Burmese any letters in a row
/// are found; elsewhere whole words only.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The phrase
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,

    /// The words anywhere in a version, in any order
    #[arg(long)]
    anywhere: bool,

    /// Policies to print at most
    #[arg(long, value_name = "N", default_value = "50")]
    limit: NonZeroUsize,

    #[command(flatten)]
    common: Common,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// When to colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
}

/// Letters shown on each side of a phrase.
const AROUND: usize = 60;

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = pick::open(&arguments.common)?;
    let query = arguments.words.join(" ");
    let findings = store
        .search(&query, arguments.anywhere, arguments.limit.get())?
        .ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "`{}` has no word to look for",
                harmless_line(&query)
            ))
        })?;
    let color = arguments.color.is_wanted();
    let mut out = io::stdout().lock();
    for found in &findings.found {
        let excerpt = excerpt(
            &found.text,
            &query,
            color && arguments.format == Format::Text,
        );
        match arguments.format {
            Format::Json => writeln!(
                out,
                "{}",
                harmless_json(&json!({
                    "site": found.site,
                    "policy_url": found.policy_url,
                    "versions": found.versions,
                    "of_versions": found.of_versions,
                    "first_version": found.first_version,
                    "last_version": found.last_version,
                    "changed_after": found.changed_after,
                    "first_seen": found.first_seen,
                    "last_seen": found.last_seen,
                    "still_there": found.still_there,
                    "excerpt": excerpt,
                }))
            )?,
            Format::Text => writeln!(out, "{}", lines(found, excerpt.as_deref(), color))?,
        }
    }
    if arguments.format == Format::Text {
        let shown = findings.found.len() as u64;
        if findings.policies == 0 {
            writeln!(io::stderr(), "in no version of any policy")?;
        } else if shown < findings.policies {
            writeln!(
                io::stderr(),
                "{} more; --limit N shows them",
                counted(findings.policies - shown, "policy").replace("policys", "policies")
            )?;
        }
    }
    Ok(Exit::Done)
}

fn lines(found: &Found, excerpt: Option<&str>, color: bool) -> String {
    let end = if found.still_there {
        "the last capture has it".to_owned()
    } else {
        format!(
            "last seen {} (version {})",
            pick::date(&found.last_seen),
            found.last_version
        )
    };
    let mut text = format!(
        "{}\n  first seen {} (version {}), {end}; in {} of {}",
        styled(&harmless_line(&found.policy_url), Style::Bold, color),
        pick::date(&found.first_seen),
        found.first_version,
        found.versions,
        counted(found.of_versions, "version"),
    );
    if let Some(excerpt) = excerpt {
        text.push_str("\n  ");
        text.push_str(excerpt);
    }
    text
}

/// The surroundings of the phrase's first place in a text, or of its first word's; `None` when the text spells it
/// otherwise (accents).
fn excerpt(text: &str, query: &str, color: bool) -> Option<String> {
    let spans: Vec<(usize, &str)> = tokens(text)
        .scan(0, |at, token| {
            let start = *at;
            *at += token.len();
            Some((start, token))
        })
        .filter(|(_, token)| is_word(token))
        .collect();
    let folded: Vec<String> = spans
        .iter()
        .map(|(_, token)| token.to_lowercase())
        .collect();
    let asked: Vec<String> = tokens(query)
        .filter(|t| is_word(t))
        .map(str::to_lowercase)
        .collect();
    let place = |words: &[String]| folded.windows(words.len().max(1)).position(|w| w == words);
    let (at, length) = place(&asked)
        .map(|at| (at, asked.len()))
        .or_else(|| Some((place(asked.get(..1)?)?, 1)))?;
    let (start, _) = spans.get(at)?;
    let (last, token) = spans.get(at + length - 1)?;
    let end = last + token.len();
    let before: Vec<char> = text[..*start].chars().rev().take(AROUND).collect();
    let after: String = text[end..].chars().take(AROUND).collect();
    let before: String = before.into_iter().rev().collect();
    let line = |part: &str| harmless_line(part);
    let gap = |side: &str, at_end: bool| {
        let c = if at_end {
            side.chars().last()
        } else {
            side.chars().next()
        };
        if c.is_some_and(char::is_whitespace) {
            " "
        } else {
            ""
        }
    };
    Some(format!(
        "… {}{}{}{}{} …",
        line(&before),
        gap(&before, true),
        styled(&line(&text[*start..end]), Style::Bold, color),
        gap(&after, false),
        line(&after)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_phrase_and_what_stands_around_it() {
        let text = "Intro.\nWe never SELL your\u{1b} data to anyone.";
        assert_eq!(
            excerpt(text, "sell your", false).unwrap(),
            "… Intro. We never SELL your� data to anyone. …"
        );
        assert_eq!(
            excerpt("個人情報の保護", "情報", false).unwrap(),
            "… 個人情報の保護 …"
        );
        assert_eq!(excerpt("nothing", "sell", false), None);
    }
}
