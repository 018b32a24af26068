//! Answers to requests for a part of a page (status 206). Pure.

/// The part that an answer holds, for people; `None` for a whole page. A 206 of the whole range is a whole page.
pub(crate) fn partial_range(status: u16, content_range: Option<&str>) -> Option<String> {
    if status != 206 {
        return None;
    }
    let Some(range) = content_range else {
        return Some("which part is not stated".to_owned());
    };
    let is_whole = || {
        let (bytes, total) = range
            .trim()
            .strip_prefix("bytes")?
            .trim_start_matches([' ', '='])
            .split_once('/')?;
        let (first, last) = bytes.split_once('-')?;
        let last: u64 = last.trim().parse().ok()?;
        let total: u64 = total.trim().parse().ok()?;
        (first.trim() == "0" && last.checked_add(1) == Some(total)).then_some(())
    };
    is_whole()
        .is_none()
        .then(|| format!("`{}`", crate::model::printable(range, 100)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_206_is_a_part_unless_its_range_is_the_whole() {
        for whole in ["bytes 0-1392/1393", "bytes 0-0/1", "bytes=0-9/10"] {
            assert_eq!(partial_range(206, Some(whole)), None, "{whole}");
        }
        for part in [
            "bytes 0-799/1393",
            "bytes 800-1392/1393",
            "bytes 0-9/*",
            "x",
        ] {
            assert!(partial_range(206, Some(part)).is_some(), "{part}");
        }
        assert!(partial_range(206, None).is_some());
        assert_eq!(partial_range(200, Some("bytes 0-799/1393")), None);
    }
}
