//! What is wrong with the configuration.

/// One faulty setting: where it was set, what is wrong, and how to correct it, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFault {
    /// The line.
    pub message: String,
    /// What it hides: settings that the user may have given all the same.
    pub hidden: HiddenSettings,
}

/// The settings that the program does not know because of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HiddenSettings {
    /// None.
    None,
    /// The one with this key.
    Key(String),
    /// Any: a settings file cannot be read or parsed.
    Any,
}

impl SettingFault {
    /// A fault that hides no setting.
    pub(super) fn new(message: String) -> Self {
        let hidden = HiddenSettings::None;
        Self { message, hidden }
    }

    /// A fault of the value of a key.
    pub(super) fn of_key(key: &str, message: String) -> Self {
        let hidden = HiddenSettings::Key(key.to_owned());
        Self { message, hidden }
    }

    /// A settings file that cannot be read or parsed.
    pub(super) fn of_file(message: String) -> Self {
        let hidden = HiddenSettings::Any;
        Self { message, hidden }
    }
}

/// Everything that is wrong with the configuration, one line per fault.
#[derive(Debug, thiserror::Error)]
#[error("{}", faults.iter().map(|f| f.message.as_str()).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// The faults; never empty.
    pub faults: Vec<SettingFault>,
}

impl ConfigError {
    /// True if the user may have given a setting that the faults hide. Then it is no fault that it is missing.
    #[must_use]
    pub fn may_hide(&self, key: &str) -> bool {
        self.faults.iter().any(|fault| match &fault.hidden {
            HiddenSettings::None => false,
            HiddenSettings::Key(hidden) => hidden == key,
            HiddenSettings::Any => true,
        })
    }
}
