//! A balanced panel: for each policy and period, the version in force at the middle of the period.

use crate::model::Timestamp;
use crate::sample::Grid;
use crate::store::tables::{Cell, Filter, PANEL, Snapshot};

use super::error::ExportError;

/// Length of the periods of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `2012_06`.
    Month,
    /// `2012_A`.
    HalfYear,
    /// `2012`.
    Year,
}

/// When a version was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ObservedSpan {
    first_seen: Timestamp,
    last_seen: Timestamp,
}

/// A version whose rows are written when the next version is known.
struct PendingVersion {
    key: (String, String),
    span: ObservedSpan,
    cells: Vec<Cell<'static>>,
    /// The first grid step that no earlier version covers.
    step: i32,
}

impl Period {
    fn grid(self) -> Grid {
        let months = match self {
            Self::Month => 1,
            Self::HalfYear => 6,
            Self::Year => 12,
        };
        Grid::months(months).unwrap_or(Grid::HALF_YEAR)
    }

    /// The part of the period's name after the year.
    fn season(self, middle: Timestamp) -> String {
        match self {
            Self::Month => format!("{:02}", middle.month()),
            Self::HalfYear if middle.month() <= 6 => "A".to_owned(),
            Self::HalfYear => "B".to_owned(),
            Self::Year => String::new(),
        }
    }
}

/// Calls `each` for every row of the panel; returns the number of versions left out, as [`Snapshot::each_row`].
///
/// A policy has a row for each period from that of its first capture to that of its last. The version in force at the
/// middle of a period is the one observed nearest to it; of two equally near, the earlier one.
pub(super) fn each_row(
    snapshot: &Snapshot<'_>,
    filter: &Filter,
    period: Period,
    mut each: impl FnMut(&[Cell<'_>]) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let grid = period.grid();
    let (from, to) = (filter.from, filter.to);
    let mut emit =
        |version: &PendingVersion, next: Option<ObservedSpan>| -> Result<i32, ExportError> {
            let mut step = version.step;
            while let Some(uncertain) = covers(version.span, next, grid, step) {
                let middle = grid.middle_of(step);
                if from.is_none_or(|from| middle >= from) && to.is_none_or(|to| middle <= to) {
                    each(&row(&version.cells, period, middle, uncertain))?;
                }
                step += 1;
            }
            Ok(step)
        };
    let mut pending: Option<PendingVersion> = None;
    let left_out = snapshot.each_row(&PANEL, PANEL.columns, filter, |cells| {
        let Some(mut version) = PendingVersion::of(cells, grid) else {
            return Ok(());
        };
        if let Some(last) = pending.take() {
            if last.key == version.key {
                version.step = emit(&last, Some(version.span))?;
            } else {
                emit(&last, None)?;
            }
        }
        pending = Some(version);
        Ok::<_, ExportError>(())
    })?;
    if let Some(last) = pending {
        emit(&last, None)?;
    }
    Ok(left_out)
}

/// Returns `None` if the version does not cover the step, given the version after it; otherwise whether this is
/// uncertain.
fn covers(span: ObservedSpan, next: Option<ObservedSpan>, grid: Grid, step: i32) -> Option<bool> {
    let middle = grid.middle_of(step);
    let uncertain = middle < span.first_seen || middle > span.last_seen;
    let is_ours = match next {
        Some(next) if middle >= next.first_seen => false,
        Some(next) => {
            middle <= span.last_seen
                || middle.distance_seconds(span.last_seen)
                    <= middle.distance_seconds(next.first_seen)
        }
        None => step <= grid.step_of(span.last_seen),
    };
    is_ours.then_some(uncertain)
}

impl PendingVersion {
    fn of(cells: &[Cell<'_>], grid: Grid) -> Option<Self> {
        let at = |name: &str| {
            let place = PANEL.columns.iter().position(|c| c.name == name)?;
            cells.get(place)
        };
        let text = |name: &str| match at(name) {
            Some(Cell::Text(text)) => Some(text.clone().into_owned()),
            _ => None,
        };
        let time = |name: &str| match at(name) {
            Some(Cell::Time(time)) => Some(*time),
            _ => None,
        };
        let span = ObservedSpan {
            first_seen: time("first_seen")?,
            last_seen: time("last_seen")?,
        };
        Some(Self {
            key: (text("site")?, text("policy_url")?),
            span,
            cells: cells.iter().cloned().map(Cell::into_owned).collect(),
            step: grid.step_of(span.first_seen),
        })
    }
}

/// The cells of a version with those of the period filled in.
fn row(
    cells: &[Cell<'static>],
    period: Period,
    middle: Timestamp,
    uncertain: bool,
) -> Vec<Cell<'static>> {
    let season = period.season(middle);
    let name = if season.is_empty() {
        middle.year().to_string()
    } else {
        format!("{}_{season}", middle.year())
    };
    PANEL
        .columns
        .iter()
        .zip(cells)
        .map(|(column, cell)| match column.name {
            "period" => Cell::Text(name.clone().into()),
            "season" => Cell::Text(season.clone().into()),
            "year" => Cell::Integer(i64::from(middle.year())),
            "middle" => Cell::Time(middle),
            "uncertain" => Cell::Boolean(uncertain),
            _ => cell.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: &str, last: &str) -> ObservedSpan {
        ObservedSpan {
            first_seen: Timestamp::earliest(first).unwrap(),
            last_seen: Timestamp::earliest(last).unwrap(),
        }
    }

    #[test]
    fn the_version_observed_nearest_to_the_middle_stands_for_the_period() {
        let grid = Grid::HALF_YEAR;
        let step = grid.step_of(Timestamp::earliest("2012-01").unwrap());
        let version = span("2011-05-01", "2012-03-01");
        let take = |next, step| covers(version, next, grid, step);
        // 1 October 2011 is inside, 1 April 2012 is after the last observation.
        assert_eq!(take(None, step - 1), Some(false));
        assert_eq!(take(None, step), Some(true));
        assert_eq!(take(None, step + 1), None, "its last capture is before");
        // The next version was first seen 19 days after the middle, and this one was last seen 31 days before it.
        assert_eq!(take(Some(span("2012-04-20", "2013")), step), None);
        assert_eq!(take(Some(span("2012-06-20", "2013")), step), Some(true));
        assert_eq!(take(Some(span("2012-03-15", "2013")), step), None);
        assert_eq!(take(None, step - 2), Some(true), "before its first capture");
    }

    #[test]
    fn periods_have_the_names_of_the_field() {
        let april = Timestamp::earliest("2012-04-01").unwrap();
        assert_eq!(Period::HalfYear.season(april), "A");
        assert_eq!(Period::Month.season(april), "04");
        assert_eq!(Period::Year.season(april), "");
    }
}
