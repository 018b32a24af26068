//! The `Refresh` header: a redirect that old servers send with status 200. Pure.

/// Longest delay, in seconds, after which a `Refresh` is a redirect. Pages that reload themselves wait longer.
const MAX_DELAY_SECONDS: u32 = 10;
/// Largest body beside a `Refresh` that is only a note for old browsers ("this page has moved").
const MAX_NOTE_BYTES: usize = 1024;

/// The URL that a `Refresh` header leads to, as written, if the answer is a redirect: `0; url=http://example.com/new`.
pub(crate) fn refresh_target(header: &str, body: &[u8]) -> Option<String> {
    if body.trim_ascii().len() > MAX_NOTE_BYTES {
        return None;
    }
    let (delay, rest) = header.split_once([';', ','])?;
    let whole_seconds = delay.trim().split('.').next().unwrap_or_default();
    if whole_seconds.parse::<u32>().ok()? > MAX_DELAY_SECONDS {
        return None;
    }
    let rest = rest.trim();
    let is_named = rest
        .get(..3)
        .is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let url = if is_named {
        let value = rest.get(3..)?.trim_start();
        value.strip_prefix('=').unwrap_or(rest)
    } else {
        rest
    };
    let url = url.trim().trim_matches(['"', '\'']).trim();
    (!url.is_empty()).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_at_once_names_a_target() {
        for (header, target) in [
            (
                "0; url=http://example.com/new",
                Some("http://example.com/new"),
            ),
            ("0;URL='/new'", Some("/new")),
            ("3; url = \"new\"", Some("new")),
            ("0.5, /new", Some("/new")),
            ("0;urls.html", Some("urls.html")),
            ("0", None),
            ("300; url=/news", None),
            ("0; url=", None),
            ("soon; url=/new", None),
            ("", None),
        ] {
            assert_eq!(
                refresh_target(header, b" \n").as_deref(),
                target,
                "{header}"
            );
        }
        let page = b"words ".repeat(300);
        assert_eq!(refresh_target("0; url=/new", &page), None);
    }
}
