//! Compares index keys whose queries differ.

use crate::model::UrlKey;

/// True for two keys of one page, which may have another session, language or campaign in its query. The pages of a
/// script (`index.php?page=privacy`) differ by their queries, so complete keys are compared for those.
pub(crate) fn same_page(one: &UrlKey, other: &UrlKey) -> bool {
    let page = |key: &UrlKey| {
        let (page, _) = key.as_str().split_once('?').unwrap_or((key.as_str(), ""));
        let name = page.rsplit('/').next().unwrap_or_default();
        (!name.is_empty() && !name.contains('.')).then(|| page.to_owned())
    };
    one == other || page(one).is_some_and(|name| Some(name) == page(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_in_the_query_makes_no_other_page() {
        let same = |a: &str, b: &str| same_page(&UrlKey::of(a).unwrap(), &UrlKey::of(b).unwrap());
        assert!(same("http://a.com/privacy?s=1", "http://www.a.com/privacy"));
        assert!(!same(
            "http://a.com/index.php?page=privacy",
            "http://a.com/index.php?page=legal"
        ));
        assert!(!same("http://a.com/?p=1", "http://a.com/?p=2"));
        assert!(!same("http://a.com/privacy", "http://a.com/legal/privacy"));
    }
}
