//! How the files of a dataset write times.

use crate::model::{Redirect, Timestamp};

/// How JSON Lines and CSV write times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimestampForm {
    /// ISO 8601: `2012-06-11T04:04:11Z`. No program takes it for a number.
    #[default]
    Iso,
    /// The 14 digits of web archives: `20120611040411`.
    Wayback,
}

impl TimestampForm {
    /// A time in this form.
    #[must_use]
    pub fn text(self, time: Timestamp) -> String {
        match self {
            Self::Iso => time.rfc3339(),
            Self::Wayback => time.to_string(),
        }
    }

    /// A list of redirects as a JSON array, with the times in this form.
    pub(super) fn redirects(self, redirects: &[Redirect]) -> String {
        match self {
            Self::Iso => serde_json::to_string(redirects).unwrap_or_else(|_| "[]".to_owned()),
            Self::Wayback => Redirect::list_to_json(redirects),
        }
    }

    /// The form in words, for the data card.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Iso => "has the form of ISO 8601 (`2012-06-11T04:04:11Z`)",
            Self::Wayback => {
                "has the 14 digits of web archives (`20120611040411`, UTC); read these columns as text, not as numbers"
            }
        }
    }
}
