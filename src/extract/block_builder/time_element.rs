//! Dates of `<time datetime>` whose words depend on the day of the visit or have two meanings.

use scraper::node::Element;

use crate::extract::dom::attribute;

/// Longest text of a relative date, in bytes: "about two months and three weeks ago".
const MAX_BYTES: usize = 60;
/// Words of relative dates in the past, in lower case (Unicode CLDR, `relativeTime` of type `past`, and the names of the
/// days and months before). A page that is read a year later would show other words.
const RELATIVE: &[&str] = &[
    " ago",
    "yesterday",
    "last month",
    "last year",
    "last week",
    "vor ",
    "gestern",
    "letztes jahr",
    "il y a ",
    "hier",
    "hace ",
    "ayer",
    " fa",
    "ieri",
    " geleden",
    "gisteren",
    "há ",
    " atrás",
    "ontem",
    " temu",
    "wczoraj",
    "för ",
    " sedan",
    "igår",
    " siden",
    "i går",
    " sitten",
    "eilen",
    "před ",
    "pred ",
    "včera",
    "acum ",
    "πριν από ",
    " önce",
    "dün",
    " назад",
    "вчера",
    " тому",
    "преди ",
    "前",
    "昨",
    " 전",
    "어제",
    " trước",
    " yang lalu",
    "ที่แล้ว",
    "قبل ",
    "منذ ",
    "לפני ",
    "पहले",
    "আগে",
    "முன்",
    " tagasi",
    "prieš ",
    "pirms ",
    "fa ",
    "duela ",
    "پیش",
];

/// The date to write in place of the words of a `<time>` element: they are relative ("two years ago"), a number with two
/// meanings (03/02/2018), or left to a script. `None` for all other words.
pub(in crate::extract) fn date_of_time<'e>(element: &'e Element, words: &str) -> Option<&'e str> {
    let words = words.trim().to_lowercase();
    let is_unclear = words.is_empty() || is_number(&words) || is_relative(&words);
    let date = attribute(element, "datetime")?.trim().get(..10)?;
    (is_unclear && is_date(date)).then_some(date)
}

fn is_date(text: &str) -> bool {
    let shape = |(at, b): (usize, u8)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    };
    text.bytes().enumerate().all(shape) && (text.starts_with("19") || text.starts_with("20"))
}

/// True for a date of numbers that does not begin with the year.
fn is_number(words: &str) -> bool {
    let numbers: Vec<&str> = words.split(['/', '.', '-']).map(str::trim).collect();
    let is_short = |number: &&str| (1..=2).contains(&number.len());
    numbers.len() == 3
        && numbers[..2].iter().all(is_short)
        && numbers
            .iter()
            .all(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

fn is_relative(words: &str) -> bool {
    let has_year = words
        .split(|c: char| !c.is_ascii_digit())
        .any(|number| number.len() == 4);
    words.len() <= MAX_BYTES && !has_year && RELATIVE.iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_depend_on_the_day_give_way_to_the_date() {
        let html = r#"<time datetime="2018-03-02T00:00:00Z">x</time>"#;
        let fragment = scraper::Html::parse_fragment(html);
        let time = fragment
            .root_element()
            .first_child()
            .and_then(|node| node.value().as_element());
        let date = |words: &str| date_of_time(time.unwrap(), words);
        for unclear in [
            "two years ago",
            "vor 2 Jahren",
            "hace un mes",
            "2年前",
            "",
            "03/02/2018",
            "2.3.18",
        ] {
            assert_eq!(date(unclear), Some("2018-03-02"), "{unclear}");
        }
        for clear in [
            "March 2, 2018",
            "2018-03-02",
            "the GDPR applies",
            "in March 2018, two months ago",
            "10:30",
        ] {
            assert_eq!(date(clear), None, "{clear}");
        }
    }
}
