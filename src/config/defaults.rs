//! The documented defaults, which are part of the program.

/// Text of `config/policytrail.toml`: the one list of settings, their types and their defaults.
pub const DEFAULTS: &str = include_str!("../../config/policytrail.toml");
