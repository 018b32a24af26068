//! All readings of a page at once, so that no tag of any of them has more attributes than the limit.
//!
//! Whether a `<` begins a tag depends on what is a script, a comment or a quoted value, and so on the tree; html5ever is
//! quadratic in the attributes of a tag. So every `<` before a letter is followed as if it began one, wherever it stands.
//! Readings that come to the same place of a tag at the same byte go on as one: there are never more than eight, and the
//! work is linear. Where one of them would begin an attribute too many, a `>` is put in.

use std::borrow::Cow;

use super::guard::MAX_ATTRIBUTES;
use super::tags::{Place, find, tag};

/// A tag of so many bytes is followed as if there were others in it.
const LONG_TAG_BYTES: usize = 4096;

/// The page, in which no `<` begins a tag of more than [`MAX_ATTRIBUTES`] attributes, whatever stands before it.
pub(super) fn bounded(html: Cow<'_, str>) -> Cow<'_, str> {
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

/// Where a tag has to be ended.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        at = found + 1;
        let Some(name) = name_of(bytes, found) else {
            continue;
        };
        // Nearly every tag ends here; to look for the end of one that does not, again and again, takes the square of a page.
        let near = &bytes[..bytes.len().min(name + LONG_TAG_BYTES)];
        let tag = tag(near, name);
        let is_whole = tag.end < near.len() || near.len() == bytes.len();
        let is_only_one = find(&bytes[..tag.end], name, b'<').is_none();
        at = if is_whole && is_only_one && tag.attributes <= MAX_ATTRIBUTES {
            tag.end
        } else {
            follow(bytes, name - 1, &mut ends)
        };
    }
    ends
}

/// Where the name of the tag begins that this `<` may begin.
fn name_of(bytes: &[u8], at: usize) -> Option<usize> {
    let name = at + 1 + usize::from(bytes.get(at + 1) == Some(&b'/'));
    bytes.get(name)?.is_ascii_alphabetic().then_some(name)
}

/// Follows the reading of the tag whose name is behind `from`, and those that begin on the way, until none is inside of a tag.
fn follow(bytes: &[u8], from: usize, ends: &mut Vec<usize>) -> usize {
    // The most attributes of the readings at each place of a tag, where there is one.
    let mut readings: [Option<usize>; Place::ALL.len()] = [None; Place::ALL.len()];
    for (at, &byte) in bytes.iter().enumerate().skip(from) {
        let mut next = [None; Place::ALL.len()];
        let mut ended = false;
        for (place, attributes) in Place::ALL.into_iter().zip(readings) {
            let Some(attributes) = attributes else {
                continue;
            };
            let Some(after) = place.after(byte) else {
                continue;
            };
            let attributes = attributes + usize::from(place.begins_attribute(after));
            ended |= attributes > MAX_ATTRIBUTES;
            next[after as usize] = next[after as usize].max(Some(attributes));
        }
        if ended {
            // A `>` before this byte ends all readings but those in a quoted value.
            ends.push(at);
            next = [None; Place::ALL.len()];
            for place in [Place::DoubleQuoted, Place::SingleQuoted] {
                if let Some(attributes) = readings[place as usize]
                    && let Some(after) = place.after(byte)
                {
                    next[after as usize] = next[after as usize].max(Some(attributes));
                }
            }
        }
        let begins = byte == b'<' || byte == b'/' && at > 0 && bytes[at - 1] == b'<';
        if begins && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            let place = Place::Name as usize;
            next[place] = next[place].max(Some(0));
        }
        readings = next;
        if readings.iter().all(Option::is_none) {
            return at + 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounded(html: &str) -> Cow<'_, str> {
        super::bounded(Cow::Borrowed(html))
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
            assert!(matches!(bounded(page), Cow::Borrowed(p) if p == page));
        }
    }

    #[test]
    fn a_long_tag_with_few_attributes_passes_untouched() {
        let value = "x ".repeat(LONG_TAG_BYTES);
        let page = format!("<!-- <i> --><p><a title='{value}' href=y>z</a><b title={value}>");
        assert!(
            matches!(bounded(&page[..page.len() - 1]), Cow::Owned(_)),
            "a word is an attribute"
        );
        let page = format!("<!-- <i> --><p><a title='{value}' href=y>z</a>");
        assert!(matches!(bounded(&page), Cow::Borrowed(_)));
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
            let page = bounded(&hidden);
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
            let page = bounded(&page);
            for (at, _) in page.match_indices('<') {
                if let Some(name) = name_of(page.as_bytes(), at) {
                    proptest::prop_assert!(tag(page.as_bytes(), name).attributes <= MAX_ATTRIBUTES);
                }
            }
        }
    }
}
