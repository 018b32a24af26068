//! Site lists: CSV with a header, `site[,policy_url][,rank][,…]`.

use std::collections::BTreeMap;
use std::path::Path;

use url::Url;

use super::bounded_file::read_at_most;
use crate::model::{Site, UrlKey, printable};

/// One line of a site list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRow {
    /// The site.
    pub site: Site,
    /// URL of a policy that is already known.
    pub policy_url: Option<String>,
    /// Rank of the site in some list of popular sites.
    pub rank: Option<i64>,
    /// The other columns.
    pub tags: BTreeMap<String, String>,
}

/// All bad lines of a site list.
#[derive(Debug, thiserror::Error)]
#[error("{}", lines.join("\n"))]
pub struct SiteListError {
    /// A message for each bad line, with its number.
    pub lines: Vec<String>,
}

/// Maximum number of bad lines that are listed. Further ones are counted.
const MAX_LISTED_LINES: usize = 50;
/// Largest site list. That is millions of lines.
const MAX_LIST_BYTES: usize = 256 << 20;

/// Reads a site list.
///
/// # Errors
/// With all bad lines and their numbers. A list with a bad line is not used at all.
pub fn read_site_list(path: &Path) -> Result<Vec<SiteRow>, SiteListError> {
    let fail = |what: String| SiteListError { lines: vec![what] };
    let name = path.display().to_string();
    let bytes = read_at_most(path, MAX_LIST_BYTES).map_err(|e| {
        fail(format!(
            "cannot read the site list `{name}`: {e}; give a readable CSV file"
        ))
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes.as_slice());
    let header = reader
        .headers()
        .map_err(|e| {
            fail(format!(
                "cannot read the site list `{name}`: {}",
                io_cause(&e)
            ))
        })?
        .clone();
    let header: Vec<String> = header
        .iter()
        .map(|h| h.trim_start_matches('\u{feff}').to_ascii_lowercase())
        .collect();
    let site_column = header.iter().position(|h| h == "site").ok_or_else(|| {
        let advice = header_advice(&header);
        fail(format!(
            "`{name}`, line 1: there is no column `site`; {advice}"
        ))
    })?;
    if let Some(column) = repeated_column(&header) {
        return Err(fail(format!(
            "`{name}`, line 1: two columns are called `{}`; rename or remove one of them",
            printable(column, 80)
        )));
    }
    let columns = Columns {
        header: &header,
        site: site_column,
    };
    let (mut rows, mut bad) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                match columns.row(&record) {
                    Ok(row) => rows.push(row),
                    Err(what) => bad.push(format!("`{name}`, line {line}: {what}")),
                }
            }
            Err(e) => bad.push(format!("`{name}`: {}", io_cause(&e))),
        }
    }
    shorten(&mut bad, &name);
    if bad.is_empty() {
        Ok(rows)
    } else {
        Err(SiteListError { lines: bad })
    }
}

/// The first name that two columns of a header have.
fn repeated_column(header: &[String]) -> Option<&String> {
    let mut names = header.iter().enumerate();
    let repeated = names.find(|(at, name)| !name.is_empty() && header[..*at].contains(name));
    repeated.map(|(_, name)| name)
}

/// Replaces the faults of a list that are too many to print by their number.
fn shorten(bad: &mut Vec<String>, name: &str) {
    if bad.len() > MAX_LISTED_LINES {
        let more = bad.len() - MAX_LISTED_LINES;
        bad.truncate(MAX_LISTED_LINES);
        bad.push(format!("`{name}`: {more} more lines have errors"));
    }
}

/// Advice on how to correct a header without the column `site`.
fn header_advice(header: &[String]) -> &'static str {
    match header {
        [only] if only.contains([';', '\t']) => {
            "separate the fields with commas, and begin with a header such as site,policy_url,rank"
        }
        [first, ..] if Site::parse(first).is_ok() => {
            "the first line is already a site; add a header above it, such as site,policy_url,rank"
        }
        _ => "the first line must be a header such as site,policy_url,rank",
    }
}

/// The header of a site list.
struct Columns<'a> {
    header: &'a [String],
    site: usize,
}

impl Columns<'_> {
    /// Parses one line.
    fn row(&self, record: &csv::StringRecord) -> Result<SiteRow, String> {
        if record.len() > self.header.len() {
            return Err(format!(
                "{} fields, but the header has {}; put fields that contain a comma in quotes",
                record.len(),
                self.header.len()
            ));
        }
        let site = Site::parse(record.get(self.site).unwrap_or("")).map_err(|e| e.to_string())?;
        let mut row = SiteRow {
            site,
            policy_url: None,
            rank: None,
            tags: BTreeMap::new(),
        };
        for (name, value) in self
            .header
            .iter()
            .zip(record)
            .filter(|(_, value)| !value.is_empty())
        {
            match name.as_str() {
                "site" => {}
                "policy_url" => row.policy_url = Some(policy_url(value)?),
                "rank" => {
                    let rank: u32 = value.parse().map_err(|_| {
                        format!(
                            "rank `{}` is not a whole number of 0 or more",
                            printable(value, 80)
                        )
                    })?;
                    row.rank = Some(rank.into());
                }
                _ => {
                    row.tags.insert(name.clone(), value.to_owned());
                }
            }
        }
        Ok(row)
    }
}

/// Parses the URL of a policy.
///
/// # Errors
/// If the text is not a web address.
fn policy_url(text: &str) -> Result<String, String> {
    UrlKey::of(text).map_err(|e| e.to_string())?;
    let url = Url::parse(text.trim()).map_err(|e| e.to_string())?;
    Ok(url.into())
}

impl SiteRow {
    /// A site named on the command line.
    #[must_use]
    pub fn of(site: Site) -> Self {
        Self {
            site,
            policy_url: None,
            rank: None,
            tags: BTreeMap::new(),
        }
    }

    /// The site of a policy's URL given on the command line.
    ///
    /// # Errors
    /// With a message for people if the text is not a web address or belongs to no site.
    pub fn of_policy_url(text: &str) -> Result<Self, String> {
        let policy_url = policy_url(text)?;
        let site = Site::parse(&policy_url).map_err(|e| e.to_string())?;
        Ok(Self {
            policy_url: Some(policy_url),
            ..Self::of(site)
        })
    }
}

/// The cause of a CSV error, for a message.
fn io_cause(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(e) => e.to_string(),
        csv::ErrorKind::Utf8 { pos, .. } => format!(
            "line {} is not valid UTF-8",
            pos.as_ref().map_or(0, csv::Position::line)
        ),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::path::PathBuf;

    fn read(text: &str) -> Result<Vec<SiteRow>, SiteListError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_site_list(file.path())
    }

    #[test]
    fn known_columns_are_read_and_others_kept_as_tags() {
        let rows = read("\u{feff}Site,policy_url,rank,country\nwww.example.com,http://example.com/privacy,7,US\nexample.de,,,\n").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].site.as_str(), "example.com");
        assert_eq!(
            (rows[0].policy_url.as_deref(), rows[0].rank),
            (Some("http://example.com/privacy"), Some(7))
        );
        assert_eq!(rows[0].tags["country"], "US");
        assert!(rows[1].tags.is_empty());
    }

    #[test]
    fn all_bad_lines_are_told_with_their_numbers() {
        let told = read("site,policy_url,rank\nlocalhost,,\nexample.com,/privacy,\nexample.org,,x\nexample.net,,1,2\nok.com,,\n").unwrap_err().to_string();
        for part in ["line 2", "line 3", "line 4", "line 5"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(!told.contains("line 6"));
        assert!(
            read("domain\nexample.com\n")
                .unwrap_err()
                .to_string()
                .contains("no column `site`")
        );
        for (list, advice) in [
            ("site;rank\nexample.com;1\n", "with commas"),
            ("site\trank\nexample.com\t1\n", "with commas"),
            ("example.com\nexample.org\n", "a header above it"),
            (
                "site,site\nexample.com,example.org\n",
                "two columns are called `site`",
            ),
            (
                "site,rank,Rank\nexample.com,1,2\n",
                "two columns are called `rank`",
            ),
            (
                // Found by fuzzing.
                "site,a\u{1b}[2J,a\u{1b}[2J\n",
                "two columns are called `a[2j`",
            ),
        ] {
            let told = read(list).unwrap_err().to_string();
            assert!(told.contains(advice), "{told}");
        }
        assert!(read("").is_err());
        assert!(read_site_list(&PathBuf::from("/nonexistent/x.csv")).is_err());
    }
}
