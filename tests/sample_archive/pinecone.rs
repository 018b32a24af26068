//! Pinecone, 2010–2022: a policy that returns to its earlier words, http and https in one second, a login wall.

use policytrail::model::{DropReason, Timestamp};

use super::common_pages::login_wall;
use super::layout::{Chrome, Period};
use super::others::{Page, home, html};
use super::policy_text::PolicyText;
use super::record::{Answer, Policy, Recorded, Shows, Wire, at, on, shows};

const PINECONE: Policy = Policy {
    site: "pinecone-social-sample.com",
    kind: "privacy",
    language: "en",
    urls: &[
        "http://pinecone-social-sample.com/privacy",
        "https://pinecone-social-sample.com/privacy",
    ],
    cross_domain: false,
    text: PolicyText::new(include_str!("texts/pinecone_privacy.txt")),
};

/// The parts around the content of its pages.
fn chrome(when: Timestamp) -> Chrome {
    Chrome {
        period: if when.year() < 2019 {
            Period::Y2012
        } else {
            Period::Y2020
        },
        language: "en",
        site_name: "Pinecone",
        navigation: &[
            ("Find your neighbourhood", "/find"),
            ("Borrow a ladder today", "/tools"),
            ("Start a seed swap", "/seeds"),
        ],
        footer_links: vec![
            ("Terms of Service", "/terms".to_owned()),
            ("Privacy", "/privacy".to_owned()),
        ],
        copyright: format!("Pinecone Cooperative {}", when.year()),
        teaser: Some(format!(
            "{} neighbourhoods have joined already",
            100 + when.unix_seconds() / 864_000 % 1000
        )),
        fickle: None,
        meta_charset: Some("utf-8"),
        accordion: when.year() >= 2021,
    }
}

/// All captures of the site.
pub fn captures() -> Vec<Recorded> {
    let (plain, secure) = (PINECONE.urls[0], PINECONE.urls[1]);
    let runs: [(&str, u8, &[&str]); 5] = [
        (
            plain,
            1,
            &["20100301", "20100914", "20110505", "20120119", "20130204"],
        ),
        (plain, 2, &["20130715", "20131030", "20140209"]),
        (plain, 1, &["20140520", "20141212", "20150808", "20160707"]),
        (secure, 1, &["20180625", "20181112"]),
        (secure, 3, &["20190330", "20200417", "20210909", "20221010"]),
    ];
    let policy_page = |url: &str, when: Timestamp, revision: u8| {
        let chrome = chrome(when);
        html(
            url,
            when,
            shows(PINECONE, revision, &chrome),
            &Page {
                chrome: &chrome,
                blocks: &PINECONE.text.revision(revision),
                wire: Wire::Plain,
            },
        )
    };
    let mut all = Vec::new();
    for (url, revision, days) in runs {
        all.extend(
            days.iter()
                .map(|day| policy_page(url, on(day, url), revision)),
        );
    }
    all.push(policy_page(plain, at("20170717104412"), 1));
    all.push(policy_page(secure, at("20170717104412"), 1));
    let wall = login_wall("Pinecone");
    let what = Shows::Dropped(PINECONE, DropReason::LoginWall);
    all.push(Recorded::new(
        secure,
        on("20180212", secure),
        what,
        &Answer {
            status: 200,
            content_type: "text/html; charset=utf-8",
            body: wall.as_bytes(),
            wire: Wire::Plain,
        },
    ));
    for day in [
        "20100228", "20110504", "20130203", "20140208", "20150807", "20160706",
    ] {
        all.push(home("http://pinecone-social-sample.com/", day, chrome, "Share a ladder, meet a neighbour", "Pinecone is a cooperative of neighbours who lend each other tools, swap seeds and answer questions about boilers."));
    }
    for day in ["20180624", "20200416", "20221009"] {
        all.push(home("https://pinecone-social-sample.com/", day, chrome, "Share a ladder, meet a neighbour", "Pinecone is a cooperative of neighbours who lend each other tools, swap seeds and answer questions about boilers."));
    }
    all
}
