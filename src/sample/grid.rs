//! `Grid`: calendar steps of whole months. The literature calls a step an *interval*: `2012_A` is January to June.

use crate::model::Timestamp;

/// Steps of 1 to 120 calendar months, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    months: i32,
}

impl Grid {
    /// Half-years, as in the Princeton-Leuven corpus.
    pub const HALF_YEAR: Self = Self { months: 6 };

    /// Steps of this many months; `None` outside 1 to 120.
    #[must_use]
    pub fn months(months: u32) -> Option<Self> {
        let months = i32::try_from(months)
            .ok()
            .filter(|m| (1..=120).contains(m))?;
        Some(Self { months })
    }

    /// Index of the step that contains a moment.
    #[must_use]
    pub fn step_of(self, moment: Timestamp) -> i32 {
        (i32::from(moment.year()) * 12 + i32::from(moment.month()) - 1).div_euclid(self.months)
    }

    /// Middle of a step; of a half-year it is 1 April or 1 October.
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
}
