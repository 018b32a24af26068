//! A Markdown page: its code blocks, and parts of it replaced.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use crate::support::paths::root;

/// A Markdown file of the repository.
pub(super) struct Page {
    /// Path from the root of the repository.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// A fenced code block.
#[derive(Debug, Clone)]
pub(super) struct CodeBlock {
    /// What follows the opening fence, such as `sh no-run`.
    pub(super) info: String,
    /// Byte range of the lines between the fences.
    pub(super) body: Range<usize>,
    /// Byte range from the opening fence to the end of the closing one.
    pub(super) whole: Range<usize>,
}

impl Page {
    pub(super) fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(root().join(&path))
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Self { path, text }
    }

    /// Writes the page back.
    pub(super) fn write(&self) {
        fs::write(root().join(&self.path), &self.text).unwrap();
    }

    /// The code blocks in order.
    pub(super) fn code_blocks(&self) -> Vec<CodeBlock> {
        let mut blocks = Vec::new();
        let mut open: Option<(String, usize, usize)> = None;
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let end = start + line.len();
            if let Some(rest) = line.trim_start().strip_prefix("```") {
                open = match open {
                    None => Some((rest.trim().to_owned(), start, end)),
                    Some((info, fence, body)) => {
                        blocks.push(CodeBlock {
                            info,
                            body: body..start,
                            whole: fence..end,
                        });
                        None
                    }
                };
            }
            start = end;
        }
        assert!(open.is_none(), "{}: open code block", self.path.display());
        blocks
    }

    /// The text without its code blocks.
    pub(super) fn prose(&self) -> String {
        let mut prose = String::new();
        let mut start = 0;
        for block in self.code_blocks() {
            prose += &self.text[start..block.whole.start];
            start = block.whole.end;
        }
        prose + &self.text[start..]
    }
}
