//! `Grid`: calendar steps of whole months (`interval` in the words of the field: `2012_A` is January to June).

use std::fmt;

use crate::model::Timestamp;

/// Steps of 1 to 120 calendar months, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    months: i32,
}

/// Text that is no length of a grid step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not the length of a step: write whole months or years, from 1mo to 120mo or 10y, for example 6mo or 1y"
)]
pub struct InvalidGrid {
    text: String,
}

impl Grid {
    /// Half-years, as the Princeton-Leuven corpus has them.
    pub const HALF_YEAR: Self = Self { months: 6 };

    /// Steps of so many months; `None` outside 1 to 120.
    #[must_use]
    pub fn months(months: u32) -> Option<Self> {
        let months = i32::try_from(months)
            .ok()
            .filter(|m| (1..=120).contains(m))?;
        Some(Self { months })
    }

    /// Reads a length as people write it: a whole number and `mo` (months) or `y` (years of 12 months).
    ///
    /// # Errors
    /// When the text is anything else, or shorter than a month, or longer than ten years.
    ///
    /// # Examples
    /// ```
    /// use policytrail::sample::Grid;
    /// assert_eq!(Grid::parse("6mo"), Ok(Grid::HALF_YEAR));
    /// assert_eq!(Grid::parse("1y").unwrap().to_string(), "12mo");
    /// assert!(Grid::parse("6m").is_err(), "minutes or months?");
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidGrid> {
        let trimmed = text.trim();
        let (number, unit) = trimmed
            .strip_suffix("mo")
            .map(|number| (number, 1))
            .or_else(|| trimmed.strip_suffix('y').map(|number| (number, 12)))
            .unwrap_or(("", 0));
        // `parse` alone would also take a sign.
        let only_digits = number.bytes().all(|b| b.is_ascii_digit());
        let months = number
            .parse::<u32>()
            .ok()
            .filter(|_| only_digits)
            .and_then(|n| n.checked_mul(unit));
        months.and_then(Self::months).ok_or_else(|| InvalidGrid {
            text: text.chars().filter(|c| !c.is_control()).take(40).collect(),
        })
    }

    /// Index of the step that holds a moment.
    #[must_use]
    pub fn step_of(self, moment: Timestamp) -> i32 {
        (i32::from(moment.year()) * 12 + i32::from(moment.month()) - 1).div_euclid(self.months)
    }

    /// Middle of a step: of a half-year 1 April or 1 October.
    #[must_use]
    pub fn middle_of(self, step: i32) -> Timestamp {
        let start = Timestamp::start_of_month(step.saturating_mul(self.months));
        let end = Timestamp::start_of_month(step.saturating_add(1).saturating_mul(self.months));
        if self.months % 2 == 0 {
            return Timestamp::start_of_month(
                step.saturating_mul(self.months)
                    .saturating_add(self.months / 2),
            );
        }
        Timestamp::from_unix_seconds(start.unix_seconds().midpoint(end.unix_seconds()))
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}mo", self.months)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_year_has_its_middle_in_april_or_october() {
        let t: Timestamp = "20120611040411".parse().unwrap();
        let step = Grid::HALF_YEAR.step_of(t);
        assert_eq!(
            Grid::HALF_YEAR.middle_of(step).to_string(),
            "20120401000000"
        );
        assert_eq!(
            Grid::HALF_YEAR.middle_of(step + 1).to_string(),
            "20121001000000"
        );
        let month = Grid::months(1).unwrap();
        assert_eq!(
            month.middle_of(month.step_of(t)).to_string(),
            "20120616000000"
        );
        assert!(Grid::months(0).is_none() && Grid::months(121).is_none());
    }

    #[test]
    fn lengths_are_read_in_months_and_years() {
        for (text, months) in [
            ("1mo", 1),
            ("6mo", 6),
            (" 3mo ", 3),
            ("1y", 12),
            ("10y", 120),
            ("120mo", 120),
        ] {
            let grid = Grid::parse(text).unwrap();
            assert_eq!(grid, Grid { months }, "{text}");
            assert_eq!(
                Grid::parse(&grid.to_string()),
                Ok(grid),
                "{text} is not read back"
            );
        }
    }

    #[test]
    fn what_is_no_length_is_refused_with_the_cure() {
        for text in [
            "",
            "mo",
            "y",
            "6",
            "6m",
            "0mo",
            "121mo",
            "11y",
            "-6mo",
            "+6mo",
            "6.5mo",
            "half",
            "4294967295y",
            "٦mo",
            "6\nmo",
        ] {
            let error = Grid::parse(text).unwrap_err().to_string();
            assert!(
                error.contains("6mo or 1y") && !error.contains('\n'),
                "{text}: {error}"
            );
        }
    }
}
