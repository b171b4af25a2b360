//! Histories of tasks: when each was made, begun, handed in, returned and finished. No I/O.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mc_base::Random;

use crate::tasks::TaskStatus;

/// How far back the finished tasks reach.
pub(super) const DAYS: f64 = 29.0;
/// One in so many reviews returns the work.
const REWORK: u64 = 6;

/// A length in hours, which may be negative.
pub(super) fn hours(count: f64) -> TimeDelta {
    let length = TimeDelta::from_std(Duration::from_secs_f64(count.abs() * 3600.0)).unwrap_or_default();
    if count < 0.0 { -length } else { length }
}

/// Where a task has stood, and from when on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct History(Vec<(TaskStatus, DateTime<Utc>)>);

impl History {
    /// Of a task that nobody has begun.
    pub(super) fn inbox(made: DateTime<Utc>) -> Self {
        Self(vec![(TaskStatus::Inbox, made)])
    }

    /// Of a task that is worked on since a time.
    pub(super) fn in_progress(random: &Random, began: DateTime<Utc>) -> Self {
        let made = began - hours(1.0 + 40.0 * random.unit());
        Self(vec![(TaskStatus::Inbox, made), (TaskStatus::InProgress, began)])
    }

    /// Of a task that was handed in for review at a time, after some hours of work.
    pub(super) fn review(random: &Random, work: f64, handed_in: DateTime<Utc>) -> Self {
        let mut history = Self::in_progress(random, handed_in - hours(work * spread(random)));
        history.0.push((TaskStatus::Review, handed_in));
        history
    }

    /// Of a task that was finished at a time. What it waited for had ended at `after`.
    pub(super) fn done(
        random: &Random,
        work: f64,
        is_reviewed: bool,
        (ended, after): (DateTime<Utc>, Option<DateTime<Utc>>),
    ) -> Self {
        let mut history = if is_reviewed {
            let mut history = Self::review(random, work, ended - hours(0.3 + 8.0 * random.unit()));
            if random.below(REWORK) == 0 {
                history.rework(random);
            }
            history
        } else {
            Self::in_progress(random, ended - hours(work * spread(random)))
        };
        let last = history.0.last().map_or(ended, |(_, at)| *at);
        history.0.push((TaskStatus::Done, ended.max(last + hours(0.3))));
        if let (Some(after), Some(began)) = (after, history.began()) {
            let late = after + hours(0.5) - began;
            // Work begins when nothing is waited for any more, and ends that much later.
            if late > TimeDelta::zero() {
                history.0.iter_mut().skip(1).for_each(|(_, at)| *at += late);
            }
        }
        history
    }

    /// Returns the work once, and hands it in again an hour or some later.
    fn rework(&mut self, random: &Random) {
        let Some((_, handed_in)) = self.0.pop() else { return };
        let first = handed_in - hours(1.0 + 3.0 * random.unit());
        let began = self.0.last().map_or(first, |(_, at)| *at);
        let first = first.max(began + (handed_in - began) / 3);
        let returned = first + (handed_in - first) / 2;
        self.0.extend([
            (TaskStatus::Review, first),
            (TaskStatus::InProgress, returned),
            (TaskStatus::Review, handed_in),
        ]);
    }

    /// Each status with the one before, and when it was left.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> {
        self.0.iter().enumerate().map(|(place, (to, at))| Step {
            from: place.checked_sub(1).map(|before| self.0[before].0),
            to: *to,
            at: *at,
            left: self.0.get(place + 1).map(|(_, left)| *left),
            // What ends here began where the task stood before, if that was work.
            began: place
                .checked_sub(1)
                .map(|before| self.0[before])
                .filter(|(status, _)| *status == TaskStatus::InProgress)
                .map(|(_, began)| began),
        })
    }

    /// When it was made.
    pub(super) fn made(&self) -> DateTime<Utc> {
        self.0[0].1
    }

    /// When it came where it stands.
    pub(super) fn last(&self) -> DateTime<Utc> {
        self.0[self.0.len() - 1].1
    }

    /// Where it stands.
    pub(super) fn status(&self) -> TaskStatus {
        self.0[self.0.len() - 1].0
    }

    /// When it was first begun.
    pub(super) fn began(&self) -> Option<DateTime<Utc>> {
        self.0.iter().find(|(status, _)| *status == TaskStatus::InProgress).map(|(_, at)| *at)
    }

    /// The beginning of the work that is under way, or that ended without a review.
    pub(super) fn in_progress_at(&self) -> Option<DateTime<Utc>> {
        match *self.0.as_slice() {
            [.., (TaskStatus::InProgress, began)]
            | [.., (TaskStatus::InProgress, began), (TaskStatus::Done, _)] => Some(began),
            _ => None,
        }
    }

    /// The beginning of the work before the last review.
    pub(super) fn previous_in_progress_at(&self) -> Option<DateTime<Utc>> {
        let review = self.0.iter().rposition(|(status, _)| *status == TaskStatus::Review)?;
        self.0[..review].last().map(|(_, began)| *began)
    }

    /// Whether it was handed in for review.
    pub(super) fn was_reviewed(&self) -> bool {
        self.previous_in_progress_at().is_some()
    }

    /// Times for so many comments, in order, between the beginning and the end of what is known.
    pub(super) fn moments(&self, count: usize, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let start = self.began().unwrap_or_else(|| self.made());
        let end = if self.status() == TaskStatus::Done { self.last() } else { now };
        let parts = i32::try_from(count).unwrap_or(i32::MAX).saturating_add(1);
        (1..parts).map(|part| start + (end - start) / parts * part).collect()
    }
}

/// One change of status.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) from: Option<TaskStatus>,
    pub(super) to: TaskStatus,
    pub(super) at: DateTime<Utc>,
    pub(super) left: Option<DateTime<Utc>>,
    pub(super) began: Option<DateTime<Utc>>,
}

/// How far work differs from what was expected.
fn spread(random: &Random) -> f64 {
    0.6 + 1.1 * random.unit()
}

/// When the finished tasks of a board were finished, from the oldest to the newest.
pub(super) fn endings(random: &Random, count: usize, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    #[expect(clippy::cast_precision_loss, reason = "there are some dozen")]
    let share = |place: usize| (place as f64 + 0.2 + 0.6 * random.unit()) / count as f64;
    (0..count).map(|place| now - hours(24.0 * DAYS * (1.0 - share(place))) - hours(0.4)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn histories_run_forward_and_end_where_they_should() {
        let random = Random::seeded(1);
        for round in 0..200 {
            let is_reviewed = round % 2 == 0;
            let after = (round % 3 == 0).then(|| now() - hours(20.0));
            let histories = [
                (History::done(&random, 6.0, is_reviewed, (now(), after)), TaskStatus::Done),
                (History::review(&random, 6.0, now()), TaskStatus::Review),
                (History::in_progress(&random, now()), TaskStatus::InProgress),
                (History::inbox(now()), TaskStatus::Inbox),
            ];
            for (history, status) in histories {
                assert_eq!(history.status(), status);
                assert!(history.0.windows(2).all(|pair| pair[0].1 < pair[1].1), "{history:?}");
                assert!(history.0[0].0 == TaskStatus::Inbox);
                let work = history.steps().filter(|step| step.began.is_some()).count();
                let left = history.0.iter().filter(|(to, _)| *to == TaskStatus::InProgress).count();
                assert_eq!(work + usize::from(status == TaskStatus::InProgress), left, "{history:?}");
                let began = history.began();
                assert!(after.is_none_or(|after| began.is_none_or(|began| began > after)));
                let moments = history.moments(3, now() + hours(1.0));
                assert!(moments.len() == 3 && moments.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }

    #[test]
    fn endings_are_spread_over_the_time_and_lie_in_the_past() {
        let endings = endings(&Random::seeded(2), 20, now());
        assert!(endings.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(endings[0] < now() - hours(24.0 * 24.0) && endings[19] < now());
        assert!(endings[19] > now() - hours(72.0));
    }
}
