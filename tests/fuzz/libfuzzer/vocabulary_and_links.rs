//! The target `vocabulary_and_links` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::vocabulary_and_links::check(bytes));
