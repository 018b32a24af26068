//! Tests of the joining of addresses.

use super::super::super::candidates::given_candidate;
use super::super::super::kind::PolicyKind::{self, Children, Cookies, Privacy};
use super::super::super::tests::memory_archive::at;
use super::super::evidence::HomePageLinks;
use super::*;

fn site() -> Site {
    Site::parse("example.com").unwrap()
}

fn url(path: &str) -> String {
    if path.starts_with("http") {
        path.to_owned()
    } else {
        format!("http://example.com{path}")
    }
}

fn redirect(from: &str, to: &str) -> JoinEvidence {
    JoinEvidence::Redirect {
        from: url(from),
        to: url(to),
    }
}

fn home(time: &str, links: &[(&str, PolicyKind)]) -> JoinEvidence {
    let links = links
        .iter()
        .map(|(path, kind)| (url(path), *kind))
        .collect();
    JoinEvidence::Home(HomePageLinks {
        timestamp: at(time),
        links,
    })
}

fn groups(candidates: &[(&str, PolicyKind)], evidence: &[JoinEvidence]) -> Vec<Vec<String>> {
    let candidates: Vec<Candidate> = candidates
        .iter()
        .filter_map(|(path, kind)| given_candidate(&url(path), *kind, &site()))
        .collect();
    join(&candidates, evidence, &site())
        .into_iter()
        .map(|policy| {
            policy
                .urls
                .into_iter()
                .map(|u| u.replace("http://example.com", ""))
                .collect()
        })
        .collect()
}

#[test]
fn redirects_and_canonical_links_join_whole_chains() {
    let evidence = [
        redirect("/privacy", "/legal/privacy"),
        JoinEvidence::Canonical {
            from: url("/legal/privacy?x=1"),
            to: url("/legal/privacy"),
        },
    ];
    assert_eq!(
        groups(&[("/privacy", Privacy)], &evidence),
        [["/legal/privacy", "/legal/privacy?x=1", "/privacy"]]
    );
}

#[test]
fn a_link_that_moved_joins_the_old_address_and_the_new() {
    let evidence = [
        home("2005", &[("/a", Privacy)]),
        home("2006", &[("/a", Privacy), ("/c", Cookies)]),
        home("2012", &[("/b", Privacy), ("/c", Cookies)]),
    ];
    assert_eq!(groups(&[], &evidence), [vec!["/a", "/b"], vec!["/c"]]);
}

#[test]
fn what_comes_back_is_no_move() {
    let evidence = [
        home("2005", &[("/a", Privacy)]),
        home("2006", &[("/b", Privacy)]),
        home("2007", &[("/a", Privacy)]),
    ];
    assert_eq!(groups(&[], &evidence), [["/a"], ["/b"]]);
}

#[test]
fn policies_side_by_side_stay_apart() {
    let evidence = [
        home("2005", &[("/a", Privacy)]),
        home("2010", &[("/a", Privacy), ("/b", Privacy)]),
        home("2012", &[("/b", Privacy)]),
    ];
    assert_eq!(groups(&[], &evidence), [["/a"], ["/b"]]);
    // However, a redirect shows that they are one page.
    let with_redirect = [&evidence[..], &[redirect("/a", "/b")]].concat();
    assert_eq!(groups(&[], &with_redirect), [["/a", "/b"]]);
}

#[test]
fn kinds_and_editions_stay_apart_even_through_a_third_address() {
    let evidence = [
        redirect("/privacy", "/en/privacy"),
        redirect("/privacy", "/de/privacy"),
        redirect("/privacy", "/en/privacy"),
    ];
    assert_eq!(
        groups(&[("/privacy", Privacy)], &evidence),
        [vec!["/en/privacy", "/privacy"]]
    );
    let candidates = [("/privacy", Privacy), ("/de/privacy", Privacy)];
    assert_eq!(
        groups(&candidates, &evidence),
        [vec!["/de/privacy"], vec!["/en/privacy", "/privacy"]]
    );
    assert_eq!(
        groups(
            &[("/p", Privacy), ("/k", Children)],
            &[redirect("/k", "/p")]
        )
        .len(),
        2
    );
}

#[test]
fn a_redirect_to_the_home_page_joins_nothing() {
    let evidence = [
        redirect("/privacy", "/"),
        redirect("/old-privacy", "/"),
        redirect("/privacy-x", "/en/"),
    ];
    assert_eq!(
        groups(
            &[("/privacy", Privacy), ("/old-privacy", Privacy)],
            &evidence
        )
        .len(),
        2
    );
    // The same holds for a domain with a public suffix of two parts.
    let uk = |path: &str| format!("http://www.example.co.uk{path}");
    let evidence = [redirect(&uk("/privacy"), &uk("/"))];
    assert_eq!(groups(&[(&uk("/privacy"), Privacy)], &evidence)[0].len(), 1);
    let evidence = [redirect(&uk("/privacy"), "http://privacy.example.co.uk/")];
    assert_eq!(groups(&[(&uk("/privacy"), Privacy)], &evidence)[0].len(), 2);
}

#[test]
fn spellings_of_one_locale_are_one_edition() {
    let evidence = [redirect("/en_US/privacy", "/en/privacy")];
    let candidates = [("/en_US/privacy", Privacy), ("/en/privacy", Privacy)];
    assert_eq!(groups(&candidates, &evidence).len(), 1);
    let evidence = [redirect("/en_US/privacy", "/en_GB/privacy")];
    let candidates = [("/en_US/privacy", Privacy), ("/en_GB/privacy", Privacy)];
    assert_eq!(groups(&candidates, &evidence).len(), 2);
}

#[test]
fn a_policy_on_another_host_is_joined_and_flagged() {
    let policies = join(
        &[given_candidate("http://example.com/privacy", Privacy, &site()).unwrap()],
        &[redirect("/privacy", "https://group.example.org/privacy")],
        &site(),
    );
    assert_eq!(policies.len(), 1);
    assert!(policies[0].cross_domain);
    assert!(policies[0].reasons[0].contains("redirects"));
}

#[test]
fn spellings_of_one_address_are_one() {
    let candidates = [
        ("http://www.example.com/Privacy/", Privacy),
        ("https://example.com/privacy", Privacy),
    ];
    assert_eq!(groups(&candidates, &[]), [["https://example.com/privacy"]]);
}

fn any_evidence() -> impl proptest::strategy::Strategy<Value = Vec<JoinEvidence>> {
    use proptest::prelude::*;
    let path = prop_oneof![
        Just("/a"),
        Just("/b"),
        Just("/c"),
        Just("/d"),
        Just("/en/a"),
        Just("/de/a"),
        Just("/"),
        Just("https://o.org/p")
    ];
    let kind = prop_oneof![Just(Privacy), Just(Cookies), Just(Children)];
    let piece = prop_oneof![
        (path.clone(), path.clone()).prop_map(|(a, b)| redirect(a, b)),
        (path.clone(), path.clone()).prop_map(|(a, b)| JoinEvidence::Canonical {
            from: url(a),
            to: url(b)
        }),
        (2000..2020, proptest::collection::vec((path, kind), 0..4)).prop_map(
            |(year, links): (i32, Vec<(&str, PolicyKind)>)| home(&year.to_string(), &links)
        ),
    ];
    proptest::collection::vec(piece, 0..14)
}

#[test]
fn a_flood_of_evidence_ends_soon() {
    let candidates: Vec<Candidate> = (0..2_000)
        .filter_map(|n| given_candidate(&url(&format!("/p{n}")), Privacy, &site()))
        .collect();
    let evidence: Vec<JoinEvidence> = (0..20_000)
        .map(|n| {
            redirect(
                &format!("/p{}", n % 2_000),
                &format!("/p{}", (n * 7 + n / 2_000) % 2_000),
            )
        })
        .collect();
    let policies = join(&candidates, &evidence, &site());
    let urls: usize = policies.iter().map(|policy| policy.urls.len()).sum();
    assert!((100..=2_000).contains(&urls), "{urls}");
}

proptest::proptest! {
    #[test]
    fn the_order_of_the_evidence_does_not_matter(
        evidence in any_evidence(),
        seed in proptest::prelude::any::<u64>(),
    ) {
        let candidates: Vec<Candidate> = ["/a", "/b", "/en/a"].iter().filter_map(|p| given_candidate(&url(p), Privacy, &site())).collect();
        let one = join(&candidates, &evidence, &site());
        let mut shuffled = evidence.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, usize::try_from(state >> 33).unwrap_or(0) % (i + 1));
        }
        let mut reversed_candidates = candidates.clone();
        reversed_candidates.reverse();
        proptest::prop_assert_eq!(&one, &join(&reversed_candidates, &shuffled, &site()));
        let mut all: Vec<&String> = one.iter().flat_map(|p| &p.urls).collect();
        let total = all.len();
        all.sort();
        all.dedup();
        proptest::prop_assert_eq!(all.len(), total);
    }

    #[test]
    fn odd_addresses_do_no_harm(from in "\\PC{0,30}", to in "(http://)?[a-z./?#%]{0,30}") {
        let evidence = [JoinEvidence::Redirect { from, to }];
        let _ = join(&[], &evidence, &site());
    }
}
