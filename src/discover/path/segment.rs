//! Classifies single segments and arguments of a path.

use crate::model::printable;

/// File endings of pages.
pub(super) const PAGE_ENDINGS: &str = "html htm shtml shtm xhtml phtml php php3 php4 php5 asp aspx ashx jsp jspx jspa do \
    cfm cgi pl stm mspx txt pdf page action";
/// File endings of everything else: pictures, scripts, data.
pub(super) const OTHER_ENDINGS: &str = "gif jpg jpeg png svg ico webp bmp js mjs css json xml rss atom map woff woff2 ttf \
    eot swf mp3 mp4 wav zip gz exe dmg csv xls xlsx ppt pptx vcf";
/// Query arguments whose value is another address or a search.
pub(super) const FOREIGN_ARGUMENTS: &str = "q s search query url u uri link to return returnurl return_to redirect \
    redirect_uri redirect_to next dest destination continue ref referer referrer share text title subject body";
/// Query arguments that only select a variant of the same page.
pub(super) const HARMLESS_ARGUMENTS: &str =
    "lang language locale hl country region cc lng v ver version l";

/// True when a word is in a list of words.
pub(super) fn is_one_of(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// A file ending: a few letters after the last dot.
pub(super) fn ending(segment: &str) -> Option<String> {
    let (stem, ending) = segment.rsplit_once('.')?;
    let fits = !stem.is_empty()
        && (1..=6).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| ending.to_ascii_lowercase())
}

/// True for `en`, `de-at`, `pt_br`, `zh-hant`.
pub(super) fn is_locale(segment: &str) -> bool {
    let letters = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    letters(segment)
        || segment
            .split_once(['-', '_'])
            .is_some_and(|(a, b)| letters(a) && (letters(b) || matches!(b, "hans" | "hant")))
}

/// True for a year of the web.
pub(super) fn is_year(segment: &str) -> bool {
    segment.len() == 4
        && segment
            .parse::<u16>()
            .is_ok_and(|year| (1990..2100).contains(&year))
}

/// A segment for a reason: short and without control characters.
pub(super) fn clipped(text: &str) -> String {
    printable(text, 40)
}
