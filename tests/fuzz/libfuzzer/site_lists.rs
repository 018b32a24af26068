//! The target `site_lists` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::site_lists::check(bytes));
