//! The target `toml_files` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::toml_files::check(bytes));
