//! Everything on a page that leads somewhere, with the words around it: one walk over the tree, linear in its size.

use scraper::Node;
use scraper::node::Element;

use crate::page::Page;

/// A page with more links than this is a directory of links; its later ones are not looked at.
const MAX_LINKS: usize = 5_000;
/// Longer link texts are cut.
const MAX_TEXT_BYTES: usize = 300;
/// How much of the text before a link is kept.
const MAX_BEFORE_CHARACTERS: usize = 80;

/// A link as it stands on the page.
#[derive(Debug, Clone, Default)]
pub(super) struct RawLink {
    /// The address as written.
    pub(super) href: String,
    pub(super) text: String,
    /// `alt` of an area or of the images inside.
    pub(super) alt: String,
    pub(super) title: String,
    pub(super) aria_label: String,
    /// File names of images inside, without ending.
    pub(super) image: String,
    /// The words before it, in its own line or, where it begins one, in the line before.
    pub(super) before: String,
    /// It stands in something called a footer.
    pub(super) in_footer: bool,
    /// It stands among the last words of the page.
    pub(super) near_end: bool,
    /// Letters around the link, in its own line, that belong to no link.
    pub(super) letters_around: usize,
    run: usize,
    letters_before: usize,
}

/// All links of a page, in order.
pub(super) fn links_of(page: &Page) -> Vec<RawLink> {
    let mut walk = Walk::default();
    let mut node = page.html.tree.root();
    // Not `traverse()`: its edges cannot be named without ego-tree itself.
    'walk: loop {
        walk.open(node.value());
        if let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            walk.close(node.value());
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => break 'walk,
            }
        }
    }
    walk.finish()
}

/// Where the scripts of a page without links send the visitor at once (`location.href = "home.html"`): the first address
/// after the word `location`. Only for pages that show nothing else; a script's address elsewhere may mean anything.
pub(super) fn script_redirect(page: &Page) -> Option<String> {
    let scripts = scraper::Selector::parse("script:not([src])").ok()?;
    page.html.select(&scripts).take(10).find_map(|script| {
        let code: String = script.text().flat_map(str::chars).take(20_000).collect();
        let (_, after) = code.split_once("location")?;
        let statement = after.split([';', '\n', '{', '}']).next()?;
        script_address(statement)
    })
}

#[derive(Default)]
struct Walk {
    links: Vec<RawLink>,
    /// The link that is open now.
    open_link: Option<usize>,
    /// And is a link by its element, not by a script on some container.
    open_by_element: bool,
    /// Depth of open elements that are footers, and of those whose text is not shown.
    footers: usize,
    hidden: usize,
    /// Letters outside links, for every line of text.
    runs: Vec<usize>,
    line: String,
    line_before: String,
    letters: usize,
}

impl Walk {
    fn open(&mut self, node: &Node) {
        match node {
            Node::Text(text) if self.hidden == 0 => self.text(text),
            Node::Element(element) => self.open_element(element),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        self.letters += letters;
        match self.open_link.and_then(|index| self.links.get_mut(index)) {
            Some(link) => append(&mut link.text, text),
            None => {
                if let Some(run) = self.runs.last_mut() {
                    *run += letters;
                } else {
                    self.runs.push(letters);
                }
            }
        }
        let kept: Vec<char> = text.chars().rev().take(MAX_BEFORE_CHARACTERS).collect();
        self.line.extend(kept.into_iter().rev());
        let length = self.line.chars().count();
        if length > 2 * MAX_BEFORE_CHARACTERS {
            self.line = self
                .line
                .chars()
                .skip(length - MAX_BEFORE_CHARACTERS)
                .collect();
        }
    }

    fn open_element(&mut self, element: &Element) {
        let name = element.name();
        self.hidden += usize::from(is_hidden(name));
        self.footers += usize::from(is_footer(element));
        if is_block(name) {
            self.new_line();
        }
        let attribute = |name: &str| element.attr(name).unwrap_or_default();
        if matches!(name, "img" | "input")
            && let Some(link) = self.open_link.and_then(|index| self.links.get_mut(index))
        {
            append(&mut link.alt, attribute("alt"));
            append(&mut link.title, attribute("title"));
            append(&mut link.image, file_stem(attribute("src")));
        }
        let Some(href) = address_of(element) else {
            return;
        };
        // A link inside a container that opens a page by script is a link of its own.
        let shut_in = self.open_link.is_some() && (self.open_by_element || name != "a");
        if self.links.len() >= MAX_LINKS || (shut_in && name != "area") {
            return;
        }
        let before = if self.line.trim().is_empty() {
            &self.line_before
        } else {
            &self.line
        };
        let skip = before.chars().count().saturating_sub(MAX_BEFORE_CHARACTERS);
        let mut link = RawLink {
            href,
            before: before.chars().skip(skip).collect(),
            in_footer: self.footers > 0,
            run: self.runs.len().saturating_sub(1),
            letters_before: self.letters,
            ..RawLink::default()
        };
        append(&mut link.alt, attribute("alt"));
        append(&mut link.title, attribute("title"));
        append(&mut link.aria_label, attribute("aria-label"));
        if name == "input" {
            append(&mut link.text, attribute("value"));
        }
        self.links.push(link);
        if name != "area" && name != "input" {
            self.open_link = Some(self.links.len() - 1);
            self.open_by_element = matches!(name, "a" | "option");
        }
    }

    fn close(&mut self, node: &Node) {
        let Node::Element(element) = node else { return };
        let name = element.name();
        self.hidden -= usize::from(is_hidden(name)).min(self.hidden);
        self.footers -= usize::from(is_footer(element)).min(self.footers);
        if !matches!(name, "area" | "input") && address_of(element).is_some() {
            // Links inside links do not open a second one; the outer ends at its own end.
            let same = self
                .open_link
                .and_then(|index| self.links.get(index))
                .is_some_and(|link| Some(&link.href) == address_of(element).as_ref());
            if same {
                self.open_link = None;
            }
        }
        if is_block(name) {
            self.new_line();
        }
    }

    fn new_line(&mut self) {
        self.runs.push(0);
        if !self.line.trim().is_empty() {
            self.line_before = std::mem::take(&mut self.line);
        }
        self.line.clear();
    }

    fn finish(mut self) -> Vec<RawLink> {
        let total = self.letters;
        for link in &mut self.links {
            link.letters_around = self.runs.get(link.run).copied().unwrap_or(0);
            let after = total.saturating_sub(link.letters_before);
            // A footer that is only a table: few words come after it, and most come before.
            link.near_end = after < 400 && link.letters_before > 3 * after || after < 120;
            for text in [
                &mut link.text,
                &mut link.alt,
                &mut link.title,
                &mut link.aria_label,
            ] {
                *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
        }
        self.links
    }
}

fn append(to: &mut String, text: &str) {
    if text.trim().is_empty() || to.len() >= MAX_TEXT_BYTES {
        if !to.is_empty() && !to.ends_with(' ') && !text.is_empty() {
            to.push(' ');
        }
        return;
    }
    to.push_str(&text[..text.floor_char_boundary(MAX_TEXT_BYTES)]);
}

fn file_stem(src: &str) -> &str {
    if src.starts_with("data:") {
        return "";
    }
    let path = src.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template" | "title")
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "td"
            | "th"
            | "tr"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "br"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "main"
            | "form"
            | "blockquote"
            | "center"
            | "address"
            | "select"
            | "option"
            | "body"
            | "fieldset"
            | "map"
            | "pre"
    )
}

/// By its element, its role, or a class or id that says so as a whole word (`site-footer`, `footer_links`, `ftr`).
fn is_footer(element: &Element) -> bool {
    if element.name() == "footer" || element.attr("role") == Some("contentinfo") {
        return true;
    }
    if matches!(element.name(), "body" | "html" | "a") {
        return false;
    }
    let names = [element.attr("id"), element.attr("class")];
    names
        .into_iter()
        .flatten()
        .flat_map(|names| names.split_whitespace().take(20))
        .any(|name| {
            let name = name.to_ascii_lowercase();
            name.contains("footer")
                || name.split(['-', '_']).any(|part| {
                    matches!(
                        part,
                        "foot"
                            | "ftr"
                            | "copyright"
                            | "fineprint"
                            | "colophon"
                            | "bottomnav"
                            | "fusszeile"
                            | "pied"
                            | "pie"
                    )
                })
        })
}

/// Where an element leads, if it is made for that: links, image maps, menus of addresses, and elements whose script
/// opens a page (`javascript:window.open('/privacy.html')`, common around 2000).
fn address_of(element: &Element) -> Option<String> {
    let trimmed = |name: &str| element.attr(name).map(str::trim).filter(|v| !v.is_empty());
    match element.name() {
        "a" | "area" => match trimmed("href") {
            Some(href) if is_script(href) => {
                script_address(href).or_else(|| trimmed("onclick").and_then(script_address))
            }
            None | Some("#") => trimmed("onclick").and_then(script_address),
            Some(href) => Some(href.to_owned()),
        },
        "option" => trimmed("value")
            .filter(|value| looks_like_address(value))
            .map(str::to_owned),
        "button" | "span" | "div" | "td" | "input" | "li" => trimmed("onclick")
            .filter(|script| opens_a_page(script))
            .and_then(script_address),
        _ => None,
    }
}

fn is_script(href: &str) -> bool {
    href.get(..11)
        .is_some_and(|start| start.eq_ignore_ascii_case("javascript:"))
}

fn opens_a_page(script: &str) -> bool {
    ["location", "open(", "navigate", "href"]
        .iter()
        .any(|word| script.contains(word))
}

/// The first quoted text in a script that looks like an address.
fn script_address(script: &str) -> Option<String> {
    let script = &script[..script.floor_char_boundary(2_000)];
    let decoded = script
        .replace("%27", "'")
        .replace("%22", "\"")
        .replace("\\/", "/");
    let mut rest = decoded.as_str();
    for _ in 0..20 {
        let start = rest.find(['\'', '"'])?;
        let quote = rest.get(start..)?.chars().next()?;
        let after = rest.get(start + 1..)?;
        let end = after.find(quote)?;
        let quoted = after.get(..end)?.trim();
        if looks_like_address(quoted) {
            return Some(quoted.to_owned());
        }
        rest = after.get(end + 1..)?;
    }
    None
}

fn looks_like_address(text: &str) -> bool {
    if text.is_empty()
        || text.len() > 2_000
        || text.contains(char::is_whitespace)
        || text.starts_with("//") && text.len() < 4
    {
        return false;
    }
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let ending = path
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    path.contains('/')
        || ending.is_some_and(|e| {
            matches!(
                e.as_str(),
                "html"
                    | "htm"
                    | "shtml"
                    | "php"
                    | "php3"
                    | "asp"
                    | "aspx"
                    | "jsp"
                    | "cfm"
                    | "cgi"
                    | "pdf"
                    | "txt"
                    | "do"
            )
        })
}

#[cfg(test)]
mod tests;
