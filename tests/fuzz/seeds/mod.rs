//! The initial corpus of every fuzz target. All of it is made up here.

mod answers;
mod bodies;
mod files;
mod pages;
mod rows;
mod warcs;

use std::fs;
use std::io;
use std::path::Path;

const EXAMPLE_DIGEST: &str = "OSSAPWJ23L56IYVRW3GFEAR4MCJMGPTB";
const SENTENCE: &str =
    "We collect personal information about you when you register, and we use cookies. ";

/// The initial corpus of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "body_decoding" => bodies::bodies(),
        "cdx_line" => rows::index_rows(),
        "extraction" => pages::pages(),
        "imports" => files::datasets(),
        "index_answers" => answers::index_answers(),
        "playback_answers" => answers::playback_answers(),
        "site_lists" => files::site_lists(),
        "toml_files" => files::toml_files(),
        "vocabulary_and_links" => pages::addresses_and_pages(),
        "warc" => warcs::warcs(),
        "warc_folders" => warcs::folders(),
        _ => Vec::new(),
    }
}

/// Writes the initial corpus of a target into a folder.
pub fn write(target: &str, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, seed) in of(target).iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:02}")), seed)?;
    }
    Ok(())
}
