//! Compressed bodies.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::SENTENCE;

fn packed(name: &str, bytes: &[u8]) -> Vec<u8> {
    match name {
        "gzip" => gzip(bytes),
        "zlib" => {
            let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
            out.write_all(bytes)
                .and_then(|()| out.finish())
                .unwrap_or_default()
        }
        "deflate" => {
            let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
            out.write_all(bytes)
                .and_then(|()| out.finish())
                .unwrap_or_default()
        }
        "zstd" => zstd::encode_all(bytes, 3).unwrap_or_default(),
        _ => {
            let mut out = Vec::new();
            let _ = brotli::CompressorWriter::new(&mut out, 4096, 5, 18).write_all(bytes);
            out
        }
    }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes)
        .and_then(|()| out.finish())
        .unwrap_or_default()
}

pub(super) fn bodies() -> Vec<Vec<u8>> {
    let text = SENTENCE.repeat(3);
    let mut seeds: Vec<Vec<u8>> = vec![
        text.clone().into_bytes(),
        [b"br\n", text.as_bytes()].concat(),
        [&b"gzip, gzip\n"[..], &gzip(&gzip(text.as_bytes()))].concat(),
        [&b"gzip\n"[..], &gzip(b"one"), &gzip(b"two"), b"\0\0padding"].concat(),
        [&b"gzip\n"[..], &gzip(&vec![b'a'; 100_000])].concat(),
    ];
    for (header, name) in [
        ("gzip", "gzip"),
        ("deflate", "zlib"),
        ("deflate", "deflate"),
        ("zstd", "zstd"),
        ("br", "brotli"),
    ] {
        seeds.push([header.as_bytes(), b"\n", &packed(name, text.as_bytes())].concat());
        seeds.push([&b"\n"[..], &packed(name, text.as_bytes())].concat());
    }
    seeds
}
