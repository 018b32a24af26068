//! Limits the attributes of every possible tag of a page, however the parser reads the page.
//!
//! Whether a `<` begins a tag depends on what is a script, a comment or a quoted value, and therefore on the tree.
//! html5ever takes quadratic time in the attributes of a tag. So every `<` before a letter is read as the start of a
//! tag, wherever it is. Readings that reach the same state of the tokenizer at the same byte continue as one: there are
//! never more than eight, and the work is linear. If one of them would begin more attributes than allowed, a `>` is
//! inserted.

use std::borrow::Cow;

use super::limits::MAX_ATTRIBUTES;
use super::tags::{TagState, find, tag};

/// Length from which a tag is read as if it contained other tags.
const LONG_TAG_BYTES: usize = 4096;

/// Changes the page so that no `<` begins a tag of more than [`MAX_ATTRIBUTES`] attributes, whatever precedes it.
pub(super) fn limit_attributes(html: Cow<'_, str>) -> Cow<'_, str> {
    let ends = ends(html.as_bytes());
    if ends.is_empty() {
        return html;
    }
    let mut out = String::with_capacity(html.len() + ends.len());
    let mut copied_to = 0;
    for end in ends {
        out.push_str(&html[copied_to..end]);
        out.push('>');
        copied_to = end;
    }
    out.push_str(&html[copied_to..]);
    Cow::Owned(out)
}

/// Positions where a tag has to be ended.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        at = found + 1;
        let Some(name) = name_of(bytes, found) else {
            continue;
        };
        // Nearly every tag ends nearby. Searching the whole page for the end of each tag would take quadratic time.
        let near = &bytes[..bytes.len().min(name + LONG_TAG_BYTES)];
        let tag = tag(near, name);
        let is_whole = tag.end < near.len() || near.len() == bytes.len();
        let is_only_one = find(&bytes[..tag.end], name, b'<').is_none();
        at = if is_whole && is_only_one && tag.attributes <= MAX_ATTRIBUTES {
            tag.end
        } else {
            follow_readings(bytes, name - 1, &mut ends)
        };
    }
    ends
}

/// Start of the name of the tag that this `<` may begin.
fn name_of(bytes: &[u8], at: usize) -> Option<usize> {
    let name = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'/'));
    bytes.get(name)?.is_ascii_alphabetic().then_some(name)
}

/// Follows the reading of the tag whose name follows `from`, and the readings that begin on the way, until none is inside
/// a tag. Returns the position after them.
fn follow_readings(bytes: &[u8], from: usize, ends: &mut Vec<usize>) -> usize {
    // For each state of the tokenizer: the largest number of attributes among the readings in that state.
    let mut readings: [Option<usize>; TagState::ALL.len()] = [None; TagState::ALL.len()];
    for (at, &byte) in bytes.iter().enumerate().skip(from) {
        let mut next = [None; TagState::ALL.len()];
        let mut ended = false;
        for (state, attributes) in TagState::ALL.into_iter().zip(readings) {
            let Some(attributes) = attributes else {
                continue;
            };
            let Some(after) = state.after(byte) else {
                continue;
            };
            let attributes = attributes + usize::from(state.begins_attribute(after));
            ended |= attributes > MAX_ATTRIBUTES;
            next[after as usize] = next[after as usize].max(Some(attributes));
        }
        if ended {
            // A `>` before this byte ends all readings but those in a quoted value.
            ends.push(at);
            next = [None; TagState::ALL.len()];
            for state in [TagState::DoubleQuoted, TagState::SingleQuoted] {
                if let Some(attributes) = readings[state as usize]
                    && let Some(after) = state.after(byte)
                {
                    next[after as usize] = next[after as usize].max(Some(attributes));
                }
            }
        }
        let begins = byte == b'<' || byte == b'/' && at > 0 && bytes[at - 1] == b'<';
        if begins && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            let name = TagState::Name as usize;
            next[name] = next[name].max(Some(0));
        }
        readings = next;
        if readings.iter().all(Option::is_none) {
            // The `<` of a closing tag begins no reading before its `/`, so it is read again.
            return if byte == b'<' { at } else { at + 1 };
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(html: &str) -> Cow<'_, str> {
        limit_attributes(Cow::Borrowed(html))
    }

    fn attributes(count: usize) -> String {
        (0..count).fold(String::new(), |all, i| {
            all + "a" + &i.to_string() + "=\">\""
        })
    }

    #[test]
    fn pages_with_few_attributes_pass_untouched() {
        for page in [
            "<p class='a > b'>if a < b and c <d e> <a title=\"<b>\" href=x>",
            "<script>for(i=0;i<n;i++){if(a<b&&c>d)e='<p a b c>'}</script>",
            "<a b=\"",
            "</",
            "<",
        ] {
            assert!(matches!(limited(page), Cow::Borrowed(p) if p == page));
        }
    }

    #[test]
    fn a_long_tag_with_few_attributes_passes_untouched() {
        let value = "x ".repeat(LONG_TAG_BYTES);
        let page = format!("<!-- <i> --><p><a title='{value}' href=y>z</a><b title={value}>");
        assert!(
            matches!(limited(&page[..page.len() - 1]), Cow::Owned(_)),
            "a word is an attribute"
        );
        let page = format!("<!-- <i> --><p><a title='{value}' href=y>z</a>");
        assert!(matches!(limited(&page), Cow::Borrowed(_)));
    }

    #[test]
    fn a_tag_that_no_one_knows_to_be_one_ends_at_its_limit() {
        let attributes = attributes(1000);
        for hidden in [
            format!("<!-- <a {attributes}> -->"),
            format!("<b title='<a {attributes}>'>"),
            format!("<b title='<a {}>'>", attributes.replace('"', "'")),
            format!("<script><i <a {attributes}></script>"),
            format!("</a {attributes}>"),
        ] {
            let page = limited(&hidden);
            for (at, _) in page.match_indices('<') {
                if let Some(name) = name_of(page.as_bytes(), at) {
                    let tag = tag(page.as_bytes(), name);
                    assert!(tag.attributes <= MAX_ATTRIBUTES, "{}", &hidden[..20]);
                }
            }
            assert_eq!(page.replace('>', ""), hidden.replace('>', ""));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_has_a_tag_of_too_many_attributes(
            parts in proptest::collection::vec(("(<a |<b |</i |\"|'|=|=\"|='|>|/|x){0,4}", 0_usize..600), 0..6),
        ) {
            let page: String = parts
                .iter()
                .map(|(part, count)| part.clone() + &"x=y ".repeat(*count))
                .collect();
            let page = limited(&page);
            for (at, _) in page.match_indices('<') {
                if let Some(name) = name_of(page.as_bytes(), at) {
                    proptest::prop_assert!(tag(page.as_bytes(), name).attributes <= MAX_ATTRIBUTES);
                }
            }
        }
    }
}
