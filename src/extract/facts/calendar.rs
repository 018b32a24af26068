//! Dates in running text: month names, numbers, eras, and ambiguous forms.

use regex::{Captures, Regex};

use crate::extract::characters::any_byte;

/// The order of numbers in a date that ends with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum NumberOrder {
    /// 03/04 is the third of April.
    DayFirst,
    /// 03/04 is the fourth of March.
    MonthFirst,
    /// Both orders are in use. The date is clear only if one part is above 12.
    Unsure,
}

/// A date in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::extract) struct DateMatch {
    /// `YYYY-MM-DD` or `YYYY-MM`.
    pub date: String,
    /// Position of its first byte.
    pub start: usize,
    /// Position after its last byte.
    pub end: usize,
}

/// Reads the dates of one language.
pub(in crate::extract) struct Calendar {
    /// Names of months and their numbers.
    months: Vec<(String, u32)>,
    forms: Vec<(DateForm, Regex)>,
    order: NumberOrder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateForm {
    YearMonthDay,
    Characters,
    DayName,
    NameDay,
    YearName,
    YearDayName,
    Name,
    Numbers,
}

/// Years that a policy may state.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;

/// Dates that are written without the name of a month.
const NUMBER_PATTERNS: [(DateForm, &str); 3] = [
    (
        DateForm::YearMonthDay,
        r"\b(\d{4})(?:-|\s?[/.]\s?)(\d{1,2})(?:-|\s?[/.]\s?)(\d{1,2})\b",
    ),
    (
        DateForm::Characters,
        concat!(
            r"(令和|平成|昭和|民國|民国|中華民國)?\s?(元|\d{1,4}|[〇零○一二三四五六七八九十]{1,4})\s?(?:年|년)\s?",
            r"(\d{1,2}|[一二三四五六七八九十]{1,3})\s?(?:月|월)(?:\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?(?:日|号|號|일))?",
        ),
    ),
    (
        DateForm::Numbers,
        r"\b(\d{1,2})(?:-|\s?[/.]\s?)(\d{1,2})(?:-|\s?[/.]\s?)(\d{4})\b",
    ),
];

/// Patterns of dates with the name of a month.
fn name_patterns(names: &[(String, u32)]) -> [(DateForm, String); 5] {
    let name = names
        .iter()
        .map(|(name, _)| regex::escape(name))
        .collect::<Vec<_>>()
        .join("|");
    let of = r"(?:(?:of|de|del|d'|din|den|the|năm|พ\.ศ\.|พศ|г\.?|р\.?)\s*)?";
    let day = r"(\d{1,2})(?:st|nd|rd|th|er|re|º|ª|°|\.|:e|ος|η)?";
    [
        (
            DateForm::DayName,
            format!(r"\b{day}[\s-]*{of}({name})\b\.?,?[\s-]*{of}(\d{{4}})\b"),
        ),
        (
            DateForm::NameDay,
            format!(r"\b({name})\b\.?\s*(?:the\s)?{day}[\s,]+(\d{{4}})\b"),
        ),
        (
            DateForm::YearName,
            format!(r"\b(\d{{4}})[.,]?\s*({name})\b\.?\s*(\d{{1,2}})\b"),
        ),
        (
            DateForm::YearDayName,
            format!(r"\b(\d{{4}})\.?\s*gada\s*(\d{{1,2}})\.?\s*({name})\b"),
        ),
        (
            DateForm::Name,
            format!(r"\b({name})\b\.?,?[\s-]*{of}(\d{{4}})\b"),
        ),
    ]
}

impl Calendar {
    /// Returns the calendar of a language. `months` has twelve names in order, separated by commas, and their
    /// alternative forms separated by bars. It is empty for a language that writes months as numbers.
    pub(in crate::extract) fn of(months: &str, order: NumberOrder) -> Option<Self> {
        let mut names: Vec<(String, u32)> = (1..)
            .zip(months.split(','))
            .flat_map(|(number, forms)| {
                forms
                    .split('|')
                    .map(move |form| (form.trim().to_owned(), number))
            })
            .filter(|(name, _)| !name.is_empty())
            .collect();
        // The longest form first: "september" before "sep".
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut patterns: Vec<(DateForm, String)> = NUMBER_PATTERNS
            .iter()
            .map(|(form, pattern)| (*form, (*pattern).to_owned()))
            .collect();
        if !names.is_empty() {
            patterns.extend(name_patterns(&names));
        }
        let forms = patterns
            .into_iter()
            .map(|(form, pattern)| Some((form, Regex::new(&pattern).ok()?)))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            months: names,
            forms,
            order,
        })
    }

    /// The first date of a text in lower case. `own_language` is true when the text is known to be in this calendar's
    /// language.
    pub(in crate::extract) fn first(&self, text: &str, own_language: bool) -> Option<DateMatch> {
        self.all(text, own_language)
            .min_by_key(|found| (found.start, std::cmp::Reverse(found.end)))
    }

    /// The last date of a text in lower case.
    pub(in crate::extract) fn last(&self, text: &str, own_language: bool) -> Option<DateMatch> {
        self.all(text, own_language)
            .max_by_key(|found| (found.end, std::cmp::Reverse(found.start)))
    }

    fn all<'c>(
        &'c self,
        text: &'c str,
        own_language: bool,
    ) -> impl Iterator<Item = DateMatch> + 'c {
        // Every date has an ASCII digit or an East Asian character. Most windows of a text have neither.
        let may_have = any_byte(text, |b| b.is_ascii_digit() || matches!(b, 0xE3..=0xE9));
        let forms = self.forms.iter().filter(move |_| may_have);
        forms.flat_map(move |(form, regex)| {
            regex.captures_iter(text).filter_map(move |captures| {
                let whole = captures.get(0)?;
                Some(DateMatch {
                    date: self.date(*form, &captures, own_language)?,
                    start: whole.start(),
                    end: whole.end(),
                })
            })
        })
    }

    fn date(&self, form: DateForm, captures: &Captures<'_>, own_language: bool) -> Option<String> {
        let text = |group: usize| captures.get(group).map(|m| m.as_str());
        let number = |group: usize| text(group)?.parse::<u32>().ok();
        let name = |group: usize| {
            let name = text(group)?;
            self.months.iter().find(|(n, _)| n == name).map(|(_, n)| *n)
        };
        match form {
            DateForm::YearMonthDay => written(number(1)?, number(2)?, Some(number(3)?)),
            DateForm::Characters => {
                let year = year_of_era(text(1), text(2)?)?;
                let day = match text(4) {
                    Some(day) => Some(numeral(day)?),
                    None => None,
                };
                written(year, numeral(text(3)?)?, day)
            }
            DateForm::DayName => written(number(3)?, name(2)?, Some(number(1)?)),
            DateForm::NameDay => written(number(3)?, name(1)?, Some(number(2)?)),
            DateForm::YearName => written(number(1)?, name(2)?, Some(number(3)?)),
            DateForm::YearDayName => written(number(1)?, name(3)?, Some(number(2)?)),
            DateForm::Name => written(number(2)?, name(1)?, None),
            DateForm::Numbers => {
                let (one, two, year) = (number(1)?, number(2)?, number(3)?);
                let order = if own_language {
                    self.order
                } else {
                    NumberOrder::Unsure
                };
                match order {
                    _ if one > 12 => written(year, two, Some(one)),
                    _ if two > 12 => written(year, one, Some(two)),
                    _ if one == two => written(year, one, Some(two)),
                    NumberOrder::DayFirst => written(year, two, Some(one)),
                    NumberOrder::MonthFirst => written(year, one, Some(two)),
                    NumberOrder::Unsure => None,
                }
            }
        }
    }
}

/// The stored form of a date, if the day exists.
fn written(year: u32, month: u32, day: Option<u32>) -> Option<String> {
    // The Buddhist calendar in Thai texts is 543 years ahead.
    let year = if (2533..=2642).contains(&year) {
        year - 543
    } else {
        year
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !YEARS.contains(&year) || day.is_some_and(|day| !(1..=days).contains(&day)) {
        return None;
    }
    Some(match day {
        Some(day) => format!("{year:04}-{month:02}-{day:02}"),
        None => format!("{year:04}-{month:02}"),
    })
}

/// The year of an era: 令和4年 is 2022. The first year of an era is written 元年.
fn year_of_era(era: Option<&str>, year: &str) -> Option<u32> {
    let number = if year == "元" { 1 } else { numeral(year)? };
    Some(match era {
        Some("令和") => number.checked_add(2018)?,
        Some("平成") => number.checked_add(1988)?,
        Some("昭和") => number.checked_add(1925)?,
        Some(_) => number.checked_add(1911)?,
        None => number,
    })
}

/// Reads a number of ASCII digits, of Chinese digits (二〇二二) or with tens (三十一).
fn numeral(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let value = |c: char| "〇一二三四五六七八九".chars().position(|d| d == c);
    let digit = |c: char| match c {
        '零' | '○' => Some(0),
        c => value(c).and_then(|v| u32::try_from(v).ok()),
    };
    if let Some((tens, ones)) = text.split_once('十') {
        let one_digit = |text: &str, empty: u32| {
            let mut digits = text.chars();
            match (digits.next(), digits.next()) {
                (None, _) => Some(empty),
                (Some(c), None) => digit(c),
                _ => None,
            }
        };
        return Some(one_digit(tens, 1)? * 10 + one_digit(ones, 0)?);
    }
    text.chars()
        .try_fold(0u32, |sum, c| sum.checked_mul(10)?.checked_add(digit(c)?))
}
