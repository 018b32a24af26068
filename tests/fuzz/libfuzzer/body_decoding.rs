//! The target `body_decoding` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::body_decoding::check(bytes));
