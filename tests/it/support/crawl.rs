//! Crawls of a test's own archive, without the command line.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use policytrail::archive::Archive;
use policytrail::archive::clock::SystemClock;
use policytrail::config::{Layers, Settings, SiteRow};
use policytrail::crawl::{self, Outcome, PdfReader, Progress, Session, Until};
use policytrail::discover::Vocabulary;
use policytrail::store::Store;
use tokio_util::sync::CancellationToken;

use super::program::program;

/// A crawl that runs longer than this never ends.
const MOST_TIME: Duration = Duration::from_mins(2);

/// A crawl to its versions.
pub struct Crawl<'a, A> {
    pub archive: &'a A,
    pub store: &'a Arc<Store>,
    /// Names and values as in a settings file.
    pub settings: Vec<(&'a str, &'a str)>,
    /// The program that reads PDFs.
    pub pdf_reader: PathBuf,
    pub stop: CancellationToken,
    pub announce_changes: bool,
}

impl<'a, A: Archive> Crawl<'a, A> {
    /// A crawl with the program's own PDF reader that nobody stops.
    pub fn new(archive: &'a A, store: &'a Arc<Store>, settings: &[(&'a str, &'a str)]) -> Self {
        Self {
            archive,
            store,
            settings: settings.to_vec(),
            pdf_reader: program(),
            stop: CancellationToken::new(),
            announce_changes: false,
        }
    }

    /// Crawls these sites.
    pub async fn run(self, sites: &[SiteRow]) -> Outcome {
        let mut layers = Layers::default();
        for (name, value) in self.settings {
            layers.add_text(name, value, "test");
        }
        let settings = Settings::from_layers(&layers).unwrap();
        let name = self.archive.name();
        let session = Session {
            archive: self.archive,
            archive_id: self
                .store
                .archive(&name, "http://archive.example/web/")
                .unwrap(),
            store: Arc::clone(self.store),
            clock: Arc::new(SystemClock),
            crawl: settings.crawl,
            discover: settings.discover,
            vocabulary: Vocabulary::built_in(),
            pdf: PdfReader::new(self.pdf_reader),
            progress: Arc::new(Progress::default()),
            in_flight: Arc::default(),
            stop: self.stop,
            announce_changes: self.announce_changes,
        };
        let outcome = crawl::crawl_sites(&session, sites, Until::Versions);
        tokio::time::timeout(MOST_TIME, outcome).await.unwrap()
    }
}
