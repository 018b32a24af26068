//! Which paragraphs of a policy are headings and list items.

use std::collections::HashMap;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What a paragraph of the text is in its Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A heading with its level.
    Heading(HeadingLevel),
    /// An item of a list without numbers.
    Item,
}

/// The headings and list items of Markdown texts. A paragraph is recognised by its letters and digits.
#[derive(Debug, Default)]
pub(super) struct MarkdownRoles(HashMap<String, Role>);

impl MarkdownRoles {
    /// Reads the headings and the first paragraph of each list item.
    pub(super) fn read(markdown_texts: [&str; 2]) -> Self {
        let mut roles = Self::default();
        for markdown in markdown_texts {
            roles.add(markdown);
        }
        roles
    }

    /// The role of a paragraph, if it has one.
    pub(super) fn of(&self, paragraph: &str) -> Option<Role> {
        self.0.get(&letters(paragraph)).copied()
    }

    fn add(&mut self, markdown: &str) {
        let mut open: Option<(Role, String)> = None;
        // For each open list: true if its items have numbers.
        let mut numbered = Vec::new();
        // What is struck out is not in the text.
        let mut is_struck = false;
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Start(Tag::Strikethrough) => is_struck = true,
                Event::End(TagEnd::Strikethrough) => is_struck = false,
                Event::Start(Tag::Heading { level, .. }) => {
                    open = Some((Role::Heading(level), String::new()));
                }
                Event::Start(Tag::Item) if numbered.last() == Some(&false) => {
                    open = Some((Role::Item, String::new()));
                }
                Event::Text(text) | Event::Code(text) if !is_struck => {
                    if let Some((_, words)) = &mut open {
                        words.push_str(&text);
                    }
                }
                Event::Start(Tag::List(start)) => {
                    self.close(open.take());
                    numbered.push(start.is_some());
                }
                Event::End(TagEnd::List(_)) => {
                    numbered.pop();
                }
                Event::End(TagEnd::Heading(_) | TagEnd::Item | TagEnd::Paragraph) => {
                    self.close(open.take());
                }
                _ => {}
            }
        }
    }

    /// Records a heading or an item. A heading wins over an item with the same letters.
    fn close(&mut self, block: Option<(Role, String)>) {
        let Some((role, words)) = block else { return };
        let letters = letters(&words);
        if letters.is_empty() {
            return;
        }
        match role {
            Role::Heading(_) => {
                self.0.insert(letters, role);
            }
            Role::Item => {
                self.0.entry(letters).or_insert(role);
            }
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_items_are_recognised_whatever_marks_they_have() {
        let markdown = "# Your *privacy*\n\n- one ~~or~~ `two`\n  - nested\n\n1. first\n\nplain\n\n* loose\n\n  more\n\n* last\n";
        let roles = MarkdownRoles::read([markdown, "## Cookies & ads"]);
        assert_eq!(
            roles.of("Your privacy"),
            Some(Role::Heading(HeadingLevel::H1))
        );
        assert_eq!(
            roles.of("Cookies & ads"),
            Some(Role::Heading(HeadingLevel::H2))
        );
        for item in ["one two", "nested", "loose", "last"] {
            assert_eq!(roles.of(item), Some(Role::Item), "{item}");
        }
        for plain in ["first", "more", "plain", ""] {
            assert_eq!(roles.of(plain), None, "{plain}");
        }
    }
}
