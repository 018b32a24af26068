//! Finds the addresses to which elements and scripts lead.

use scraper::node::Element;

use crate::page::Page;

/// File endings that make a word an address.
const PAGE_ENDINGS: [&str; 13] = [
    "html", "htm", "shtml", "php", "php3", "asp", "aspx", "jsp", "cfm", "cgi", "pdf", "txt", "do",
];

/// The address to which the scripts of a page without links send the visitor (`location.href = "home.html"`): the first
/// address after the word `location`. Used only for pages that show nothing else. On other pages, a script's address
/// may mean anything.
pub(in super::super) fn script_redirect(page: &Page) -> Option<String> {
    let scripts = scraper::Selector::parse("script:not([src])").ok()?;
    page.html.select(&scripts).take(10).find_map(|script| {
        let code: String = script.text().flat_map(str::chars).take(20_000).collect();
        let (_, after) = code.split_once("location")?;
        let statement = after.split([';', '\n', '{', '}']).next()?;
        script_address(statement)
    })
}

/// Last parts of the names of attributes that hold an address for a script (`data-href`, `data-target-url`).
const ADDRESS_ATTRIBUTES: [&str; 11] = [
    "href", "url", "uri", "link", "location", "to", "target", "redirect", "goto", "path", "page",
];

/// The address that an element leads to: of links, image maps, menus of addresses, elements whose script opens a page
/// (`javascript:window.open('/privacy.html')`, common around 2000), and elements that hold an address for a script
/// (`<span data-href>`, `<router-link to>`).
pub(super) fn address_of(element: &Element) -> Option<String> {
    address_of_link(element).or_else(|| address_for_script(element))
}

fn address_of_link(element: &Element) -> Option<String> {
    let trimmed = |name: &str| element.attr(name).map(str::trim).filter(|v| !v.is_empty());
    match element.name() {
        // A link of a drawing has `xlink:href`, whose local name is `href`.
        "a" | "area" => match trimmed("href").or_else(|| local(element, "href")) {
            Some(href) if is_script(href) => {
                script_address(href).or_else(|| trimmed("onclick").and_then(script_address))
            }
            None | Some("#") => trimmed("onclick").and_then(script_address),
            Some(href) => Some(href.to_owned()),
        },
        // Registered relation (RFC 6903).
        "link" => trimmed("href")
            .filter(|_| trimmed("rel").is_some_and(is_privacy_relation))
            .map(str::to_owned),
        "option" => trimmed("value")
            .filter(|value| looks_like_address(value))
            .map(str::to_owned),
        "button" | "span" | "div" | "td" | "input" | "li" => trimmed("onclick")
            .filter(|script| opens_a_page(script))
            .and_then(script_address),
        _ => None,
    }
}

/// True for the link relation of privacy policies.
pub(super) fn is_privacy_relation(rel: &str) -> bool {
    rel.split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case("privacy-policy"))
}

/// The attribute with a local name, whatever its prefix.
pub(super) fn local<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let found = element.attrs().find(|(local, _)| *local == name);
    found
        .map(|(_, value)| value.trim())
        .filter(|v| !v.is_empty())
}

/// The address in an attribute that only a script reads.
fn address_for_script(element: &Element) -> Option<String> {
    let name = element.name();
    let is_custom = name.contains('-');
    let may_lead = is_custom
        || matches!(
            name,
            "a" | "button"
                | "span"
                | "div"
                | "li"
                | "td"
                | "tr"
                | "p"
                | "i"
                | "b"
                | "strong"
                | "em"
                | "label"
        );
    if !may_lead {
        return None;
    }
    element.attrs().find_map(|(attribute, value)| {
        let value = value.trim();
        if let Some(bound) = attribute
            .strip_prefix("v-bind:")
            .or_else(|| attribute.strip_prefix([':', '[']))
        {
            let bound = bound.trim_end_matches(']');
            return matches!(bound, "href" | "to" | "routerlink")
                .then(|| script_address(value))
                .flatten();
        }
        let prefixed = attribute
            .strip_prefix("data-")
            .or_else(|| attribute.strip_prefix("ng-"));
        let holds_address = match prefixed {
            Some(rest) => rest
                .rsplit('-')
                .next()
                .is_some_and(|last| ADDRESS_ATTRIBUTES.contains(&last)),
            None => {
                matches!(attribute, "routerlink" | "formaction")
                    || is_custom && matches!(attribute, "href" | "to" | "url")
            }
        };
        (holds_address && looks_like_address(value)).then(|| value.to_owned())
    })
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

/// True for one word with a slash or with the ending of a page.
pub(super) fn looks_like_address(text: &str) -> bool {
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
    path.contains('/') || ending.is_some_and(|e| PAGE_ENDINGS.contains(&e.as_str()))
}
