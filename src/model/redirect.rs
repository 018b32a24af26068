//! `Redirect`: one archived redirect on the way to a memento.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// An archived redirect. The order of the fields is that of the JSON in databases and exports; only the form of the time
/// differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The URL that redirected.
    pub from: String,
    /// Its HTTP status (301, 302, …).
    pub status: u16,
    /// When the redirect was captured.
    pub timestamp: Timestamp,
    /// The URL that it named: absolute, on the original web (never the archive's host).
    pub to: String,
}

impl Redirect {
    /// A list of redirects as a JSON array, as the database holds it: with the times as 14 digits.
    #[must_use]
    pub fn list_to_json(redirects: &[Self]) -> String {
        let stored: Vec<StoredRedirect<'_>> = redirects.iter().map(StoredRedirect::of).collect();
        serde_json::to_string(&stored).unwrap_or_else(|_| "[]".to_owned())
    }

    /// Parses a JSON array of redirects. Elements that cannot be read are left out; other text is an empty list.
    #[must_use]
    pub fn list_from_json(json: &str) -> Vec<Self> {
        let elements: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
        elements
            .into_iter()
            .filter_map(|element| serde_json::from_value(element).ok())
            .collect()
    }
}

/// A redirect in the database.
#[derive(Serialize)]
struct StoredRedirect<'a> {
    from: &'a str,
    status: u16,
    #[serde(serialize_with = "Timestamp::serialize_digits")]
    timestamp: Timestamp,
    to: &'a str,
}

impl<'a> StoredRedirect<'a> {
    fn of(redirect: &'a Redirect) -> Self {
        Self {
            from: &redirect.from,
            status: redirect.status,
            timestamp: redirect.timestamp,
            to: &redirect.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_that_cannot_be_read_are_left_out() {
        let one = r#"{"from":"http://a.com/","status":301,"timestamp":"20120611040411","to":"http://b.com/"}"#;
        let redirects = Redirect::list_from_json(&format!(
            "[{one}, {}, 7]",
            one.replace("20120611040411", "soon")
        ));
        assert_eq!(redirects.len(), 1);
        assert_eq!(Redirect::list_to_json(&redirects), format!("[{one}]"));
        let iso = one.replace("20120611040411", "2012-06-11T04:04:11Z");
        assert_eq!(
            serde_json::to_string(&redirects).unwrap(),
            format!("[{iso}]")
        );
        assert_eq!(Redirect::list_from_json(&format!("[{iso}]")), redirects);
        assert!(Redirect::list_from_json("nonsense").is_empty());
        assert_eq!(Redirect::list_to_json(&[]), "[]");
    }
}
