//! Explains the reasons for drops in the data card.

/// The meaning of a reason's code; empty for a code that this program does not know.
#[must_use]
pub fn drop_meaning(code: &str) -> &'static str {
    match code {
        "excluded" => "The archive excludes the URL at its owner's wish or by robots.txt",
        "not_archived" => {
            "The archive says that it has no capture of the URL, though its index named one"
        }
        "displaced" => "The archive answered with a capture outside the wanted window only",
        "redirect_loop" => {
            "Archived redirects that come back to themselves, or more than ten of them"
        }
        "too_large" => "The body passed the size limit",
        "lost_payload" => {
            "The archive lost the payload: an empty body where the index has a digest of something"
        }
        "damaged_record" => {
            "The stored record is damaged: truncated, bad compression, unreadable WARC"
        }
        "archived_error" => "The archived response is an error (4xx or 5xx of the origin)",
        "not_a_page" => "The payload is no page: an image, a script, an archive file",
        "soft_404" => "An error page served with status 200",
        "parked" => "A registrar's or advertiser's page on a domain for sale",
        "login_wall" => "A page that asks to log in",
        "empty_shell" => "A shell without text (scripts fill it in, frames, or nothing at all)",
        "not_a_policy" => "A page about something else than a policy",
        "unreadable_pdf" => "A PDF that yields no text",
        "beyond_limits" => {
            "The page is too deep, too slow or otherwise beyond the extractor's limits"
        }
        _ => "",
    }
}
