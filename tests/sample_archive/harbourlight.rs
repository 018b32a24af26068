//! Harbourlight Books, 1999–2024: four layouts, two moves, and all kinds of problems in between.

use policytrail::model::{DropReason, Timestamp};

use super::common_pages::{PIXEL_GIF, not_found, share_page, soft_404, unavailable};
use super::layout::{Chrome, Period, page};
use super::policy_text::{Block, PolicyText};
use super::record::{
    Answer, Bytes, Policy, Recorded, Shows, Wire, at, encode, long_date, on, shows,
};

const HOST: &str = "http://www.harbourlight-sample.com";
const SECURE: &str = "https://www.harbourlight-sample.com";

const SHARE_PATH: &str =
    "/share?title=Privacy+Policy&u=http%3A%2F%2Fwww.harbourlight-sample.com%2Fprivacy-policy";

const PRIVACY: Policy = Policy {
    site: "harbourlight-sample.com",
    kind: "privacy",
    language: "en",
    urls: &[
        "http://www.harbourlight-sample.com/privacy.html",
        "http://www.harbourlight-sample.com/legal/privacy.html",
        "https://www.harbourlight-sample.com/privacy-policy",
    ],
    cross_domain: false,
    text: PolicyText::new(include_str!("texts/harbourlight_privacy.txt")),
};

const COOKIES: Policy = Policy {
    kind: "cookies",
    urls: &["https://www.harbourlight-sample.com/cookie-policy"],
    text: PolicyText::new(include_str!("texts/harbourlight_cookies.txt")),
    ..PRIVACY
};

/// All captures of the site.
pub fn captures() -> Vec<Recorded> {
    let mut all = homes();
    all.extend(policy_captures());
    all.extend(trouble());
    all.extend(cookie_captures());
    all.extend(decoys());
    all
}

/// The links in the footer of every page.
fn footer_links(year: i16, period: Period) -> Vec<(&'static str, String)> {
    let policy_url = match year {
        ..=2007 => "/privacy.html",
        2008..=2015 => "/legal/privacy.html",
        _ => "/privacy-policy",
    };
    let policy_label = if period == Period::Y1999 {
        "Our Privacy Policy"
    } else {
        "Privacy Policy"
    };
    let mut links = vec![
        ("Shop hours", "/hours.html".to_owned()),
        (policy_label, policy_url.to_owned()),
    ];
    if (2013..=2018).contains(&year) {
        // Links that mention privacy and do not lead to a policy.
        links.push(("Five privacy tips", "/blog/privacy-tips".to_owned()));
        links.push(("Share this page", SHARE_PATH.to_owned()));
    }
    if year >= 2018 {
        links.push(("Cookies", "/cookie-policy".to_owned()));
    }
    links
}

fn chrome(when: Timestamp) -> Chrome {
    let year = when.year();
    let period = match year {
        ..=2004 => Period::Y1999,
        2005..=2011 => Period::Y2005,
        2012..=2018 => Period::Y2012,
        _ => Period::Y2020,
    };
    let fickle = match period {
        Period::Y1999 => Some(format!(
            "You are visitor number {}",
            1000 + when.unix_seconds() / 86_400 % 9000
        )),
        Period::Y2005 => Some(format!("Today by the sea: {}", long_date(when))),
        _ => None,
    };
    let teaser = match year {
        ..=2004 => None,
        2005..=2008 => Some("Staff picks: three novels with lighthouses in them".to_owned()),
        2009..=2011 => Some("Out now in hardback: The Tide Tables of Love".to_owned()),
        _ => Some(format!(
            "Harbour festival {year}: authors read on the quay all summer"
        )),
    };
    Chrome {
        period,
        language: "en",
        site_name: "Harbourlight Books",
        navigation: &[
            ("Browse the shelves", "/shelves.html"),
            ("Gift vouchers and boxes", "/gifts.html"),
            ("Rare and second-hand", "/rare.html"),
            ("How to find the shop", "/find-us.html"),
        ],
        footer_links: footer_links(year, period),
        copyright: format!("Copyright {year} Harbourlight Books and its owners"),
        teaser,
        fickle,
        meta_charset: (period == Period::Y2012 || period == Period::Y2020).then_some("utf-8"),
        accordion: false,
    }
}

/// Content type and bytes at a moment: first nothing declared, then declared wrongly, then correctly.
fn coding(when: Timestamp) -> (&'static str, Bytes) {
    match when.year() {
        ..=2004 => ("text/html", Bytes::Windows1252),
        2005..=2011 => ("text/html; charset=ISO-8859-1", Bytes::Windows1252),
        _ => ("text/html; charset=utf-8", Bytes::Utf8),
    }
}

fn html(url: &str, when: Timestamp, title: &str, blocks: &[Block], what: Shows) -> Recorded {
    let (content_type, bytes) = coding(when);
    let body = encode(
        &page(
            &chrome(when),
            &format!("{title} - Harbourlight Books"),
            blocks,
        ),
        bytes,
    );
    let wire = if when.year() >= 2021 {
        Wire::Gzip
    } else {
        Wire::Plain
    };
    Recorded::new(
        url,
        when,
        what,
        &Answer {
            status: 200,
            content_type,
            body: &body,
            wire,
        },
    )
}

fn policy_page(policy: Policy, url: &str, when: Timestamp, revision: u8) -> Recorded {
    let blocks = policy.text.revision(revision);
    html(
        url,
        when,
        &policy.text.title(revision),
        &blocks,
        shows(policy, revision, &chrome(when)),
    )
}

fn homes() -> Vec<Recorded> {
    let days = [
        "19990412", "20000816", "20010601", "20020922", "20031105", "20041018", "20050330",
        "20060711", "20070504", "20080219", "20081120", "20090603", "20100415", "20110620",
        "20120208", "20121107", "20130514", "20140303", "20141029", "20150716", "20160122",
        "20160810", "20170412", "20180609", "20190521", "20200909", "20210711", "20220315",
        "20221120", "20231009", "20240404",
    ];
    days.iter()
        .map(|day| {
            let url = format!("{}/", if *day < "20170401" { HOST } else { SECURE });
            let when = on(day, &url);
            let blocks = [
                Block::Title("Welcome to Harbourlight Books".to_owned()),
                Block::Paragraph(format!(
                    "A small bookshop by the sea with eleven thousand books on crooked shelves. New on our tables in {}: letters from lighthouse keepers, \
                     a cookery book for very small boats, and the long-awaited second volume of “The Pilot’s Daughter”.",
                    when.year()
                )),
                Block::Heading("This month in the shop".to_owned()),
                Block::List(vec![
                    "Story hour for children every Saturday at ten".to_owned(),
                    "The reading circle meets on the first Tuesday".to_owned(),
                    "Maps and charts at half price while the roof is mended".to_owned(),
                ]),
            ];
            html(&url, when, "Welcome", &blocks, Shows::Other)
        })
        .collect()
}

fn policy_captures() -> Vec<Recorded> {
    let first = format!("{HOST}/privacy.html");
    let second = format!("{HOST}/legal/privacy.html");
    let third = format!("{SECURE}/privacy-policy");
    let third_http = format!("{HOST}/privacy-policy");
    let runs: [(&str, u8, &[&str]); 9] = [
        (&first, 1, &["19990417", "19991120", "20000312", "20001008"]),
        (
            &first,
            2,
            &["20010603", "20011212", "20020815", "20030404", "20031108"],
        ),
        (
            &first,
            3,
            &[
                "20041022", "20050402", "20051119", "20060715", "20070204", "20070930",
            ],
        ),
        (
            &second,
            3,
            &[
                "20080221", "20080903", "20090605", "20091203", "20100417", "20101222",
            ],
        ),
        (
            &second,
            4,
            &[
                "20110622", "20111130", "20120210", "20120711", "20121109", "20130516", "20131020",
                "20140306", "20140811", "20141230", "20150718",
            ],
        ),
        (&third_http, 4, &["20160125", "20160812"]),
        (&third, 4, &["20171205", "20180420"]),
        (
            &third,
            5,
            &[
                "20180611", "20181119", "20190523", "20191212", "20200911", "20210302", "20210714",
                "20220318",
            ],
        ),
        (&third, 6, &["20221122", "20230412", "20231011", "20240406"]),
    ];
    let mut all: Vec<Recorded> = runs
        .iter()
        .flat_map(|(url, revision, days)| {
            days.iter()
                .map(|day| policy_page(PRIVACY, url, on(day, url), *revision))
        })
        .collect();
    let same_second = at("20170414091530");
    all.push(policy_page(PRIVACY, &third_http, same_second, 4));
    all.push(policy_page(PRIVACY, &third, same_second, 4));
    all
}

/// The first move (archived redirects without a payload), the second (404 at the old URL), and failed captures.
fn trouble() -> Vec<Recorded> {
    let first = format!("{HOST}/privacy.html");
    let second = format!("{HOST}/legal/privacy.html");
    let mut all: Vec<Recorded> = ["20080221", "20090110", "20091203", "20110622"]
        .iter()
        .map(|day| {
            Recorded::new(
                &first,
                on(day, &first),
                Shows::Redirect(second.clone()),
                &Answer {
                    status: 301,
                    content_type: "",
                    body: b"",
                    wire: Wire::Plain,
                },
            )
        })
        .collect();
    let soft = on("20130718", &second);
    let body = soft_404("Harbourlight Books");
    all.push(Recorded::new(
        &second,
        soft,
        Shows::Dropped(PRIVACY, DropReason::Soft404),
        &Answer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            body: body.as_bytes(),
            wire: Wire::Plain,
        },
    ));
    let errors = [
        ("20141101", 503, unavailable()),
        ("20160125", 404, not_found()),
        ("20170301", 404, not_found()),
    ];
    for (day, status, body) in errors {
        let what = Shows::Dropped(PRIVACY, DropReason::ArchivedError);
        all.push(Recorded::new(
            &second,
            on(day, &second),
            what,
            &Answer {
                status,
                content_type: "text/html; charset=iso-8859-1",
                body: body.as_bytes(),
                wire: Wire::Plain,
            },
        ));
    }
    all
}

fn cookie_captures() -> Vec<Recorded> {
    let url = format!("{SECURE}/cookie-policy");
    let days = [
        ("20180613", 1),
        ("20190524", 1),
        ("20200915", 1),
        ("20210716", 2),
        ("20220320", 2),
        ("20231015", 2),
    ];
    days.iter()
        .map(|(day, revision)| policy_page(COOKIES, &url, on(day, &url), *revision))
        .collect()
}

fn decoys() -> Vec<Recorded> {
    let blog = [
        Block::Title("Five privacy tips from your bookseller".to_owned()),
        Block::Paragraph(
            "Every autumn our readers ask for books about life on the internet, and every autumn the pile grows. Here are five tips that we took from them, \
             with the books to read if you want to know more."
                .to_owned(),
        ),
        Block::List(vec![
            "Use a different password for every shop, and let a program remember them (read: The Locksmith’s Apprentice)".to_owned(),
            "Cover the camera when you are not using it (read: Small Windows)".to_owned(),
            "Ask the children what they know; it is more than you think (read: Grandmother’s First Tablet)".to_owned(),
            "Borrow a paper map now and then (read: Getting Lost on Purpose)".to_owned(),
            "Read the small print aloud at dinner; it makes for lively evenings (read: The Comma that Cost a Fortune)".to_owned(),
        ]),
        Block::Paragraph("All five are on the table beside the door until the end of the month. Come in, out of the rain!".to_owned()),
    ];
    let blog_url = format!("{HOST}/blog/privacy-tips");
    let gif_url = format!("{HOST}/img/privacy-icon.gif");
    let share_url = format!("{HOST}{SHARE_PATH}");
    let mut all: Vec<Recorded> = ["20130520", "20170416"]
        .iter()
        .map(|day| {
            html(
                &blog_url,
                on(day, &blog_url),
                "Five privacy tips",
                &blog,
                Shows::Decoy(DropReason::NotAPolicy),
            )
        })
        .collect();
    for day in ["20050404", "20130521"] {
        all.push(Recorded::new(
            &gif_url,
            on(day, &gif_url),
            Shows::Decoy(DropReason::NotAPage),
            &Answer {
                status: 200,
                content_type: "image/gif",
                body: PIXEL_GIF,
                wire: Wire::Plain,
            },
        ));
    }
    let share = share_page().as_bytes();
    all.push(Recorded::new(
        &share_url,
        on("20160813", &share_url),
        Shows::Decoy(DropReason::NotAPolicy),
        &Answer {
            status: 200,
            content_type: "text/html",
            body: share,
            wire: Wire::Plain,
        },
    ));
    all
}
