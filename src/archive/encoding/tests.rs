//! Tests of body decoding: codings and headers, damage, compression bombs, and arbitrary bytes.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;

use super::*;

const PAGE: &str = "<html><body>We collect the personal data that you give us. We collect nothing else.</body></html>";
const LIMIT: usize = 1 << 20;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 3).unwrap()
}

fn brotli(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::BrotliCompress(
        &mut &data[..],
        &mut out,
        &brotli::enc::BrotliEncoderParams::default(),
    )
    .unwrap();
    out
}

/// An encoded page, with a name and the headers under which it must be decoded.
type EncodedPage = (&'static str, Vec<u8>, Vec<Option<&'static str>>);

fn encoded_pages() -> [EncodedPage; 10] {
    let page = PAGE.as_bytes();
    [
        (
            "plain",
            page.to_vec(),
            vec![
                None,
                Some(""),
                Some("gzip"),
                Some("deflate"),
                Some("br"),
                Some("zstd"),
                Some("gzip, gzip"),
                Some("br, gzip"),
                Some("identity"),
                Some("utf-8"),
            ],
        ),
        (
            "gzip",
            gzip(page),
            vec![
                None,
                Some("gzip"),
                Some("x-gzip"),
                Some("GZIP"),
                Some("gzip, gzip"),
                Some(", gzip"),
                Some(""),
                Some("deflate"),
                Some("br"),
                Some("gzip,gzip,gzip"),
            ],
        ),
        (
            "gzip twice",
            gzip(&gzip(page)),
            vec![None, Some("gzip"), Some("gzip, gzip")],
        ),
        (
            "zlib",
            zlib(page),
            vec![None, Some("deflate"), Some("gzip")],
        ),
        ("raw deflate", raw_deflate(page), vec![Some("deflate")]),
        ("zstd", zstd(page), vec![None, Some("zstd"), Some("gzip")]),
        ("brotli", brotli(page), vec![Some("br"), Some(" BR ")]),
        (
            "gzip over brotli",
            gzip(&brotli(page)),
            vec![Some("br, gzip")],
        ),
        (
            "brotli over gzip",
            brotli(&gzip(page)),
            vec![Some("gzip, br"), Some("br")],
        ),
        ("zstd over zlib", zstd(&zlib(page)), vec![None]),
    ]
}

#[test]
fn every_coding_is_removed_whatever_the_header_says_about_those_with_a_signature() {
    let page = PAGE.as_bytes();
    for (name, raw, headers) in encoded_pages() {
        for header in headers {
            let decoded = decode_body(&raw, header, LIMIT);
            assert_eq!(decoded.as_deref(), Ok(page), "{name} under {header:?}");
        }
    }
}

#[test]
fn an_empty_body_stays_empty_under_every_header() {
    for header in [
        None,
        Some("gzip"),
        Some("br"),
        Some("deflate"),
        Some("zstd"),
        Some("gzip, br"),
    ] {
        assert_eq!(
            decode_body(b"", header, LIMIT),
            Ok(Vec::new()),
            "{header:?}"
        );
    }
}

#[test]
fn a_stream_that_breaks_off_is_damaged_even_when_it_yields_text() {
    let long = PAGE.repeat(200);
    for (name, raw, header, check_sum_bytes) in [
        ("gzip", gzip(long.as_bytes()), None, 8),
        ("zlib", zlib(long.as_bytes()), Some("deflate"), 4),
        (
            "raw deflate",
            raw_deflate(long.as_bytes()),
            Some("deflate"),
            0,
        ),
        ("zstd", zstd(long.as_bytes()), None, 0),
        ("brotli", brotli(long.as_bytes()), Some("br"), 0),
    ] {
        for cut in [raw.len() / 2, raw.len() - check_sum_bytes - 1] {
            let decoded = decode_body(&raw[..cut], header, LIMIT);
            assert!(
                matches!(decoded, Err(BodyError::Damaged(_))),
                "{name} cut at {cut}: {decoded:?}"
            );
        }
    }
    let mut wrong_sum = gzip(long.as_bytes());
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 0xff;
    assert!(matches!(
        decode_body(&wrong_sum, Some("gzip"), LIMIT),
        Err(BodyError::Damaged(_))
    ));
}

#[test]
fn a_stream_that_lacks_only_its_check_sum_is_whole() {
    let page = PAGE.repeat(200).into_bytes();
    let named = {
        let builder = flate2::GzBuilder::new().filename("a.html").comment("x");
        let mut encoder = builder
            .extra(vec![1, 2, 3])
            .write(Vec::new(), Compression::default());
        encoder.write_all(&page).unwrap();
        encoder.finish().unwrap()
    };
    for (raw, header, check_sum_bytes) in [
        (gzip(&page), Some("gzip"), 8),
        (named, None, 8),
        (zlib(&page), Some("deflate"), 4),
        ([gzip(b""), gzip(&page)].concat(), Some("gzip"), 8),
    ] {
        for missing in 1..=check_sum_bytes {
            let cut = &raw[..raw.len() - missing];
            assert_eq!(decode_body(cut, header, LIMIT).as_ref(), Ok(&page));
        }
    }
}

#[test]
fn a_stream_that_ends_with_a_flush_is_whole() {
    let page = PAGE.repeat(200).into_bytes();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    let encoders: [&mut dyn Write; 3] = [&mut gzip, &mut zlib, &mut deflate];
    for encoder in encoders {
        encoder.write_all(&page).unwrap();
        encoder.flush().unwrap();
    }
    for (raw, header) in [
        (gzip.get_ref(), "gzip"),
        (zlib.get_ref(), "deflate"),
        (deflate.get_ref(), "deflate"),
    ] {
        assert_eq!(decode_body(raw, Some(header), LIMIT).as_ref(), Ok(&page));
        let cut = &raw[..raw.len() - 5];
        assert!(decode_body(cut, Some(header), LIMIT).is_err(), "{header}");
        assert_eq!(
            decode_body(raw, Some(header), page.len() - 1),
            Err(BodyError::TooLarge),
            "{header}"
        );
    }
}

#[test]
fn several_gzip_members_are_one_body_and_padding_after_them_is_dropped() {
    let mut raw = gzip(b"one ");
    raw.extend(gzip(b"two"));
    raw.extend([0; 32]);
    assert_eq!(decode_body(&raw, Some("gzip"), LIMIT).unwrap(), b"one two");
}

#[test]
fn three_layers_are_refused() {
    let raw = gzip(&gzip(&gzip(PAGE.as_bytes())));
    assert!(matches!(
        decode_body(&raw, Some("gzip"), LIMIT),
        Err(BodyError::Damaged(_))
    ));
}

#[test]
fn a_bomb_stops_at_the_limit_in_every_coding() {
    let zeros = vec![0_u8; 8 << 20];
    for (name, raw, header) in [
        ("gzip", gzip(&zeros), None),
        ("gzip twice", gzip(&gzip(&zeros)), None),
        ("zlib", zlib(&zeros), Some("deflate")),
        ("raw deflate", raw_deflate(&zeros), Some("deflate")),
        ("zstd", zstd(&zeros), None),
        ("brotli", brotli(&zeros), Some("br")),
        ("plain", zeros.clone(), None),
    ] {
        assert_eq!(
            decode_body(&raw, header, LIMIT),
            Err(BodyError::TooLarge),
            "{name}"
        );
    }
    assert_eq!(
        decode_body(gzip(&zeros), None, zeros.len()).unwrap().len(),
        zeros.len()
    );
}

#[test]
fn a_text_that_begins_like_zlib_is_still_a_text() {
    assert_eq!(
        decode_body(b"x^2 + y^2 = z^2, says the policy", None, LIMIT).unwrap(),
        b"x^2 + y^2 = z^2, says the policy"
    );
    assert_eq!(decode_body(b"x^2", Some("deflate"), LIMIT).unwrap(), b"x^2");
}

#[test]
fn a_zstd_frame_that_asks_for_too_much_memory_is_refused() {
    // Frame header: magic, descriptor 0x00 (window byte follows), window byte for 2^31 bytes.
    let raw = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00];
    assert!(matches!(
        decode_body(&raw, Some("zstd"), LIMIT),
        Err(BodyError::Damaged(_))
    ));
}

#[test]
fn a_stream_is_decoded_in_pieces_of_any_size() {
    let text =
        "gov,nasa)/ 19961231235847 http://www.nasa.gov:80/ text/html 200 X 1811\n".repeat(5000);
    for raw in [text.clone().into_bytes(), gzip(text.as_bytes())] {
        for size in [1, 7, 4096, 1 << 20] {
            let mut decoder = StreamDecoder::new();
            let mut out = Vec::new();
            for piece in raw.chunks(size) {
                decoder
                    .feed(piece, &mut |bytes| out.extend_from_slice(bytes))
                    .unwrap();
            }
            decoder
                .finish(&mut |bytes| out.extend_from_slice(bytes))
                .unwrap();
            assert!(out == text.as_bytes(), "pieces of {size}");
        }
    }
    let raw = gzip(text.as_bytes());
    let mut decoder = StreamDecoder::new();
    decoder.feed(&raw[..raw.len() / 2], &mut |_| {}).unwrap();
    assert!(
        decoder.finish(&mut |_| {}).is_err(),
        "a gzip stream that breaks off is no answer"
    );
}

#[test]
fn a_bomb_in_a_stream_comes_out_in_bounded_pieces() {
    let raw = gzip(&vec![b'a'; 64 << 20]);
    let mut decoder = StreamDecoder::new();
    let (mut largest, mut total) = (0, 0);
    decoder
        .feed(&raw, &mut |bytes| {
            largest = largest.max(bytes.len());
            total += bytes.len();
        })
        .unwrap();
    assert!(largest < 6 << 20, "{largest}");
    assert!(total > 60 << 20);
}

proptest! {
    #[test]
    fn no_bytes_and_no_header_make_it_panic_or_pass_the_limit(
        raw in prop::collection::vec(any::<u8>(), 0..2000),
        mark in prop::sample::select(vec![vec![], vec![0x1f, 0x8b, 8], vec![0x28, 0xb5, 0x2f, 0xfd], vec![0x78, 0x9c]]),
        header in prop::option::of("[a-z, ]{0,20}|gzip|br|deflate|zstd|gzip, br"),
        limit in 0_usize..4000,
    ) {
        let raw = [mark, raw].concat();
        if let Ok(body) = decode_body(&raw, header.as_deref(), limit) {
            prop_assert!(body.len() <= limit);
        }
    }

    #[test]
    fn what_was_compressed_comes_back(data in prop::collection::vec(any::<u8>(), 1..3000)) {
        // Random bytes may begin with the signature of an encoding. A page never does.
        let data = [b"<p>".to_vec(), data].concat();
        for (raw, header) in [(gzip(&data), "gzip"), (zlib(&data), "deflate"), (zstd(&data), "zstd"), (brotli(&data), "br")] {
            prop_assert_eq!(&decode_body(&raw, Some(header), LIMIT).unwrap(), &data);
        }
    }
}
