//! Folders of pages: the newest version of each policy, or every version by its date.

use super::folder::{Compression, Folder, Written};
use super::page::{Heading, markdown_page, text_page};
use super::place::Place;
use super::{ExportError, ExportOptions};
use crate::model::Timestamp;
use crate::store::tables::{Outline, Snapshot, VersionOrder};
use std::io::Write as _;

/// Which versions become pages, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// The newest of each policy: `e/ex/exa/example.com.md`.
    #[default]
    Latest,
    /// Each: `example.com/2012-06-11.md`.
    Versions,
}

/// Form of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFormat {
    /// Markdown, in the folder `markdown`.
    Markdown,
    /// Plain words, in the folder `text`.
    Text,
}

impl PageFormat {
    /// The folder of its pages.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Text => "text",
        }
    }
}

/// A version that waits until it is known whether a newer one follows.
struct Waiting {
    policy_id: i64,
    place: Place,
    rendition_id: i64,
    timestamp: Timestamp,
    original: String,
}

/// Pages that were written, and versions that cannot be: their site is no domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Pages {
    pub(super) written: u64,
    pub(super) left_out: u64,
}

struct Writer<'a, 'b> {
    snapshot: &'a Snapshot<'b>,
    options: &'a ExportOptions,
    folder: &'a mut Folder,
    written: u64,
}

/// Writes the pages in all the forms wanted.
pub(super) fn write_pages(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut Folder,
) -> Result<Pages, ExportError> {
    let mut writer = Writer {
        snapshot,
        options,
        folder,
        written: 0,
    };
    let mut without_place = 0;
    let mut newest: Option<Waiting> = None;
    let mut day = (0, String::new(), 0_u32);
    let left_out = snapshot.each_outline(&options.filter, VersionOrder::ByPolicy, |version| {
        let Some(place) = Place::of(version) else {
            without_place += 1;
            return Ok(());
        };
        let waiting = Waiting::of(version, place);
        match options.layout {
            Layout::Latest => {
                let before = newest.replace(waiting);
                match before {
                    Some(before) if before.policy_id != version.policy_id => {
                        writer.write(&before, &|extension| before.place.nested(extension))
                    }
                    _ => Ok(()),
                }
            }
            Layout::Versions => {
                let date = version.timestamp.date_text();
                let again = if (day.0, &day.1) == (version.policy_id, &date) {
                    day.2 + 1
                } else {
                    1
                };
                day = (version.policy_id, date.clone(), again);
                let name = if again == 1 {
                    date
                } else {
                    format!("{date}-{again}")
                };
                writer.write(&waiting, &|extension| {
                    format!("{}/{name}.{extension}", waiting.place.stem)
                })
            }
        }
    })?;
    if let Some(last) = newest {
        writer.write(&last, &|extension| last.place.nested(extension))?;
    }
    Ok(Pages {
        written: writer.written,
        left_out: left_out + without_place,
    })
}

impl Waiting {
    fn of(version: &Outline<'_>, place: Place) -> Self {
        Self {
            policy_id: version.policy_id,
            place,
            rendition_id: version.rendition_id,
            timestamp: version.timestamp,
            original: version.original.to_owned(),
        }
    }
}

impl Writer<'_, '_> {
    fn write(
        &mut self,
        version: &Waiting,
        name: &dyn Fn(&str) -> String,
    ) -> Result<(), ExportError> {
        let body = self.snapshot.body(version.rendition_id)?;
        let heading = Heading {
            site: &version.place.site,
            timestamp: version.timestamp,
            original: &version.original,
        };
        for format in &self.options.pages {
            let (path, page) = match format {
                PageFormat::Markdown => (
                    name("md"),
                    markdown_page(heading, &body, self.options.links),
                ),
                PageFormat::Text => (name("txt"), text_page(heading, &body, self.options.wrap)),
            };
            let path = format!("{}/{path}", format.folder());
            self.folder.put(&path, page.as_bytes())?;
        }
        self.written += 1;
        Ok(())
    }
}

/// A stream of changes for `git fast-import`: one commit a version, in order of time.
pub(super) fn write_git_stream(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut Folder,
    name: &str,
) -> Result<(Written, Pages), ExportError> {
    let mut sink = folder.create(name, Compression::None)?;
    let path = sink.path().to_path_buf();
    let fail = |e| ExportError::write(&path, e);
    let mut pages = Pages::default();
    let left_out = snapshot.each_outline(&options.filter, VersionOrder::ByTime, |version| {
        let Some(place) = Place::of(version) else {
            pages.left_out += 1;
            return Ok(());
        };
        let body = snapshot.body(version.rendition_id)?;
        let heading = Heading {
            site: &place.site,
            timestamp: version.timestamp,
            original: version.original,
        };
        let page = markdown_page(heading, &body, options.links);
        super::git::write_commit(&mut sink, version, &place, &page).map_err(fail)?;
        pages.written += 1;
        Ok::<_, ExportError>(())
    })?;
    sink.write_all(b"done\n").map_err(fail)?;
    pages.left_out += left_out;
    Ok((folder.close(sink)?, pages))
}
