//! When work of an agent needs a person's decision: the numbers that agents apply themselves.

use std::collections::BTreeMap;

/// Below this confidence, 0 to 100, an action needs an approval.
pub const CONFIDENCE_MIN: f64 = 80.0;
/// From this many signs of an unclear goal on, an agent plans before it acts.
pub const PLANNING_SIGNALS_MIN: usize = 2;
/// Stated and computed confidence this far apart disagree: roundings are less.
const TOLERANCE: f64 = 1.0;

/// The sum of the points by criterion.
#[must_use]
pub fn rubric_total(scores: &BTreeMap<String, i64>) -> i64 {
    scores.values().fold(0, |sum, points| sum.saturating_add(*points))
}

/// The confidence that the points by criterion give.
#[must_use]
pub fn confidence(scores: &BTreeMap<String, i64>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "points are small")]
    let total = rubric_total(scores) as f64;
    total
}

/// Whether a stated confidence is the one that the points give.
#[must_use]
pub fn matches(stated: f64, scores: &BTreeMap<String, i64>) -> bool {
    (confidence(scores) - stated).abs() < TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(points: &[(&str, i64)]) -> BTreeMap<String, i64> {
        points.iter().map(|(name, points)| ((*name).to_owned(), *points)).collect()
    }

    #[test]
    fn confidence_is_the_sum_of_the_points() {
        let rubric = scores(&[
            ("clarity", 20),
            ("constraints", 15),
            ("completeness", 10),
            ("risk", 20),
            ("dependencies", 10),
            ("similarity", 5),
        ]);
        assert_eq!(rubric_total(&rubric), 80);
        assert!((confidence(&rubric) - 80.0).abs() < f64::EPSILON);
        assert_eq!(rubric_total(&scores(&[])), 0);
        assert_eq!(rubric_total(&scores(&[("a", i64::MAX), ("b", 1)])), i64::MAX);
        for (stated, agrees) in
            [(80.0, true), (80.5, true), (79.5, true), (81.0, false), (79.0, false), (0.0, false)]
        {
            assert_eq!(matches(stated, &rubric), agrees, "{stated}");
        }
    }
}
