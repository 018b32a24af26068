//! Writes the sample archive: `cargo run --example sample-archive` (into `data/sample/`, or the folder given).

#[path = "mod.rs"]
mod sample;

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let default = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample"));
    let folder = std::env::args_os().nth(1).map_or(default, PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in sample::files() {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
