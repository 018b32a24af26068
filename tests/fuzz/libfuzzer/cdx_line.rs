//! The target `cdx_line` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::cdx_line::check(bytes));
