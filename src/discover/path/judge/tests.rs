//! Tests of the verdicts on index keys.

use super::*;

fn verdict(key: &str) -> PathVerdict {
    judge_path(&UrlKey::from_cdx(key).unwrap(), Vocabulary::built_in())
}

#[test]
fn policies_are_known_by_their_paths() {
    for key in [
        "com,example)/privacy",
        "com,example)/privacy.html",
        "com,example)/privacy-policy",
        "com,example)/legal/privacy_policy.php",
        "com,example)/en/privacypolicy.aspx",
        "com,example)/privacy/index.html",
        "com,example)/exampleprivacypolicy.html",
        "com,example)/about/example-privacy-policy",
        "com,example)/index.php?page=privacy",
        "com,example,privacy)/",
        "de,example)/datenschutz",
        "de,example)/datenschutzerkl%c3%a4rung",
        "de,example)/service/datenschutzerklaerung.html",
        "fr,example)/politique-de-confidentialite",
        "fr,example)/mentions-legales/vie-privee",
        "ru,example)/%d0%bf%d0%be%d0%bb%d0%b8%d1%82%d0%b8%d0%ba%d0%b0-%d0%ba%d0%be%d0%bd%d1%84%d0%b8%d0%b4%d0%b5%d0%bd%d1%86%d0%b8%d0%b0%d0%bb%d1%8c%d0%bd%d0%be%d1%81%d1%82%d0%b8",
        "com,example)/policies/privacy/?hl=en",
        "com,example)/terms-and-privacy",
        "com,example)/shop/privacy.php",
        "com,example)/blog/privacy",
        "com,example)/news/privacy.asp",
        "com,example)/products/privacy.htm",
        "com,example)/store/info/privacy",
        "com,example)/shop/en/privacy-policy/index.html",
        "de,example)/produkte/datenschutz",
        "com,example)/born-free-privacy-policy",
        "com,example)/ourprivacyprotection.html",
        "au,com,news)/privacy",
        "uk,co,shop)/privacy-policy.html",
        "tw,com,books)/privacy-policy",
        "org,savethechildren)/save-the-children-privacy-policy",
    ] {
        let verdict = verdict(key);
        assert!(verdict.score >= 60, "{key}: {verdict:?}");
        assert_eq!(verdict.kind, PolicyKind::Privacy, "{key}");
    }
}

#[test]
fn pages_that_only_talk_about_privacy_are_low() {
    for key in [
        "com,example)/blog/2013/04/facebook-privacy-policy-changes",
        "com,example)/news/privacy-law",
        "com,example)/blog/2013/04/privacy-policy",
        "com,example)/blog/tag/privacy",
        "com,example)/products/cookies",
        "com,example)/shop/privacy-screens",
        "com,example)/shop?page=privacy",
        "com,example,blog)/privacy-settings-explained",
        "com,example)/images/privacy.gif",
        "com,example)/js/cookie.js",
        "com,example)/search?q=privacy+policy",
        "com,example)/share?url=http%3a%2f%2fexample.com%2fprivacy",
        "com,example)/products/private-label",
        "com,example)/ads/privacypro.html",
        "com,example)/privacy-of-photos",
        "com,example)/tag/privacy",
        "com,example)/privacy-fence-panels",
        "com,example)/forum/topic/privacy-policy?id=1&page=2&sort=a",
        "com,example)/how-google-changed-its-privacy-policy-for-teens-in-europe",
        "com,example)/",
        "com,example)/about",
        "com,example)/recipes/chocolate-chip-cookies",
        "com,example)/login?return=%2fprivacy",
        "com,example)/share?title=privacy+policy&u=http%3a%2f%2fexample.com%2fprivacy-policy",
        "com,example)/share.php?t=privacy+policy",
        "com,example)/privacyscreens.html",
        "com,example)/privacysettings.aspx",
        "com,example)/sport/coppa-italia",
        "au,com,example,news)/privacy",
    ] {
        let verdict = verdict(key);
        assert!(
            verdict.score < crate::discover::PLAUSIBLE_SCORE,
            "{key}: {verdict:?}"
        );
        assert!(!verdict.reasons.is_empty());
    }
}

#[test]
fn kinds_are_told_apart() {
    assert_eq!(
        verdict("com,example)/cookie-policy").kind,
        PolicyKind::Cookies
    );
    assert_eq!(
        verdict("com,example)/privacy/cookies").kind,
        PolicyKind::Cookies
    );
    assert_eq!(
        verdict("com,example)/privacy-and-cookies").kind,
        PolicyKind::Privacy
    );
    assert_eq!(
        verdict("com,example)/kids/privacy-policy-for-children").kind,
        PolicyKind::Children
    );
}

#[test]
fn the_policy_beats_what_stands_near_it() {
    let best = verdict("com,example)/privacy-policy").score;
    for key in [
        "com,example)/privacy-policy/contact",
        "com,example)/privacy-policy?sessionid=1&x=2",
        "com,example)/privacy-settings",
        "com,example)/index.php?page=privacy&id=1&sort=2",
        "com,example,m)/privacy-policy",
    ] {
        assert!(verdict(key).score < best, "{key}");
    }
}

#[test]
fn a_directory_of_talk_is_said_to_be_one() {
    let verdict = verdict("com,example)/privacy-fence/index.html");
    assert!(verdict.only_talks, "{verdict:?}");
}

proptest::proptest! {
    #[test]
    fn any_key_is_judged(key in "[!-~é隐]{1,120}") {
        if let Ok(key) = UrlKey::from_cdx(&key) {
            proptest::prop_assert!(judge_path(&key, Vocabulary::built_in()).score <= 100);
        }
    }

    #[test]
    fn any_odd_path_is_judged(key in "com,example\\)(/|privacy|%|%e9|\\.|\\?|&|=|cookie|-|index\\.html|http:|é){0,40}") {
        if let Ok(key) = UrlKey::from_cdx(&key) {
            proptest::prop_assert!(judge_path(&key, Vocabulary::built_in()).score <= 100);
        }
    }
}
