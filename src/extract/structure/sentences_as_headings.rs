//! Sentences that a page sets as headings for their look, such as whole paragraphs in `<h4>`.

use crate::extract::blocks::{Block, text_of};

/// Longest heading, in characters. Anything longer in an `<h2>` is text that was meant to be large.
const MAX_CHARS: usize = 200;
/// Words of a sentence that is no heading.
const SENTENCE_WORDS: usize = 12;
/// Characters of such a sentence, in scripts without blanks between words.
const SENTENCE_CHARS: usize = 40;
/// Words before and after the full stop between two sentences.
const WORDS_AROUND_STOP: usize = 4;

/// Turns headings that are sentences into paragraphs. If most headings of a level are sentences, so are all of that
/// level that end like one.
pub(in crate::extract) fn demote_sentences(blocks: &mut [Block]) {
    // For each level, the number of headings and of sentences among them.
    let mut counts = [(0, 0); 7];
    for block in blocks.iter() {
        if let Block::Heading(level, spans) = block {
            let (all, sentences) = &mut counts[usize::from(*level).min(6)];
            *all += 1;
            *sentences += usize::from(is_sentence(&text_of(spans)));
        }
    }
    for block in blocks {
        let Block::Heading(level, spans) = block else {
            continue;
        };
        let (all, sentences) = counts[usize::from(*level).min(6)];
        let text = text_of(spans);
        if is_sentence(&text)
            || sentences > 1 && sentences * 2 > all && (ends(&text) || text.ends_with(':'))
        {
            *block = Block::Paragraph(std::mem::take(spans));
        }
    }
}

fn ends(text: &str) -> bool {
    text.trim_end()
        .ends_with(['.', '!', ';', '。', '।', '।', '…'])
}

/// True for one long sentence, or for several. "1. Scope." and "Who are you?" are headings.
fn is_sentence(text: &str) -> bool {
    if text.chars().count() > MAX_CHARS {
        return true;
    }
    if !ends(text) {
        return false;
    }
    let words = text.split_whitespace().count();
    let mut stops = text
        .match_indices(". ")
        .map(|(at, _)| text.split_at(at + 1));
    words >= SENTENCE_WORDS && !is_in_capitals(text)
        || text.ends_with('。') && text.chars().count() >= SENTENCE_CHARS
        || stops.any(|(before, after)| {
            before.split_whitespace().count() >= WORDS_AROUND_STOP
                && after.split_whitespace().count() >= WORDS_AROUND_STOP
        })
}

fn is_in_capitals(text: &str) -> bool {
    !text.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    #[test]
    fn sentences_set_as_headings_are_paragraphs() {
        let heading = |text: &str| Block::Heading(4, vec![Span::plain(text)]);
        let is_heading = |block: &Block| matches!(block, Block::Heading(..));
        let mut page = vec![
            heading("We collect your name and your address when you place an order with us."),
            heading("We sell your name to nobody. We give none of it away."),
            heading(
                "We keep the records of your orders for seven years, because tax law obliges us.",
            ),
            heading("We keep it for a year."),
            heading("How to reach us"),
        ];
        demote_sentences(&mut page);
        assert_eq!(
            page.iter().map(is_heading).collect::<Vec<_>>(),
            [false, false, false, false, true]
        );
        let mut headings = vec![
            heading("1. Scope."),
            heading("Who are you?"),
            heading("We promise never to sell your telephone number."),
            heading(
                "WE PROMISE NEVER TO SEND UNSOLICITED ADVERTISING TO ANY OF YOUR CUSTOMERS' PHONES.",
            ),
            heading(
                "What personal information do we collect about you when you visit our website or shop",
            ),
        ];
        demote_sentences(&mut headings);
        assert!(headings.iter().all(is_heading));
    }
}
