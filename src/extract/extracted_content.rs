//! The content found on a page, before the decision whether it is a policy.

use super::blocks::Block;
use super::dom::{PageView, attribute};

/// The content found on a page, before it is decided whether the page is a policy.
pub(in crate::extract) struct ExtractedContent {
    pub blocks: Vec<Block>,
    pub explanation: Vec<String>,
    pub page_title: Option<String>,
    /// The headline above the text, which is not part of it.
    pub headline: Option<String>,
    pub shown: String,
    pub features: PageFeatures,
}

/// The features of a page other than its text.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::extract) struct PageFeatures {
    pub password_field: bool,
    pub scripts: bool,
    pub frames: usize,
}

impl PageFeatures {
    pub(in crate::extract) fn of(view: &PageView<'_>) -> Self {
        let mut features = Self::default();
        for element in (0..view.nodes.len()).filter_map(|id| view.element(id)) {
            match element.name() {
                "input" => {
                    features.password_field |= attribute(element, "type")
                        .is_some_and(|t| t.eq_ignore_ascii_case("password"));
                }
                "script" => features.scripts = true,
                "frame" | "iframe" if attribute(element, "src").is_some() => {
                    features.frames += 1;
                }
                _ => {}
            }
        }
        features
    }
}

impl ExtractedContent {
    pub(in crate::extract) fn without_markup(blocks: Vec<Block>, what: &str) -> Self {
        let shown = blocks
            .iter()
            .take(5)
            .map(Block::text)
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            blocks,
            explanation: vec![format!("the payload is {what}")],
            page_title: None,
            headline: None,
            shown,
            features: PageFeatures::default(),
        }
    }
}
