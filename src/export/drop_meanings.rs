//! Explains the reasons for drops in the data card.

/// The meaning of a reason's code; empty for a code that this program does not know.
#[must_use]
pub fn drop_meaning(code: &str) -> &'static str {
    match code {
        "excluded" => {
            "The archive excludes the URL because of robots.txt or at the request of the site's owner"
        }
        "not_archived" => "The archive reports no capture of the URL, although its index lists one",
        "displaced" => "The archive returned only a capture outside the requested time",
        "redirect_loop" => "The archived redirects form a loop, or there are more than ten of them",
        "too_large" => "The body is larger than the limit",
        "lost_payload" => {
            "The archive has lost the payload: the body is empty, but the index has the digest of a non-empty one"
        }
        "damaged_record" => {
            "The archived record is damaged: truncated, compressed wrongly, or not readable as WARC"
        }
        "archived_error" => {
            "The archived response is an error (status 4xx or 5xx of the original server)"
        }
        "not_a_page" => {
            "The payload is not a page, but for example an image, a script or an archive file"
        }
        "soft_404" => "The page is an error page that was served with status 200",
        "parked" => {
            "The page belongs to a registrar or advertiser; the domain is parked or for sale"
        }
        "login_wall" => "The page requires a login",
        "empty_shell" => {
            "The page has no text of its own: scripts or frames load it, or it is empty"
        }
        "not_a_policy" => "The page is not a policy",
        "unreadable_pdf" => "No text could be extracted from the PDF",
        "beyond_limits" => {
            "The page exceeds a limit of the extractor, such as its nesting depth or time"
        }
        "excluded_by_review" => {
            "A reviewer decided that the text is not a version of the policy; the table `reviews` has the decision"
        }
        _ => "",
    }
}
