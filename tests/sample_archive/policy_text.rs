//! Policy texts with their revisions: one text file per policy, with each block marked with the revisions that have it.
//!
//! Blocks are separated by blank lines. `# ` begins a title, `## ` a heading, `- ` list items, `| ` table rows (the
//! first is the header); every other block is a paragraph. A line `@2-4` before a block (or `- @3- ` before an item)
//! names the revisions that have it. Without such a line, all revisions have it.

/// One block of a policy in one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The title of the policy.
    Title(String),
    /// The heading of a section.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A bullet list.
    List(Vec<String>),
    /// A table; its first row is the header.
    Table(Vec<Vec<String>>),
}

impl Block {
    /// Returns the separate texts of the block: each item and each cell by itself.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Title(text) | Self::Heading(text) | Self::Paragraph(text) => vec![text],
            Self::List(items) => items.iter().map(String::as_str).collect(),
            Self::Table(rows) => rows.iter().flatten().map(String::as_str).collect(),
        }
    }
}

/// A policy with all its revisions.
#[derive(Debug, Clone, Copy)]
pub struct PolicyText {
    source: &'static str,
}

impl PolicyText {
    /// Creates a policy from the text of its file.
    pub const fn new(source: &'static str) -> Self {
        Self { source }
    }

    /// The blocks of one revision, in order.
    pub fn revision(&self, number: u8) -> Vec<Block> {
        self.source
            .split("\n\n")
            .filter_map(|block| parse_block(block.trim(), number))
            .collect()
    }

    /// The title of one revision.
    pub fn title(&self, number: u8) -> String {
        self.revision(number)
            .into_iter()
            .find_map(|block| {
                if let Block::Title(title) = block {
                    Some(title)
                } else {
                    None
                }
            })
            .expect("every policy has a title")
    }

    /// All words of one revision, blocks joined by single spaces.
    pub fn words(&self, number: u8) -> String {
        let blocks = self.revision(number);
        blocks
            .iter()
            .flat_map(Block::texts)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn parse_block(block: &str, number: u8) -> Option<Block> {
    let (marker, block) = match block.split_once('\n') {
        Some((first, rest)) if first.starts_with('@') => (first, rest),
        _ => ("@-", block),
    };
    if block.is_empty() || !covers(marker, number) {
        return None;
    }
    let lines = || block.lines();
    Some(if let Some(title) = block.strip_prefix("# ") {
        Block::Title(title.to_owned())
    } else if let Some(heading) = block.strip_prefix("## ") {
        Block::Heading(heading.to_owned())
    } else if block.starts_with("- ") {
        let items = lines()
            .map(|line| line.trim_start_matches("- "))
            .filter_map(|item| match item.split_once(' ') {
                Some((marker, rest)) if marker.starts_with('@') => {
                    covers(marker, number).then(|| rest.to_owned())
                }
                _ => Some(item.to_owned()),
            });
        Block::List(items.collect())
    } else if block.starts_with("| ") {
        let row = |line: &str| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        };
        Block::Table(lines().map(row).collect())
    } else {
        Block::Paragraph(lines().collect::<Vec<_>>().join(" "))
    })
}

/// True if `@2-4`, `@3-` or `@-2` includes a revision.
fn covers(marker: &str, number: u8) -> bool {
    let range = marker.trim_start_matches('@');
    let (from, to) = range
        .split_once('-')
        .expect("a marker is a range such as @2-4");
    let bound = |text: &str, default: u8| {
        if text.is_empty() {
            default
        } else {
            text.parse().expect("a number")
        }
    };
    (bound(from, 1)..=bound(to, u8::MAX)).contains(&number)
}
