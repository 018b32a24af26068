//! Crawls of a test's own archive, without the command line.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use policytrail::archive::Archive;
use policytrail::config::{Layers, Settings, SiteRow};
use policytrail::crawl::{Crawl, Outcome, PdfReader, Until};
use policytrail::store::{Announce, Store};
use tokio_util::sync::CancellationToken;

use super::program::program;

/// A crawl that runs longer than this never ends.
const MOST_TIME: Duration = Duration::from_mins(2);

/// A crawl to its versions.
pub struct TestCrawl<'a, A> {
    pub archive: &'a A,
    pub store: &'a Arc<Store>,
    /// Names and values as in a settings file.
    pub settings: Vec<(&'a str, &'a str)>,
    /// The program that reads PDFs, if one is set.
    pub pdf_reader: Option<PathBuf>,
    pub stop: CancellationToken,
    pub announce: Announce,
}

impl<'a, A: Archive> TestCrawl<'a, A> {
    /// A crawl with the program's own PDF reader that nobody stops.
    pub fn new(archive: &'a A, store: &'a Arc<Store>, settings: &[(&'a str, &'a str)]) -> Self {
        Self {
            archive,
            store,
            settings: settings.to_vec(),
            pdf_reader: Some(program()),
            stop: CancellationToken::new(),
            announce: Announce::Nothing,
        }
    }

    /// Crawls these sites.
    pub async fn run(self, sites: &[SiteRow]) -> Outcome {
        let mut layers = Layers::default();
        for (name, value) in self.settings {
            layers.add_text(name, value, "test");
        }
        let settings = Settings::from_layers(&layers).unwrap();
        let mut crawl = Crawl::builder(self.archive, Arc::clone(self.store))
            .settings(settings.crawl)
            .discover(settings.discover)
            .stop(self.stop)
            .announce(self.announce);
        if let Some(program) = self.pdf_reader {
            crawl = crawl.pdf_reader(PdfReader::new(program));
        }
        let crawl = crawl.build().unwrap();
        let outcome = crawl.crawl_sites(sites, Until::Versions);
        tokio::time::timeout(MOST_TIME, outcome).await.unwrap()
    }
}
