//! Time weighted by how likely policies change in it: changes are published on working days.

const DAY: i64 = 86_400;
/// Weight of a second on Monday to Friday, and on Saturday and Sunday. Of 131 changes on the pages of Open Terms
/// Archive that are known to within a day, two fell on a weekend (by UTC); if days did not matter, 37 would have. The
/// ratio per day is 26 to 1. The weight is half of that, since weekends differ elsewhere and the sample is small.
const ON_WEEKDAY: i64 = 12;
const ON_WEEKEND: i64 = 1;
const WEEK: i64 = (5 * ON_WEEKDAY + 2 * ON_WEEKEND) * DAY;

/// A moment (seconds since 1970, UTC) on a clock that runs slowly at weekends, in proportion to the likelihood of changes.
/// It always increases.
pub(super) const fn weighted(seconds: i64) -> i64 {
    // 1970 began on a Thursday: three days after a Monday.
    let since_monday = seconds.saturating_add(3 * DAY);
    let (week, within) = (
        since_monday.div_euclid(7 * DAY),
        since_monday.rem_euclid(7 * DAY),
    );
    let passed = if within < 5 * DAY {
        within * ON_WEEKDAY
    } else {
        5 * DAY * ON_WEEKDAY + (within - 5 * DAY) * ON_WEEKEND
    };
    week.saturating_mul(WEEK).saturating_add(passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn at(text: &str) -> i64 {
        weighted(Timestamp::earliest(text).unwrap().unix_seconds())
    }

    #[test]
    fn a_day_of_the_weekend_counts_little() {
        // 2024-03-04 was a Monday.
        let day = |n: u32| at(&format!("2024-03-{n:02}"));
        assert_eq!(day(5) - day(4), ON_WEEKDAY * DAY);
        assert_eq!(day(9) - day(8), ON_WEEKDAY * DAY);
        assert_eq!(day(11) - day(9), 2 * ON_WEEKEND * DAY);
        assert_eq!(at("2024-03-11") - at("2024-03-04"), WEEK);
        assert_eq!(at("1965-03-08") - at("1965-03-01"), WEEK);
    }

    proptest::proptest! {
        #[test]
        fn later_is_later(one in -4_000_000_000i64..200_000_000_000, by in 1i64..1_000_000) {
            proptest::prop_assert!(weighted(one) < weighted(one + by));
        }
    }
}
