//! `Timestamp`: a moment to the second in UTC, its 14 digits as web archives write them, and its ISO 8601 form.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::printable;

/// A moment to the second in UTC. Ordered by time. Years 1 to 9999.
///
/// It is displayed and stored as web archives write it: 14 digits, `YYYYMMDDhhmmss`. In JSON it has the ISO 8601 form,
/// because programs take 14 digits for a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime);

/// Error: a text that is not a moment in time, with what was expected instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a date; write it as 2012, 2012-06, 2012-06-11 or up to 14 digits (YYYYMMDDhhmmss)"
)]
pub struct InvalidTimestamp {
    text: String,
}

impl InvalidTimestamp {
    fn new(text: &str) -> Self {
        Self {
            text: printable(text, 40),
        }
    }
}

impl Timestamp {
    /// Parses the timestamp of a CDX row: 14 digits that form a real date.
    ///
    /// Crawls of the year 2000 wrote an extra `00` as month or day (`20000800241623`,
    /// seen in rows of the Wayback index); the inserted pair is dropped and the end padded with zeros.
    ///
    /// # Errors
    /// When the text is not 14 digits, or not a date even after that repair.
    pub fn from_cdx(text: &str) -> Result<Self, InvalidTimestamp> {
        if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidTimestamp::new(text));
        }
        Self::from_digits(text)
            .or_else(|| match (&text[4..6], &text[6..8]) {
                ("00", _) => Self::from_digits(&format!("{}{}00", &text[..4], &text[6..])),
                (_, "00") => Self::from_digits(&format!("{}{}00", &text[..6], &text[8..])),
                _ => None,
            })
            .ok_or_else(|| InvalidTimestamp::new(text))
    }

    /// Returns the first second that a date, as people write it, can mean: `2012` is the start of 2012. Takes 1 to 14
    /// digits as CDX's `from` does (here at least a whole year), also with `-`, `:`, `T`, space or `/` between them.
    ///
    /// # Errors
    /// When the text names no date.
    pub fn earliest(text: &str) -> Result<Self, InvalidTimestamp> {
        let digits = digits_of(text).ok_or_else(|| InvalidTimestamp::new(text))?;
        let padded = format!("{digits}{}", &"00000101000000"[digits.len()..]);
        Self::from_digits(&padded).ok_or_else(|| InvalidTimestamp::new(text))
    }

    /// Returns the last second that a date can mean: `2004` is the end of 2004, as in CDX's `to`.
    ///
    /// # Errors
    /// When the text names no date.
    pub fn latest(text: &str) -> Result<Self, InvalidTimestamp> {
        let start = Self::earliest(text)?;
        let length = digits_of(text).map_or(14, |d| d.len());
        let last = match length {
            4 => start.0.last_of_year(),
            6 => start.0.last_of_month(),
            _ => start.0,
        };
        let time = match length {
            ..=8 => last.date().at(23, 59, 59, 0),
            10 => last.date().at(last.hour(), 59, 59, 0),
            12 => last.date().at(last.hour(), last.minute(), 59, 0),
            _ => last,
        };
        Ok(Self(time))
    }

    fn from_digits(digits: &str) -> Option<Self> {
        let n = |from: usize, to: usize| digits.get(from..to)?.parse::<i8>().ok();
        let year = digits.get(0..4)?.parse::<i16>().ok()?;
        let date = jiff::civil::Date::new(year, n(4, 6)?, n(6, 8)?).ok()?;
        // A leap second is a real time of day, but no library supports it. The second before is used.
        let time = jiff::civil::Time::new(n(8, 10)?, n(10, 12)?, n(12, 14)?.min(59), 0).ok()?;
        (year > 0).then(|| Self(date.to_datetime(time)))
    }

    /// Seconds since 1970-01-01 00:00:00 UTC (negative before). The last day of the year 9999 counts as one moment,
    /// because jiff has no later one.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        TimeZone::UTC
            .to_timestamp(self.0)
            .unwrap_or(jiff::Timestamp::MAX)
            .as_second()
    }

    /// The moment `seconds` after 1970-01-01 00:00:00 UTC; clamped to the years 1 to 9999.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Self {
        let (low, high) = (
            date(1, 1, 1).at(0, 0, 0, 0),
            date(9999, 12, 30).at(0, 0, 0, 0),
        );
        let clamped = seconds.clamp(Self(low).unix_seconds(), Self(high).unix_seconds());
        Self(jiff::Timestamp::from_second(clamped).map_or(low, |t| TimeZone::UTC.to_datetime(t)))
    }

    /// Absolute distance in seconds.
    #[must_use]
    pub fn distance_seconds(self, other: Self) -> u64 {
        self.unix_seconds().abs_diff(other.unix_seconds())
    }

    /// The date as `YYYY-MM-DD`, for people.
    #[must_use]
    pub fn date_text(self) -> String {
        self.0.date().to_string()
    }

    /// The days from this moment to a later one: `between 2022-06-09 and 2022-07-07`, or `on 2022-06-09`.
    #[must_use]
    pub fn window_text(self, until: Self) -> String {
        let (from, until) = (self.date_text(), until.date_text());
        if from == until {
            format!("on {until}")
        } else {
            format!("between {from} and {until}")
        }
    }

    /// The time as RFC 3339 and ISO 8601 write it: `2012-06-11T04:04:11Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        format!("{}Z", self.0)
    }

    /// Parses exactly the ISO 8601 form of [`Timestamp::rfc3339`]; `None` for other text.
    #[must_use]
    pub fn from_iso(text: &str) -> Option<Self> {
        let separators = [
            (4, b'-'),
            (7, b'-'),
            (10, b'T'),
            (13, b':'),
            (16, b':'),
            (19, b'Z'),
        ];
        let bytes = text.as_bytes();
        if bytes.len() != 20 || separators.iter().any(|&(at, byte)| bytes[at] != byte) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    }

    /// Serializes the 14 digits, for JSON that the database holds: `#[serde(serialize_with = …)]`.
    ///
    /// # Errors
    /// If the serializer fails.
    pub fn serialize_digits<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }

    /// When something may be done that has to wait for this moment: `after 21:29 UTC (in 4 minutes)`, or `now`. Never a time
    /// that is past.
    #[must_use]
    pub fn wait_text(self, now: Self) -> String {
        let left = self.unix_seconds().saturating_sub(now.unix_seconds());
        let Ok(left @ 1..) = u64::try_from(left) else {
            return "now".to_owned();
        };
        let (count, unit) = if left < 7_200 {
            (left.div_ceil(60), "minute")
        } else if left < 172_800 {
            (left.div_ceil(3600), "hour")
        } else {
            (left.div_ceil(86_400), "day")
        };
        let plural = if count == 1 { "" } else { "s" };
        // The next full minute, so that the time is not too early.
        let minute = Self::from_unix_seconds(self.unix_seconds().div_euclid(60).saturating_mul(60));
        let minute = if minute < self {
            Self::from_unix_seconds(minute.unix_seconds() + 60)
        } else {
            minute
        };
        let digits = minute.to_string();
        let date = if minute.date_text() == now.date_text() {
            String::new()
        } else {
            format!("{} ", minute.date_text())
        };
        let (hours, minutes) = (&digits[8..10], &digits[10..12]);
        format!("after {date}{hours}:{minutes} UTC (in {count} {unit}{plural})")
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The first second of a month, counted from January of year 0; clamped to the years 1 to 9999.
    #[must_use]
    pub fn start_of_month(month: i32) -> Self {
        let year = i16::try_from(month.div_euclid(12))
            .unwrap_or(9999)
            .clamp(1, 9999);
        let month = i8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
        Self(date(year, month, 1).at(0, 0, 0, 0))
    }

    /// Parses an HTTP date (`Memento-Datetime`): `Tue, 31 Dec 1996 23:58:47 GMT`.
    #[must_use]
    pub fn from_http_date(text: &str) -> Option<Self> {
        let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(Self::from_unix_seconds(zoned.timestamp().as_second()))
    }
}

fn digits_of(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 25 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, '-' | ':' | 'T' | ' ' | '/' | 'Z'))
        .collect();
    (digits.bytes().all(|b| b.is_ascii_digit())
        && (4..=14).contains(&digits.len())
        && digits.len().is_multiple_of(2))
    .then_some(digits)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.0;
        let text = format!(
            "{:04}{:02}{:02}{:02}{:02}{:02}",
            t.year(),
            t.month(),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        );
        f.pad(&text)
    }
}

impl Serialize for Timestamp {
    /// Writes the ISO 8601 form.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    /// Parses exactly the ISO 8601 form, or 14 digits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_iso(&text)
            .map_or_else(|| text.parse(), Ok)
            .map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;
    /// Parses exactly 14 digits. This is the strict form, for text that this program wrote itself.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidTimestamp::new(text));
        }
        Self::from_digits(text).ok_or_else(|| InvalidTimestamp::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_iso_form_and_both_forms_are_read() {
        let time = Timestamp::from_cdx("20120611040411").unwrap();
        let json = r#""2012-06-11T04:04:11Z""#;
        assert_eq!(serde_json::to_string(&time).unwrap(), json);
        for text in [json, r#""20120611040411""#] {
            assert_eq!(serde_json::from_str::<Timestamp>(text).unwrap(), time);
        }
        for text in [
            "2012-06-11",
            "2012-06-11 04:04:11Z",
            "2012-06-11T04:04:11",
            "2012-13-11T04:04:11Z",
            "2012-06-11T04:04:1éZ",
            "20120611",
            "",
        ] {
            let json = serde_json::to_string(text).unwrap();
            assert!(serde_json::from_str::<Timestamp>(&json).is_err(), "{text}");
        }
        let year_1 = Timestamp::from_cdx("00010203040506").unwrap();
        assert_eq!(Timestamp::from_iso(&year_1.rfc3339()), Some(year_1));
    }

    #[test]
    fn a_wait_is_told_with_the_time_that_is_left_and_never_with_a_past_time() {
        let now = Timestamp::from_cdx("20261129212430").unwrap();
        for (until, text) in [
            ("20261129212830", "after 21:29 UTC (in 4 minutes)"),
            ("20261129212431", "after 21:25 UTC (in 1 minute)"),
            ("20261129212500", "after 21:25 UTC (in 1 minute)"),
            ("20261130002430", "after 2026-11-30 00:25 UTC (in 3 hours)"),
            ("20261206212430", "after 2026-12-06 21:25 UTC (in 7 days)"),
            ("20261129212430", "now"),
            ("20261129212429", "now"),
        ] {
            let until = Timestamp::from_cdx(until).unwrap();
            assert_eq!(until.wait_text(now), text);
        }
    }

    #[test]
    fn year_2000_rows_with_an_inserted_00_are_repaired() {
        assert_eq!(
            Timestamp::from_cdx("20000800241623").unwrap().to_string(),
            "20000824162300"
        );
        assert_eq!(
            Timestamp::from_cdx("20000012170449").unwrap().to_string(),
            "20001217044900"
        );
        assert!(Timestamp::from_cdx("20001301000000").is_err());
        assert!(Timestamp::from_cdx("2000130100000é").is_err());
    }

    #[test]
    fn seconds_are_in_the_order_of_time_to_the_end_of_time() {
        let (before, end) = ("99991230000000", "99991231235959");
        let seconds = |text| Timestamp::from_cdx(text).unwrap().unix_seconds();
        assert!(seconds(before) < seconds(end));
        assert_eq!(
            Timestamp::latest("9999").unwrap().unix_seconds(),
            seconds(end)
        );
    }

    #[test]
    fn a_short_date_means_its_whole_span() {
        for (text, first, last) in [
            ("2004", "20040101000000", "20041231235959"),
            ("2004-02", "20040201000000", "20040229235959"),
            ("20040203", "20040203000000", "20040203235959"),
            ("2004-02-03T04", "20040203040000", "20040203045959"),
            ("20040203040506", "20040203040506", "20040203040506"),
        ] {
            assert_eq!(
                Timestamp::earliest(text).unwrap().to_string(),
                first,
                "{text}"
            );
            assert_eq!(Timestamp::latest(text).unwrap().to_string(), last, "{text}");
        }
        for bad in [
            "",
            "x",
            "-2004",
            "200",
            "2004-13",
            "2004-02-30",
            "200402030405060",
            "2004é",
        ] {
            assert!(Timestamp::earliest(bad).is_err(), "{bad}");
            assert!(Timestamp::latest(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn http_dates_and_unix_seconds_agree() {
        let t = Timestamp::from_http_date("Tue, 31 Dec 1996 23:58:47 GMT").unwrap();
        assert_eq!(t.to_string(), "19961231235847");
        assert_eq!(Timestamp::from_unix_seconds(t.unix_seconds()), t);
        assert_eq!(Timestamp::from_unix_seconds(i64::MAX).year(), 9999);
    }
}
