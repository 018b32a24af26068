//! `CITATION.cff`: the Citation File Format 1.2.0, a file of YAML that GitHub, Zenodo and Zotero read.

use std::fmt::Write as _;

use super::author::Author;
use super::description::CitedDataset;

/// Author of a dataset whose makers give no name. The format requires one.
const NO_AUTHOR: &str = "Anonymous";

/// The file.
pub(in crate::export) fn cff(dataset: &CitedDataset<'_>) -> String {
    let citation = dataset.citation;
    let mut file = "cff-version: 1.2.0\nmessage: If you use this dataset, please cite it with this data.\ntype: dataset\n".to_owned();
    let mut field = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(file, "{name}: {}", quoted(value));
    };
    field("title", citation.title());
    let abstract_text = format!("{} {}", dataset.about, citation.licence.rights());
    field("abstract", &abstract_text);
    if let Some(date) = dataset.date {
        field("version", &date.replace('-', "."));
        field("date-released", date);
    }
    if let Some(doi) = &citation.doi {
        field("doi", &doi.to_string());
    }
    match citation.licence.spdx() {
        Some(spdx) => field("license", spdx),
        None => field("license-url", citation.licence.url()),
    }
    file += "keywords:\n  - privacy policy\n  - web archive\n  - dataset\nauthors:\n";
    if citation.authors.is_empty() {
        file += &author(&Author::Whole(NO_AUTHOR.to_owned()));
    }
    for one in &citation.authors {
        file += &author(one);
    }
    file
}

fn author(author: &Author) -> String {
    match author {
        Author::Person { family, given } => format!(
            "  - family-names: {}\n    given-names: {}\n",
            quoted(family),
            quoted(given)
        ),
        Author::Whole(name) => format!("  - name: {}\n", quoted(name)),
    }
}

/// A text as a double-quoted scalar of YAML. In it, only the quotation mark and the backslash have a meaning.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::super::Citation;
    use super::*;

    #[test]
    fn no_value_can_add_a_field() {
        let title = r#"a "b" \n: {c} #d 'e' - [f], *g &h !i %j @k `l`"#;
        let citation = Citation {
            title: Some(title.parse().unwrap()),
            authors: vec![
                r#"O"Brien: x, J\"#.parse().unwrap(),
                "- null".parse().unwrap(),
            ],
            ..Citation::default()
        };
        let file = cff(&CitedDataset {
            citation: &citation,
            date: None,
            versions: 3,
            about: "About.",
        });
        let expected = r#"title: "a \"b\" \\n: {c} #d 'e' - [f], *g &h !i %j @k `l`""#;
        assert!(file.contains(expected), "{file}");
        let authors = "authors:\n  - family-names: \"O\\\"Brien: x\"\n    given-names: \"J\\\\\"\n  - name: \"- null\"\n";
        assert!(file.ends_with(authors), "{file}");
        assert!(!file.contains("date-released"));
    }
}
