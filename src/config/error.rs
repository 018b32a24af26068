//! What is wrong with the configuration.

/// One faulty setting: where it was set, what is wrong, and how to correct it, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFault(pub String);

/// Everything that is wrong with the configuration, one line per fault.
#[derive(Debug, thiserror::Error)]
#[error("{}", faults.iter().map(|f| f.0.as_str()).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// The faults; never empty.
    pub faults: Vec<SettingFault>,
}
