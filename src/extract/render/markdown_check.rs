//! Checks that a Markdown text says what its plain text says and holds nothing that a browser would run or load.
//!
//! Markdown of this program passes. Markdown from elsewhere (an imported dataset, a database that another program
//! changed) may hold scripts, images or other words.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Schemes of the link targets that this program writes; relative targets have none.
const SCHEMES: [&str; 5] = ["http", "https", "ftp", "mailto", "tel"];

/// Returns what is wrong with a Markdown text, if anything: markup that runs or loads something, or letters and digits
/// other than those of `text`. Struck-out words are in the Markdown only.
#[must_use]
pub fn markdown_fault(markdown: &str, text: &str) -> Option<String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut wanted = letters(text);
    let mut struck_out = 0_u32;
    for event in Parser::new_ext(markdown, options) {
        let said = match event {
            Event::Text(said) | Event::Code(said) => said,
            Event::Start(Tag::Link { dest_url, .. }) => {
                if !is_safe_target(&dest_url) {
                    return Some(format!("its Markdown links to `{}`", start_of(&dest_url)));
                }
                continue;
            }
            Event::Start(Tag::Strikethrough) => {
                struck_out += 1;
                continue;
            }
            Event::End(TagEnd::Strikethrough) => {
                struck_out = struck_out.saturating_sub(1);
                continue;
            }
            Event::Start(Tag::Image { .. }) => {
                return Some("its Markdown holds an image".to_owned());
            }
            Event::Html(html) | Event::InlineHtml(html) if html.trim() != "<br>" => {
                return Some(format!("its Markdown holds HTML: `{}`", start_of(&html)));
            }
            _ => continue,
        };
        if struck_out == 0 && !letters(&said).all(|c| wanted.next() == Some(c)) {
            return Some(format!(
                "its Markdown differs from its text at `{}`",
                start_of(&said)
            ));
        }
    }
    let rest: String = wanted.take(40).collect();
    (!rest.is_empty()).then(|| format!("its text goes on after its Markdown with `{rest}`"))
}

/// The letters and digits of a text: neither white space nor punctuation depends on markup.
fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphanumeric())
}

/// True for a target with a harmless scheme or without one.
fn is_safe_target(target: &str) -> bool {
    let Some(end) = target.find([':', '/', '?', '#']) else {
        return true;
    };
    if !target[end..].starts_with(':') {
        return !target.starts_with("//");
    }
    SCHEMES.contains(&target[..end].to_ascii_lowercase().as_str())
}

fn start_of(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Privacy policy\nWe keep your name, and we never sell it.\nName\tPurpose\na\nb\nDelivery";

    fn markdown(inserted: &str) -> String {
        format!(
            "# Privacy policy\n\nWe keep your *name*, and we [never](https://example.org/a) sell it.\n\n{inserted}\n\n\
             | Name | Purpose |\n| --- | --- |\n| a<br>b | Delivery |\n"
        )
    }

    #[test]
    fn the_same_words_in_markdown_pass() {
        assert_eq!(markdown_fault(&markdown(""), TEXT), None);
        assert_eq!(
            markdown_fault(&markdown("~~We sold it until 2019.~~"), TEXT),
            None
        );
        assert_eq!(
            markdown_fault(&markdown("[\\>](/relative \"x\")"), TEXT),
            None
        );
        assert_eq!(markdown_fault("", ""), None);
    }

    #[test]
    fn other_words_and_markup_that_acts_are_faults() {
        for inserted in [
            "More words.",
            "<script>alert(1)</script>",
            "<b>",
            "![](https://tracker.example/pixel.gif)",
            "[-](javascript:alert)",
            "[-](JavaScript:alert)",
            "[-](data:text/html,x)",
            "[-](vbscript:x)",
            "[-](//tracker.example/)",
            "<javascript:alert>",
            "`code`",
        ] {
            assert!(
                markdown_fault(&markdown(inserted), TEXT).is_some(),
                "{inserted}"
            );
        }
        assert!(markdown_fault("# Privacy policy", TEXT).is_some());
    }
}
