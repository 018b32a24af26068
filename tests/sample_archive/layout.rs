//! Page layouts of four periods of web design around a policy or an article.

use super::policy_text::Block;

/// A period of web design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Upper-case tags, tables for layout, FONT, no closing tags where they could be left out.
    Y1999,
    /// XHTML doctype, nested divs with ids, a few left-over tables.
    Y2005,
    /// HTML5 elements, a news column.
    Y2012,
    /// A cookie banner, nested wrappers with long class names, inline scripts and SVG.
    Y2020,
}

/// The parts around the content on every page of a site in one period.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// Period of the layout.
    pub period: Period,
    /// `lang` attribute, and language of the words around the content.
    pub language: &'static str,
    /// Name of the site, at the top.
    pub site_name: &'static str,
    /// Main navigation: label and href.
    pub navigation: &'static [(&'static str, &'static str)],
    /// Links in the footer.
    pub footer_links: Vec<(&'static str, String)>,
    /// Copyright line in the footer.
    pub copyright: String,
    /// A teaser next to the content.
    pub teaser: Option<String>,
    /// A line at the top or bottom that changes at every visit (counter, today's date).
    pub fickle: Option<String>,
    /// Charset named in a `<meta>`.
    pub meta_charset: Option<&'static str>,
    /// True if the content of sections is in closed accordions.
    pub accordion: bool,
}

impl Chrome {
    /// Returns the words on the page that are not the policy's. No extraction may keep them.
    pub fn phrases(&self) -> Vec<String> {
        let mut phrases: Vec<String> = self
            .navigation
            .iter()
            .map(|(label, _)| (*label).to_owned())
            .collect();
        phrases.push(self.copyright.clone());
        phrases.extend(self.teaser.iter().cloned());
        phrases.extend(self.fickle.iter().cloned());
        if self.period == Period::Y2020 {
            phrases.push(cookie_banner(self.language).0.to_owned());
        }
        phrases
    }
}

/// Writes a whole page around some blocks.
pub fn page(chrome: &Chrome, head_title: &str, blocks: &[Block]) -> String {
    let content = content(chrome, blocks);
    match chrome.period {
        Period::Y1999 => page_1999(chrome, head_title, &content),
        Period::Y2005 => page_2005(chrome, head_title, &content),
        Period::Y2012 => page_2012(chrome, head_title, &content),
        Period::Y2020 => page_2020(chrome, head_title, &content),
    }
}

/// Escapes text for HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Writes one piece of HTML for each item.
fn each<T>(things: &[T], html: impl Fn(&T) -> String) -> String {
    things.iter().map(html).collect::<Vec<_>>().concat()
}

fn content(chrome: &Chrome, blocks: &[Block]) -> String {
    let mut html = String::new();
    let mut sections = 0;
    for block in blocks {
        let piece = match (chrome.period, block) {
            (Period::Y1999, Block::Title(text)) => {
                format!("<H1><FONT COLOR=\"#003366\">{}</FONT></H1>\n", escape(text))
            }
            (Period::Y1999, Block::Heading(text)) => format!("<H3>{}</H3>\n", escape(text)),
            (Period::Y1999, Block::Paragraph(text)) => {
                format!("<P><FONT SIZE=2 FACE=\"Arial\">{}</FONT>\n", escape(text))
            }
            (Period::Y1999, Block::List(items)) => {
                format!(
                    "<UL>\n{}</UL>\n",
                    each(items, |item| format!(
                        "<LI><FONT SIZE=2 FACE=\"Arial\">{}</FONT>\n",
                        escape(item)
                    ))
                )
            }
            (Period::Y2020, Block::Heading(text)) if chrome.accordion => {
                let end = if sections > 0 { "</div></div>\n" } else { "" };
                sections += 1;
                format!(
                    "{end}<div class=\"accordion__item\"><h2 class=\"accordion__head\"><button type=\"button\" aria-expanded=\"false\" \
                     aria-controls=\"panel-{sections}\" class=\"accordion__button\">{}</button></h2>\n\
                     <div id=\"panel-{sections}\" class=\"accordion__panel is-collapsed\" aria-hidden=\"true\">\n",
                    escape(text)
                )
            }
            (Period::Y2005, Block::Heading(text)) => format!(
                "<h2 class=\"sectionhead\"><span>{}</span></h2>\n",
                escape(text)
            ),
            (Period::Y2005, Block::Paragraph(text)) => {
                format!("<p class=\"bodytext\">{}</p>\n", escape(text))
            }
            (_, Block::Title(text)) => format!("<h1>{}</h1>\n", escape(text)),
            (_, Block::Heading(text)) => format!("<h2>{}</h2>\n", escape(text)),
            (_, Block::Paragraph(text)) => format!("<p>{}</p>\n", escape(text)),
            (_, Block::List(items)) => format!(
                "<ul>\n{}</ul>\n",
                each(items, |item| format!("<li>{}</li>\n", escape(item)))
            ),
            (_, Block::Table(rows)) => table(rows),
        };
        html.push_str(&piece);
    }
    if sections > 0 {
        html.push_str("</div></div>\n");
    }
    html
}

fn table(rows: &[Vec<String>]) -> String {
    let row = |cells: &[String], tag: &str| {
        format!(
            "<tr>{}</tr>\n",
            each(cells, |cell| format!("<{tag}>{}</{tag}>", escape(cell)))
        )
    };
    let (head, body) = rows.split_at(rows.len().min(1));
    let head = each(head, |cells| row(cells, "th"));
    format!(
        "<table class=\"data\">\n<thead>{head}</thead>\n<tbody>\n{}</tbody>\n</table>\n",
        each(body, |cells| row(cells, "td"))
    )
}

fn page_1999(chrome: &Chrome, head_title: &str, content: &str) -> String {
    let meta = chrome.meta_charset.map(|c| {
        format!("<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset={c}\">\n")
    });
    let navigation: Vec<String> = chrome
        .navigation
        .iter()
        .map(|(label, href)| {
            format!("<A HREF=\"{href}\"><IMG SRC=\"/img/dot.gif\" WIDTH=8 HEIGHT=8 BORDER=0 ALT=\"*\"> <FONT SIZE=2 COLOR=\"#FFFFFF\">{}</FONT></A><BR>", escape(label))
        })
        .collect();
    let footer: Vec<String> = chrome
        .footer_links
        .iter()
        .map(|(label, href)| format!("<A HREF=\"{href}\">{}</A>", escape(label)))
        .collect();
    let fickle = chrome
        .fickle
        .as_deref()
        .map(|f| format!("<BR><I>{}</I>", escape(f)));
    let teaser = chrome.teaser.as_deref().map(|t| {
        format!(
            "<HR SIZE=1><FONT SIZE=1 COLOR=\"#FFFF99\">{}</FONT>",
            escape(t)
        )
    });
    format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\">\n<HTML>\n<HEAD>\n<TITLE>{title}</TITLE>\n{meta}</HEAD>\n\
         <BODY BGCOLOR=\"#FFFFFF\" TEXT=\"#000000\" LINK=\"#003399\">\n\
         <TABLE WIDTH=620 BORDER=0 CELLSPACING=0 CELLPADDING=6>\n<TR><TD COLSPAN=2 BGCOLOR=\"#336699\">\
         <A HREF=\"/\"><FONT SIZE=5 COLOR=\"#FFFFFF\"><B>{site}</B></FONT></A></TD></TR>\n\
         <TR><TD WIDTH=140 VALIGN=TOP BGCOLOR=\"#336699\">\n{navigation}\n{teaser}</TD>\n\
         <TD WIDTH=480 VALIGN=TOP>\n{content}</TD></TR>\n\
         <TR><TD COLSPAN=2 ALIGN=CENTER><HR NOSHADE SIZE=1><FONT SIZE=1>{footer}<BR>{copyright}{fickle}</FONT></TD></TR>\n\
         </TABLE>\n</BODY>\n</HTML>\n",
        title = escape(head_title),
        meta = meta.unwrap_or_default(),
        site = escape(chrome.site_name),
        navigation = navigation.join("\n"),
        teaser = teaser.unwrap_or_default(),
        footer = footer.join(" | "),
        copyright = escape(&chrome.copyright),
        fickle = fickle.unwrap_or_default(),
    )
}

fn page_2005(chrome: &Chrome, head_title: &str, content: &str) -> String {
    let meta = chrome.meta_charset.map(|c| {
        format!("<meta http-equiv=\"Content-Type\" content=\"text/html; charset={c}\" />\n")
    });
    let navigation: Vec<String> = chrome
        .navigation
        .iter()
        .map(|(label, href)| {
            format!(
                "<div class=\"navitem\"><a href=\"{href}\">{}</a></div>",
                escape(label)
            )
        })
        .collect();
    let footer: Vec<String> = chrome
        .footer_links
        .iter()
        .map(|(label, href)| {
            format!(
                "<a class=\"footlink\" href=\"{href}\">{}</a>",
                escape(label)
            )
        })
        .collect();
    let fickle = chrome
        .fickle
        .as_deref()
        .map(|f| format!("<div id=\"today\">{}</div>\n", escape(f)));
    let teaser = chrome.teaser.as_deref().map(|t| {
        format!(
            "<div id=\"right\"><div class=\"box\"><div class=\"boxtext\">{}</div></div></div>\n",
            escape(t)
        )
    });
    format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"{lang}\">\n<head>\n{meta}<title>{title}</title>\n\
         <link rel=\"stylesheet\" type=\"text/css\" href=\"/css/main.css\" />\n\
         <script type=\"text/javascript\">\n//<![CDATA[\nvar menu = new Array(); function over(i) {{ menu[i] = 1; }}\n//]]>\n</script>\n</head>\n\
         <body>\n<div id=\"wrap\"><div id=\"header\"><div id=\"logo\"><a href=\"/\">{site}</a></div>\n{fickle}</div>\n\
         <div id=\"left\">\n{navigation}\n</div>\n<div id=\"middle\"><div class=\"inner\"><div class=\"text\">\n{content}</div></div></div>\n{teaser}\
         <div id=\"foot\"><div class=\"footlinks\">{footer}</div>\n<div class=\"copy\">{copyright}</div></div></div>\n</body>\n</html>\n",
        lang = chrome.language,
        meta = meta.unwrap_or_default(),
        title = escape(head_title),
        site = escape(chrome.site_name),
        fickle = fickle.unwrap_or_default(),
        navigation = navigation.join("\n"),
        teaser = teaser.unwrap_or_default(),
        footer = footer.join(" &middot; "),
        copyright = escape(&chrome.copyright),
    )
}

fn page_2012(chrome: &Chrome, head_title: &str, content: &str) -> String {
    let meta = chrome
        .meta_charset
        .map(|c| format!("<meta charset=\"{c}\">\n"));
    let links = |list: &[(&str, &str)]| {
        each(list, |(label, href)| {
            format!("<li><a href=\"{href}\">{}</a></li>\n", escape(label))
        })
    };
    let footer: Vec<(&str, &str)> = chrome
        .footer_links
        .iter()
        .map(|(label, href)| (*label, href.as_str()))
        .collect();
    let fickle = chrome
        .fickle
        .as_deref()
        .map(|f| format!("<p class=\"today\">{}</p>\n", escape(f)));
    let teaser = chrome
        .teaser
        .as_deref()
        .map(|t| format!("<aside class=\"news\">\n<p>{}</p>\n</aside>\n", escape(t)));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n{meta}<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"stylesheet\" href=\"/assets/site.css\">\n\
         <!--[if lt IE 9]><script src=\"/assets/html5shiv.js\"></script><![endif]-->\n</head>\n<body>\n\
         <header>\n<a class=\"logo\" href=\"/\">{site}</a>\n{fickle}<nav>\n<ul>\n{navigation}</ul>\n</nav>\n</header>\n\
         <div class=\"columns\">\n<section id=\"content\" role=\"main\">\n<article>\n{content}</article>\n</section>\n{teaser}</div>\n\
         <footer>\n<ul class=\"links\">\n{footer}</ul>\n<p class=\"copyright\">{copyright}</p>\n</footer>\n\
         <script>var _queue = _queue || []; _queue.push(['page', location.pathname]);</script>\n</body>\n</html>\n",
        lang = chrome.language,
        meta = meta.unwrap_or_default(),
        title = escape(head_title),
        site = escape(chrome.site_name),
        fickle = fickle.unwrap_or_default(),
        navigation = links(chrome.navigation),
        teaser = teaser.unwrap_or_default(),
        footer = links(&footer),
        copyright = escape(&chrome.copyright),
    )
}

/// Text and button of the cookie banner.
fn cookie_banner(language: &str) -> (&'static str, &'static str) {
    match language {
        "de" => (
            "Wir setzen auf dieser Seite nur notwendige Dinge ein. Einverstanden?",
            "Alles klar",
        ),
        "fr" => (
            "Nous respectons votre choix : tout accepter ou tout refuser ?",
            "Tout accepter",
        ),
        "ja" => ("このサイトの表示方法を選んでください。", "同意する"),
        _ => (
            "Biscuits ahead! Choose which optional extras this site may use on your device.",
            "Accept all",
        ),
    }
}

fn page_2020(chrome: &Chrome, head_title: &str, content: &str) -> String {
    let meta = chrome
        .meta_charset
        .map(|c| format!("<meta charset=\"{c}\">"));
    let navigation = each(chrome.navigation, |(label, href)| {
        format!(
            "<li class=\"site-nav__item\"><a class=\"site-nav__link\" href=\"{href}\">{}</a></li>",
            escape(label)
        )
    });
    let footer = each(&chrome.footer_links, |(label, href)| {
        format!(
            "<li class=\"site-footer__item\"><a class=\"site-footer__link\" href=\"{href}\">{}</a></li>",
            escape(label)
        )
    });
    let teaser = chrome.teaser.as_deref().map(|t| {
        format!(
            "<aside class=\"promo\" aria-label=\"promo\"><p>{}</p></aside>\n",
            escape(t)
        )
    });
    let fickle = chrome
        .fickle
        .as_deref()
        .map(|f| format!("<div class=\"topbar\">{}</div>\n", escape(f)));
    let (banner, button) = cookie_banner(chrome.language);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\" class=\"no-js\">\n<head>{meta}<title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <style>.is-collapsed{{display:none}}.site-nav{{display:flex}}</style>\
         <script>document.documentElement.className='js';window.dataLayer=window.dataLayer||[];</script></head>\n<body class=\"page page--text\">\n\
         <div id=\"consent\" class=\"consent-banner\" role=\"dialog\" aria-live=\"polite\"><p>{banner}</p><button class=\"btn\">{button}</button></div>\n\
         {fickle}<header class=\"site-header\"><a class=\"site-header__logo\" href=\"/\"><svg width=\"24\" height=\"24\" aria-hidden=\"true\"><path d=\"M0 12h24\"/></svg><span>{site}</span></a>\
         <nav class=\"site-nav\" aria-label=\"main\"><ul>{navigation}</ul></nav></header>\n\
         <main id=\"main\"><div class=\"container\"><div class=\"rich-text\">\n{content}</div></div></main>\n{teaser}\
         <footer class=\"site-footer\"><ul>{footer}</ul><small>{copyright}</small></footer>\n\
         <script type=\"application/json\" id=\"state\">{{\"route\":\"text\",\"locale\":\"{lang}\"}}</script>\n</body>\n</html>\n",
        lang = chrome.language,
        meta = meta.unwrap_or_default(),
        title = escape(head_title),
        fickle = fickle.unwrap_or_default(),
        site = escape(chrome.site_name),
        teaser = teaser.unwrap_or_default(),
        copyright = escape(&chrome.copyright),
    )
}
