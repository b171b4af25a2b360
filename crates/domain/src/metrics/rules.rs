//! How times fall into periods, and figures come from what happened in them, without I/O.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc};

use super::{Bucket, Point, Range, Series, WipPoint};
use crate::tasks::TaskStatus;

/// The periods of a range and of the time before it, as one row of segments.
///
/// A segment is the part of a period that lies in its window. The segments follow each other without
/// a gap, those of the comparison first, so that a time falls into the segment whose number is the
/// number of [`Timeline::bounds`] up to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timeline {
    /// When the comparison begins.
    pub(super) start: DateTime<Utc>,
    /// When the range begins and the comparison ends.
    pub(super) middle: DateTime<Utc>,
    /// When the range ends.
    pub(super) end: DateTime<Utc>,
    comparison: Vec<DateTime<Utc>>,
    primary: Vec<DateTime<Utc>>,
    bounds: Vec<DateTime<Utc>>,
}

impl Timeline {
    /// Of a range that ends now.
    pub(super) fn of(range: Range, now: DateTime<Utc>) -> Self {
        let (start, middle) = (now - range.duration() * 2, now - range.duration());
        let bucket = range.bucket();
        let (comparison, primary) = (periods(bucket, start, middle), periods(bucket, middle, now));
        let bounds =
            comparison.iter().skip(1).chain([&middle]).chain(primary.iter().skip(1)).copied().collect();
        Self { start, middle, end: now, comparison, primary, bounds }
    }

    /// Where one segment ends and the next begins, in their order.
    pub(super) fn bounds(&self) -> &[DateTime<Utc>] {
        &self.bounds
    }

    /// How many segments there are.
    pub(super) fn segments(&self) -> usize {
        self.comparison.len() + self.primary.len()
    }

    /// The segment that a time between start and end falls into.
    pub(super) fn segment(&self, time: DateTime<Utc>) -> usize {
        self.bounds.partition_point(|bound| *bound <= time)
    }

    /// The segment of a number from the database.
    pub(super) fn number(&self, segment: i64) -> Option<usize> {
        usize::try_from(segment).ok().filter(|number| *number < self.segments())
    }

    /// Whether a segment is of the range itself.
    pub(super) fn is_primary(&self, segment: usize) -> bool {
        segment >= self.comparison.len()
    }

    /// A figure for each period, from the number of its segment.
    pub(super) fn series<T>(&self, make: impl Fn(DateTime<Utc>, usize) -> T) -> Series<T> {
        let part = |periods: &[DateTime<Utc>], first: usize| {
            periods.iter().enumerate().map(|(index, period)| make(*period, first + index)).collect()
        };
        Series { comparison: part(&self.comparison, 0), primary: part(&self.primary, self.comparison.len()) }
    }
}

/// The beginnings of the periods of a window; the first may lie before it.
fn periods(bucket: Bucket, start: DateTime<Utc>, end: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let next = |period: &DateTime<Utc>| following(bucket, *period);
    std::iter::successors(Some(beginning(bucket, start)), next).take_while(|period| *period <= end).collect()
}

/// When the period of a time begins.
fn beginning(bucket: Bucket, time: DateTime<Utc>) -> DateTime<Utc> {
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN).and_utc();
    let date = time.date_naive();
    match bucket {
        Bucket::Hour => midnight(date) + TimeDelta::hours(i64::from(time.hour())),
        Bucket::Day => midnight(date),
        Bucket::Week => midnight(date - Days::new(u64::from(date.weekday().num_days_from_monday()))),
        Bucket::Month => midnight(date - Days::new(u64::from(date.day0()))),
    }
}

/// When the period after one begins; none at the end of the calendar.
fn following(bucket: Bucket, period: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match bucket {
        Bucket::Hour => period.checked_add_signed(TimeDelta::hours(1)),
        Bucket::Day => period.checked_add_days(Days::new(1)),
        Bucket::Week => period.checked_add_days(Days::new(7)),
        Bucket::Month => period.checked_add_months(Months::new(1)),
    }
}

/// How many tasks came to stand where, by segment.
#[derive(Clone, Debug)]
pub(super) struct Flow(Vec<[i64; 4]>);

impl Flow {
    /// From numbers of tasks by segment and status; a task counts once in each segment.
    pub(super) fn of(timeline: &Timeline, counts: &[(i64, String, i64)]) -> Self {
        let mut flow = vec![[0; 4]; timeline.segments()];
        for (segment, status, count) in counts {
            let place = TaskStatus::NAMES.iter().position(|(name, _)| name == status);
            if let (Some(segment), Some(place)) = (timeline.number(*segment), place) {
                flow[segment][place] += count;
            }
        }
        Self(flow)
    }

    /// Where tasks came to stand.
    pub(super) fn wip(&self, timeline: &Timeline) -> Series<WipPoint> {
        timeline.series(|period, segment| {
            let [inbox, in_progress, review, done] = self.0[segment];
            WipPoint { period, inbox, in_progress, review, done }
        })
    }

    /// What was finished.
    pub(super) fn throughput(&self, timeline: &Timeline) -> Series<Point> {
        timeline.series(|period, segment| Point { period, value: float(self.0[segment][3]) })
    }
}

/// How long work took that ended, by segment, in hours.
#[derive(Clone, Debug)]
pub(super) struct Cycles(Vec<Vec<f64>>);

impl Cycles {
    /// From when work ended and began.
    pub(super) fn of(timeline: &Timeline, work: &[(DateTime<Utc>, DateTime<Utc>)]) -> Self {
        let mut hours = vec![Vec::new(); timeline.segments()];
        for (ended, began) in work {
            hours[timeline.segment(*ended)].push((*ended - *began).as_seconds_f64() / 3_600.0);
        }
        Self(hours)
    }

    /// The mean of each period.
    pub(super) fn means(&self, timeline: &Timeline) -> Series<Point> {
        timeline.series(|period, segment| Point { period, value: mean(&self.0[segment]) })
    }

    /// The median of the range.
    pub(super) fn median(&self, timeline: &Timeline) -> Option<f64> {
        let in_range = self.0.iter().enumerate().filter(|(segment, _)| timeline.is_primary(*segment));
        median(in_range.flat_map(|(_, hours)| hours.iter().copied()).collect())
    }
}

/// How many events there were and how many were failures, by segment.
#[derive(Clone, Debug)]
pub(super) struct Errors(Vec<(i64, i64)>);

impl Errors {
    /// From numbers of all events and of failures by segment.
    pub(super) fn of(timeline: &Timeline, counts: &[(i64, i64, i64)]) -> Self {
        let mut errors = vec![(0, 0); timeline.segments()];
        for (segment, all, failed) in counts {
            if let Some(segment) = timeline.number(*segment) {
                errors[segment] = (*all, *failed);
            }
        }
        Self(errors)
    }

    /// The rate of each period, in percent.
    pub(super) fn rates(&self, timeline: &Timeline) -> Series<Point> {
        timeline.series(|period, segment| {
            let (all, failed) = self.0[segment];
            Point { period, value: percent(failed, all) }
        })
    }

    /// The rate of the range, in percent.
    pub(super) fn rate(&self, timeline: &Timeline) -> f64 {
        let in_range = self.0.iter().enumerate().filter(|(segment, _)| timeline.is_primary(*segment));
        let (all, failed) = in_range.fold((0, 0), |sum, (_, part)| (sum.0 + part.0, sum.1 + part.1));
        percent(failed, all)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn float(count: i64) -> f64 {
    count as f64
}

fn percent(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * float(part) / float(whole) }
}

fn mean(values: &[f64]) -> f64 {
    let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
    if count == 0 { 0.0 } else { values.iter().sum::<f64>() / float(count) }
}

/// The middle value, or the middle between the two middle ones.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
