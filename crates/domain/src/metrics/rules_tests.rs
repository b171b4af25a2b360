use chrono::TimeZone;
use proptest::prelude::*;

use super::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn begins(range: Range, now: &str) -> (Vec<String>, Vec<String>) {
    let series = Timeline::of(range, time(now)).series(|period, _| period.format("%m-%dT%H").to_string());
    (series.primary, series.comparison)
}

#[test]
fn ranges_have_the_known_numbers_of_periods() {
    for (range, expected) in [
        (Range::Hours24, 25),
        (Range::Days3, 4),
        (Range::Days7, 8),
        (Range::Days14, 15),
        (Range::Month1, 31),
        (Range::Year1, 13),
    ] {
        let (primary, comparison) = begins(range, "2026-03-18T10:20:30Z");
        assert_eq!((primary.len(), comparison.len()), (expected, expected), "{range:?}");
    }
}

#[test]
fn periods_begin_on_the_hour_at_midnight_on_monday_and_on_the_first() {
    let (hours, before) = begins(Range::Hours24, "2026-03-18T10:20:30Z");
    assert_eq!((&*hours[0], &*hours[24]), ("03-17T10", "03-18T10"));
    assert_eq!(
        (&*before[0], &*before[24]),
        ("03-16T10", "03-17T10"),
        "both windows show the hour they share"
    );
    let (days, _) = begins(Range::Days3, "2026-03-18T10:20:30Z");
    assert_eq!(days, ["03-15T00", "03-16T00", "03-17T00", "03-18T00"]);
    let (weeks, _) = begins(Range::Months3, "2026-03-18T10:20:30Z");
    assert_eq!((&*weeks[0], &*weeks[weeks.len() - 1]), ("12-15T00", "03-16T00"));
    let (months, before) = begins(Range::Year1, "2026-03-18T10:20:30Z");
    assert_eq!((&*months[0], &*months[12]), ("03-01T00", "03-01T00"));
    assert_eq!(before.len(), 13);
    let (exact, _) = begins(Range::Days3, "2026-03-18T00:00:00Z");
    assert_eq!(exact, ["03-15T00", "03-16T00", "03-17T00", "03-18T00"], "a period that begins now is shown");
}

#[test]
fn tasks_count_where_they_came_to_stand() {
    let timeline = Timeline::of(Range::Days3, time("2026-03-18T10:00:00Z"));
    let last = i64::try_from(timeline.segments()).unwrap() - 1;
    let counts = [
        (last, "done".into(), 3),
        (last, "inbox".into(), 1),
        (0, "review".into(), 2),
        (99, "done".into(), 9),
    ];
    let flow = Flow::of(&timeline, &counts);
    let wip = flow.wip(&timeline);
    let newest = wip.primary.last().unwrap();
    assert_eq!((newest.inbox, newest.in_progress, newest.review, newest.done), (1, 0, 0, 3));
    assert_eq!(wip.comparison[0].review, 2);
    let values = |points: &[Point]| points.iter().map(|point| point.value).collect::<Vec<_>>();
    assert_eq!(values(&flow.throughput(&timeline).primary), [0.0, 0.0, 0.0, 3.0]);
    assert_eq!(values(&flow.throughput(&timeline).comparison), [0.0; 4]);
}

#[test]
fn cycle_times_are_means_by_period_and_one_median() {
    let now = time("2026-03-18T10:00:00Z");
    let timeline = Timeline::of(Range::Days3, now);
    let work = |ended: DateTime<Utc>, hours: i64| (ended, ended - TimeDelta::hours(hours));
    let day_before = now - TimeDelta::days(1);
    let cycles =
        Cycles::of(&timeline, &[work(now, 1), work(now, 4), work(day_before, 10), work(timeline.start, 50)]);
    let means = cycles.means(&timeline);
    let values = |points: &[Point]| points.iter().map(|point| point.value).collect::<Vec<_>>();
    assert_eq!(values(&means.primary), [0.0, 0.0, 10.0, 2.5]);
    assert_eq!(values(&means.comparison), [50.0, 0.0, 0.0, 0.0]);
    assert_eq!(cycles.median(&timeline), Some(4.0), "the comparison does not count");
    assert_eq!(Cycles::of(&timeline, &[work(timeline.start, 50)]).median(&timeline), None);
}

#[test]
fn medians_are_interpolated() {
    for (values, expected) in [
        (vec![], None),
        (vec![3.0], Some(3.0)),
        (vec![4.0, 1.0], Some(2.5)),
        (vec![9.0, 1.0, 2.0], Some(2.0)),
        (vec![9.0, 1.0, 2.0, 4.0], Some(3.0)),
    ] {
        assert_eq!(median(values), expected);
    }
}

#[test]
fn errors_are_a_share_of_all_events() {
    let timeline = Timeline::of(Range::Days3, time("2026-03-18T10:00:00Z"));
    let last = i64::try_from(timeline.segments()).unwrap() - 1;
    let errors = Errors::of(&timeline, &[(last, 4, 1), (last - 1, 1, 1), (0, 1, 1)]);
    let rates = errors.rates(&timeline);
    assert_eq!(rates.primary.iter().map(|point| point.value).collect::<Vec<_>>(), [0.0, 0.0, 100.0, 25.0]);
    assert!((errors.rate(&timeline) - 40.0).abs() < 1e-9);
    assert!(Errors::of(&timeline, &[]).rate(&timeline).abs() < 1e-9);
}

proptest! {
    #[test]
    fn every_time_falls_into_the_period_that_it_belongs_to(
        now in 0_i64..4_000_000_000, share in 0.0_f64..=1.0, which in 0_usize..8,
    ) {
        let now = Utc.timestamp_opt(now, 0).unwrap();
        let timeline = Timeline::of(Range::NAMES[which].1, now);
        let whole = (timeline.end - timeline.start).num_seconds();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a test on small numbers")]
        let at = timeline.start + TimeDelta::seconds((whole as f64 * share) as i64);
        let segment = timeline.segment(at);
        prop_assert_eq!(timeline.is_primary(segment), at >= timeline.middle);
        let all = timeline.series(|period, number| (number, period));
        let found = all.comparison.iter().chain(&all.primary).find(|(number, _)| *number == segment).unwrap();
        prop_assert_eq!(found.1, beginning(Range::NAMES[which].1.bucket(), at));
    }
}
