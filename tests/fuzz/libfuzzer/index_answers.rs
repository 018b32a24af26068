//! The target `index_answers` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::index_answers::check(bytes));
