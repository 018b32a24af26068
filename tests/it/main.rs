//! Integration tests: one program, a module for each topic. `cargo test --test it TOPIC::` runs those of one topic.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a failed test reports with a panic, and a skipped test must be visible"
)]

mod alerts;
mod architecture;
mod archived_traps;
mod backup;
mod citation;
mod classifier;
mod clusters;
mod command_line;
mod dependencies;
mod documents;
mod evidence;
mod export;
mod export_files;
mod export_pages;
mod extract_command;
mod extraction_memory;
mod extraction_of_shared_pages;
mod faulty_archive;
mod foreign_databases;
mod golden_pages;
mod harmless_files;
mod histories;
mod http_archive;
mod hub_pages;
mod import;
mod import_pages;
mod index_memory;
mod interrupted_crawls;
mod library;
mod memory_budget;
mod odd_archives;
mod pdf_reader;
mod proofs;
mod pywb;
mod reasons;
mod reextract;
mod review;
mod sample_backfill;
mod sample_database;
mod sample_generator;
mod sampler_accuracy;
mod scheduled_runs;
mod scheduled_runs_on_shared_archive;
mod search;
mod settings;
mod shared_captures;
mod simulated_crawl;
mod split_boxes;
mod stated_dates;
mod support;
mod terminal;
mod time_and_progress;
mod times_in_answers;

// The generators of test data are also examples (`Cargo.toml`), so they have folders of their own.
#[path = "../sample_archive/mod.rs"]
mod sample_archive;
#[path = "../simulated_archive/mod.rs"]
mod simulated_archive;
