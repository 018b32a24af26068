//! What stands in the table of clusters.

use super::columns::{LANGUAGE, TEXT_SHA256, WORD_COUNT, always, body};
use super::versions::VERSIONS;
use crate::store::tables::table::ColumnType::{Boolean, Fraction, Integer, List, Text, Time};
use crate::store::tables::table::{Chosen, Table};

/// One document of a cluster a row; made from the documents of the versions.
pub const CLUSTERS: Table = Table {
    name: "clusters",
    about: "A cluster is a set of documents that are nearly the same and occur on two sites or more: policies from a generator or \
            a template, of one company, or of parked domains. One row per document of a cluster; join it with `versions` by \
            `text_sha256`. The leader is the document that was seen first. Every other document has a simhash that differs from \
            that of the leader in three bits at most, and at least 80 % of its runs of three words in common with the leader. The \
            clusters are made of the versions that the dataset contains.",
    columns: &[
        always(
            "cluster",
            Integer,
            "0",
            "number of the cluster, from 1, in the order in which the leaders were first seen",
        ),
        TEXT_SHA256,
        always(
            "leader_sha256",
            Text,
            "''",
            "`text_sha256` of the leader of the cluster",
        ),
        always(
            "simhash_distance",
            Integer,
            "0",
            "number of bits in which the simhashes of the document and of the leader differ, 0 to 3",
        ),
        always(
            "similarity",
            Fraction,
            "0.0",
            "share of the runs of three words that the document and the leader have in common (Jaccard's coefficient), 0.8 to 1",
        ),
        always(
            "cluster_sites",
            Integer,
            "0",
            "number of sites with a document of the cluster",
        ),
        always(
            "cluster_documents",
            Integer,
            "0",
            "number of documents of the cluster",
        ),
        always(
            "parked",
            Boolean,
            "0",
            "true if the texts are those of parked domains: they say so, or a registrar or whois-protection service wrote them and \
             they stand on many sites",
        ),
        always("sites", List, "'[]'", "sites with this document"),
        always(
            "first_seen",
            Time,
            "v.first_seen",
            "time of the first capture that shows this document on any site",
        ),
        always(
            "last_seen",
            Time,
            "v.last_seen",
            "time of the last capture that shows this document on any site",
        ),
        LANGUAGE,
        WORD_COUNT,
        body("first_words", "''", "the first words of the text"),
    ],
    from: VERSIONS.from,
    always: "true",
    order: VERSIONS.order,
    span: VERSIONS.span,
    chosen: Chosen::Versions,
    counted: "count(DISTINCT v.document_id)",
};
