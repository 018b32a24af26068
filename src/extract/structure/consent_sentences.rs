//! Consent notices between other lines of a page, without a box or a name by which they can be recognised.

use crate::extract::blocks::{Block, text_of};
use crate::extract::vocabulary::{PAGE_PATTERNS, TitleTopic, is_consent_label, title_topic};

/// Number of blocks in which the title of the policy is looked for.
const BLOCKS_TO_TITLE: usize = 6;
/// Longest consent notice, in bytes.
const MAX_BYTES: usize = 500;

/// Removes a consent notice above the title of a policy, with its buttons. Without a title below it, such a sentence may
/// be the policy's own.
pub(in crate::extract) fn drop_consent_sentences(blocks: &mut Vec<Block>) {
    let is_title = |block: &Block| matches!(block, Block::Heading(_, spans) if title_topic(&text_of(spans)) == Some(TitleTopic::Privacy));
    let Some(title) = blocks.iter().take(BLOCKS_TO_TITLE).position(is_title) else {
        return;
    };
    let is_button = |block: &Block| is_consent_label(&block.text());
    let notices: Vec<bool> = (0..title)
        .map(|at| asks_consent(&blocks[at], blocks[at + 1..title].iter().any(is_button)))
        .collect();
    if !notices.contains(&true) {
        return;
    }
    let mut index = 0;
    blocks.retain(|block| {
        index += 1;
        index > title || !notices[index - 1] && !is_button(block)
    });
}

/// True for a sentence that asks for consent to cookies, or speaks of them above a button.
fn asks_consent(block: &Block, is_above_button: bool) -> bool {
    let Block::Paragraph(spans) = block else {
        return false;
    };
    if spans.iter().map(|s| s.text.len()).sum::<usize>() > MAX_BYTES {
        return false;
    }
    let text = text_of(spans).to_lowercase();
    let has = |phrases: &[String]| phrases.iter().any(|phrase| text.contains(phrase));
    has(&PAGE_PATTERNS.cookie_words) && (is_above_button || has(&PAGE_PATTERNS.consent_phrases))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    #[test]
    fn a_consent_notice_above_the_title_goes_and_one_below_it_stays() {
        let plain = |text: &str| Block::Paragraph(vec![Span::plain(text)]);
        let notice = plain("We use cookies. By continuing to use our website you agree to this.");
        let title = Block::Heading(2, vec![Span::plain("Privacy Policy")]);
        let text = plain("We collect your name.");
        let mut blocks = vec![
            notice.clone(),
            plain("OK, I understand"),
            plain("Last updated: 3 May 2018"),
            title.clone(),
            notice.clone(),
            text.clone(),
        ];
        drop_consent_sentences(&mut blocks);
        assert_eq!(
            blocks,
            [
                plain("Last updated: 3 May 2018"),
                title,
                notice.clone(),
                text.clone()
            ]
        );
        let mut untitled = vec![notice, text];
        let before = untitled.clone();
        drop_consent_sentences(&mut untitled);
        assert_eq!(untitled, before);
    }
}
