//! The two forms of a guarded page: as a whole, or only what extraction reads.

use std::borrow::Cow;

use super::super::limits::MAX_HTML_BYTES;
use super::scan::TagScan;

/// The page within the limits (see [`super::super::limits`]), ready for the parser.
pub(in super::super) fn guarded(html: &str) -> Cow<'_, str> {
    let html = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    TagScan::new(html, false).run()
}

/// Does the same as [`guarded`], and removes what no reader sees: the content of style sheets, of scripts except JSON,
/// of drawings and of comments, and the attributes that extraction does not read.
///
/// On 69 real pages this removes 8.1 of 14.6 MB.
pub(in super::super) fn guarded_text(html: &str) -> Cow<'_, str> {
    let html = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    TagScan::new(html, true).run()
}

#[cfg(test)]
mod tests {
    use super::super::super::limits::{MAX_DEPTH, MAX_ELEMENTS};
    use super::*;

    #[test]
    fn an_ordinary_page_passes_untouched() {
        let page = "<!DOCTYPE html><body><P>one<p>two <b>bold</b><script>if (a<b) '<div>'</script><!-- <div> --></body>";
        assert!(matches!(guarded(page), Cow::Borrowed(p) if p == page));
    }

    #[test]
    fn a_thousand_unclosed_paragraphs_are_not_deep() {
        let page = "<p><b>words".repeat(1000) + "<table>" + &"<tr>x".repeat(1000);
        assert!(matches!(guarded(&page), Cow::Borrowed(_)));
    }

    #[test]
    fn a_page_too_deep_is_flattened_and_keeps_its_words() {
        let page = format!(
            "{}words{}after",
            "<div>".repeat(20_000),
            "</div>".repeat(20_000)
        );
        let flat = guarded(&page);
        assert!(flat.matches("<div>").count() <= MAX_DEPTH);
        assert_eq!(
            flat.matches("<div>").count(),
            flat.matches("</div>").count()
        );
        assert!(flat.contains("words") && flat.contains("after"));
    }

    #[test]
    fn unclosed_formatting_cannot_multiply() {
        let fonts: String = (0..300).fold(String::new(), |html, i| {
            html + "<font size=" + &i.to_string() + ">"
        });
        let page = format!("<p>{fonts}{}", "</p><p>x".repeat(20_000));
        let html = scraper::Html::parse_document(&guarded(&page));
        assert!(html.tree.values().count() < 1_000_000);
    }

    #[test]
    fn a_tag_with_thousands_of_attributes_keeps_its_name() {
        let page = format!(
            "<div {}>words</div>",
            (0..5000).fold(String::new(), |tag, i| tag + "a" + &i.to_string() + "=1 ")
        );
        assert_eq!(guarded(&page), "<div>words</div>");
    }

    #[test]
    fn a_page_of_a_million_elements_keeps_its_words_and_few_of_its_tags() {
        let html = guarded(&"<i>x</i><br>".repeat(500_000)).into_owned();
        assert_eq!(html.matches('x').count(), 500_000);
        assert!(html.matches("<i>").count() + html.matches("<br>").count() <= MAX_ELEMENTS);
        assert_eq!(html.matches("<i>").count(), html.matches("</i>").count());
    }

    #[test]
    fn lists_and_tables_without_end_tags_are_not_deep() {
        for (before, part) in [
            ("<dl>", "<dt>term<dd>words"),
            ("<dl>", "<dt><b>term</b><dd><p>words<p>more"),
            ("<table>", "<tr><td>x<td>y"),
            ("<table>", "<tr><td><p>x<td><b>y</b><ul><li>z"),
            ("<table>", "<tbody><tr><th>x<td><font>y"),
            ("<ul>", "<li><div><p>x"),
            ("", "<p><span>x"),
            ("<select>", "<option>x"),
        ] {
            let page = before.to_owned() + &part.repeat(1000);
            let flat = part.contains("<div>") || part.contains("<ul>") || part.contains("<font>");
            assert!(flat || matches!(guarded(&page), Cow::Borrowed(_)), "{part}");
        }
    }

    #[test]
    fn a_million_elements_of_raw_text_are_not_all_kept() {
        let html = guarded(&"<xmp></xmp>".repeat(700_000)).into_owned();
        assert_eq!(html.matches("<xmp>").count(), MAX_ELEMENTS);
    }

    #[test]
    fn a_style_sheet_behind_an_unclosed_drawing_is_still_a_style_sheet() {
        let page = "<svg><path><div>words</div><style>a<b></style><p>more";
        let text = guarded_text(page);
        assert!(!text.contains("a<b>") && text.contains("more"), "{text}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(page in "(<|>|/|a|b|font|div|p|'|\"|=| |!--|--|script|é){0,200}") {
            let _ = guarded(&page);
        }
    }
}
