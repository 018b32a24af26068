//! Clusters of documents that are nearly the same on several sites.

use std::ops::Range;

use rusqlite::{OptionalExtension as _, Row, params_from_iter};

use super::described::VERSIONS;
use super::filter::Filter;
use super::snapshot::{Snapshot, time};
use crate::history::{Membership, clusters, is_parked};
use crate::model::{DocumentId, SiteId, TextHash, Timestamp};
use crate::store::database::StoreError;

/// Least number of sites of a cluster.
const MIN_SITES: usize = 2;
/// Characters of a text that are read for its first words.
const FIRST_CHARS: u32 = 400;
/// Most characters of the first words of a text.
const MAX_FIRST_WORDS_CHARS: usize = 100;

/// Documents that are nearly the same on several sites.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its number, from 1, in the order in which the leaders were first seen.
    pub number: u64,
    /// Number of sites with a document of the cluster.
    pub sites: usize,
    /// True if the texts are those of parked domains.
    pub is_parked: bool,
    /// Its documents by first observation, the leader first.
    pub documents: Vec<ClusteredDocument>,
}

/// A document of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusteredDocument {
    /// The document.
    pub document_id: DocumentId,
    /// Its text hash.
    pub text_hash: TextHash,
    /// Bits in which its simhash differs from that of the leader.
    pub simhash_distance: u32,
    /// Share of shingles that it has in common with the leader.
    pub similarity: f64,
    /// Its first observation on any site.
    pub first_seen: Timestamp,
    /// Its last observation on any site.
    pub last_seen: Timestamp,
    /// The sites that have it.
    pub sites: Vec<SiteId>,
}

impl Cluster {
    /// The first observation of any of its documents.
    #[must_use]
    pub fn first_seen(&self) -> Option<Timestamp> {
        self.documents.iter().map(|d| d.first_seen).min()
    }

    /// The last observation of any of its documents.
    #[must_use]
    pub fn last_seen(&self) -> Option<Timestamp> {
        self.documents.iter().map(|d| d.last_seen).max()
    }
}

/// What people need to know a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentOutline {
    /// ISO 639-1 or `und`.
    pub language: String,
    /// Number of words.
    pub word_count: i64,
    /// The first words of the text, on one line.
    pub first_words: String,
}

/// The version that shows a document first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstVersion {
    /// Its site.
    pub site: String,
    /// URL of its policy.
    pub policy_url: String,
    /// Its number.
    pub version: u32,
}

/// A document with the versions that show it.
struct SightedDocument {
    document_id: DocumentId,
    text_hash: TextHash,
    simhash: u64,
    first_seen: Timestamp,
    last_seen: Timestamp,
    /// Its sites in the list of all.
    sites: Range<usize>,
}

/// All documents, and the sites of each.
#[derive(Default)]
struct SightedDocuments {
    documents: Vec<SightedDocument>,
    sites: Vec<SiteId>,
}

impl Snapshot<'_> {
    /// The clusters of the documents of all versions that are wanted, in the order in which their leaders were first seen.
    /// Memory grows with the number of documents and not with their texts. `done` is called with the number of documents
    /// that are done, and with the number of all.
    ///
    /// # Errors
    /// When the database fails.
    pub fn clusters(
        &self,
        filter: &Filter,
        mut done: impl FnMut(usize, usize),
    ) -> Result<Vec<Cluster>, StoreError> {
        let sighted = self.sighted_documents(filter)?;
        let documents = &sighted.documents;
        let simhashes: Vec<u64> = documents.iter().map(|d| d.simhash).collect();
        let memberships = clusters(
            &simhashes,
            |place| self.document_text(documents[place].document_id),
            |n| done(n, documents.len()),
        )?;
        let mut found = sighted.clusters(&memberships);
        for cluster in &mut found {
            if let Some(leader) = cluster.documents.first() {
                let text = self.document_text(leader.document_id)?;
                cluster.is_parked = is_parked(&text, cluster.sites);
            }
        }
        Ok(found)
    }

    /// What people need to know a document.
    ///
    /// # Errors
    /// When the database fails or does not hold the document.
    pub fn document_outline(&self, document_id: DocumentId) -> Result<DocumentOutline, StoreError> {
        let read = |r: &Row<'_>| {
            let beginning: String = r.get("beginning")?;
            Ok(DocumentOutline {
                language: r.get("language")?,
                word_count: r.get("word_count")?,
                first_words: first_words(&beginning),
            })
        };
        self.connection
            .prepare_cached(
                "SELECT d.language, d.word_count, substr(r.text, 1, ?2) AS beginning
                 FROM documents d JOIN renditions r USING (document_id) WHERE d.document_id = ?1 ORDER BY r.sha256 LIMIT 1",
            )
            .and_then(|mut statement| statement.query_row((document_id, FIRST_CHARS), read))
            .map_err(|e| self.fail(e))
    }

    /// The version that shows a document first; `None` if none does.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first_version(
        &self,
        document_id: DocumentId,
    ) -> Result<Option<FirstVersion>, StoreError> {
        let read = |r: &Row<'_>| {
            Ok(FirstVersion {
                site: r.get("site")?,
                policy_url: r.get("policy_url")?,
                version: r.get("version")?,
            })
        };
        self.connection
            .prepare_cached(
                "SELECT s.site, p.policy_url, v.version FROM versions v JOIN policies p USING (policy_id) JOIN sites s USING (site_id)
                 WHERE v.document_id = ?1 ORDER BY v.first_seen, s.site, p.policy_id, v.version LIMIT 1",
            )
            .and_then(|mut statement| statement.query_row([document_id], read).optional())
            .map_err(|e| self.fail(e))
    }

    /// The names of sites, in alphabetical order.
    ///
    /// # Errors
    /// When the database fails or does not hold one of them.
    pub fn site_names(&self, sites: &[SiteId]) -> Result<Vec<String>, StoreError> {
        let name = |site: &SiteId| {
            self.connection
                .prepare_cached("SELECT site FROM sites WHERE site_id = ?1")?
                .query_row([site], |r| r.get(0))
        };
        let names: rusqlite::Result<Vec<String>> = sites.iter().map(name).collect();
        let mut names = names.map_err(|e| self.fail(e))?;
        names.sort();
        Ok(names)
    }

    /// The text of a document, as its first rendition lays it out.
    fn document_text(&self, document_id: DocumentId) -> Result<String, StoreError> {
        self.connection
            .prepare_cached(
                "SELECT text FROM renditions WHERE document_id = ?1 ORDER BY sha256 LIMIT 1",
            )
            .and_then(|mut statement| statement.query_row([document_id], |r| r.get(0)))
            .map_err(|e| self.fail(e))
    }

    /// The documents of the versions that are wanted, by first observation; of documents that were first observed at the same
    /// time, by text hash. So the order does not depend on the ids, which differ between databases with the same content.
    fn sighted_documents(&self, filter: &Filter) -> Result<SightedDocuments, StoreError> {
        let mut values = Vec::new();
        let condition = filter.sql(&VERSIONS, &mut values);
        let (from, first, last) = if filter.is_everything() {
            // The same rows, without the joins that only conditions need.
            (
                "versions v JOIN policies p ON p.policy_id = v.policy_id JOIN documents d ON d.document_id = v.document_id",
                "v.first_seen",
                "v.last_seen",
            )
        } else {
            (
                VERSIONS.from,
                "coalesce(w.first_seen, v.first_seen)",
                "coalesce(w.last_seen, v.last_seen)",
            )
        };
        let sql = format!(
            "SELECT v.document_id, p.site_id, d.text_sha256, d.simhash, min({first}) AS first_seen, max({last}) AS last_seen
             FROM {from} WHERE {condition} GROUP BY v.document_id, p.site_id ORDER BY v.document_id, p.site_id"
        );
        let mut sighted = SightedDocuments::default();
        let fail = |e| self.fail(e);
        let mut statement = self.connection.prepare(&sql).map_err(fail)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            // A row that another program made unreadable has no cluster; the table of versions reports it.
            if let Some((document, site)) = sighting(row, sighted.sites.len()) {
                sighted.add(document, site);
            }
        }
        sighted
            .documents
            .sort_unstable_by_key(|d| (d.first_seen, d.text_hash));
        Ok(sighted)
    }
}

/// A document on one site, which becomes the site at this place of the list; `None` if a value cannot be read.
fn sighting(row: &Row<'_>, place: usize) -> Option<(SightedDocument, SiteId)> {
    let hash: String = row.get("text_sha256").ok()?;
    let document = SightedDocument {
        document_id: row.get("document_id").ok()?,
        text_hash: hash.parse().ok()?,
        simhash: row.get::<_, i64>("simhash").ok()?.cast_unsigned(),
        first_seen: time(row, "first_seen")?,
        last_seen: time(row, "last_seen")?,
        sites: place..place,
    };
    Some((document, row.get("site_id").ok()?))
}

impl SightedDocuments {
    /// Adds a document on one site. All sites of a document come one after the other.
    fn add(&mut self, document: SightedDocument, site: SiteId) {
        match self.documents.last_mut() {
            Some(last) if last.document_id == document.document_id => {
                last.first_seen = last.first_seen.min(document.first_seen);
                last.last_seen = last.last_seen.max(document.last_seen);
            }
            _ => self.documents.push(document),
        }
        self.sites.push(site);
        if let Some(last) = self.documents.last_mut() {
            last.sites.end = self.sites.len();
        }
    }

    /// The clusters with enough sites. Nothing is known yet of their words.
    fn clusters(&self, memberships: &[Membership]) -> Vec<Cluster> {
        let mut places: Vec<usize> = (0..memberships.len()).collect();
        places.sort_unstable_by_key(|&place| (memberships[place].leader, place));
        let of_one_leader = |a: &usize, b: &usize| memberships[*a].leader == memberships[*b].leader;
        let mut found = Vec::new();
        for places in places.chunk_by(of_one_leader) {
            let mut sites: Vec<SiteId> = places
                .iter()
                .flat_map(|&place| self.sites_of(place))
                .copied()
                .collect();
            sites.sort_unstable();
            sites.dedup();
            if sites.len() >= MIN_SITES {
                found.push(Cluster {
                    number: found.len() as u64 + 1,
                    sites: sites.len(),
                    is_parked: false,
                    documents: places
                        .iter()
                        .map(|&place| self.clustered(place, memberships[place]))
                        .collect(),
                });
            }
        }
        found
    }

    fn sites_of(&self, place: usize) -> &[SiteId] {
        &self.sites[self.documents[place].sites.clone()]
    }

    fn clustered(&self, place: usize, membership: Membership) -> ClusteredDocument {
        let document = &self.documents[place];
        ClusteredDocument {
            document_id: document.document_id,
            text_hash: document.text_hash,
            simhash_distance: membership.simhash_distance,
            similarity: membership.similarity,
            first_seen: document.first_seen,
            last_seen: document.last_seen,
            sites: self.sites_of(place).to_vec(),
        }
    }
}

/// The words at the beginning of a text, on one line, cut between words.
fn first_words(beginning: &str) -> String {
    let mut line = String::new();
    for word in beginning.split_whitespace() {
        let longer = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && longer > MAX_FIRST_WORDS_CHARS {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().take(MAX_FIRST_WORDS_CHARS));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_are_cut_between_words_and_bounded() {
        assert_eq!(first_words("Privacy\n\nWe collect"), "Privacy We collect");
        let long = "word ".repeat(100);
        assert_eq!(first_words(&long), "word ".repeat(20).trim_end());
        assert_eq!(first_words(&"個".repeat(400)).chars().count(), 100);
        assert_eq!(first_words(""), "");
    }
}
