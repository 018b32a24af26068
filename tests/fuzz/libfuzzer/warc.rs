//! The target `warc` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::warc::check(bytes));
