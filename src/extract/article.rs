//! The text of a page that is no policy: an article of a newspaper, a blog, an encyclopedia, a manual.
//!
//! No word tells such a text from its frame, so structure alone decides: what the page marks as its article, where the
//! sentences are, how dense the links, how boxes are called. As the public collections of articles have it, the body is
//! the text; headline, author and date above it are not.

use std::collections::{HashMap, HashSet};

use super::boilerplate::name_words;
use super::candidates::{Choice, Trust, choose_in};
use super::look::attribute;
use super::signs::SIGNS;
use super::tree::{Block, plain_text};
use super::view::{Id, Kind, View};
use super::words::{policy_words, title_topic};

/// With fewer policy words than one in so many bytes a text is about other matters.
const BYTES_A_WORD: usize = 150;
/// A box of the frame has less than this share of the page's sentences, whatever it is called, in percent.
const FRAME_SHARE: u64 = 20;
/// Comments may be longer than what they are about.
const COMMENTS_SHARE: u64 = 75;
/// What the page marks as its article has at least this share of its sentences, in percent.
const MARKED_SHARE: u64 = 50;
/// A box with this share of its text inside links leads to other articles, in percent.
const LINKED_SHARE: u32 = 60;
/// A line with fewer bytes is no sentence.
const LINE_BYTES: usize = 80;
/// An article of fewer bytes may be the beginning of one that scripts show.
const TEASER_BYTES: usize = 1500;
/// With fewer it is not even that.
const LEAST_TEASER_BYTES: usize = 300;
/// By so many letters a beginning is known again.
const BEGINNING_CHARS: usize = 40;
/// So many class names of an element are read.
const MAX_NAMES: usize = 12;
/// So many blocks at the beginning may be headline, author and date.
const HEAD_BLOCKS: usize = 12;

/// Finds the article of a page whose boilerplate is excluded; excludes what stands in the midst of it.
pub(super) fn choose(view: &mut View<'_>) -> Choice {
    view.forget_words();
    exclude_furniture(view);
    let start = marked(view).unwrap_or_else(|| view.body());
    let choice = choose_in(view, start, Trust::Article);
    for root in &choice.roots {
        exclude_links(view, *root);
    }
    choice
}

/// True for a text that is long enough to be one and hardly speaks of policy matters.
pub(super) fn is_one(blocks: &[Block]) -> bool {
    let (mut bytes, mut words) = (0, 0);
    for block in blocks {
        let text = block.text();
        bytes += text.len();
        words += policy_words(&text) as usize;
    }
    bytes > LINE_BYTES && words * BYTES_A_WORD < bytes
}

fn bytes_of(blocks: &[Block]) -> usize {
    blocks.iter().map(|block| block.text().len()).sum()
}

/// True for a text so short that it may be the beginning of one that scripts show.
pub(super) fn may_go_on(shown: &[Block]) -> bool {
    bytes_of(shown) < TEASER_BYTES
}

/// True when what is shown of an article is nothing or its beginning, and what the page carries beside is the whole.
pub(super) fn goes_on(shown: &[Block], carried: &[Block]) -> bool {
    let shown_bytes = bytes_of(shown);
    if bytes_of(carried) <= shown_bytes * 3 {
        return false;
    }
    let first = shown
        .iter()
        .map(Block::text)
        .find(|text| text.len() >= LINE_BYTES);
    let beginning: String = letters(&first.unwrap_or_default())
        .chars()
        .take(BEGINNING_CHARS)
        .collect();
    let whole: String = carried.iter().map(|b| letters(&b.text())).collect();
    shown_bytes < LEAST_TEASER_BYTES || whole.contains(&beginning)
}

/// Takes the headline with what stands around it off the beginning; answers the headline.
pub(super) fn behead(blocks: &mut Vec<Block>, page_title: Option<&str>) -> Option<String> {
    let title = page_title.map(letters).unwrap_or_default();
    let is_sentence = |block: &Block| match block {
        Block::Paragraph(spans) => {
            let text = plain_text(spans);
            text.len() >= LINE_BYTES
                || text
                    .trim_end()
                    .ends_with(['.', '!', '?', '…', '。', '”', '»'])
        }
        Block::Quote(_) | Block::Table(_) | Block::List(..) => block.text().len() >= LINE_BYTES,
        Block::Heading(..) => false,
    };
    let body = blocks.iter().position(is_sentence).unwrap_or(0);
    let is_headline = |block: &Block| match block {
        Block::Heading(level, spans) => {
            let own = letters(&plain_text(spans));
            *level == 1 || !own.is_empty() && title.contains(&own)
        }
        Block::Paragraph(spans) => {
            let own = letters(&plain_text(spans));
            own.len() > 15 && title.contains(&own)
        }
        _ => false,
    };
    let at = blocks
        .iter()
        .take(HEAD_BLOCKS)
        .take_while(|b| !matches!(b, Block::Heading(2.., _)) || is_headline(b))
        .position(is_headline);
    // The heading of the first section stands directly above its text.
    let first = match body.checked_sub(1) {
        Some(above) if matches!(&blocks[above], b @ Block::Heading(..) if !is_headline(b)) => above,
        _ => body,
    };
    let headline = at.map(|at| match &blocks[at] {
        Block::Heading(_, spans) | Block::Paragraph(spans) => plain_text(spans),
        _ => String::new(),
    });
    // A document of rules has its name as a part of it.
    if headline
        .as_deref()
        .is_some_and(|h| title_topic(h).is_some())
    {
        return headline;
    }
    match at {
        Some(at) if at >= first => {
            blocks.remove(at);
        }
        Some(_) if first <= HEAD_BLOCKS => {
            blocks.drain(..first);
        }
        Some(at) => {
            blocks.remove(at);
        }
        None => {}
    }
    headline
}

/// Letters and digits only, in lower case.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Excludes boxes that are called after what stands around an article and hold few of the page's sentences.
fn exclude_furniture(view: &mut View<'_>) {
    let body = view.body();
    let total = u64::from(view.entries.get(body).map_or(0, |e| e.mass.prose)).max(1);
    let headlines: Vec<Id> = (body..view.entries.len())
        .filter(|id| view.entries[*id].kind == Kind::Heading(1))
        .collect();
    let holds_headline = |view: &View<'_>, id: Id| {
        let next = headlines.get(headlines.partition_point(|at| *at < id));
        next.is_some_and(|at| *at < view.entries[id].end)
    };
    let mut called: Vec<(Id, &str)> = Vec::new();
    for id in body + 1..view.entries.len() {
        let share = u64::from(view.entries[id].mass.prose) * 100 / total;
        if let Some((word, most)) = furniture_word(view, id)
            && share < most
            && !holds_headline(view, id)
        {
            called.push((id, word));
        }
    }
    // A page builder calls every part of the text a widget.
    let mut sums: HashMap<&str, (Id, u64)> = HashMap::new();
    for (id, word) in &called {
        let (end, sum) = sums.entry(*word).or_default();
        if *end <= *id {
            *end = view.entries[*id].end;
            *sum += u64::from(view.entries[*id].mass.prose);
        }
    }
    for (id, word) in called {
        let sum = sums.get(word).map_or(0, |(_, sum)| *sum);
        let most = if SIGNS.replies.contains(word) {
            COMMENTS_SHARE
        } else {
            FRAME_SHARE * 2
        };
        if sum * 100 < total * most && !view.ancestors(id).any(|at| view.entries[at].excluded) {
            view.exclude(id);
        }
    }
}

/// The word in an element's names that says that it is none of the text, and the share of the page's sentences that such
/// an element has less of.
fn furniture_word<'v>(view: &View<'_>, id: Id) -> Option<(&'v str, u64)> {
    let element = view.element(id)?;
    let entry = &view.entries[id];
    if entry.excluded || matches!(entry.kind, Kind::Silent | Kind::Break) {
        return None;
    }
    if element.name() == "form" {
        return Some(("form", FRAME_SHARE));
    }
    // A name on a few words of a line is about their look.
    if entry.kind == Kind::Inline && view.entries[entry.parent].mass.prose > 0 {
        return None;
    }
    let classes = attribute(element, "class").unwrap_or_default();
    let names = attribute(element, "id")
        .into_iter()
        .chain(classes.split_ascii_whitespace().take(MAX_NAMES));
    let mut found = None;
    for name in names {
        let words = name_words(name);
        let of = |list: &'v HashSet<String>| words.split(' ').find_map(|word| list.get(word));
        if let Some(word) = of(&SIGNS.replies) {
            return Some((word, COMMENTS_SHARE));
        }
        if !words.split(' ').any(|word| SIGNS.about.contains(word)) {
            found = found.or(of(&SIGNS.furniture).map(|word| (word.as_str(), FRAME_SHARE)));
        }
    }
    found
}

/// What the page itself marks as its article or its main part, if most of the sentences are there.
fn marked(view: &View<'_>) -> Option<Id> {
    let total = u64::from(view.entries.get(view.body())?.mass.prose);
    let mut best: Option<(u8, u32, std::cmp::Reverse<Id>)> = None;
    for id in view.body()..view.entries.len() {
        let Some(element) = view.element(id) else {
            continue;
        };
        let has = |name, value: &str| {
            attribute(element, name).is_some_and(|v| v.split_ascii_whitespace().any(|v| v == value))
        };
        let rank = if has("itemprop", "articleBody") {
            3
        } else if element.name() == "article" {
            2
        } else if element.name() == "main" || has("role", "main") {
            1
        } else {
            continue;
        };
        let prose = view.entries[id].mass.prose;
        if u64::from(prose) * 100 >= total * MARKED_SHARE
            && !view.ancestors(id).any(|a| view.entries[a].excluded)
        {
            best = best.max(Some((rank, prose, std::cmp::Reverse(id))));
        }
    }
    best.map(|(.., id)| id.0)
}

/// Excludes lists, boxes and lines inside the article that are links to others.
fn exclude_links(view: &mut View<'_>, root: Id) {
    let mut id = root + 1;
    while id < view.entries[root].end {
        let entry = &view.entries[id];
        let end = entry.end;
        let leads_away = match entry.kind {
            Kind::Box | Kind::List => entry.mass.link_share() >= LINKED_SHARE,
            Kind::Paragraph => entry.mass.link_share() >= LINKED_SHARE && entry.mass.prose == 0,
            _ => false,
        };
        if entry.excluded || entry.kind == Kind::Silent {
            id = end;
        } else if leads_away && entry.mass.text > 0 {
            view.exclude(id);
            id = end;
        } else {
            id += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::tree::Span;

    fn plain(text: &str) -> Block {
        Block::Paragraph(vec![Span::plain(text)])
    }

    #[test]
    fn a_headline_goes_with_author_and_date_and_a_section_keeps_its_heading() {
        let headline = Block::Heading(1, vec![Span::plain("The goat that learnt to open doors")]);
        let section = Block::Heading(2, vec![Span::plain("A latch")]);
        let text = plain(
            "It took the goat two days to find out how the latch of the stable could be lifted.",
        );
        for (mut blocks, left) in [
            (
                vec![headline.clone(), plain("By A. Wren"), text.clone()],
                vec![text.clone()],
            ),
            (
                vec![
                    plain("Animals"),
                    headline.clone(),
                    section.clone(),
                    text.clone(),
                ],
                vec![section.clone(), text.clone()],
            ),
            (
                vec![text.clone(), headline.clone(), text.clone()],
                vec![text.clone(), text.clone()],
            ),
        ] {
            assert_eq!(
                behead(&mut blocks, None).as_deref(),
                Some("The goat that learnt to open doors")
            );
            assert_eq!(blocks, left);
        }
        let mut blocks = vec![section.clone(), text.clone()];
        assert_eq!(
            behead(&mut blocks, Some("The goat that learnt to open doors")),
            None
        );
        assert_eq!(blocks, [section, text]);
    }
}
