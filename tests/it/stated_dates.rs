//! The dates that policies state about themselves, in phrasings of many languages (`tests/data/stated_dates.tsv`).

use policytrail::extract::stated_dates;

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
    assert!(score.right > 0);
}
