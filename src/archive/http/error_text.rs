//! Prepares text of an archive for an error message.

use crate::model::printable_line;

/// Longest text of an archive that an error message repeats.
const MAX_CHARS: usize = 300;

/// Text of an archive as one line for an error message: control characters become spaces, long text is cut.
pub(super) fn clean(text: &str) -> String {
    printable_line(text, MAX_CHARS)
}
