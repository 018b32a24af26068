//! A unified diff of two plain texts.

use std::time::Duration;

use similar::TextDiff;

use super::super::wording::date;
use crate::report::{ComparedVersion, Comparison, safe_line, safe_text};

/// Longest search for the smallest difference.
const DEADLINE: Duration = Duration::from_secs(5);
/// Unchanged lines shown on each side of a change.
const CONTEXT_LINES: usize = 3;

/// The diff, with both versions in its header.
pub(in super::super) fn page(c: &Comparison<'_>) -> String {
    let name = |compared: &ComparedVersion<'_>| {
        format!(
            "{} version {} ({})",
            safe_line(&c.policy.policy_url),
            compared.version.version,
            date(compared.version.first_seen)
        )
    };
    let (old, new) = (
        safe_text(&c.old.rendition.text),
        safe_text(&c.new.rendition.text),
    );
    let diff = TextDiff::configure()
        .timeout(DEADLINE)
        .diff_lines(&old, &new);
    diff.unified_diff()
        .context_radius(CONTEXT_LINES)
        .header(&name(&c.old), &name(&c.new))
        .to_string()
}
