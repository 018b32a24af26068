//! The target `warc_folders` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::warc_folders::check(bytes));
