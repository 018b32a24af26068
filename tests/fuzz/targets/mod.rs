//! The fuzz targets: functions that panic if what must hold for an input does not. `../libfuzzer/` runs them with libFuzzer,
//! `../every_target.rs` without.

pub mod body_decoding;
pub mod cdx_line;
pub mod cpu_time;
pub mod extraction;
pub mod imports;
pub mod index_answers;
mod loopback;
pub mod playback_answers;
mod replaying;
pub mod site_lists;
pub mod toml_files;
pub mod vocabulary_and_links;
pub mod warc;
pub mod warc_folders;
