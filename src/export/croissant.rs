//! `dataset.json`: a machine-readable description of the tables as Croissant 1.0 (JSON-LD).

use serde_json::{Map, Value, json};

use super::citation::{Author, bibtex};
use super::data_card::DataCard;
use super::options::{ExportOptions, TableFormat};
use super::table_files::WrittenTable;
use super::timestamp_form::TimestampForm;
use crate::store::tables::ColumnType;

/// Formats in the order in which one of them is chosen to describe the records, which are the same in each.
const PREFERRED_FORMATS: [TableFormat; 3] =
    [TableFormat::Parquet, TableFormat::Csv, TableFormat::Jsonl];

/// The description of a dataset.
pub(super) fn croissant(
    card: &DataCard,
    options: &ExportOptions,
    tables: &[WrittenTable],
) -> Value {
    let cited = card.cited(options);
    let citation = cited.citation;
    let files = tables.iter().flat_map(|table| &table.files);
    let distribution: Vec<Value> = files
        .map(|(format, file)| {
            json!({
                "@type": "cr:FileObject", "@id": file.name, "name": file.name,
                "contentUrl": file.name, "contentSize": format!("{} B", file.bytes),
                "encodingFormat": encoding(*format), "sha256": file.sha256,
            })
        })
        .collect();
    let record_sets: Vec<Value> = tables
        .iter()
        .filter_map(|table| record_set(table, options.timestamps))
        .collect();
    let languages: Vec<&str> = card.languages().filter(|l| *l != "und").collect();
    let mut dataset = json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": citation.own_title().unwrap_or("privacy-policy-histories"),
        "description": format!("{} {}", cited.about, citation.licence.rights()),
        "license": citation.licence.url(),
        "version": card.date().replace('-', "."),
        "datePublished": card.date(),
        "citeAs": bibtex(&cited),
        "creator": creators(&citation.authors),
        "keywords": ["privacy policy", "web archive", "history"],
        "inLanguage": languages,
        "distribution": distribution,
        "recordSet": record_sets,
    });
    if let (Some((first, last)), Some(fields)) = (card.extent(), dataset.as_object_mut()) {
        let span = format!("{}/{}", first.date_text(), last.date_text());
        fields.insert("temporalCoverage".to_owned(), span.into());
    }
    if let (Some(doi), Some(fields)) = (&citation.doi, dataset.as_object_mut()) {
        fields.insert("identifier".to_owned(), doi.url().into());
    }
    dataset
}

/// The authors; the program if none is given, because the specification requires one.
fn creators(authors: &[Author]) -> Value {
    if authors.is_empty() {
        return json!({"@type": "sc:Organization", "name": "policytrail"});
    }
    let creator = |author: &Author| match author {
        Author::Person { family, given } => {
            json!({"@type": "sc:Person", "name": author.name(), "familyName": family, "givenName": given})
        }
        Author::Whole(name) => json!({"@type": "sc:Organization", "name": name}),
    };
    authors.iter().map(creator).collect()
}

/// The columns of a table; `None` if it has no file.
fn record_set(table: &WrittenTable, timestamps: TimestampForm) -> Option<Value> {
    let (format, file) = PREFERRED_FORMATS
        .iter()
        .find_map(|wanted| table.files.iter().find(|(format, _)| format == wanted))?;
    let name = table.table.name;
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let is_date_time = *format == TableFormat::Parquet || timestamps == TimestampForm::Iso;
            let (data_type, is_list) = match (column.kind, *format) {
                (ColumnType::Integer, _) => ("sc:Integer", false),
                (ColumnType::Fraction, _) => ("sc:Float", false),
                (ColumnType::Boolean, _) => ("sc:Boolean", false),
                (ColumnType::Time, _) if is_date_time => ("sc:DateTime", false),
                (ColumnType::List, TableFormat::Parquet | TableFormat::Jsonl) => ("sc:Text", true),
                _ => ("sc:Text", false),
            };
            let mut field = json!({
                "@type": "cr:Field", "@id": format!("{name}/{}", column.name), "name": column.name,
                "description": column.meaning, "dataType": data_type,
                "source": {"fileObject": {"@id": file.name}, "extract": {"column": column.name}},
            });
            if let (true, Some(field)) = (is_list, field.as_object_mut()) {
                field.insert("repeated".to_owned(), true.into());
            }
            field
        })
        .collect();
    Some(
        json!({"@type": "cr:RecordSet", "@id": name, "name": name, "description": table.table.about, "field": fields}),
    )
}

/// The media type of a format.
fn encoding(format: TableFormat) -> &'static str {
    match format {
        TableFormat::Jsonl => "application/jsonlines",
        TableFormat::Csv => "text/csv",
        TableFormat::Parquet => "application/x-parquet",
    }
}

/// Prefixes and names of the context that the specification of Croissant 1.0 prescribes.
const CONTEXT_NAMES: [(&str, &str); 33] = [
    ("@language", "en"),
    ("@vocab", "https://schema.org/"),
    ("citeAs", "cr:citeAs"),
    ("column", "cr:column"),
    ("conformsTo", "dct:conformsTo"),
    ("cr", "http://mlcommons.org/croissant/"),
    ("rai", "http://mlcommons.org/croissant/RAI/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("equivalentProperty", "cr:equivalentProperty"),
    ("extract", "cr:extract"),
    ("field", "cr:field"),
    ("fileProperty", "cr:fileProperty"),
    ("fileObject", "cr:fileObject"),
    ("fileSet", "cr:fileSet"),
    ("format", "cr:format"),
    ("includes", "cr:includes"),
    ("isLiveDataset", "cr:isLiveDataset"),
    ("jsonPath", "cr:jsonPath"),
    ("key", "cr:key"),
    ("md5", "cr:md5"),
    ("parentField", "cr:parentField"),
    ("path", "cr:path"),
    ("recordSet", "cr:recordSet"),
    ("references", "cr:references"),
    ("regex", "cr:regex"),
    ("repeated", "cr:repeated"),
    ("replace", "cr:replace"),
    ("samplingRate", "cr:samplingRate"),
    ("sc", "https://schema.org/"),
    ("separator", "cr:separator"),
    ("source", "cr:source"),
    ("subField", "cr:subField"),
    ("transform", "cr:transform"),
];
/// Names of that context with a type of their own.
const CONTEXT_TYPES: [(&str, &str, &str); 3] = [
    ("data", "cr:data", "@json"),
    ("dataType", "cr:dataType", "@vocab"),
    ("examples", "cr:examples", "@json"),
];

/// The context of the description.
fn context() -> Value {
    let mut context = Map::new();
    for (name, meaning) in CONTEXT_NAMES {
        context.insert(name.to_owned(), meaning.into());
    }
    for (name, id, kind) in CONTEXT_TYPES {
        context.insert(name.to_owned(), json!({"@id": id, "@type": kind}));
    }
    Value::Object(context)
}
