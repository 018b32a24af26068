//! Parts of dates: numerals, short years, eras, the Persian calendar, and the form in which dates are stored.

use jiff::ToSpan;
use jiff::civil::date;

/// A month of a calendar: 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Month {
    Gregorian(u32),
    /// A month of the solar calendar of Iran and Afghanistan.
    Persian(u32),
}

/// Years that a policy may state.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;

/// The stored form of a date, if the day exists: `YYYY-MM-DD` or `YYYY-MM`.
pub(super) fn written(year: u32, month: u32, day: Option<u32>) -> Option<String> {
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

/// The year that two digits mean: one from 1990, when the web began, to 2029. 30 and 31 are days.
pub(super) fn full_year(short: u32) -> Option<u32> {
    match short {
        0..=29 => Some(2000 + short),
        90..=99 => Some(1900 + short),
        _ => None,
    }
}

/// The month that a Roman numeral means, as in "25.V.2018".
pub(super) fn roman_month(text: &str) -> Option<u32> {
    const NUMERALS: [&str; 12] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
    ];
    let at = NUMERALS.iter().position(|numeral| *numeral == text)?;
    u32::try_from(at + 1).ok()
}

/// The stored form of a date of the Persian calendar. Leap years follow a cycle of 33 years, which is exact from 1343 to
/// 1472 (1964 to 2094).
pub(super) fn persian_date(year: u32, month: u32, day: u32) -> Option<String> {
    /// 1 Farvardin of this year was 21 March 1971.
    const FIRST_YEAR: u32 = 1350;
    let is_leap = |year: u32| matches!(year % 33, 1 | 5 | 9 | 13 | 17 | 22 | 26 | 30);
    let days_of_month = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + u32::from(is_leap(year)),
        _ => return None,
    };
    if !(FIRST_YEAR..1473).contains(&year) || !(1..=days_of_month).contains(&day) {
        return None;
    }
    let years: u32 = (FIRST_YEAR..year)
        .map(|y| 365 + u32::from(is_leap(y)))
        .sum();
    let months = (month - 1) * 30 + (month - 1).min(6);
    let days = years + months + day - 1;
    let found = date(1971, 3, 21).checked_add(i64::from(days).days()).ok()?;
    let part = |value: i8| u32::try_from(value).ok();
    written(
        u32::try_from(found.year()).ok()?,
        part(found.month())?,
        Some(part(found.day())?),
    )
}

/// The year of an era: 令和4年 is 2022. The first year of an era is written 元年.
pub(super) fn era_year(era: Option<&str>, year: &str) -> Option<u32> {
    let number = if year == "元" { 1 } else { numeral(year)? };
    Some(match era {
        Some("令和" | "r") => number.checked_add(2018)?,
        Some("平成" | "h") => number.checked_add(1988)?,
        Some("昭和" | "s") => number.checked_add(1925)?,
        Some(_) => number.checked_add(1911)?,
        None => number,
    })
}

/// Reads a number of ASCII digits, of Chinese digits (二〇二二) or with tens (三十一).
pub(super) fn numeral(text: &str) -> Option<u32> {
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

/// True if a number goes on after a date: a digit, or a separator and a digit.
pub(super) fn goes_on(tail: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let separated = tail.strip_prefix(['.', '/', '-']).unwrap_or_default();
    tail.starts_with(is_digit) || separated.starts_with(is_digit)
}
