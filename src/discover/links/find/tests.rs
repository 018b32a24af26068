//! Tests of the judgement of links.

use super::*;

fn judged(html: &str) -> Vec<LinkCandidate> {
    let url = Url::parse("http://www.example.com/").unwrap();
    let page = Page::from_html(html, Some(&url));
    judge_links(
        &page,
        Vocabulary::built_in(),
        &Site::parse("example.com").unwrap(),
    )
}

fn urls(html: &str) -> Vec<String> {
    judged(html)
        .into_iter()
        .map(|link| link.url.replace("http://www.example.com", ""))
        .collect()
}

#[test]
fn every_way_to_name_a_policy_is_understood() {
    for link in [
        "<a href=/p>Privacy Policy</a>",
        "<a href=/p><img src=x.gif alt='Privacy Policy'></a>",
        "<a href=/p title='Privacy Policy'><i></i></a>",
        "<a href=/p aria-label='Datenschutz'></a>",
        "<map><area href=/p alt=Privacy></map>",
        "<a href=/p><img src='/img/btn_privacy.gif'></a>",
        "<a href=\"javascript:openWin('/p','w')\">Privacy</a>",
        "<select><option value='/p'>Privacy statement</select>",
        "<p>Our privacy policy: <a href=/p>click here</a></p>",
        "<a href=/p>Read our full privacy policy here</a>",
        "<a href=/p>Example.com Privacy Policy</a>",
        "<a href=/p>個人情報の取り扱いについて</a>",
        "<a href=/p rel=privacy-policy>?</a>",
        "<link rel=privacy-policy href=/p>",
        "<a href=/p><svg role=img><title>Privacy policy</title></svg></a>",
        "<a href=/p><svg aria-label='Privacy policy'></svg></a>",
        "<a href=/p><i class=icon title='Privacy policy'></i></a>",
        "<a href=/p><svg><use xlink:href='icons.svg#privacy'></svg></a>",
        "<svg><a xlink:href=/p><text>Privacy policy</text></a></svg>",
        "<a href=/p aria-labelledby='x y'></a><span id=x hidden>Our</span><span id=y hidden>privacy policy</span>",
        "<a href=/p><svg aria-labelledby=y><desc id=y>Privacy policy</desc></svg></a>",
        "<a data-href=/p role=link>Privacy policy</a>",
        "<a href='#' data-target-url=/p>Privacy policy</a>",
        "<span data-link='http://www.example.com/p'>Privacy policy</span>",
        "<button formaction=/p>Privacy policy</button>",
        "<router-link to=/p>Privacy policy</router-link>",
        "<a :href=\"'/p'\">Privacy policy</a>",
        "<a href=/p>Notice at Collection</a>",
        "<template><a href=/p>Privacy policy</a></template>",
        "<noscript><div><a href=/p>Privacy policy</a></div></noscript>",
        "<noframes><body><a href=/p>Privacy policy</a></body></noframes>",
        "<script>document.write('<a href=\"' + '/p' + '\">Privacy policy<\\/a>');</script>",
        "<script>var links = [['Shop', '/shop'], ['Privacy policy', '/p']];</script>",
        "<script type=application/json>{\"links\": [{\"label\": \"Privacy policy\", \"url\": \"/p\"}]}</script>",
        "<script>window.__STATE__ = {\"footer\": {\"privacyPolicyUrl\": \"/p\"}};</script>",
        "<div data-props='{\"links\": [{\"title\": \"Privacy policy\", \"href\": \"/p\"}]}'></div>",
        "<script id=state type=application/json>{&q;label&q;:&q;Privacy policy&q;,&q;url&q;:&q;/p&q;}</script>",
    ] {
        let found = judged(link);
        assert_eq!(found.len(), 1, "{link}: {found:?}");
        assert_eq!(
            found[0].kind,
            LinkKind::Policy(PolicyKind::Privacy),
            "{link}"
        );
        assert!(
            found[0].url.ends_with("/p") && !found[0].cross_domain,
            "{link}"
        );
    }
    assert_eq!(
        urls("<a href='/privacy-policy.html'>Ochrana</a>"),
        ["/privacy-policy.html"]
    );
}

#[test]
fn what_only_looks_like_a_policy_is_left_out() {
    for link in [
        "<a href=/private-label>Private label</a>",
        "<a href=/photos/1>Privacy of photos</a>",
        "<a href=http://ads.example.net/privacypro>PrivacyPro: protect yourself</a>",
        "<a href=/blog/2012/01/x>Why Facebook changed its privacy policy again this year</a>",
        "<a href=/news/privacy-law>Privacy</a><p>",
        "<a href=/tag/privacy>Privacy</a><p>",
        "<p>As Google says in its <a href=http://www.google.com/policies/privacy>privacy policy</a>, which we do not control.</p>",
        "<p>Protected by reCAPTCHA and the Google <a href=https://policies.google.com/privacy>Privacy Policy</a> applies.</p>",
        "<footer><a href=https://www.google.com/policies/privacy>Google Privacy Policy</a></footer>",
        "<footer><p>This site is protected by reCAPTCHA and the Google <a href=https://policies.google.com/privacy>Privacy Policy</a> and Terms apply.</p></footer>",
        "<a href=/share?url=http://www.example.com/privacy>Share</a>",
        "<a href=/img/privacy.gif>Privacy</a>",
        "<a href='mailto:privacy@example.com'>Privacy</a>",
        "<a href='#privacy'>Privacy</a>",
        "<a href='#/privacy'>Privacy</a>",
        "<a href='javascript:void(0)'>Privacy</a>",
        "<a href=/settings/cookies>Cookie settings</a>",
        "<a href=/recipes/cookies>Christmas cookies</a>",
        "<a href=/>Privacy</a>",
    ] {
        assert!(judged(link).is_empty(), "{link}: {:?}", judged(link));
    }
}

#[test]
fn a_policy_of_a_shop_or_a_blog_is_one() {
    for address in [
        "/shop/privacy.php",
        "/blog/privacy/",
        "/news/privacy.asp",
        "/products/privacy.htm",
        "/store/info/privacy",
        "/magazin/datenschutz",
    ] {
        let link = format!("<a href=/>Home</a> | <a href={address}>Privacy</a>");
        let found = judged(&link);
        assert_eq!(found.len(), 1, "{link}: {found:?}");
        assert!(found[0].score >= 70, "{found:?}");
    }
}

#[test]
fn links_to_localhost_and_addresses_are_no_policies() {
    for host in [
        "localhost",
        "localhost:8080",
        "intranet",
        "shop.local",
        "box.internal",
        "127.0.0.1",
        "2130706433",
        "10.0.0.7",
        "192.168.0.1",
        "169.254.1.1",
        "0.0.0.0",
        "93.184.216.34",
        "[::1]",
        "[fd00::1]",
        "[2606:2800:220:1:248:1893:25c8:1946]",
    ] {
        let link = format!("<footer><a href='http://{host}/privacy'>Privacy Policy</a></footer>");
        assert!(judged(&link).is_empty(), "{link}: {:?}", judged(&link));
    }
    let on = |page: &str| {
        let url = Url::parse(page).unwrap();
        let page = Page::from_html("<a href=/privacy>Privacy</a>", Some(&url));
        let site = Site::parse("example.com").unwrap();
        judge_links(&page, Vocabulary::built_in(), &site).len()
    };
    assert_eq!(on("http://93.184.216.34/"), 1, "its own host");
    assert_eq!(on("http://127.0.0.1/"), 0);
}

#[test]
fn scripts_are_read_only_if_elements_have_no_policy_of_their_owner() {
    let script = "<script>x = {label: 'Privacy policy', url: '/x9'}</script>";
    let own = format!("<a href=/p>Privacy</a>{script}");
    assert_eq!(urls(&own), ["/p"]);
    let others =
        format!("<footer><a href=https://holding.org/p>Privacy policy</a></footer>{script}");
    assert!(urls(&others).contains(&"/x9".to_owned()));
    for script in [
        "<script>x = {label: 'Privacy policy', url: 'https://ads.example.net/privacy'}</script>",
        "<script>$.post({url: '/api/privacy'})</script>",
        "<script>x = {title: 'Why we changed our privacy policy this year', url: '/blog/2020/01/x'}</script>",
    ] {
        assert!(judged(script).is_empty(), "{script}: {:?}", judged(script));
    }
}

#[test]
fn the_footer_beats_the_text_and_the_policy_its_neighbours() {
    let found = urls(
        "<p>We wrote a long text about how the <a href=/guide/privacy-tips>privacy</a> of our users matters.</p>\
             <footer><a href=/privacy-rights>Your privacy rights</a> <a href=/terms>Terms</a> <a href=/cookies>Cookie policy</a>\
             <a href=/privacy>Privacy Policy</a></footer>",
    );
    assert_eq!(
        found.iter().position(|u| u == "/privacy"),
        Some(1),
        "{found:?}"
    );
    assert_eq!(found.first().map(String::as_str), Some("/cookies"));
    assert!(found.contains(&"/terms".to_owned()));
}

#[test]
fn another_hosts_policy_in_the_footer_is_followed_and_flagged() {
    let found =
        judged("<footer><a href=https://www.holding.org/privacy>Privacy Policy</a></footer>");
    assert_eq!(found.len(), 1);
    assert!(found[0].cross_domain && found[0].in_footer);
    assert!(found[0].reasons.iter().any(|r| r.contains("another site")));
    let brand = judged(
        "<p>Read more about it in the statement on <a href=https://example.de/datenschutz>Datenschutz</a>, please</p>",
    );
    assert!(brand[0].cross_domain, "one brand, two domains");
}

#[test]
fn hubs_are_told_from_policies() {
    let found = judged(
        "<a href=/legal>Legal</a><a href=/impressum>Impressum</a><a href=/m>Mentions légales</a><a href=/x>Shop</a>",
    );
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|link| link.kind == LinkKind::Hub));
    let both = judged("<a href=/tp>Terms &amp; Privacy</a>");
    assert_eq!(both[0].kind, LinkKind::Policy(PolicyKind::Privacy));
}

#[test]
fn two_policies_on_one_page_are_two_links() {
    let found = judged(
        "<a href='/legal#privacy'>Privacy Policy</a><a href='/legal#cookies'>Cookie Policy</a>",
    );
    let kinds: Vec<LinkKind> = found.iter().map(|link| link.kind).collect();
    assert_eq!(
        kinds,
        [
            LinkKind::Policy(PolicyKind::Privacy),
            LinkKind::Policy(PolicyKind::Cookies)
        ]
    );
    assert!(found[0].url.ends_with("#privacy"));
}

#[test]
fn the_same_link_twice_is_one_with_its_best_place() {
    let found = judged(
        "<a href=/privacy>Privacy</a><p>words</p><footer><a href='http://example.com/privacy/'>Privacy Policy</a></footer>",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].text.as_str(), found[0].in_footer),
        ("Privacy Policy", true)
    );
}

proptest::proptest! {
    #[test]
    fn any_page_is_judged(html in "(<a href=|<area |<option value=|<td onclick=\"|javascript:|'|\"|/privacy|#|>|</a>|Privacy|cookie|http://|<p>|é|隐私|%27|\\(| ){0,60}") {
        for link in judged(&html) {
            proptest::prop_assert!((PLAUSIBLE_SCORE..=100).contains(&link.score));
            proptest::prop_assert!(Url::parse(&link.url).is_ok());
        }
    }

    #[test]
    fn any_text_is_judged(html in "\\PC{0,200}") {
        let _ = judged(&html);
    }
}
