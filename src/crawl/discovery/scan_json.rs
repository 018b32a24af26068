//! Looks at home pages as JSON, the form in which the database keeps them.

use serde::{Deserialize, Serialize};

use crate::discover::{HomeLook, LookOutcome, PolicyKind, SeenLink, SidePage, Source};
use crate::model::DropReason;

#[derive(Serialize, Deserialize)]
struct LookJson {
    asked: String,
    outcome: OutcomeJson,
    links: Vec<LinkJson>,
    #[serde(default)]
    pages: Vec<PageJson>,
}

#[derive(Serialize, Deserialize)]
struct PageJson {
    url: String,
    seen: Option<(String, String)>,
    #[serde(default)]
    is_hub: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeJson {
    Seen { timestamp: String, original: String },
    Absent { reason: String, detail: String },
}

#[derive(Serialize, Deserialize)]
struct LinkJson {
    url: String,
    kind: String,
    score: u8,
    rank: u32,
    text: String,
    reasons: Vec<String>,
    in_footer: bool,
    source: String,
    page_timestamp: String,
    page_original: String,
}

/// A look as JSON.
pub(super) fn to_json(look: &HomeLook) -> String {
    let outcome = match &look.outcome {
        LookOutcome::Seen {
            timestamp,
            original,
        } => OutcomeJson::Seen {
            timestamp: timestamp.to_string(),
            original: original.clone(),
        },
        LookOutcome::Absent { reason, detail } => OutcomeJson::Absent {
            reason: reason.code().to_owned(),
            detail: detail.clone(),
        },
    };
    let links = look.links.iter().map(|l| LinkJson {
        url: l.url.clone(),
        kind: l.kind.code().to_owned(),
        score: l.score,
        rank: l.rank,
        text: l.text.clone(),
        reasons: l.reasons.clone(),
        in_footer: l.in_footer,
        source: l.source.code().to_owned(),
        page_timestamp: l.page.0.to_string(),
        page_original: l.page.1.clone(),
    });
    let json = LookJson {
        asked: look.asked.to_string(),
        outcome,
        links: links.collect(),
        pages: look
            .pages
            .iter()
            .map(|page| PageJson {
                url: page.url.clone(),
                seen: page
                    .seen
                    .as_ref()
                    .map(|(t, original)| (t.to_string(), original.clone())),
                is_hub: page.is_hub,
            })
            .collect(),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&json).unwrap_or_default()
}

/// A stored look; `None` for what is none (a file changed by other hands).
pub(super) fn from_json(text: &str) -> Option<HomeLook> {
    let json: LookJson = serde_json::from_str(text).ok()?;
    let outcome = match json.outcome {
        OutcomeJson::Seen {
            timestamp,
            original,
        } => LookOutcome::Seen {
            timestamp: timestamp.parse().ok()?,
            original,
        },
        OutcomeJson::Absent { reason, detail } => LookOutcome::Absent {
            reason: DropReason::from_code(&reason)?,
            detail,
        },
    };
    let links = json.links.into_iter().map(|l| {
        Some(SeenLink {
            url: l.url,
            kind: PolicyKind::from_code(&l.kind)?,
            score: l.score,
            rank: l.rank,
            text: l.text,
            reasons: l.reasons,
            in_footer: l.in_footer,
            source: Source::from_code(&l.source)?,
            page: (l.page_timestamp.parse().ok()?, l.page_original),
        })
    });
    let pages = json.pages.into_iter().map(|page| {
        let seen = match page.seen {
            Some((timestamp, original)) => Some((timestamp.parse().ok()?, original)),
            None => None,
        };
        Some(SidePage {
            url: page.url,
            seen,
            is_hub: page.is_hub,
        })
    });
    Some(HomeLook {
        asked: json.asked.parse().ok()?,
        outcome,
        links: links.collect::<Option<_>>()?,
        pages: pages.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_reads_back() {
        let timestamp = "20120611040411".parse().unwrap();
        let link = SeenLink {
            url: "http://example.com/privacy#x".to_owned(),
            kind: PolicyKind::Privacy,
            score: 90,
            rank: 1,
            text: "Privacy".to_owned(),
            reasons: vec!["its text".to_owned()],
            in_footer: true,
            source: Source::Hub,
            page: (timestamp, "http://example.com/legal".to_owned()),
        };
        let seen = LookOutcome::Seen {
            timestamp,
            original: "http://example.com/".to_owned(),
        };
        let absent = LookOutcome::Absent {
            reason: DropReason::NotArchived,
            detail: "none".to_owned(),
        };
        for (outcome, links) in [(seen, vec![link]), (absent, Vec::new())] {
            let look = HomeLook {
                asked: timestamp,
                outcome,
                links,
                pages: vec![
                    SidePage {
                        url: "http://example.com/legal".to_owned(),
                        seen: Some((timestamp, "http://example.com/Legal".to_owned())),
                        is_hub: true,
                    },
                    SidePage {
                        url: "http://example.com/imprint".to_owned(),
                        seen: None,
                        is_hub: false,
                    },
                ],
            };
            assert_eq!(from_json(&to_json(&look)).unwrap(), look);
        }
        assert!(from_json("{}").is_none());
    }
}
