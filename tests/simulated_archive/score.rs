//! Compares the results of a backfill of the simulated archive with the truth, and counts its requests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use policytrail::config::{Layers, Settings, SiteRow};
use policytrail::crawl::{Crawl, Until};
use policytrail::discover::Vocabulary;
use policytrail::model::Site;
use policytrail::model::{Timestamp, UrlKey};
use policytrail::store::tables::{Cell, Filter, VERSIONS};
use policytrail::store::{Store, StoreError};

use super::world::World;

/// The figures, with details.
#[derive(Debug, Default)]
pub struct Score {
    pub sites: usize,
    pub captures: usize,
    pub true_versions: usize,
    pub found_versions: usize,
    pub matched: usize,
    pub true_policies: usize,
    /// Policies of which at least one version was found.
    pub policies_met: usize,
    /// URLs that were taken for a policy's.
    pub policies_found: usize,
    pub cdx: usize,
    pub playback: usize,
    /// Those that were redirected to the nearest capture.
    pub jumps: usize,
    /// Home pages among them.
    pub home_pages: usize,
    /// Captures whose payload was sent twice.
    pub captures_twice: Vec<String>,
    /// Payloads that were sent twice.
    pub payloads_twice: Vec<String>,
    /// Site, and what was missed or wrongly found there.
    pub faults: Vec<(String, String)>,
    /// Playback requests by site.
    pub costs: Vec<(String, usize, usize)>,
}

impl Score {
    #[expect(clippy::cast_precision_loss, reason = "some thousand")]
    fn share(part: usize, whole: usize) -> f64 {
        part as f64 / whole.max(1) as f64
    }

    /// Counts the captures and payloads of one site's crawl that were sent before; `sent` counts those of all sites.
    fn count_repeated(
        &mut self,
        payloads: Vec<(UrlKey, Timestamp, String)>,
        sent: &mut HashMap<String, usize>,
    ) {
        let mut captures = BTreeSet::new();
        for (key, timestamp, digest) in payloads {
            let first = captures.insert((key.clone(), timestamp));
            let times = sent.entry(format!("{key} {digest}")).or_default();
            *times += 1;
            if *times > 1 {
                self.payloads_twice
                    .push(format!("{key} {timestamp} {digest}"));
            }
            if !first {
                self.captures_twice.push(format!("{key} {timestamp}"));
            }
        }
    }

    pub fn recall(&self) -> f64 {
        Self::share(self.matched, self.true_versions)
    }

    pub fn precision(&self) -> f64 {
        Self::share(self.matched, self.found_versions)
    }

    pub fn policy_recall(&self) -> f64 {
        Self::share(self.policies_met, self.true_policies)
    }

    pub fn policy_precision(&self) -> f64 {
        Self::share(self.policies_met, self.policies_found)
    }

    pub fn cdx_a_site(&self) -> f64 {
        Self::share(self.cdx, self.sites)
    }

    pub fn playback_a_version(&self) -> f64 {
        Self::share(self.playback, self.true_versions)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "sites                        {}", self.sites)?;
        writeln!(f, "captures                     {}", self.captures)?;
        writeln!(f, "true versions                {}", self.true_versions)?;
        writeln!(f, "recall                       {:.3}", self.recall())?;
        writeln!(f, "precision                    {:.3}", self.precision())?;
        writeln!(f, "CDX requests a site          {:.2}", self.cdx_a_site())?;
        writeln!(
            f,
            "playback a true version      {:.2}",
            self.playback_a_version()
        )?;
        writeln!(
            f,
            "jumps a true version         {:.2}",
            Self::share(self.jumps, self.true_versions)
        )?;
        writeln!(
            f,
            "home pages a site            {:.2}",
            Self::share(self.home_pages, self.sites)
        )?;
        writeln!(
            f,
            "captures sent twice          {}",
            self.captures_twice.len()
        )?;
        write!(
            f,
            "payloads sent twice          {}",
            self.payloads_twice.len()
        )
    }
}

/// Runs a backfill of one site into a database, with these settings, and returns what its budget left open.
pub async fn backfill(
    world: &World,
    site: &str,
    store: &Arc<Store>,
    settings: &[(&str, &str)],
    vocabulary: &Vocabulary,
) -> Vec<String> {
    let mut layers = Layers::default();
    layers.add_text("crawl.to", "2024", "test");
    for (name, value) in settings {
        layers.add_text(name, value, "test");
    }
    let settings = Settings::from_layers(&layers).unwrap();
    let crawl = Crawl::builder(world, Arc::clone(store))
        .settings(settings.crawl)
        .discover(settings.discover)
        .vocabulary(vocabulary)
        .build()
        .unwrap();
    let row = SiteRow::of(Site::parse(site).unwrap());
    let outcome = crawl.crawl_sites(&[row], Until::Versions).await;
    assert!(
        outcome.ended_by.is_none() && outcome.failures.is_empty(),
        "{outcome:?}"
    );
    outcome.left_open
}

/// Runs a backfill of all sites, one after the other, with these settings (`crawl.sample=all` and the like).
pub async fn measure(
    world: &World,
    settings: &[(&str, &str)],
    vocabulary: &Vocabulary,
) -> (Score, Arc<Store>) {
    let store = Arc::new(Store::open_in_memory().unwrap());
    let mut score = Score {
        sites: world.sites.len(),
        captures: world.captures_in_all(),
        ..Score::default()
    };
    let mut sent: HashMap<String, usize> = HashMap::new();
    for site in &world.sites {
        world.take_requests();
        backfill(world, site, &store, settings, vocabulary).await;
        let requests = world.take_requests();
        score.cdx += requests.cdx;
        score.playback += requests.playback;
        score.jumps += requests.jumps;
        let home = format!("http://{site}/");
        score.home_pages += requests
            .queries
            .iter()
            .filter(|q| q.ends_with(&home))
            .count();
        let versions: usize = world
            .policies
            .iter()
            .filter(|p| p.site == *site)
            .map(|p| p.versions.len())
            .sum();
        score
            .costs
            .push((site.clone(), requests.playback, versions));
        if requests.cdx > 1 {
            score.faults.push((
                site.clone(),
                format!(
                    "{} index questions {:?}",
                    requests.cdx,
                    requests
                        .queries
                        .iter()
                        .filter(|q| q.starts_with("cdx"))
                        .collect::<Vec<_>>()
                ),
            ));
        }
        score.count_repeated(requests.payloads, &mut sent);
    }
    let mut found = found_versions(&store);
    for site in &world.sites {
        compare(
            world,
            site,
            &found.remove(site).unwrap_or_default(),
            &mut score,
        );
    }
    (score, store)
}

/// A version that the job found.
struct Found {
    policy_url: String,
    version: i64,
    first_seen: Timestamp,
    text: String,
    word_count: i64,
}

impl Found {
    /// Describes a version that matches no true one.
    fn as_fault(&self, sentences: usize) -> String {
        let start: String = self.text.chars().take(50).collect();
        format!(
            "wrong {} #{} of {}, {sentences} sentences, {} words, {start:?}",
            self.policy_url, self.version, self.first_seen, self.word_count
        )
    }
}

fn found_versions(store: &Store) -> BTreeMap<String, Vec<Found>> {
    let names = [
        "site",
        "policy_url",
        "version",
        "first_seen",
        "text",
        "word_count",
    ];
    let columns = names.map(|name| *VERSIONS.column(name).unwrap());
    let mut found: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    store
        .snapshot(|snapshot| {
            snapshot.each_row(&VERSIONS, &columns, &Filter::default(), |cells| {
                let [
                    Cell::Text(site),
                    Cell::Text(policy_url),
                    Cell::Integer(version),
                    Cell::Time(first_seen),
                    Cell::Text(text),
                    Cell::Integer(word_count),
                ] = cells
                else {
                    panic!("{cells:?}");
                };
                found.entry(site.to_string()).or_default().push(Found {
                    policy_url: policy_url.to_string(),
                    version: *version,
                    first_seen: *first_seen,
                    text: text.to_string(),
                    word_count: *word_count,
                });
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
    found
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A found version is right when it has all sentences of a true one and no others, and begins within a day of it.
fn compare(world: &World, site: &str, found: &[Found], score: &mut Score) {
    let policies: Vec<_> = world.policies.iter().filter(|p| p.site == site).collect();
    let pool: BTreeSet<String> = policies
        .iter()
        .flat_map(|p| &p.versions)
        .flat_map(|v| &v.sentences)
        .map(|s| bare(s))
        .collect();
    score.found_versions += found.len();
    let addresses: BTreeSet<&String> = found.iter().map(|v| &v.policy_url).collect();
    score.policies_found += addresses.len();
    let mut open: Vec<(&Found, BTreeSet<&String>)> = found
        .iter()
        .map(|v| {
            let text = bare(&v.text);
            (
                v,
                pool.iter().filter(|s| text.contains(s.as_str())).collect(),
            )
        })
        .collect();
    for policy in policies {
        score.true_versions += policy.versions.len();
        score.true_policies += usize::from(!policy.versions.is_empty());
        let matched_before = score.matched;
        for (n, version) in policy.versions.iter().enumerate() {
            let wanted: BTreeSet<String> = version.sentences.iter().map(|s| bare(s)).collect();
            let right = open.iter().position(|(v, said)| {
                v.first_seen.distance_seconds(version.first) <= 86_400
                    && said.iter().copied().eq(wanted.iter())
            });
            if let Some(at) = right {
                score.matched += 1;
                open.remove(at);
            } else {
                score.faults.push((
                    site.to_owned(),
                    format!(
                        "missed {} #{} of {}, {} to {}",
                        policy.what,
                        n + 1,
                        policy.versions.len(),
                        version.first,
                        version.last
                    ),
                ));
            }
        }
        score.policies_met += usize::from(score.matched > matched_before);
    }
    for (version, said) in open {
        let fault = version.as_fault(said.len());
        score.faults.push((site.to_owned(), fault));
    }
}
