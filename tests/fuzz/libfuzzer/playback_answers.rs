//! The target `playback_answers` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| policytrail_fuzz::playback_answers::check(bytes));
