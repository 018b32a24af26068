//! `--site`, `--group` and `--language` of the commands that search all histories.

use super::failure::Failure;
use super::options::{heading, language};
use super::selection;
use crate::model::{Site, Timestamp};
use crate::report::safe_line;
use crate::store::{SearchScope, Store};

/// Most tags that a message names.
const MAX_NAMED_TAGS: u32 = 20;

/// Where a command searches.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ScopeOptions {
    /// Only this site; may be given several times
    #[arg(long = "site", value_name = "SITE", help_heading = heading::SELECTION)]
    sites: Vec<String>,

    /// Only sites with this tag: a value of any column of the site list, or COLUMN=VALUE
    #[arg(long, value_name = "TAG", help_heading = heading::SELECTION)]
    group: Option<String>,

    /// Only texts in this language (ISO 639-1, such as en; und for unknown)
    #[arg(long, value_name = "CODE", value_parser = language, help_heading = heading::SELECTION)]
    language: Option<String>,
}

impl ScopeOptions {
    /// The scope, without a span of time. A site or a tag that the database does not have is an error.
    pub(super) fn scope(&self, store: &Store) -> Result<SearchScope, Failure> {
        let mut sites: Vec<Site> = Vec::new();
        for site in &self.sites {
            let policies = selection::policies_of_site(store, site)?;
            sites.extend(
                policies
                    .iter()
                    .take(1)
                    .filter_map(|p| Site::parse(&p.site).ok()),
            );
        }
        let scope = SearchScope {
            sites,
            group: self.group.clone(),
            language: self.language.clone(),
            ..SearchScope::default()
        };
        let of_group = SearchScope {
            sites: Vec::new(),
            ..scope.clone()
        };
        if let Some(group) = &self.group
            && !store.has_policy_in(&of_group)?
        {
            return Err(Failure::usage(unknown_group(store, group)?));
        }
        Ok(scope)
    }
}

/// Refuses a span of time that ends before it begins; each end with its option.
pub(super) fn check_order(
    (from_option, from): (&str, Option<Timestamp>),
    (to_option, to): (&str, Option<Timestamp>),
) -> Result<(), Failure> {
    match from.zip(to) {
        Some((from, to)) if from > to => Err(Failure::usage(anyhow::anyhow!(
            "the date of {from_option} is after that of {to_option}"
        ))),
        _ => Ok(()),
    }
}

/// The error for a tag that no site has, with the tags that there are.
fn unknown_group(store: &Store, group: &str) -> Result<anyhow::Error, Failure> {
    let tags = store.tags(MAX_NAMED_TAGS + 1)?;
    let group = safe_line(group);
    if tags.is_empty() {
        return Ok(anyhow::anyhow!(
            "no site has the tag `{group}`: the sites of this database have no tags; they come from further columns of a site list (--sites)"
        ));
    }
    let named = tags.iter().take(MAX_NAMED_TAGS as usize);
    let named: Vec<String> = named.map(|tag| safe_line(tag)).collect();
    let more = if tags.len() > named.len() {
        ", …"
    } else {
        ""
    };
    Ok(anyhow::anyhow!(
        "no site has the tag `{group}`; the tags are {}{more}",
        named.join(", ")
    ))
}
