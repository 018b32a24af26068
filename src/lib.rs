//! Histories of privacy policies from web archives.
//!
//! ```text
//! sites ─▶ discover ─▶ sample ─▶ archive::memento ─▶ extract ─▶ classify ─▶ history ─▶ store ─▶ export · report
//!          where are     which        the bytes       the words   what kind   which       SQLite    what people use
//!          the policies  captures                                             versions
//!             └────────────── archive::captures (index) ──┘
//! ```
//!
//! The modules, in the order of this list. A module imports only from modules above it (`tests/it/architecture.rs` checks it).
//! [`model`] is the vocabulary; [`page`] is how discovery and extraction read archived HTML; [`crawl`] is the only place that
//! joins the steps; [`report`] is what the commands answer as data. `docs/glossary.md` explains every term.
//!
//! # Extract one page
//!
//! [`extract::extract`] takes the bytes of a page and returns its text, or the reason why it is no policy. It reads no file
//! and sends no request.
//!
//! ```
//! use policytrail::extract::{Options, PageInput, extract};
//!
//! let page = PageInput {
//!     bytes: b"<title>Example</title><h1>Privacy Policy</h1>
//!         <p>We collect your name and your e-mail address when you register.</p>
//!         <p>We never share personal information with third parties.</p>",
//!     content_type: Some("text/html; charset=utf-8"),
//!     url: None,
//! };
//! match extract(&page, &Options::default()) {
//!     Ok(document) => println!("{}", document.markdown),
//!     Err(dropped) => println!("no policy: {dropped}"),
//! }
//! # let document = extract(&page, &Options::default()).unwrap();
//! # assert!(document.markdown.starts_with("# Privacy Policy\n\nWe collect your name"), "{}", document.markdown);
//! ```
//!
//! # Crawl a folder of WARC files
//!
//! [`crawl::Crawl::builder`] needs an archive and a database. Everything else has a default and a setter.
//!
//! ```
//! use std::path::Path;
//!
//! use policytrail::archive::{DEFAULT_MAX_BODY_BYTES, warc::WarcArchive};
//! use policytrail::config::SiteRow;
//! use policytrail::crawl::{Crawl, Until};
//! use policytrail::store::Store;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let folder = Path::new("data/sample");
//!     # let folder = &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
//!     let database = Path::new("policies.db");
//!     # let scratch = tempfile::tempdir()?;
//!     # let database = &scratch.path().join(database);
//!     let archive = WarcArchive::open(folder, DEFAULT_MAX_BODY_BYTES)?;
//!     let store = Store::open_or_create(database)?;
//!     let crawl = Crawl::builder(&archive, store).build()?;
//!     let sites = [SiteRow::of("pinecone-social-sample.com".parse()?)];
//!     let outcome = crawl.crawl_sites(&sites, Until::Versions).await.into_result()?;
//!     for failure in &outcome.failures {
//!         eprintln!("no answer, the next crawl tries again: {failure}");
//!     }
//!     println!("{} versions", crawl.store().status()?.versions);
//!     # assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
//!     # assert_eq!(crawl.store().status()?.versions, 4);
//!     Ok(())
//! }
//! ```
//!
//! A repeated crawl continues where the earlier one ended. [`archive::http::HttpArchive`] queries the Wayback Machine and
//! pywb in the same way. A PDF needs a [`crawl::PdfReader`], which reads it in a process with limits of time and memory.
//!
//! # Walk the history in a database
//!
//! ```
//! use std::path::Path;
//!
//! use policytrail::store::Store;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Path::new("policies.db");
//!     # let scratch = tempfile::tempdir()?;
//!     # let database = &scratch.path().join(database);
//!     # crawl_sample(database)?;
//!     let store = Store::open_to_read(database)?;
//!     # let mut words = 0;
//!     for policy in store.policies_with_versions("pinecone-social-sample.com")? {
//!         for version in store.history(policy.policy_id)? {
//!             let text = store.rendition(version.rendition_id)?.ok_or("the text is missing")?.text;
//!             println!("{} version {} of {}", policy.policy_url, version.version, version.first_seen);
//!             println!("{text}");
//!             # words += text.split_whitespace().count();
//!         }
//!     }
//!     # assert!(words > 1_000, "{words}");
//!     Ok(())
//! }
//! #
//! # #[tokio::main]
//! # async fn crawl_sample(database: &Path) -> Result<(), Box<dyn std::error::Error>> {
//! #     use policytrail::crawl::{Crawl, Until};
//! #     let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample");
//! #     let archive = policytrail::archive::warc::WarcArchive::open(&folder, 1 << 25)?;
//! #     let crawl = Crawl::builder(&archive, Store::open_or_create(database)?).build()?;
//! #     let sites = [policytrail::config::SiteRow::of("pinecone-social-sample.com".parse()?)];
//! #     crawl.crawl_sites(&sites, Until::Versions).await.into_result()?;
//! #     Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | feature | what it adds | default |
//! |---|---|---|
//! | `cli` | the command line, and the program `policytrail` | yes |
//! | `parquet` | tables as Apache Parquet ([`export::TableFormat::Parquet`]) | yes |
//! | `pdf` | text of PDFs ([`extract::CAN_READ_PDFS`]) | yes |

pub mod model;

pub mod config;

pub mod archive;

pub mod page;

pub mod discover;

pub mod sample;

pub mod extract;

pub mod classify;

pub mod history;

pub mod store;

pub mod crawl;

pub mod export;

pub mod report;

#[cfg(feature = "cli")]
pub mod cli;
