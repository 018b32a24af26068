//! Directories of pages: the newest version of each policy, or every version by its date.

use std::io::Write as _;

use super::compression::Compression;
use super::error::ExportError;
use super::file_names::GIT_STREAM;
use super::folder::ExportFolder;
use super::git_history::write_commit;
use super::options::{ExportOptions, PageFormat, PageLayout};
use super::page::{PageOrigin, markdown_page, text_page};
use super::policy_path::PolicyPath;
use crate::model::{PolicyId, Proof, RenditionId, Timestamp};
use crate::store::tables::{Outline, Snapshot, VersionOrder};

/// How many pages were written, and how many versions were left out because their site is not a domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PageCounts {
    pub(super) written: u64,
    pub(super) left_out: u64,
}

/// A version whose page is written later: when it is known that no newer version of the policy follows.
struct PendingPage {
    policy_id: PolicyId,
    path: PolicyPath,
    rendition_id: RenditionId,
    timestamp: Timestamp,
    original: String,
    memento_prefix: Option<String>,
    proof: Proof,
}

/// Names pages by their date; a second version on one day gets the suffix `-2`.
#[derive(Default)]
struct DateNames {
    /// Policy and date of the last page.
    last: Option<(PolicyId, String)>,
    /// Pages of that policy with that date.
    pages: u32,
}

struct PageWriter<'a, 'b> {
    snapshot: &'a Snapshot<'b>,
    options: &'a ExportOptions,
    folder: &'a mut ExportFolder,
    written: u64,
}

/// Writes the pages in every format of the options.
pub(super) fn write_pages(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut ExportFolder,
) -> Result<PageCounts, ExportError> {
    let mut writer = PageWriter {
        snapshot,
        options,
        folder,
        written: 0,
    };
    let mut without_path = 0;
    let mut newest: Option<PendingPage> = None;
    let mut names = DateNames::default();
    let left_out = snapshot.each_outline(&options.filter, VersionOrder::ByPolicy, |version| {
        let Some(path) = PolicyPath::of(version) else {
            without_path += 1;
            return Ok(());
        };
        let page = PendingPage::of(version, path);
        match options.layout {
            PageLayout::Latest => match newest.replace(page) {
                Some(last) if last.policy_id != version.policy_id => writer.write_latest(&last),
                _ => Ok(()),
            },
            PageLayout::Versions => {
                let name = names.next(&page);
                writer.write(&page, &|extension| {
                    format!("{}/{name}.{extension}", page.path.stem)
                })
            }
        }
    })?;
    if let Some(last) = newest {
        writer.write_latest(&last)?;
    }
    Ok(PageCounts {
        written: writer.written,
        left_out: left_out + without_path,
    })
}

impl PendingPage {
    fn of(version: &Outline<'_>, path: PolicyPath) -> Self {
        Self {
            policy_id: version.policy_id,
            path,
            rendition_id: version.rendition_id,
            timestamp: version.timestamp,
            original: version.original.to_owned(),
            memento_prefix: version.memento_prefix.map(str::to_owned),
            proof: version.proof.clone(),
        }
    }
}

impl DateNames {
    /// The name of the next page; pages of one policy come in order of time.
    fn next(&mut self, page: &PendingPage) -> String {
        let date = page.timestamp.date_text();
        let page = Some((page.policy_id, date.clone()));
        if self.last == page {
            self.pages += 1;
            return format!("{date}-{}", self.pages);
        }
        (self.last, self.pages) = (page, 1);
        date
    }
}

impl PageWriter<'_, '_> {
    /// Writes the page of a policy's newest version.
    fn write_latest(&mut self, page: &PendingPage) -> Result<(), ExportError> {
        self.write(page, &|extension| page.path.nested(extension))
    }

    /// Writes a page in every format; `name` makes its file name of an extension.
    fn write(
        &mut self,
        page: &PendingPage,
        name: &dyn Fn(&str) -> String,
    ) -> Result<(), ExportError> {
        let body = self.snapshot.body(page.rendition_id)?;
        let origin = PageOrigin {
            site: &page.path.site,
            timestamp: page.timestamp,
            original: &page.original,
            memento_prefix: page.memento_prefix.as_deref(),
            proof: &page.proof,
        };
        for format in &self.options.pages {
            let (file, text) = match format {
                PageFormat::Markdown => {
                    (name("md"), markdown_page(origin, &body, self.options.links))
                }
                PageFormat::Text => (name("txt"), text_page(origin, &body, self.options.wrap)),
            };
            let file = format!("{}/{file}", format.folder());
            self.folder.put(&file, text.as_bytes())?;
        }
        self.written += 1;
        Ok(())
    }
}

/// Writes a stream for `git fast-import`: one commit per version, in order of time.
pub(super) fn write_git_stream(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut ExportFolder,
) -> Result<PageCounts, ExportError> {
    let mut stream = folder.create(GIT_STREAM, Compression::None)?;
    let path = stream.path().to_path_buf();
    let fail = |e| ExportError::write(&path, e);
    let mut counts = PageCounts::default();
    let left_out = snapshot.each_outline(&options.filter, VersionOrder::ByTime, |version| {
        let Some(policy_path) = PolicyPath::of(version) else {
            counts.left_out += 1;
            return Ok(());
        };
        let body = snapshot.body(version.rendition_id)?;
        let origin = PageOrigin {
            site: &policy_path.site,
            timestamp: version.timestamp,
            original: version.original,
            memento_prefix: version.memento_prefix,
            proof: &version.proof,
        };
        let page = markdown_page(origin, &body, options.links);
        write_commit(
            &mut stream,
            version,
            &policy_path,
            &page,
            options.timestamps,
        )
        .map_err(fail)?;
        counts.written += 1;
        Ok::<_, ExportError>(())
    })?;
    stream.write_all(b"done\n").map_err(fail)?;
    counts.left_out += left_out;
    folder.close(stream)?;
    Ok(counts)
}
