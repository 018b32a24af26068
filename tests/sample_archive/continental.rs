//! Three sites in other languages: Kupferkessel (German), Sakura Techo (Japanese), Atelier Lumen (French).

use policytrail::model::Timestamp;

use super::layout::{Chrome, Period, page};
use super::policy_text::{Block, PolicyText};
use super::record::{Answer, Bytes, Policy, Recorded, Shows, Wire, encode, on, shows};

const KUPFERKESSEL: Policy = Policy {
    site: "kupferkessel-sample.de",
    kind: "privacy",
    language: "de",
    urls: &["http://www.kupferkessel-sample.de/datenschutz"],
    cross_domain: false,
    text: PolicyText::new(include_str!("texts/kupferkessel_datenschutz.txt")),
};

const SAKURA: Policy = Policy {
    site: "sakura-techo-sample.jp",
    kind: "privacy",
    language: "ja",
    urls: &["http://www.sakura-techo-sample.jp/privacy/"],
    cross_domain: false,
    text: PolicyText::new(include_str!("texts/sakura_privacy.txt")),
};

const LUMEN: Policy = Policy {
    site: "atelier-lumen-sample.fr",
    kind: "privacy",
    language: "fr",
    urls: &["http://www.atelier-lumen-sample.fr/confidentialite.html"],
    cross_domain: false,
    text: PolicyText::new(include_str!("texts/lumen_confidentialite.txt")),
};

/// All captures of the three sites.
pub fn captures() -> Vec<Recorded> {
    let mut all = kupferkessel();
    all.extend(sakura());
    all.extend(lumen());
    all
}

/// The layout of a site at a moment, and how its bytes are declared and stored.
struct SiteStyle {
    chrome: Chrome,
    content_type: &'static str,
    bytes: Bytes,
    wire: Wire,
}

/// The content of a page, and the layout of the site.
struct Page<'a> {
    style: &'a SiteStyle,
    title: &'a str,
    blocks: &'a [Block],
}

fn html(url: &str, when: Timestamp, what: Shows, shown: &Page<'_>) -> Recorded {
    let Page {
        style,
        title,
        blocks,
    } = *shown;
    let title = format!("{title} | {}", style.chrome.site_name);
    let body = encode(&page(&style.chrome, &title, blocks), style.bytes);
    Recorded::new(
        url,
        when,
        what,
        &Answer {
            status: 200,
            content_type: style.content_type,
            body: &body,
            wire: style.wire,
        },
    )
}

fn policy_pages(
    policy: Policy,
    style: impl Fn(Timestamp) -> SiteStyle,
    days: &[(u8, &[&str])],
) -> Vec<Recorded> {
    let url = policy.urls[0];
    let page = |revision: u8, day: &str| {
        let when = on(day, url);
        let style = style(when);
        html(
            url,
            when,
            shows(policy, revision, &style.chrome),
            &Page {
                style: &style,
                title: &policy.text.title(revision),
                blocks: &policy.text.revision(revision),
            },
        )
    };
    days.iter()
        .flat_map(|(revision, days)| {
            days.iter()
                .map(|day| page(*revision, day))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(text.to_owned())
}

fn kupferkessel_style(when: Timestamp) -> SiteStyle {
    let year = when.year();
    let (period, content_type, bytes, meta_charset) = match year {
        ..=2008 => (Period::Y2005, "text/html", Bytes::Windows1252, "iso-8859-1"),
        2009..=2012 => (
            Period::Y2005,
            "text/html; charset=UTF-8",
            Bytes::Utf8,
            "utf-8",
        ),
        2013..=2019 => (
            Period::Y2012,
            "text/html; charset=UTF-8",
            Bytes::Utf8,
            "utf-8",
        ),
        _ => (Period::Y2020, "text/html", Bytes::Utf8, "utf-8"),
    };
    let mut footer_links = vec![("Impressum", "/impressum.html".to_owned())];
    if year >= 2018 {
        footer_links.push(("Datenschutz", "/datenschutz".to_owned()));
    }
    let chrome = Chrome {
        period,
        language: "de",
        site_name: "Kupferkessel Manufaktur",
        navigation: &[
            ("Kessel und Pfannen im Überblick", "/kessel.html"),
            ("Schmiede besuchen", "/besuch.html"),
            ("Pflegehinweise für Kupfer", "/pflege.html"),
        ],
        footer_links,
        copyright: format!("© {year} Kupferkessel Manufaktur, alle Rechte vorbehalten"),
        teaser: (year < 2013)
            .then(|| format!("Aktuell: Weihnachtsmarkt {year} im Hof der Schmiede")),
        fickle: None,
        meta_charset: Some(meta_charset),
        accordion: false,
    };
    SiteStyle {
        chrome,
        content_type,
        bytes,
        wire: if year >= 2020 {
            Wire::Gzip
        } else {
            Wire::Plain
        },
    }
}

/// The same words in two encodings. At first, only the Impressum links to the policy.
fn kupferkessel() -> Vec<Recorded> {
    let style = kupferkessel_style;
    let mut all = policy_pages(
        KUPFERKESSEL,
        style,
        &[
            (
                1,
                &["20040511", "20050607", "20060120", "20080804", "20090909"],
            ),
            (
                2,
                &[
                    "20100916", "20111111", "20120606", "20130830", "20140714", "20150909",
                    "20160401",
                ],
            ),
            (3, &["20180702", "20190115", "20200519", "20210303"]),
            (4, &["20220104", "20220818", "20230708"]),
        ],
    );
    let home = "http://www.kupferkessel-sample.de/";
    for day in [
        "20040510", "20060119", "20080802", "20100915", "20120604", "20140712", "20160330",
        "20180701", "20200518", "20211230", "20230706",
    ] {
        let when = on(day, home);
        let blocks = [
            Block::Title("Kupfergeschirr aus eigener Schmiede".to_owned()),
            paragraph(
                "Seit drei Generationen treiben wir Kessel, Pfannen und Backformen aus Kupfer. Jedes Stück wird von Hand gehämmert und innen verzinnt.",
            ),
            paragraph(
                "Besuchen Sie uns in der alten Mühle oder bestellen Sie mit dem Bestellschein, den wir Ihnen gern zuschicken.",
            ),
        ];
        all.push(html(
            home,
            when,
            Shows::Other,
            &Page {
                style: &style(when),
                title: "Willkommen",
                blocks: &blocks,
            },
        ));
    }
    all.extend(kupferkessel_imprint());
    all
}

/// The legal notice, the first page with a link to the policy.
fn kupferkessel_imprint() -> Vec<Recorded> {
    let mut all = Vec::new();
    let imprint = "http://www.kupferkessel-sample.de/impressum.html";
    for day in ["20040511", "20080803", "20100916", "20160402", "20180702"] {
        let when = on(day, imprint);
        let mut style = kupferkessel_style(when);
        style
            .chrome
            .footer_links
            .push(("Datenschutzerklärung", "/datenschutz".to_owned()));
        let blocks = [
            Block::Title("Impressum".to_owned()),
            paragraph(
                "Kupferkessel Manufaktur, Inhaberin Hedwig Brandauer, Am Mühlgraben 7. Angaben gemäß § 5 TMG. Umsatzsteuer-Identifikationsnummer auf Anfrage.",
            ),
        ];
        all.push(html(
            imprint,
            when,
            Shows::Other,
            &Page {
                style: &style,
                title: "Impressum",
                blocks: &blocks,
            },
        ));
    }
    all
}

/// Returns the layout of the site at a moment.
fn sakura_style(when: Timestamp) -> SiteStyle {
    let year = when.year();
    let (content_type, bytes, meta_charset, wire) = match year {
        ..=2016 => ("text/html", Bytes::ShiftJis, "Shift_JIS", Wire::Plain),
        2017..=2019 => (
            "text/html; charset=UTF-8",
            Bytes::Utf8,
            "UTF-8",
            Wire::Chunked,
        ),
        _ => (
            "text/html; charset=UTF-8",
            Bytes::Utf8,
            "UTF-8",
            Wire::GzipChunked,
        ),
    };
    let chrome = Chrome {
        period: if year < 2014 {
            Period::Y2005
        } else {
            Period::Y2012
        },
        language: "ja",
        site_name: "さくら手帖堂",
        navigation: &[
            ("手帳の一覧を見る", "/techo/"),
            ("店舗のご案内", "/shop/"),
            ("よくあるご質問", "/faq/"),
        ],
        footer_links: vec![
            ("会社概要", "/company/".to_owned()),
            ("プライバシーポリシー", "/privacy/".to_owned()),
        ],
        copyright: format!("Copyright {year} Sakura Techo-do All Rights Reserved"),
        teaser: Some(format!("{year}年版の手帳、ただいま予約受付中")),
        fickle: None,
        meta_charset: Some(meta_charset),
        accordion: false,
    };
    SiteStyle {
        chrome,
        content_type,
        bytes,
        wire,
    }
}

/// `Shift_JIS` with a `<meta>` at first, UTF-8 in chunks later.
fn sakura() -> Vec<Recorded> {
    let style = sakura_style;
    let mut all = policy_pages(
        SAKURA,
        style,
        &[
            (
                1,
                &[
                    "20060512", "20070828", "20080305", "20090917", "20101104", "20111220",
                ],
            ),
            (
                2,
                &[
                    "20121015", "20130606", "20140122", "20150310", "20150921", "20160505",
                ],
            ),
            (3, &["20170610", "20180404", "20190808", "20210115"]),
        ],
    );
    let home = "http://www.sakura-techo-sample.jp/";
    for day in [
        "20060511", "20080304", "20101103", "20121014", "20150309", "20170609", "20190807",
        "20210114",
    ] {
        let when = on(day, home);
        let blocks = [
            Block::Title("手帳とともに一年を".to_owned()),
            paragraph(
                "京都の小さな工房で、一冊ずつ糸でかがった手帳をお届けしています。紙は越前、表紙は西陣の布を使っています。",
            ),
            paragraph("名入れは無料です。贈り物にもどうぞ。"),
        ];
        all.push(html(
            home,
            when,
            Shows::Other,
            &Page {
                style: &style(when),
                title: "トップ",
                blocks: &blocks,
            },
        ));
    }
    all
}

/// Returns the layout of the site at a moment.
fn lumen_style(when: Timestamp) -> SiteStyle {
    let year = when.year();
    let chrome = Chrome {
        period: if year < 2018 {
            Period::Y2005
        } else {
            Period::Y2012
        },
        language: "fr",
        site_name: "Atelier Lumen",
        navigation: &[
            ("Nos lampes d’exposition", "/lampes.html"),
            ("Réparer une lampe ancienne", "/reparer.html"),
            ("Venir à l’atelier", "/venir.html"),
        ],
        footer_links: vec![
            ("Mentions légales", "/mentions.html".to_owned()),
            (
                "Politique de confidentialité",
                "/confidentialite.html".to_owned(),
            ),
        ],
        copyright: format!("© Atelier Lumen {year} – tous droits réservés"),
        teaser: None,
        fickle: (year < 2018)
            .then(|| format!("Lampe du jour n° {}", when.unix_seconds() / 86_400 % 97)),
        meta_charset: (year >= 2018).then_some("utf-8"),
        accordion: false,
    };
    let bytes = if year < 2018 {
        Bytes::Windows1252
    } else {
        Bytes::Utf8
    };
    SiteStyle {
        chrome,
        content_type: "text/html; charset=utf-8",
        bytes,
        wire: Wire::Plain,
    }
}

/// windows-1252 bytes with a header that says UTF-8, then real UTF-8.
fn lumen() -> Vec<Recorded> {
    let style = lumen_style;
    let mut all = policy_pages(
        LUMEN,
        style,
        &[
            (
                1,
                &["20071005", "20090914", "20110301", "20130505", "20160615"],
            ),
            (2, &["20180701", "20180930", "20190930", "20220202"]),
        ],
    );
    let home = "http://www.atelier-lumen-sample.fr/";
    for day in ["20071004", "20110228", "20160614", "20180630", "20220201"] {
        let when = on(day, home);
        let blocks = [
            Block::Title("Des lampes pour la scène et la maison".to_owned()),
            paragraph(
                "Depuis un passage couvert derrière l’opéra, nous fabriquons et réparons des lampes de théâtre, de la servante au grand lustre.",
            ),
        ];
        all.push(html(
            home,
            when,
            Shows::Other,
            &Page {
                style: &style(when),
                title: "Accueil",
                blocks: &blocks,
            },
        ));
    }
    all
}
