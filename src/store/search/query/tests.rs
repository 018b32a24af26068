//! The grammar of queries.

use super::*;

fn expression(arguments: &[&str], mode: QueryMode) -> Result<String, String> {
    let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
    SearchQuery::parse(&arguments, mode)
        .map(|query| query.expression())
        .map_err(|error| error.to_string())
}

#[test]
fn words_become_phrases_prefixes_and_alternatives() {
    use QueryMode::{AllWords, AnyOf, Phrase};
    for (arguments, mode, expected) in [
        (
            &["legitimate", "interest"][..],
            Phrase,
            "(\"legitimate interest\")",
        ),
        (&["opt-out (of sale)"], Phrase, "(\"opt out of sale\")"),
        (&["sell*"], Phrase, "(\"sell\" *)"),
        (&["sell your dat*"], Phrase, "(\"sell your dat\" *)"),
        (
            &["sell data", "OR", "share", "data"],
            Phrase,
            "(\"sell data\") OR (\"share data\")",
        ),
        (
            &["\"sell data\" AND minors OR adults"],
            Phrase,
            "(\"sell data\" AND \"minors\") OR (\"adults\")",
        ),
        (
            &["\"TERMS AND CONDITIONS\""],
            Phrase,
            "(\"TERMS AND CONDITIONS\")",
        ),
        (&["\"site:x -y* (z\""], Phrase, "(\"site x y z\")"),
        (
            &["at 10:30, https://a.com/?b=c"],
            Phrase,
            "(\"at 10 30 https a com b c\")",
        ),
        (
            &["sell it", "rent*"],
            AnyOf,
            "(\"sell it\") OR (\"rent\" *)",
        ),
        (
            &["we sell", "dat*", "–"],
            AllWords,
            "(\"we\" AND \"sell\" AND \"dat\" *)",
        ),
        (
            &["個人 OR 情報"],
            Phrase,
            "(\" 個   人 \") OR (\" 情   報 \")",
        ),
    ] {
        assert_eq!(
            expression(arguments, mode),
            Ok(expected.to_owned()),
            "{arguments:?}"
        );
    }
}

#[test]
fn quoted_text_is_no_syntax() {
    for (query, expected) in [
        (
            "\"cookie (or beacon)\" OR nobody",
            "(\"cookie or beacon\") OR (\"nobody\")",
        ),
        (
            "\"TERMS AND CONDITIONS\" OR \"PRIVACY\"",
            "(\"TERMS AND CONDITIONS\") OR (\"PRIVACY\")",
        ),
        ("\"opt out\" OR CCPA", "(\"opt out\") OR (\"CCPA\")"),
    ] {
        assert_eq!(
            expression(&[query], QueryMode::Phrase),
            Ok(expected.to_owned()),
            "{query}"
        );
    }
}

#[test]
fn syntax_that_is_not_understood_is_an_error() {
    use QueryMode::{AllWords, AnyOf, Phrase};
    for (arguments, mode, word) in [
        (&["–"][..], Phrase, "no word"),
        (&["sell", "–"], AnyOf, "`–` contains no word"),
        (&["sell OR"], Phrase, "both sides"),
        (&["OR"], Phrase, "both sides"),
        (&["sell AND –"], Phrase, "both sides"),
        (&["AND \"sell\""], Phrase, "both sides"),
        (&["sell NOT rent"], Phrase, "no such operator"),
        (&["NEAR(sell rent)"], Phrase, "no such operator"),
        (&["sell -rent"], Phrase, "excluded"),
        (&["sell +rent"], Phrase, "excluded"),
        (&["site:example.com"], Phrase, "--site"),
        (&["s*ll"], Phrase, "end of a word"),
        (&["*"], Phrase, "end of a word"),
        (&["sell* data"], Phrase, "end of a phrase"),
        (&["se?l"], Phrase, "wildcard"),
        (&["\"sell data"], Phrase, "no partner"),
        (&["\"sell data\" rent"], Phrase, "combine"),
        (&["rent \"sell data\""], Phrase, "combine"),
        (&["(sell OR rent) AND data"], Phrase, "parentheses"),
        (&["(sell OR \"rent\")"], Phrase, "parentheses"),
        (&["TERMS AND CONDITIONS"], Phrase, "small letters"),
        (&["sell data", "rent"], Phrase, "--any"),
        (&["sell || rent"], Phrase, "OR and AND"),
        (&["/sel+/"], Phrase, "regular expressions"),
        (&["sell~2"], Phrase, "quotation marks"),
        (&["sell", "OR", "rent"], AnyOf, "--any"),
        (&["sell OR rent"], AllWords, "--any"),
    ] {
        let told = expression(arguments, mode).unwrap_err();
        assert!(told.contains(word), "{arguments:?}: {told}");
    }
    let many = ["a"; MOST_PHRASES + 1];
    assert!(expression(&many, AnyOf).unwrap_err().contains("64 phrases"));
}
