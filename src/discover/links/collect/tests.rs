//! Tests of the collection of links.

use super::super::address::script_redirect;
use super::*;

fn links(html: &str) -> Vec<RawLink> {
    links_of(&Page::from_html(html, None))
}

#[test]
fn every_kind_of_link_is_seen_with_its_words() {
    let found = links(
        "<p>Read the <a href=/a title=T>one  <b>two</b></a> now.<br>\
             <a href=/b><img src='x/privacy_btn.gif' alt='Privacy'></a>\
             <map><area href=/c alt='Legal'></map>\
             <select><option value=''>Go<option value='/d.html'>Dee</select>\
             <a href=\"javascript:window.open('/e.html','w','width=3')\" aria-label=E>pop</a>\
             <a href='#' onclick=\"return pop('f.asp')\">f</a><a name=x>no link</a>\
             <td onclick=\"location.href='/g/'\">cell</td><a href='javascript:void(0)'>none</a>",
    );
    let hrefs: Vec<&str> = found.iter().map(|l| l.href.as_str()).collect();
    assert_eq!(hrefs, ["/a", "/b", "/c", "/d.html", "/e.html", "f.asp"]);
    assert_eq!(
        (
            found[0].text.as_str(),
            found[0].title.as_str(),
            found[0].before.trim()
        ),
        ("one two", "T", "Read the")
    );
    assert_eq!(
        (found[1].alt.as_str(), found[1].image.as_str()),
        ("Privacy", "privacy_btn")
    );
    assert_eq!(found[2].alt, "Legal");
    assert_eq!(found[3].text, "Dee");
    assert_eq!(found[4].aria_label, "E");
}

#[test]
fn cells_that_open_pages_are_links() {
    let found = links(
        "<table><tr><td onclick=\"location.href='/g/'\">cell</td><td onclick='x()'>no</td></table>",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].href.as_str(), found[0].text.as_str()),
        ("/g/", "cell")
    );
}

#[test]
fn a_script_on_a_container_hides_no_link_inside_it() {
    let html = "<div onclick=\"window.open('/menu/')\">Menu <a href=/privacy>Privacy Policy</a> <a href=/cookies>Cookies</a></div>";
    let links = links(html);
    let texts: Vec<(&str, &str)> = links
        .iter()
        .map(|link| (link.href.as_str(), link.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            ("/menu/", "Menu"),
            ("/privacy", "Privacy Policy"),
            ("/cookies", "Cookies")
        ]
    );
}

#[test]
fn footers_are_known_by_element_role_class_or_place() {
    let body = "words ".repeat(300);
    let found = links(&format!(
        "<a href=/top>t</a><p>{body}<a href=/in>in</a>{body}</p><div class='x site-footer'><a href=/f>f</a>{body}</div>\
             <div role=contentinfo><a href=/r>r</a></div>{body}<table><tr><td><a href=/e>e</a> © 2001</table>"
    ));
    let place: Vec<(&str, bool, bool)> = found
        .iter()
        .map(|l| (l.href.as_str(), l.in_footer, l.near_end))
        .collect();
    assert_eq!(
        place,
        [
            ("/top", false, false),
            ("/in", false, false),
            ("/f", true, false),
            ("/r", true, false),
            ("/e", false, true)
        ]
    );
    assert!(found[1].letters_around > 1_000 && found[4].letters_around < 10);
}

#[test]
fn a_script_that_sends_the_visitor_on_is_read() {
    let sent = |html: &str| script_redirect(&Page::from_html(html, None));
    assert_eq!(
        sent("<script>window.location.href = '/home.html';</script>").as_deref(),
        Some("/home.html")
    );
    assert_eq!(
        sent("<script>top.location.replace(\"main.asp\")</script>").as_deref(),
        Some("main.asp")
    );
    assert_eq!(
        sent("<script>if (top.location != self.location) { x('/a/b') }</script>"),
        None
    );
    assert_eq!(sent("<script>var a = '/a/b'</script>"), None);
}

#[test]
fn a_link_farm_is_cut_off() {
    assert_eq!(links(&"<a href=/x>x</a>".repeat(6_000)).len(), MAX_LINKS);
}
