//! The original URL in the `Link` header of a memento.

/// Longest URL that is accepted.
const MAX_URL_BYTES: usize = 4096;

/// The URL of the link with `rel="original"`.
///
/// The Wayback Machine names the URL of the capture, which can differ from the requested one: for `http://www.nasa.gov/`
/// of 1996 it sends `<http://www.nasa.gov:80/>; rel="original"`.
pub(super) fn original_link(links: &str) -> Option<String> {
    let mut rest = links;
    while let Some((_, after)) = rest.split_once('<') {
        let (url, after) = after.split_once('>')?;
        let parameters = after
            .split('<')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_original = parameters.split([';', ',']).any(|p| {
            p.trim().strip_prefix("rel=").is_some_and(|rel| {
                rel.trim_matches('"')
                    .split(' ')
                    .any(|rel| rel == "original")
            })
        });
        if is_original {
            let is_web = ["http://", "https://"].iter().any(|s| {
                url.get(..s.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(s))
            });
            return (is_web && url.len() <= MAX_URL_BYTES).then(|| url.to_owned());
        }
        rest = after;
    }
    None
}
