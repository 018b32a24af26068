//! The table of clusters: documents that are nearly the same on several sites.

use crate::store::tables::{CLUSTERS, Cell, Cluster, Column, Filter, Snapshot};

use super::error::ExportError;

/// Decimal places of a similarity.
const SIMILARITY_PLACES: f64 = 10_000.0;

/// Calls `each` for every document of every cluster. Columns with words of policies are left out unless they are among
/// `columns`.
pub(super) fn each_row(
    snapshot: &Snapshot<'_>,
    columns: &[Column],
    filter: &Filter,
    mut each: impl FnMut(&[Cell<'_>]) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    for cluster in snapshot.clusters(filter, |_, _| ())? {
        for place in 0..cluster.documents.len() {
            let all = row(snapshot, &cluster, place)?;
            let wanted = |(column, cell): (&Column, Cell<'static>)| {
                columns
                    .iter()
                    .any(|c| c.name == column.name)
                    .then_some(cell)
            };
            let cells: Vec<Cell<'_>> = CLUSTERS
                .columns
                .iter()
                .zip(all)
                .filter_map(wanted)
                .collect();
            each(&cells)?;
        }
    }
    // The rows are made of values that were read.
    Ok(0)
}

/// The cells of one document of a cluster.
fn row(
    snapshot: &Snapshot<'_>,
    cluster: &Cluster,
    place: usize,
) -> Result<Vec<Cell<'static>>, ExportError> {
    let document = &cluster.documents[place];
    let leader = &cluster.documents[0];
    let outline = snapshot.document_outline(document.document_id)?;
    let text = |text: String| Cell::Text(text.into());
    let count = |n: usize| Cell::Integer(i64::try_from(n).unwrap_or(i64::MAX));
    let cells = CLUSTERS.columns.iter().map(|column| {
        Ok(match column.name {
            "cluster" => Cell::Integer(cluster.number.cast_signed()),
            "text_sha256" => text(document.text_hash.to_string()),
            "leader_sha256" => text(leader.text_hash.to_string()),
            "simhash_distance" => Cell::Integer(document.simhash_distance.into()),
            "similarity" => Cell::Fraction(
                (document.similarity * SIMILARITY_PLACES).round() / SIMILARITY_PLACES,
            ),
            "cluster_sites" => count(cluster.sites),
            "cluster_documents" => count(cluster.documents.len()),
            "parked" => Cell::Boolean(cluster.is_parked),
            "sites" => Cell::List(snapshot.site_names(&document.sites)?),
            "first_seen" => Cell::Time(document.first_seen),
            "last_seen" => Cell::Time(document.last_seen),
            "language" => text(outline.language.clone()),
            "word_count" => Cell::Integer(outline.word_count),
            "first_words" => text(outline.first_words.clone()),
            _ => Cell::Null,
        })
    });
    cells.collect()
}
