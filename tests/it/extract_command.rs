//! The command `extract`: saved pages in, texts out.

use std::fs;

use crate::support::program::{fails, run};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

const PAGE: &str = "<html><head><title>Privacy Policy | Example</title></head><body><nav><a href=/>Home</a><a href=/shop>Shop</a></nav>\
         <main><h1>Privacy Policy</h1><p>We collect your name and e-mail address when you register, and we use this personal \
         information to answer you.</p><p>We never share personal data with third parties. See <a href='/cookies'>our cookie \
         policy</a>.</p></main></body></html>";

#[test]
fn a_page_becomes_its_policy_on_stdout() {
    let folder = folder();
    let page = folder.path().join("page.html");
    fs::write(&page, PAGE).unwrap();
    let extract = |more: &[&str]| {
        let mut arguments = vec![
            "extract",
            "page.html",
            "--url",
            "http://www.example.com/privacy",
        ];
        arguments.extend(more);
        let output = run(folder.path(), &arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let markdown = extract(&[]);
    assert!(
        markdown.starts_with("# Privacy Policy\n\nWe collect your name"),
        "{markdown}"
    );
    assert!(
        markdown.contains("[our cookie policy](http://www.example.com/cookies)")
            && !markdown.contains("Shop"),
        "{markdown}"
    );
    let text = extract(&["--format", "text"]);
    assert!(
        text.lines().all(|l| l.chars().count() <= 80)
            && text.contains("We never share personal data"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&extract(&["--format", "json"])).unwrap();
    assert_eq!(
        (json["title"].as_str(), json["language"].as_str()),
        (Some("Privacy Policy"), Some("en"))
    );
    fails(
        folder.path(),
        &["extract", "page.html", "--explain"],
        0,
        &["policytrail: "],
    );
    fails(
        folder.path(),
        &["extract", "missing.html"],
        2,
        &["missing.html"],
    );
    fails(
        folder.path(),
        &["extract", "page.html", "--url", "x"],
        2,
        &["--url"],
    );
}

#[test]
fn a_folder_of_pages_becomes_a_folder_of_policies() {
    let folder = folder();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    fs::write(pages.join("a.html"), "<h1>Privacy</h1><p>We collect no personal data. We use no cookies and share nothing with anybody.</p>").unwrap();
    fs::write(pages.join("b.html"), "").unwrap();
    fs::write(pages.join("notes.md"), "not a page").unwrap();
    let output = run(
        folder.path(),
        &["extract", "--in", "pages", "--out", "texts", "--quiet"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "2 pages, 1 policy, 1 dropped\n"
    );
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("empty_shell")
    );
    assert_eq!(
        fs::read_dir(folder.path().join("texts")).unwrap().count(),
        1
    );
    assert!(
        fs::read_to_string(folder.path().join("texts/a.md"))
            .unwrap()
            .contains("no personal data")
    );
}

#[test]
fn no_extracted_text_overwrites_another_or_a_page() {
    let folder = folder();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    let words = |name: &str| {
        format!(
            "Privacy policy of {name}\n\nWe collect no personal data. We use no cookies and share nothing.\n"
        )
    };
    for name in ["privacy.txt", "Privacy.php", "other.txt"] {
        fs::write(pages.join(name), words(name)).unwrap();
    }
    fs::write(
        pages.join("privacy.html"),
        "<h1>Privacy</h1><p>We collect no personal data. We use no cookies and share nothing with anybody.</p>",
    )
    .unwrap();
    let large = fs::File::create(pages.join("large.html")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let arguments = [
        "extract", "--in", "pages", "--out", "texts", "--format", "text",
    ];
    let output = run(folder.path(), &arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("large.html"), "{message}");
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.starts_with("5 pages, ") && out.ends_with(", 1 not read\n"),
        "{out}"
    );
    let mut made: Vec<String> = fs::read_dir(folder.path().join("texts"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    made.sort();
    assert_eq!(
        made,
        [
            "Privacy.php.txt",
            "other.txt",
            "privacy.html.txt",
            "privacy.txt.txt"
        ]
    );
    fails(
        folder.path(),
        &[
            "extract", "--in", "pages", "--out", "./pages", "--format", "text",
        ],
        2,
        &["--in and --out"],
    );
    assert_eq!(
        fs::read_to_string(pages.join("other.txt")).unwrap(),
        words("other.txt")
    );
}

#[test]
fn characters_that_reorder_text_are_not_printed() {
    let folder = folder();
    let page = "<title>Privacy \u{202e}ycavirp</title><a href=/privacy>Privacy \u{202e} policy</a>\
                <h1>Privacy \u{2066} policy</h1><p>We collect no personal data. We use no cookies and share nothing.</p>";
    fs::write(folder.path().join("page.html"), page).unwrap();
    for arguments in [
        ["extract", "page.html", "--format", "json"].as_slice(),
        &[
            "discover",
            "--page",
            "page.html",
            "--url",
            "http://example.com/",
            "--format",
            "json",
        ],
    ] {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{output:?}");
        let message = String::from_utf8(output.stdout).unwrap();
        assert!(message.contains("Privacy"), "{message}");
        assert!(!message.contains(['\u{202e}', '\u{2066}']), "{message}");
    }
}
