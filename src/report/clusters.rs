//! Documents that are nearly the same on several sites.

use serde_json::{Value, json};

use super::error::ReportError;
use crate::store::Store;
use crate::store::tables::{Cluster, DocumentOutline, Filter, FirstVersion};

/// A cluster with what people need to know it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterReport {
    /// The cluster.
    pub cluster: Cluster,
    /// Its sites in alphabetical order.
    pub sites: Vec<String>,
    /// The leader.
    pub leader: DocumentOutline,
    /// The version that shows the leader first.
    pub first_version: FirstVersion,
}

impl ClusterReport {
    /// The cluster as data.
    #[must_use]
    pub fn answer(&self) -> Value {
        let documents: Vec<String> = self
            .cluster
            .documents
            .iter()
            .map(|d| d.text_hash.to_string())
            .collect();
        json!({
            "cluster": self.cluster.number,
            "sites": self.cluster.sites,
            "documents": documents.len(),
            "parked": self.cluster.is_parked,
            "leader_sha256": documents.first(),
            "leader_site": self.first_version.site,
            "leader_policy_url": self.first_version.policy_url,
            "leader_version": self.first_version.version,
            "language": self.leader.language,
            "word_count": self.leader.word_count,
            "first_seen": self.cluster.first_seen(),
            "last_seen": self.cluster.last_seen(),
            "first_words": self.leader.first_words,
            "site_list": self.sites,
            "document_list": documents,
        })
    }
}

/// The clusters with at least so many sites, those with the most sites first. `done` is called with the number of documents
/// that are done, and with the number of all.
///
/// # Errors
/// If the database fails.
pub fn cluster_reports(
    store: &Store,
    min_sites: usize,
    done: impl FnMut(usize, usize),
) -> Result<Vec<ClusterReport>, ReportError> {
    store.snapshot(|snapshot| {
        let mut clusters = snapshot.clusters(&Filter::default(), done)?;
        clusters.retain(|cluster| cluster.sites >= min_sites);
        clusters.sort_by_key(|cluster| (std::cmp::Reverse(cluster.sites), cluster.number));
        let mut reports = Vec::new();
        for cluster in clusters {
            let Some(leader) = cluster.documents.first() else {
                continue;
            };
            let Some(first_version) = snapshot.first_version(leader.document_id)? else {
                continue;
            };
            let mut sites: Vec<_> = cluster
                .documents
                .iter()
                .flat_map(|d| d.sites.iter().copied())
                .collect();
            sites.sort_unstable();
            sites.dedup();
            reports.push(ClusterReport {
                sites: snapshot.site_names(&sites)?,
                leader: snapshot.document_outline(leader.document_id)?,
                first_version,
                cluster,
            });
        }
        Ok(reports)
    })
}
