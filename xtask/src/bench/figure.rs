//! What was measured, beside what the reference server needs and what is aimed at.

use std::{fmt::Write as _, time::Duration};

use super::load::Outcome;

/// One measure on one database.
#[derive(Debug)]
pub(super) struct Figure {
    name: &'static str,
    shown: String,
    /// Requests a second, seconds, or bytes.
    number: f64,
    more_is_better: bool,
    /// The same of the reference server, as a number and as it is shown.
    reference: Option<(f64, &'static str)>,
    goal: Option<&'static str>,
}

impl Figure {
    fn new(name: &'static str, number: f64, shown: String) -> Self {
        Self { name, shown, number, more_is_better: false, reference: None, goal: None }
    }

    /// How many requests a second were answered.
    pub(super) fn rate(name: &'static str, outcome: &Outcome) -> Self {
        let shown = format!("{:.0} req/s, p99 {}", outcome.rate, outcome.p99);
        Self { more_is_better: true, ..Self::new(name, outcome.rate, shown) }
    }

    /// How long something took.
    pub(super) fn time(name: &'static str, time: Duration) -> Self {
        let seconds = time.as_secs_f64();
        let shown = match seconds {
            ..0.1 => format!("{:.2} ms", seconds * 1_000.0),
            0.1..1.0 => format!("{:.0} ms", seconds * 1_000.0),
            _ => format!("{seconds:.1} s"),
        };
        Self::new(name, seconds, shown)
    }

    /// How much memory was resident, in bytes.
    pub(super) fn memory(name: &'static str, bytes: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "the ratio is shown with one digit")]
        Self::new(name, bytes as f64, megabytes(bytes))
    }

    /// What the reference server needs, in requests a second, seconds or bytes, and as it is shown.
    pub(super) fn beside(mut self, number: f64, shown: &'static str) -> Self {
        self.reference = Some((number, shown));
        self
    }

    /// What is aimed at.
    pub(super) fn goal(mut self, goal: &'static str) -> Self {
        self.goal = Some(goal);
        self
    }

    /// How many times better than the reference.
    fn ratio(&self) -> Option<f64> {
        let (reference, _) = self.reference?;
        Some(if self.more_is_better { self.number / reference } else { reference / self.number })
    }
}

/// The figures of both databases as a Markdown table. The reference ran on PostgreSQL, and so does the ratio.
pub(super) fn table(sqlite: &[Figure], postgres: &[Figure]) -> String {
    let mut text =
        "| Measure | Reference | Goal | SQLite | PostgreSQL | Better |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for (sqlite, postgres) in sqlite.iter().zip(postgres) {
        let reference = postgres.reference.map_or("–", |(_, shown)| shown);
        let goal = postgres.goal.unwrap_or("–");
        let ratio = postgres.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.1}×"));
        let _ = writeln!(
            text,
            "| {} | {reference} | {goal} | {} | {} | {ratio} |",
            postgres.name, sqlite.shown, postgres.shown
        );
    }
    text
}

/// Bytes as megabytes with one digit, rounded up.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_the_reference_the_goal_and_the_ratio() {
        let rate =
            |rate| Figure::rate("Reads", &Outcome { rate, p99: "4.56ms".into() }).beside(50.0, "50 req/s");
        let time =
            |millis| Figure::time("Start", Duration::from_millis(millis)).beside(5.0, "5 s").goal("< 300 ms");
        let memory = || Figure::memory("Memory", 41_200_000);
        let table = table(&[rate(100.0), time(20), memory()], &[rate(2_500.0), time(2_500), memory()]);
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| Reads | 50 req/s | – | 100 req/s, p99 4.56ms | 2500 req/s, p99 4.56ms | 50.0× |",
                "| Start | 5 s | < 300 ms | 20.00 ms | 2.5 s | 2.0× |",
                "| Memory | – | – | 41.2 MB | 41.2 MB | – |",
            ]
        );
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!((megabytes(0), megabytes(1)), ("0.0 MB".into(), "0.1 MB".into()));
    }
}
