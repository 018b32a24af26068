//! Policies of other sites with a similar text.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::history::distance;
use crate::model::{DocumentId, PolicyId, TextHash};
use crate::store::database::{Store, StoreError};
use crate::store::histories::entries::{
    PolicyEntry, VersionEntry, policy_of, rendition_of, version_of,
};

/// Most bits in which the simhashes of similar texts differ. Versions of one policy that are no rewrite were up to 20 bits
/// apart (see [`crate::history::change`]); unrelated texts are about 32 apart.
const MOST_BITS: u32 = 20;

/// A policy of another site with a similar text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPolicy {
    /// The policy.
    pub policy: PolicyEntry,
    /// Its version whose simhash is nearest; of several, the newest.
    pub version: VersionEntry,
    /// Bits in which the simhashes differ.
    pub simhash_distance: u32,
    /// The text of the version.
    pub text: String,
}

impl Store {
    /// The policies of other sites whose texts are nearest to a text by their simhash, nearest first, `limit` at most.
    ///
    /// # Errors
    /// If the database fails.
    pub fn near_policies(
        &self,
        text_hash: TextHash,
        site: &str,
        limit: usize,
    ) -> Result<Vec<NearPolicy>, StoreError> {
        self.read(|t| {
            let mut near = nearest_versions(t, text_hash, site)?;
            near.sort_by_key(|(policy_id, n)| (n.bits, *policy_id));
            near.truncate(limit);
            near.into_iter()
                .filter_map(|(policy_id, n)| near_policy(t, policy_id, &n).transpose())
                .collect()
        })
    }
}

/// The version of a policy that is nearest.
struct NearVersion {
    bits: u32,
    version: u32,
}

/// The nearest version of each policy of another site.
fn nearest_versions(
    t: &Transaction<'_>,
    text_hash: TextHash,
    site: &str,
) -> rusqlite::Result<Vec<(PolicyId, NearVersion)>> {
    let simhash: Option<i64> = t
        .prepare_cached("SELECT simhash FROM documents WHERE text_sha256 = ?1")?
        .query_row([text_hash.to_string()], |r| r.get(0))
        .optional()?;
    let Some(simhash) = simhash else {
        return Ok(Vec::new());
    };
    let mut documents = t.prepare_cached("SELECT document_id, simhash FROM documents")?;
    let mut rows = documents.query([])?;
    let mut nearest: BTreeMap<PolicyId, NearVersion> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (document_id, other): (DocumentId, i64) = (row.get(0)?, row.get(1)?);
        let bits = distance(simhash.cast_unsigned(), other.cast_unsigned());
        if bits > MOST_BITS {
            continue;
        }
        let mut versions = t.prepare_cached(
            "SELECT v.policy_id, v.version FROM versions v JOIN policies p USING (policy_id) JOIN sites s USING (site_id)
             WHERE v.document_id = ?1 AND s.site <> ?2",
        )?;
        let mut versions = versions.query(params![document_id, site])?;
        while let Some(row) = versions.next()? {
            let version: u32 = row.get(1)?;
            let entry = nearest
                .entry(row.get(0)?)
                .or_insert(NearVersion { bits, version });
            if bits < entry.bits || bits == entry.bits && version > entry.version {
                *entry = NearVersion { bits, version };
            }
        }
    }
    Ok(nearest.into_iter().collect())
}

fn near_policy(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    near: &NearVersion,
) -> rusqlite::Result<Option<NearPolicy>> {
    let policy = policy_of(t, policy_id)?;
    let version = version_of(t, policy_id, near.version)?;
    let (Some(policy), Some(version)) = (policy, version) else {
        return Ok(None);
    };
    let text = rendition_of(t, version.rendition_id)?.map(|r| r.text);
    Ok(text.map(|text| NearPolicy {
        policy,
        version,
        simhash_distance: near.bits,
        text,
    }))
}
