//! Finds links in the data of scripts: JSON (`__NEXT_DATA__`, `window.__STATE__ = {…}`), objects and lists of
//! JavaScript (`{label: 'Privacy', url: '/p'}`, `addItem("Privacy", "/p.html")`).
//!
//! Scripts give links without a fixed form. A group is what one pair of brackets encloses. A group that has a text and an
//! address is a link; one that has only a text or only an address gives it to the group around it.

use super::address::looks_like_address;
use super::raw_link::RawLink;
use super::script_tokens::{ScriptToken, ScriptTokens};

/// Deeper brackets are not read.
const MAX_DEPTH: usize = 200;
/// Quoted texts with data of their own (`JSON.parse("…")`) are read to this depth.
const MAX_QUOTED_DEPTH: usize = 3;
/// Maximum number of texts and of addresses of one group.
const MAX_OF_GROUP: usize = 4;
/// Maximum number of links of one script.
const MAX_LINKS: usize = 2_000;
/// Longer texts are no names of links.
const MAX_LABEL_BYTES: usize = 200;
/// Ends of the names of fields that hold the text of a link.
const LABEL_FIELDS: [&str; 12] = [
    "label", "title", "text", "name", "caption", "heading", "content", "children", "value",
    "message", "anchor", "alt",
];
/// Ends of the names of fields that hold an address.
const ADDRESS_FIELDS: [&str; 12] = [
    "url",
    "uri",
    "href",
    "link",
    "path",
    "pathname",
    "to",
    "route",
    "target",
    "permalink",
    "location",
    "page",
];

/// The links in the data of a script, with the text next to each address. A link without such a text has the words of
/// its field as title: `privacyPolicyUrl: "/p"`.
pub(super) fn links_in_data(code: &str) -> Vec<RawLink> {
    let mut reader = DataReader::default();
    reader.read(code, 0);
    reader.links
}

/// What one pair of brackets encloses.
#[derive(Default)]
struct Group {
    is_object: bool,
    /// The name of the field that holds this group.
    name: String,
    /// The name of the current field.
    field: String,
    labels: Vec<String>,
    addresses: Vec<Address>,
    /// Texts and addresses of groups inside that have only one of them.
    inner_labels: Vec<String>,
    inner_addresses: Vec<Address>,
    /// Number of groups that gave those texts, and those addresses.
    label_groups: usize,
    address_groups: usize,
}

impl Group {
    /// True if the texts of groups inside belong to this one. Several texts in a list belong to its items.
    fn has_labels_of_its_own(&self) -> bool {
        self.is_object || self.label_groups <= 1
    }

    fn has_addresses_of_its_own(&self) -> bool {
        self.is_object || self.address_groups <= 1
    }

    fn all_labels(&self) -> impl Iterator<Item = &String> {
        self.labels.iter().chain(&self.inner_labels)
    }

    fn all_addresses(&self) -> impl Iterator<Item = &Address> {
        self.addresses.iter().chain(&self.inner_addresses)
    }
}

#[derive(Clone)]
struct Address {
    field: String,
    href: String,
}

#[derive(Default)]
struct DataReader {
    links: Vec<RawLink>,
}

impl DataReader {
    fn read(&mut self, code: &str, depth: usize) {
        let mut groups = vec![Group::default()];
        // Number of open brackets beyond the limit.
        let mut ignored = 0_usize;
        let mut last: Option<ScriptToken> = None;
        for token in ScriptTokens::of(code) {
            if self.links.len() >= MAX_LINKS {
                return;
            }
            let ScriptToken::Mark(mark) = token else {
                self.value(last.replace(token), &mut groups, depth);
                continue;
            };
            if let (':' | '=', Some(ScriptToken::Text(name) | ScriptToken::Word(name))) =
                (mark, &last)
            {
                if let Some(group) = groups.last_mut() {
                    group.field.clone_from(name);
                }
                last = None;
                continue;
            }
            self.value(last.take(), &mut groups, depth);
            match mark {
                '{' | '[' | '(' if groups.len() > MAX_DEPTH => ignored += 1,
                '{' | '[' | '(' => {
                    let name = groups.last_mut().map(|group| group.field.clone());
                    groups.push(Group {
                        is_object: mark == '{',
                        name: name.unwrap_or_default(),
                        ..Group::default()
                    });
                }
                '}' | ']' | ')' if ignored > 0 => ignored -= 1,
                '}' | ']' | ')' if groups.len() > 1 => {
                    if let (Some(group), Some(around)) = (groups.pop(), groups.last_mut()) {
                        self.make_links(&group);
                        give(group, around);
                    }
                }
                ',' => {
                    if let Some(group) = groups.last_mut() {
                        group.field.clear();
                    }
                }
                // Two statements have nothing in common.
                ';' => {
                    let group = groups.last_mut().map(std::mem::take);
                    self.make_links(&group.unwrap_or_default());
                }
                _ => {}
            }
        }
        self.value(last, &mut groups, depth);
        while let Some(group) = groups.pop() {
            self.make_links(&group);
            if let Some(around) = groups.last_mut() {
                give(group, around);
            }
        }
    }

    /// Adds a quoted text to its group.
    fn value(&mut self, token: Option<ScriptToken>, groups: &mut [Group], depth: usize) {
        let (Some(ScriptToken::Text(text)), Some(group)) = (token, groups.last_mut()) else {
            return;
        };
        let text = text.trim();
        let is_address_field = ends_with_one_of(&group.field, &ADDRESS_FIELDS);
        if is_address(text, is_address_field) {
            if group.addresses.len() < MAX_OF_GROUP {
                group.addresses.push(Address {
                    field: group.field.clone(),
                    href: text.to_owned(),
                });
            }
        } else if text.contains(['{', '[']) && text.contains(['"', '\'']) {
            if depth < MAX_QUOTED_DEPTH {
                self.read(text, depth + 1);
            }
        } else if (!group.is_object || is_label_field(&group.field))
            && text.len() <= MAX_LABEL_BYTES
            && text.chars().any(char::is_alphabetic)
            && group.labels.len() < MAX_OF_GROUP
        {
            group.labels.push(text.to_owned());
        }
    }

    /// Makes the links of a group whose brackets end.
    fn make_links(&mut self, group: &Group) {
        let none_of_its_own = group.labels.is_empty() && group.addresses.is_empty();
        let is_one = group.has_labels_of_its_own() && group.has_addresses_of_its_own();
        for address in group.all_addresses().take(MAX_OF_GROUP) {
            if is_one && (group.is_object || !none_of_its_own) {
                for label in group.all_labels().take(MAX_OF_GROUP) {
                    self.links.push(link(&address.href, label, ""));
                }
            }
            // The name of the field counts when there is no text: `privacyPolicyUrl: "/p"`, `privacy: {href: "/p"}`.
            for name in [&address.field, &group.name] {
                let words = words_of(name);
                if !words.is_empty() {
                    self.links.push(link(&address.href, "", &words));
                }
            }
        }
    }
}

/// Gives the texts or the addresses of a group without the other to the group around it.
fn give(group: Group, around: &mut Group) {
    let has_labels = group.all_labels().next().is_some();
    let has_addresses = group.all_addresses().next().is_some();
    let is_one = group.has_labels_of_its_own() && group.has_addresses_of_its_own();
    if !is_one || has_labels == has_addresses {
        return;
    }
    if has_labels {
        around.label_groups += 1;
        let room = MAX_OF_GROUP.saturating_sub(around.inner_labels.len());
        let labels = group.labels.into_iter().chain(group.inner_labels);
        around.inner_labels.extend(labels.take(room));
    } else {
        around.address_groups += 1;
        let room = MAX_OF_GROUP.saturating_sub(around.inner_addresses.len());
        let addresses = group.addresses.into_iter().chain(group.inner_addresses);
        around.inner_addresses.extend(addresses.take(room));
    }
}

fn link(href: &str, text: &str, title: &str) -> RawLink {
    RawLink {
        href: href.to_owned(),
        text: text.to_owned(),
        title: title.to_owned(),
        in_script: true,
        ..RawLink::default()
    }
}

/// True for a text that is an address by its beginning or its ending, or by its field if it contains a slash: a label such
/// as "Privacy/Cookies" is none.
fn is_address(text: &str, is_address_field: bool) -> bool {
    let begins = ["/", "./", "../", "http://", "https://"];
    let starts = begins.iter().any(|begin| text.starts_with(begin)) && text.len() > 1;
    (starts || is_address_field || !text.contains('/')) && looks_like_address(text)
}

fn is_label_field(field: &str) -> bool {
    // `{"text": {"en": "Privacy"}, "url": "/p"}`
    let is_language = field.len() == 2 && field.bytes().all(|b| b.is_ascii_lowercase());
    is_language || ends_with_one_of(field, &LABEL_FIELDS)
}

fn ends_with_one_of(field: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| {
        field
            .len()
            .checked_sub(end.len())
            .and_then(|at| field.get(at..))
            .is_some_and(|last| last.eq_ignore_ascii_case(end))
    })
}

/// The words of a field's name, without those that only say that it holds an address: `privacyPolicyUrl` is "privacy
/// Policy".
fn words_of(field: &str) -> String {
    let mut words = String::with_capacity(field.len() + 4);
    let mut was_small = false;
    for c in field.chars().take(MAX_LABEL_BYTES) {
        if c.is_uppercase() && was_small {
            words.push(' ');
        }
        was_small = c.is_lowercase();
        words.push(if c.is_alphanumeric() { c } else { ' ' });
    }
    let kept = words.split_whitespace().filter(|word| {
        !ADDRESS_FIELDS
            .iter()
            .any(|field| field.eq_ignore_ascii_case(word))
    });
    kept.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairs of address and words.
    fn found(code: &str) -> Vec<(String, String)> {
        links_in_data(code)
            .into_iter()
            .map(|link| (link.href, link.text + &link.title))
            .collect()
    }

    fn has(code: &str, href: &str, words: &str) {
        let found = found(code);
        assert!(
            found.contains(&(href.to_owned(), words.to_owned())),
            "{code}: {found:?}"
        );
    }

    #[test]
    fn a_text_and_an_address_in_one_group_are_a_link() {
        for code in [
            r#"{"links":[{"label":"Terms","url":"/terms"},{"label":"Privacy policy","url":"/x9"}]}"#,
            "window.__STATE__ = {footer: {links: [{title: 'Privacy policy', href: '/x9'}]}};",
            r#"menu[3] = new Array("Privacy policy", "/x9");"#,
            r#"addItem("m3", "Privacy policy", "/x9");"#,
            r#"["$","a",null,{"href":"/x9","children":"Privacy policy"}]"#,
            r#"{"href":"/x9","children":["$","span",null,{"children":"Privacy policy"}]}"#,
            r#"{"nodeType":"hyperlink","data":{"uri":"/x9"},"content":[{"nodeType":"text","value":"Privacy policy"}]}"#,
            r#"{"fields":{"title":"Privacy policy","link":{"fields":{"url":"/x9"}}}}"#,
            r#"{"url":"/x9","text":{"en":"Privacy policy"}}"#,
            r#"JSON.parse("{\"a\":[{\"label\":\"Privacy policy\",\"url\":\"\/x9\"}]}")"#,
            r#"self.__next_f.push([1,"7:{\"label\":\"Privacy policy\",\"url\":\"/x9\",\"other\":\"this text is here to be longer than a label may be, as the text of such a page always is, and it goes on for two hundred bytes and some more\"}"])"#,
        ] {
            has(code, "/x9", "Privacy policy");
        }
    }

    #[test]
    fn the_name_of_a_field_stands_for_a_missing_text() {
        has(r#"{"privacyPolicyUrl":"/x9"}"#, "/x9", "privacy Policy");
        has(r#"{"privacy":{"href":"/x9"}}"#, "/x9", "privacy");
        has("var privacy_url = '/x9';", "/x9", "privacy");
    }

    #[test]
    fn texts_and_addresses_of_different_items_are_no_link() {
        let found = found(
            r#"{"list":[{"label":"Privacy"},{"label":"Shop"},{"url":"/shop"},{"url":"/sale"}]}"#,
        );
        assert!(found.iter().all(|(_, words)| words == "list"), "{found:?}");
        let cards =
            links_in_data(r#"[{"label":"Privacy","url":"/p"},{"label":"Sale","url":"/s"}]"#);
        assert!(
            cards
                .iter()
                .all(|l| (l.text == "Privacy") == (l.href == "/p")),
            "{cards:?}"
        );
    }

    #[test]
    fn a_label_with_a_slash_is_no_address() {
        has(
            r#"{"label":"Privacy/Cookies","url":"/x9"}"#,
            "/x9",
            "Privacy/Cookies",
        );
    }

    #[test]
    fn brackets_without_end_and_many_links_are_bounded() {
        assert!(links_in_data(&"{[(".repeat(100_000)).is_empty());
        let many = r#"{"label":"a","url":"/b"},"#.repeat(MAX_LINKS * 2);
        assert!(links_in_data(&many).len() <= MAX_LINKS + 2 * MAX_OF_GROUP * MAX_OF_GROUP);
    }

    proptest::proptest! {
        #[test]
        fn any_script_is_read(code in "(\\{|\\}|\\[|\\]|\\(|\\)|\"|'|:|,|=|;|\\\\|url|label|/p|Privacy| ){0,60}") {
            let _ = links_in_data(&code);
        }
    }
}
