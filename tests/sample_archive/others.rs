//! Three more sites: Velofix (parked later), Northgate Outfitters (policy of its group), Civic Ledger (PDF).

use policytrail::model::{DropReason, Timestamp};

use super::common_pages::{not_found, parked, soft_404};
use super::layout::{Chrome, Period, page};
use super::pdf::pdf_of;
use super::policy_text::{Block, PolicyText};
use super::record::{Answer, Policy, Recorded, Shows, Wire, on, shows};

const VELOFIX: Policy = Policy {
    site: "velofix-sample.com",
    kind: "privacy",
    language: "en",
    urls: &["http://www.velofix-sample.com/privacystatement.html"],
    cross_domain: false,
    text: PolicyText::new(include_str!("texts/velofix_privacy.txt")),
};

const MERIDIAN: Policy = Policy {
    site: "northgate-outfitters-sample.com",
    kind: "privacy",
    language: "en",
    urls: &["https://www.meridian-brands-sample.com/legal/group-privacy-notice"],
    cross_domain: true,
    text: PolicyText::new(include_str!("texts/meridian_privacy.txt")),
};

const CIVIC_LEDGER: Policy = Policy {
    site: "civic-ledger-sample.org",
    kind: "privacy",
    language: "en",
    urls: &["https://www.civic-ledger-sample.org/docs/privacy-policy.pdf"],
    cross_domain: false,
    text: PolicyText::new(include_str!("texts/civic_ledger_privacy.txt")),
};

/// All captures of the three sites.
pub fn captures() -> Vec<Recorded> {
    let mut all = velofix();
    all.extend(northgate());
    all.extend(civic_ledger());
    all
}

/// A page in UTF-8: the parts around its content, the content, and how it is sent.
pub(super) struct Page<'a> {
    pub chrome: &'a Chrome,
    pub blocks: &'a [Block],
    pub wire: Wire,
}

/// A captured page in UTF-8.
pub(super) fn html(url: &str, when: Timestamp, what: Shows, shown: &Page<'_>) -> Recorded {
    let Page {
        chrome,
        blocks,
        wire,
    } = *shown;
    let title = blocks
        .iter()
        .find_map(|b| {
            if let Block::Title(t) = b {
                Some(t.as_str())
            } else {
                None
            }
        })
        .unwrap_or_default();
    let body = page(chrome, &format!("{} - {title}", chrome.site_name), blocks);
    Recorded::new(
        url,
        when,
        what,
        &Answer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            body: body.as_bytes(),
            wire,
        },
    )
}

/// A home page.
pub(super) fn home(
    url: &str,
    day: &str,
    chrome: impl Fn(Timestamp) -> Chrome,
    title: &str,
    text: &str,
) -> Recorded {
    let when = on(day, url);
    let blocks = [
        Block::Title(title.to_owned()),
        Block::Paragraph(text.to_owned()),
    ];
    html(
        url,
        when,
        Shows::Other,
        &Page {
            chrome: &chrome(when),
            blocks: &blocks,
            wire: Wire::Plain,
        },
    )
}

/// The parts around the content of the pages of Velofix.
fn velofix_chrome(when: Timestamp) -> Chrome {
    Chrome {
        period: Period::Y2005,
        language: "en",
        site_name: "Velofix",
        navigation: &[
            ("Spare parts catalogue", "/parts.html"),
            ("Book your repair online", "/book.html"),
            ("Three workshops near you", "/workshops.html"),
        ],
        footer_links: vec![
            ("Contact", "/contact.html".to_owned()),
            ("Privacy Statement", "/privacystatement.html".to_owned()),
        ],
        copyright: format!("(c) 2003-{} Velofix Ltd.", when.year()),
        teaser: Some("Spring check-up offer: brakes, gears and a new bell".to_owned()),
        fickle: Some(format!(
            "Bicycles mended so far: {}",
            when.unix_seconds() / 40_000
        )),
        meta_charset: Some("utf-8"),
        accordion: false,
    }
}

fn velofix() -> Vec<Recorded> {
    let url = VELOFIX.urls[0];
    let days: [(u8, &[&str]); 2] = [
        (
            1,
            &[
                "20040620", "20050301", "20051212", "20060830", "20070707", "20080214",
            ],
        ),
        (
            2,
            &[
                "20080910", "20090505", "20100120", "20100909", "20110404", "20120310", "20121201",
            ],
        ),
    ];
    let mut all = Vec::new();
    for (revision, days) in days {
        for day in days {
            let when = on(day, url);
            let chrome = velofix_chrome(when);
            all.push(html(
                url,
                when,
                shows(VELOFIX, revision, &chrome),
                &Page {
                    chrome: &chrome,
                    blocks: &VELOFIX.text.revision(revision),
                    wire: Wire::Plain,
                },
            ));
        }
    }
    all.extend(velofix_errors());
    let home_url = "http://www.velofix-sample.com/";
    for day in [
        "20040618", "20050228", "20060829", "20071010", "20080909", "20090504", "20100908",
        "20110403", "20120309",
    ] {
        all.push(home(home_url, day, velofix_chrome, "Bicycles mended while you wait", "Punctures in ten minutes, wheels trued in an hour, frames welded overnight. Our catalogue lists four thousand spare parts."));
    }
    all.extend(velofix_for_sale(home_url));
    all
}

/// The days on which the policy's URL showed an error: a page that says so with status 200, and one with status 404.
fn velofix_errors() -> [Recorded; 2] {
    let url = VELOFIX.urls[0];
    let utf8 = "text/html; charset=utf-8";
    [
        Recorded::new(
            url,
            on("20070115", url),
            Shows::Dropped(VELOFIX, DropReason::Soft404),
            &Answer {
                status: 200,
                content_type: utf8,
                body: soft_404("Velofix").as_bytes(),
                wire: Wire::Plain,
            },
        ),
        Recorded::new(
            url,
            on("20050815", url),
            Shows::Dropped(VELOFIX, DropReason::ArchivedError),
            &Answer {
                status: 404,
                content_type: utf8,
                body: not_found().as_bytes(),
                wire: Wire::Plain,
            },
        ),
    ]
}

/// The domain after it expired: one page at every URL.
fn velofix_for_sale(home_url: &str) -> Vec<Recorded> {
    let url = VELOFIX.urls[0];
    let mut all = Vec::new();
    let for_sale = parked("velofix-sample.com");
    for day in ["20130906", "20140612", "20150304"] {
        let what = Shows::Dropped(VELOFIX, DropReason::Parked);
        all.push(Recorded::new(
            url,
            on(day, url),
            what,
            &Answer {
                status: 200,
                content_type: "text/html",
                body: for_sale.as_bytes(),
                wire: Wire::Plain,
            },
        ));
        all.push(Recorded::new(
            home_url,
            on(day, home_url),
            Shows::Other,
            &Answer {
                status: 200,
                content_type: "text/html",
                body: for_sale.as_bytes(),
                wire: Wire::Plain,
            },
        ));
    }
    all
}

/// The parts around the content of the pages of the group.
fn meridian_chrome(when: Timestamp) -> Chrome {
    Chrome {
        period: if when.year() < 2018 {
            Period::Y2012
        } else {
            Period::Y2020
        },
        language: "en",
        site_name: "Meridian Brands",
        navigation: &[
            ("Our brands at a glance", "/brands"),
            ("Investor relations", "/investors"),
            ("Press room", "/press"),
        ],
        footer_links: vec![(
            "Group Privacy Notice",
            "/legal/group-privacy-notice".to_owned(),
        )],
        copyright: format!("© {} Meridian Brands plc", when.year()),
        teaser: None,
        fickle: None,
        meta_charset: Some("utf-8"),
        accordion: when.year() >= 2018,
    }
}

/// The parts around the content of the pages of the shop.
fn northgate_chrome(when: Timestamp) -> Chrome {
    Chrome {
        site_name: "Northgate Outfitters",
        navigation: &[
            ("Jackets", "/jackets"),
            ("Boots", "/boots"),
            ("Clearance", "/clearance"),
        ],
        footer_links: vec![
            ("Returns", "/returns".to_owned()),
            (
                "Privacy Notice",
                "https://www.meridian-brands-sample.com/legal/group-privacy-notice".to_owned(),
            ),
        ],
        copyright: format!(
            "© {} Northgate Outfitters, a Meridian Brands company",
            when.year()
        ),
        accordion: false,
        ..meridian_chrome(when)
    }
}

fn northgate() -> Vec<Recorded> {
    let url = MERIDIAN.urls[0];
    let days: [(u8, Wire, &[&str]); 4] = [
        (
            1,
            Wire::Plain,
            &["20140203", "20141015", "20150611", "20160808", "20170519"],
        ),
        (2, Wire::Gzip, &["20180603", "20181122", "20190714"]),
        (3, Wire::GzipChunked, &["20200115", "20200630", "20210228"]),
        (3, Wire::Gzip, &["20220606", "20230909", "20240512"]),
    ];
    let mut all = Vec::new();
    for (revision, wire, days) in days {
        for day in days {
            let when = on(day, url);
            let chrome = meridian_chrome(when);
            all.push(html(
                url,
                when,
                shows(MERIDIAN, revision, &chrome),
                &Page {
                    chrome: &chrome,
                    blocks: &MERIDIAN.text.revision(revision),
                    wire,
                },
            ));
        }
    }
    let home_url = "https://www.northgate-outfitters-sample.com/";
    for day in [
        "20140202", "20150610", "20160807", "20180602", "20190713", "20210227", "20230908",
        "20240511",
    ] {
        all.push(home(home_url, day, northgate_chrome, "Clothes for bad weather", "Waxed jackets, lined boots and hats that stay on. Try them in our shops or at home for thirty days."));
    }
    all.push(home(
        "https://www.meridian-brands-sample.com/",
        "20190712",
        meridian_chrome,
        "A family of outdoor brands",
        "Meridian Brands owns and grows eleven makers of outdoor goods.",
    ));
    all
}

fn civic_ledger() -> Vec<Recorded> {
    let chrome = |when: Timestamp| Chrome {
        period: Period::Y2005,
        language: "en",
        site_name: "Civic Ledger Foundation",
        navigation: &[
            ("Search the records", "/search"),
            ("Become a volunteer", "/volunteer"),
            ("Donate", "/donate"),
        ],
        footer_links: vec![
            ("Bylaws (PDF)", "/docs/bylaws.pdf".to_owned()),
            (
                "Privacy policy (PDF)",
                "/docs/privacy-policy.pdf".to_owned(),
            ),
        ],
        copyright: format!("Civic Ledger Foundation {}", when.year()),
        teaser: None,
        fickle: None,
        meta_charset: Some("utf-8"),
        accordion: false,
    };
    let url = CIVIC_LEDGER.urls[0];
    let mut all = Vec::new();
    let days: [(u8, bool, &[&str]); 2] = [
        (1, false, &["20100210", "20110611", "20120930", "20140101"]),
        (2, true, &["20150420", "20160616", "20180808"]),
    ];
    for (revision, compressed, days) in days {
        let pdf = pdf_of(&CIVIC_LEDGER.text.revision(revision), compressed);
        for day in days {
            let what = Shows::Policy(CIVIC_LEDGER, revision, Vec::new());
            all.push(Recorded::new(
                url,
                on(day, url),
                what,
                &Answer {
                    status: 200,
                    content_type: "application/pdf",
                    body: &pdf,
                    wire: Wire::Plain,
                },
            ));
        }
    }
    for day in ["20100209", "20120928", "20150419", "20180807"] {
        all.push(home("https://www.civic-ledger-sample.org/", day, chrome, "Town records for everybody", "Four million pages of council minutes, transcribed by volunteers and searchable by anyone."));
    }
    all
}
