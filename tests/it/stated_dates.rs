//! The dates that policies state about themselves, in phrasings of many languages (`tests/data/stated_dates.tsv`).

use policytrail::extract::{Options, PageInput, extract, stated_dates};
use policytrail::model::Document;

/// One phrasing: its language, its text, and the dates that a reader finds in it.
struct Phrasing {
    language: &'static str,
    text: String,
    effective: &'static str,
    last_updated: &'static str,
}

fn phrasings(data: &'static str) -> Vec<Phrasing> {
    let lines = data.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [language, effective, last_updated, text] = fields[..] else {
                panic!("not four fields: {line}")
            };
            Phrasing {
                language,
                text: text.replace("\\n", "\n"),
                effective,
                last_updated,
            }
        })
        .collect()
}

/// How many dates were found, how many of them are right, and how many a reader finds.
#[derive(Default)]
struct Score {
    found: u32,
    right: u32,
    wanted: u32,
}

impl Score {
    /// Prints each phrasing that is read wrongly.
    fn of(phrasings: &[Phrasing]) -> Self {
        let mut score = Self::default();
        for phrasing in phrasings {
            let dates = stated_dates(&phrasing.text, phrasing.language);
            for (kind, found, wanted) in [
                ("effective", dates.effective, phrasing.effective),
                ("last updated", dates.last_updated, phrasing.last_updated),
            ] {
                let found = found.map(|stated| stated.date).unwrap_or_default();
                score.found += u32::from(!found.is_empty());
                score.wanted += u32::from(!wanted.is_empty());
                score.right += u32::from(!found.is_empty() && found == wanted);
                if found != wanted {
                    eprintln!(
                        "{kind} `{found}`, not `{wanted}` ({}): {}",
                        phrasing.language, phrasing.text
                    );
                }
            }
        }
        eprintln!(
            "{} right of {} found, {} wanted",
            score.right, score.found, score.wanted
        );
        score
    }
}

#[test]
fn dates_are_read_as_a_reader_reads_them() {
    let phrasings = phrasings(include_str!("../data/stated_dates.tsv"));
    let languages: std::collections::BTreeSet<&str> =
        phrasings.iter().map(|p| p.language).collect();
    assert!(phrasings.len() >= 200 && languages.len() >= 35);
    let score = Score::of(&phrasings);
    assert!(
        score.right * 100 >= score.found * 99,
        "precision is below .99"
    );
    assert!(
        score.right * 100 >= score.wanted * 95,
        "recall is below .95"
    );
}

/// The document of a page with a line that states a date.
fn document_with(line: &str) -> Document {
    let paragraph = "<p>We collect your name and your e-mail address when you register, and we use this personal \
        information to answer your questions. We never share personal information with third parties.</p>";
    let html = format!(
        "<title>Privacy Policy</title><main><h1>Privacy Policy</h1>{line}{}</main>",
        paragraph.repeat(4)
    );
    let page = PageInput {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: None,
    };
    extract(&page, &Options::default()).unwrap()
}

#[test]
fn the_date_of_a_time_element_replaces_words_that_depend_on_the_day() {
    for line in [
        r#"<p>Last updated <time datetime="2018-03-02T00:00:00Z">two years ago</time></p>"#,
        r#"<p>Last updated: <time datetime="2018-03-02"></time></p>"#,
        r#"<p>Last updated <time datetime="2018-03-02">03/02/2018</time></p>"#,
    ] {
        let document = document_with(line);
        let stated = document.last_updated.unwrap();
        assert_eq!(stated.date, "2018-03-02", "{line}");
        assert!(document.text.contains("2018-03-02") && !document.text.contains("ago"));
    }
    let document =
        document_with(r#"<p>Last updated <time datetime="2018-03-02">March 2, 2018</time></p>"#);
    assert_eq!(document.last_updated.unwrap().date, "2018-03-02");
    assert!(document.text.contains("March 2, 2018"));
}

#[test]
fn the_sentence_of_a_date_has_the_date() {
    for line in [
        "<p>Effective Date:<br>August 9, 2013</p>",
        "<p>Effective Date:</p><p>August 9, 2013</p>",
        "<table><tr><td>Effective Date:</td></tr><tr><td>August 9, 2013</td></tr></table>",
    ] {
        let stated = document_with(line).effective_date.unwrap();
        assert_eq!(stated.date, "2013-08-09");
        assert!(
            stated.sentence.contains("August 9, 2013"),
            "{}",
            stated.sentence
        );
    }
}
