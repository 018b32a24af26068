//! The pages of the simulated sites, as they were made in four periods of web design.

use super::words::{Language, PolicyText};

/// The parts around the content of a page.
pub struct Frame<'a> {
    pub language: &'a Language,
    pub name: &'a str,
    pub year: i32,
    /// The site's own style: two sites of one year look different, and a site looks different after a redesign.
    pub taste: usize,
    /// Text and URL of the links in the footer.
    pub footer: Vec<(String, String)>,
    /// A value that differs from visit to visit: in a script, in a form field, or visible on the page.
    pub fickle: Option<usize>,
    /// The canonical URL that the page names.
    pub canonical: Option<String>,
}

/// Writes a page around some content.
pub fn page(frame: &Frame<'_>, title: &str, content: &str) -> String {
    let (script, seen) = frame.fickle_parts();
    let canonical = frame
        .canonical
        .as_ref()
        .map(|c| format!("<link rel=\"canonical\" href=\"{c}\">"))
        .unwrap_or_default();
    let parts = Parts {
        title,
        content,
        script,
        seen,
        canonical,
    };
    match frame.year {
        ..2002 => tables_page(frame, &parts),
        2002..2009 => divs_page(frame, &parts),
        2009..2016 => sections_page(frame, &parts),
        _ => cards_page(frame, &parts),
    }
}

/// The parts of one page.
struct Parts<'a> {
    title: &'a str,
    content: &'a str,
    /// In the head: a script that differs from visit to visit.
    script: String,
    /// In the body: a counter or a form field that differs from visit to visit.
    seen: String,
    canonical: String,
}

impl Frame<'_> {
    /// Writes the links of the navigation, each by `link` from its text and URL.
    fn navigation(&self, link: impl Fn(&str, &str) -> String) -> String {
        let names = self.language.navigation.iter().enumerate();
        names
            .map(|(i, name)| link(name, &format!("/nav{i}.html")))
            .collect()
    }

    /// Writes the links in the footer.
    fn foot(&self, separator: &str, class: &str) -> String {
        let links: Vec<String> = self
            .footer
            .iter()
            .map(|(t, h)| format!("<a{class} href=\"{h}\">{t}</a>"))
            .collect();
        links.join(separator)
    }

    /// The parts that differ from visit to visit: a script in the head, and a part of the body.
    fn fickle_parts(&self) -> (String, String) {
        match self.fickle {
            Some(n) if self.taste.is_multiple_of(3) => (
                String::new(),
                format!("<span class=\"counter\">{n:06}</span>"),
            ),
            Some(n) if self.taste % 3 == 1 => (
                format!("<script>var nonce=\"{:016x}\";</script>", n * 7919),
                String::new(),
            ),
            Some(n) => (
                String::new(),
                format!(
                    "<form action=\"/s\"><input type=\"hidden\" name=\"t\" value=\"{:x}\"></form>",
                    n * 104_729
                ),
            ),
            None => (String::new(), String::new()),
        }
    }
}

/// Layout by tables and `<FONT>` (before 2002).
fn tables_page(frame: &Frame<'_>, parts: &Parts<'_>) -> String {
    let name = frame.name;
    let style = frame.taste;
    let nav = frame.navigation(|t, h| format!("<A HREF=\"{h}\"><FONT SIZE=2>{t}</FONT></A><BR>\n"));
    let Parts {
        title,
        content,
        script,
        seen,
        canonical,
    } = parts;
    format!(
        "<HTML><HEAD><META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=utf-8\"><TITLE>{title} - {name}</TITLE>{canonical}{script}</HEAD>\n\
         <BODY BGCOLOR=\"#FFFFFF\"><TABLE WIDTH={width} CELLPADDING=4><TR><TD COLSPAN=2 BGCOLOR=\"#33669{shade}\"><FONT SIZE=5>{name}</FONT></TD></TR>\n\
         <TR><TD VALIGN=TOP WIDTH=130>{nav}</TD><TD VALIGN=TOP>{content}</TD></TR>\n\
         <TR><TD COLSPAN=2 ALIGN=CENTER><HR><FONT SIZE=1>{foot}<BR>&copy; {year} {name} {seen}</FONT></TD></TR></TABLE></BODY></HTML>",
        width = 580 + style,
        shade = style % 10,
        foot = frame.foot(" | ", ""),
        year = frame.year
    )
}

/// Layout by `<div>` with XHTML (2002 to 2008).
fn divs_page(frame: &Frame<'_>, parts: &Parts<'_>) -> String {
    let (name, lang) = (frame.name, &frame.language.code);
    let style = frame.taste;
    let nav = frame
        .navigation(|t, h| format!("<div class=\"nav{style}\"><a href=\"{h}\">{t}</a></div>\n"));
    let Parts {
        title,
        content,
        script,
        seen,
        canonical,
    } = parts;
    format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"{lang}\"><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" />\
         <title>{name} : {title}</title>{canonical}<link rel=\"stylesheet\" type=\"text/css\" href=\"/css/s{style}.css\" />{script}</head>\n\
         <body><div id=\"wrap\"><div id=\"head\"><a href=\"/\">{name}</a></div><div id=\"left\">{nav}</div>\n\
         <div id=\"main{style}\">{content}</div><div id=\"bottom\">{foot} &copy; {year} {name} {seen}</div></div></body></html>",
        foot = frame.foot(" &middot; ", ""),
        year = frame.year
    )
}

/// Layout by HTML5 sections (2009 to 2015).
fn sections_page(frame: &Frame<'_>, parts: &Parts<'_>) -> String {
    let (name, lang) = (frame.name, &frame.language.code);
    let style = frame.taste;
    let nav = frame.navigation(|t, h| format!("<li><a href=\"{h}\">{t}</a></li>\n"));
    let Parts {
        title,
        content,
        script,
        seen,
        canonical,
    } = parts;
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title} | {name}</title>{canonical}\
         <link rel=\"stylesheet\" href=\"/assets/{style}.css\">{script}</head>\n<body class=\"t{style}\"><header><a class=\"logo\" href=\"/\">{name}</a>\
         <nav><ul>{nav}</ul></nav></header>\n<section id=\"content\"><article>{content}</article></section>\n\
         <footer><p>{foot}</p><p class=\"copyright\">&copy; {year} {name}</p>{seen}</footer></body></html>",
        foot = frame.foot(" ", ""),
        year = frame.year
    )
}

/// Layout by components (since 2016).
fn cards_page(frame: &Frame<'_>, parts: &Parts<'_>) -> String {
    let (name, lang) = (frame.name, &frame.language.code);
    let style = frame.taste;
    let nav = frame.navigation(|t, h| {
        format!("<li class=\"nav__item\"><a class=\"nav__link\" href=\"{h}\">{t}</a></li>")
    });
    let Parts {
        title,
        content,
        script,
        seen,
        canonical,
    } = parts;
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title} – {name}</title>{canonical}\
         <meta name=\"viewport\" content=\"width=device-width\">{script}</head><body data-theme=\"{style}\">\
         <div class=\"site-header\"><a href=\"/\"><span>{name}</span></a><ul class=\"nav\">{nav}</ul></div>\n\
         <main><div class=\"container\"><div class=\"rich-text\">{content}</div></div></main>\n\
         <footer class=\"site-footer\"><ul><li>{foot}</li></ul><small>&copy; {year} {name}</small>{seen}</footer></body></html>",
        foot = frame.foot("</li><li>", " class=\"site-footer__link\""),
        year = frame.year
    )
}

/// The content of a policy's page.
pub fn policy(text: &PolicyText, year: i32) -> String {
    let mut html = if year < 2002 {
        format!("<H1>{}</H1>\n", text.title)
    } else {
        format!("<h1>{}</h1>\n", text.title)
    };
    for (heading, sentences) in text.sections() {
        if year < 2002 {
            html += &format!(
                "<H3>{heading}</H3>\n<P><FONT SIZE=2>{}</FONT>\n",
                sentences.join("\n")
            );
        } else {
            html += &format!("<h2>{heading}</h2>\n<p>{}</p>\n", sentences.join(" "));
        }
    }
    html
}

/// The content of a home page.
pub fn home(frame: &Frame<'_>, edition: usize) -> String {
    let fill = |s: &String| {
        s.replace("{site}", frame.name)
            .replace("{n}", &(100 + edition).to_string())
    };
    let teasers: String = frame
        .language
        .home
        .iter()
        .map(|s| format!("<p>{}</p>\n", fill(s)))
        .collect();
    format!("<h2>{}</h2>\n{teasers}", frame.name)
}

/// An article of a blog.
pub fn post(language: &Language) -> String {
    let said: String = language
        .post
        .iter()
        .skip(1)
        .map(|s| format!("<p>{s}</p>\n"))
        .collect();
    format!("<h1>{}</h1>\n{said}{said}", language.post[0])
}

pub const PARKED: &str = "<html><head><title>Domain for sale</title></head><body><h1>This domain is for sale</h1>\
    <p>Buy this domain. The domain may be for sale by its owner. Related searches: insurance, loans, hotels, cheap flights.</p></body></html>";
pub const SOFT_404: &str = "<h1>Page not found</h1><p>Sorry, the page you requested could not be found. It may have been moved or deleted. \
    Error 404.</p>";
pub const LOGIN: &str = "<h1>Sign in</h1><form method=\"post\" action=\"/login\"><p>Please log in to continue.</p><label>E-mail <input name=\"u\"></label>\
    <label>Password <input type=\"password\" name=\"p\"></label><button>Log in</button></form><p>Forgot your password? Create an account.</p>";
pub const SHELL: &str = "<!doctype html><html><head><title>App</title><script src=\"/app.js\"></script></head><body><div id=\"root\"></div>\
    <noscript>You need to enable JavaScript to run this app.</noscript></body></html>";
