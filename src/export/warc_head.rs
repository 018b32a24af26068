//! Rebuilds the head of a response: the database keeps status, content type and redirects, not the original headers.

/// Status line and headers of a rebuilt response, with the empty line after them.
pub(super) fn response_head(
    status: u16,
    (name, value): (&str, Option<&str>),
    length: usize,
) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        404 => "Not Found",
        410 => "Gone",
        _ => "Status",
    };
    let header = value.map_or_else(String::new, |value| {
        // A line end in the value would forge a header.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        format!("{name}: {value}\r\n")
    });
    format!("HTTP/1.1 {status} {reason}\r\n{header}Content-Length: {length}\r\n\r\n").into_bytes()
}

/// The media type without parameters: `text/html` of `text/html; charset=utf-8`.
pub(super) fn media_type(content_type: &str) -> Option<String> {
    let name = content_type.split(';').next()?.trim().to_ascii_lowercase();
    let is_type = |c: char| c.is_ascii_alphanumeric() || "/+-._".contains(c);
    (!name.is_empty() && name.chars().all(is_type)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stored_value_can_forge_a_header() {
        let location = ("Location", Some("http://a.com/\r\nSet-Cookie: x"));
        let head = response_head(302, location, 0);
        assert_eq!(
            String::from_utf8(head).unwrap(),
            "HTTP/1.1 302 Found\r\nLocation: http://a.com/Set-Cookie: x\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(
            media_type("Text/HTML; charset=x").as_deref(),
            Some("text/html")
        );
        assert_eq!(media_type("a b"), None);
    }
}
