//! Removes lines of the page's template, inside a text and at its ends.

use super::breadcrumbs::drop_breadcrumbs;
use super::consent_sentences::drop_consent_sentences;
use super::lines::strip_lines;
use super::link_rows::{
    is_links, is_menu, is_plain_menu, is_sentence, leads_away, menu_labels, pieces, to_this_page,
};
use super::menu_above::drop_links_above;
use super::noise::is_blog_meta;
use super::volatile_lines::drop_volatile_lines;
use crate::extract::blocks::{Block, Span, text_of};
use crate::extract::vocabulary::{PAGE_PATTERNS, title_topic};

/// Maximum number of headings without text at the end of a document that are removed with the template.
const MAX_TRAILING_HEADINGS: usize = 2;
/// Minimum number of labels in a row of links next to other lines below the text.
const LABELS_BELOW: usize = 3;
/// Longest copyright notice that begins with the name of a firm, in bytes.
const MAX_FIRM_BYTES: usize = 120;

/// Removes template lines everywhere, and links and labels at both ends.
///
/// `host` is the host of the page, if known. Links to other hosts below a text are references of the text.
pub(in crate::extract) fn trim_template(blocks: &mut Vec<Block>, host: Option<&str>) {
    drop_template_lines(blocks);
    drop_volatile_lines(blocks);
    drop_consent_sentences(blocks);
    drop_breadcrumbs(blocks);
    // Labels of a table of contents without the table below them.
    let idle: Vec<bool> = (0..blocks.len())
        .map(|at| is_contents_label(&blocks[at]) && !blocks.get(at + 1).is_some_and(lists_contents))
        .collect();
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        !idle[index - 1]
    });
    drop_links_above(blocks, host);
    drop_end(blocks, host);
}

/// Removes what stands below the text: links, copyright notices, lines of a blog, headings without text.
fn drop_end(blocks: &mut Vec<Block>, host: Option<&str>) {
    let says = |block: &Block| matches!(block, Block::Table(_)) || is_sentence(block);
    let last = blocks.iter().rposition(says).unwrap_or(blocks.len());
    let mut index = 0;
    blocks.retain(|block| {
        index += 1;
        index <= last + 1
            || !is_menu(block, LABELS_BELOW)
            || to_this_page(block)
            || leads_away(block, host)
    });
    // A page whose builder makes every line a heading (happn.com 2023) must not lose them all.
    let mut headings_left = MAX_TRAILING_HEADINGS;
    while let Some(last) = blocks.last_mut() {
        if let Block::Paragraph(spans) = last {
            strip_lines(spans, |lines| {
                while lines.last().is_some_and(|line| ends_page(line, host)) {
                    lines.pop();
                }
            });
            if spans.is_empty() {
                blocks.pop();
                continue;
            }
        }
        let heading = matches!(last, Block::Heading(..)) && headings_left > 0;
        let menu = is_links(last) && !leads_away(last, host);
        let below = match last {
            Block::Paragraph(spans) => ends_page(spans, host),
            _ => false,
        };
        if !(heading || menu || below || is_label(last)) {
            break;
        }
        headings_left -= usize::from(heading);
        blocks.pop();
    }
}

/// True for a line that belongs to the foot of the page.
fn ends_page(line: &[Span], host: Option<&str>) -> bool {
    let text = text_of(line);
    let is_row = || menu_labels(line).is_some() || is_plain_menu(line, is_known_label);
    is_copyright(&text)
        || is_blog_meta(&text)
        || is_row() && !leads_away(&Block::Paragraph(line.to_vec()), host)
}

/// Bytes of text.
fn length(spans: &[Span]) -> usize {
    spans.iter().map(|s| s.text.len()).sum()
}

/// The likelihood that a line belongs to the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TemplateLikelihood {
    /// The line is text.
    Text,
    /// Templates have this line, but policies have it too, as an answer or a heading ("No", "Next").
    Perhaps,
    /// Only templates have this line.
    Template,
}

/// Removes the lines of the template. A line that may be an answer is removed only next to another such line or at an
/// end of the document.
fn drop_template_lines(blocks: &mut Vec<Block>) {
    let lines: Vec<TemplateLikelihood> = blocks.iter().map(template_line).collect();
    let mut drop = vec![false; blocks.len()];
    let mut at = 0;
    while at < lines.len() {
        let run = lines[at..]
            .iter()
            .take_while(|line| **line != TemplateLikelihood::Text)
            .count();
        let answers = at
            .checked_sub(1)
            .and_then(|before| blocks.get(before))
            .is_some_and(is_question);
        let unsure = lines[at..at + run]
            .iter()
            .take_while(|line| **line == TemplateLikelihood::Perhaps)
            .count();
        let is_at_an_end = at == 0 || at + run == lines.len();
        // One such line below a question is the answer; several are the buttons of a poll.
        let kept = if answers && unsure == 1 {
            1
        } else if unsure == run && !is_at_an_end {
            run
        } else {
            0
        };
        drop[at + kept..at + run].fill(true);
        at += run.max(1);
    }
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        !drop[index - 1]
    });
}

/// True for any heading, and for a line that ends with a question mark.
fn is_question(block: &Block) -> bool {
    match block {
        Block::Heading(..) => true,
        Block::Paragraph(spans) => text_of(spans).trim_end().ends_with(['?', '？']),
        _ => false,
    }
}

fn template_line(block: &Block) -> TemplateLikelihood {
    let (Block::Paragraph(spans) | Block::Heading(_, spans)) = block else {
        return TemplateLikelihood::Text;
    };
    if length(spans) > 120 {
        return TemplateLikelihood::Text;
    }
    let labels = pieces(spans);
    let tools = labels.iter().filter(|p| p.mails_page()).count();
    if labels.len() < 2 && tools == 0 {
        return label_likelihood(&text_of(spans));
    }
    // A row of tools: "Print this page | E-mail to a friend".
    let likelihoods = || {
        labels
            .iter()
            .map(|label| match label_likelihood(&label.text) {
                TemplateLikelihood::Text if label.mails_page() => TemplateLikelihood::Template,
                likelihood => likelihood,
            })
    };
    if likelihoods().any(|l| l == TemplateLikelihood::Text) {
        TemplateLikelihood::Text
    } else if likelihoods().any(|l| l == TemplateLikelihood::Template) {
        TemplateLikelihood::Template
    } else {
        TemplateLikelihood::Perhaps
    }
}

fn label_likelihood(text: &str) -> TemplateLikelihood {
    if text.len() > 60 {
        return TemplateLikelihood::Text;
    }
    let line = text
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '?' && c != '.')
        .to_lowercase();
    if PAGE_PATTERNS.template_lines.contains(&line) {
        TemplateLikelihood::Template
    } else if PAGE_PATTERNS
        .unsure_lines
        .contains(line.trim_end_matches('.'))
    {
        TemplateLikelihood::Perhaps
    } else {
        TemplateLikelihood::Text
    }
}

/// True for a label that menus have: the title of a legal document, "Home".
fn is_known_label(label: &str) -> bool {
    title_topic(label).is_some() || label_likelihood(label) != TemplateLikelihood::Text
}

fn is_contents_label(block: &Block) -> bool {
    let (Block::Paragraph(spans) | Block::Heading(_, spans)) = block else {
        return false;
    };
    if length(spans) >= 60 {
        return false;
    }
    let text = text_of(spans).to_lowercase();
    PAGE_PATTERNS
        .contents_labels
        .contains(text.trim_end_matches([':', ' ']))
}

/// True for a list or a column of links.
fn lists_contents(block: &Block) -> bool {
    let (all, linked) = block.weight();
    matches!(block, Block::List(..)) || linked * 2 > all
}

/// True for a label above links that were removed, such as "More links:".
fn is_label(block: &Block) -> bool {
    matches!(block, Block::Paragraph(_))
        && block.weight().0 < 60
        && block.text().trim_end().ends_with(':')
}

/// True for a copyright notice below the text, such as "© 2009 Acme Inc. All rights reserved".
fn is_copyright(text: &str) -> bool {
    if text.len() >= 200 {
        return false;
    }
    let text = text.to_lowercase();
    let names_year = || {
        let after = text.split_once('©').map(|(_, after)| after.trim_start());
        after.is_some_and(|after| after.starts_with("19") || after.starts_with("20"))
    };
    (text.contains('©') || text.contains("copyright") || text.contains("(c) "))
        && (text.starts_with(['©', '('])
            || text.starts_with("copyright")
            || text.contains("rights reserved")
            || text.len() < MAX_FIRM_BYTES && names_year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Block {
        Block::Paragraph(vec![Span::plain(text)])
    }

    #[test]
    fn an_answer_is_no_line_of_the_template() {
        let question = Block::Heading(2, vec![Span::plain("Do you sell my data?")]);
        let text =
            plain("We collect personal information from all our visitors, whoever they are.");
        let trimmed = |blocks: &[Block]| {
            let mut blocks = blocks.to_vec();
            trim_template(&mut blocks, None);
            blocks
        };
        for kept in [
            vec![question.clone(), plain("No"), text.clone()],
            vec![
                question.clone(),
                plain("No"),
                plain("Back to top"),
                text.clone(),
            ],
            vec![text.clone(), question.clone(), plain("No.")],
            vec![
                text.clone(),
                plain("For marketing"),
                plain("Yes"),
                plain("No"),
                text.clone(),
            ],
        ] {
            let left = trimmed(&kept);
            let lines = kept.len() - usize::from(kept.contains(&plain("Back to top")));
            assert_eq!(left.len(), lines, "{kept:?}");
        }
        let poll = [
            text.clone(),
            plain("Was this helpful?"),
            plain("Yes"),
            plain("No"),
        ];
        assert_eq!(trimmed(&poll), std::slice::from_ref(&text));
        let asked = [
            text.clone(),
            plain("Happy with this page?"),
            plain("Yes"),
            plain("No"),
        ];
        assert_eq!(trimmed(&asked).len(), 2);
        assert_eq!(
            trimmed(&[plain("Home"), text.clone(), plain("Close")]),
            [text]
        );
    }

    #[test]
    fn labels_of_the_template_and_links_at_the_ends_are_trimmed() {
        let link = |t: &str| {
            Block::Paragraph(vec![Span {
                text: t.into(),
                link: Some("http://a/".into()),
                ..Span::default()
            }])
        };
        let mut blocks = vec![
            link("Home"),
            plain("We collect personal information from all our visitors, whoever they are."),
            plain("↑ Back to top"),
            link("our partner's policy"),
            plain("Write to us for anything else that you would like to know about it."),
            link("About us"),
            plain("© 2009 Acme. All rights reserved."),
        ];
        let mut elsewhere = blocks.clone();
        trim_template(&mut blocks, Some("www.a"));
        assert_eq!(blocks.len(), 3);
        trim_template(&mut elsewhere, Some("b"));
        assert_eq!(
            elsewhere.len(),
            4,
            "links to other hosts are what the text refers to"
        );
    }
}
