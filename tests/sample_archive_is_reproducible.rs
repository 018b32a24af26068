//! The committed sample archive is what its generator writes, byte for byte.

#[path = "sample_archive/mod.rs"]
mod sample;

use std::path::Path;

#[test]
fn the_generator_writes_the_committed_files() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample"));
    for (name, bytes) in sample::files() {
        let committed = std::fs::read(folder.join(name)).unwrap();
        assert!(committed == bytes, "`data/sample/{name}` is not what `cargo run --example sample-archive` writes");
    }
}

#[test]
fn the_generator_gives_the_same_bytes_twice() {
    assert!(sample::files() == sample::files());
}

#[test]
fn the_sample_archive_is_small_enough_to_carry() {
    let bytes: usize = sample::files().iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes < 600_000, "{bytes} bytes");
}
