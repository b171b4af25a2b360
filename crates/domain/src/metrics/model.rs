use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Into which periods figures are put; all begin in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// Full hours.
    Hour,
    /// Days.
    Day,
    /// Weeks from Monday.
    Week,
    /// Months.
    Month,
}

impl Bucket {
    /// The published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// How far back figures go; they are compared with the time of the same length before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// 24 hours.
    Hours24,
    /// 3 days.
    Days3,
    /// 7 days.
    Days7,
    /// 14 days.
    Days14,
    /// 30 days.
    Month1,
    /// 90 days.
    Months3,
    /// 180 days.
    Months6,
    /// 365 days.
    Year1,
}

impl Range {
    /// All of them with their published names.
    pub const NAMES: [(&'static str, Self); 8] = [
        ("24h", Self::Hours24),
        ("3d", Self::Days3),
        ("7d", Self::Days7),
        ("14d", Self::Days14),
        ("1m", Self::Month1),
        ("3m", Self::Months3),
        ("6m", Self::Months6),
        ("1y", Self::Year1),
    ];

    /// The published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hours24 => "24h",
            Self::Days3 => "3d",
            Self::Days7 => "7d",
            Self::Days14 => "14d",
            Self::Month1 => "1m",
            Self::Months3 => "3m",
            Self::Months6 => "6m",
            Self::Year1 => "1y",
        }
    }

    /// How long it is.
    #[must_use]
    pub fn duration(self) -> TimeDelta {
        match self {
            Self::Hours24 => TimeDelta::hours(24),
            Self::Days3 => TimeDelta::days(3),
            Self::Days7 => TimeDelta::days(7),
            Self::Days14 => TimeDelta::days(14),
            Self::Month1 => TimeDelta::days(30),
            Self::Months3 => TimeDelta::days(90),
            Self::Months6 => TimeDelta::days(180),
            Self::Year1 => TimeDelta::days(365),
        }
    }

    /// The periods in which it is shown.
    #[must_use]
    pub fn bucket(self) -> Bucket {
        match self {
            Self::Hours24 => Bucket::Hour,
            Self::Days3 | Self::Days7 | Self::Days14 | Self::Month1 => Bucket::Day,
            Self::Months3 | Self::Months6 => Bucket::Week,
            Self::Year1 => Bucket::Month,
        }
    }
}

/// Which boards figures are about, among those that the caller may read. The conditions add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DashboardFilter {
    /// Only this board.
    pub board_id: Option<Uuid>,
    /// Only boards of this group.
    pub group_id: Option<Uuid>,
}

/// A figure of a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When the period begins; the first one may begin before the range does.
    pub period: DateTime<Utc>,
    /// The figure; 0 when nothing happened.
    pub value: f64,
}

/// How many tasks came to stand where in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WipPoint {
    /// When the period begins.
    pub period: DateTime<Utc>,
    /// Tasks whose last change of the period made them wait for somebody.
    pub inbox: i64,
    /// Tasks that somebody works on since.
    pub in_progress: i64,
    /// Tasks that wait to be accepted since.
    pub review: i64,
    /// Tasks that are finished since.
    pub done: i64,
}

/// Figures of the range, and of the time of the same length before.
#[derive(Clone, Debug, PartialEq)]
pub struct Series<T> {
    /// The range, oldest period first.
    pub primary: Vec<T>,
    /// The time before.
    pub comparison: Vec<T>,
}

/// Figures in one number each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Kpis {
    /// Agents that gave a sign of life in the range.
    pub active_agents: i64,
    /// Tasks that are in the inbox now.
    pub inbox: i64,
    /// Tasks that somebody works on now.
    pub in_progress: i64,
    /// Tasks that are in review now.
    pub review: i64,
    /// Tasks that are done now.
    pub done: i64,
    /// Failures among the events of tasks in the range, in percent.
    pub error_rate_pct: f64,
    /// The median time of work that ended in the range, in hours; none when none did.
    pub median_cycle_time_hours: Option<f64>,
}

/// An approval that waits for a decision.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PendingApproval {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// The board's name.
    pub board_name: String,
    /// What is to be approved.
    pub action_type: String,
    /// How sure its author is, in percent.
    pub confidence: f64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// The title of the first task that it is about.
    pub task_title: Option<String>,
}

/// The approvals that wait for a decision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PendingApprovals {
    /// How many there are.
    pub total: i64,
    /// The newest, newest first.
    pub items: Vec<PendingApproval>,
}

/// A task that should have been finished by now.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OverdueTask {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// The board's name.
    pub board_name: String,
    /// The title.
    pub title: String,
    /// When it was due.
    pub due_at: DateTime<Utc>,
}

/// What somebody should look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// How many tasks are not finished though the day on which they were due is over.
    pub overdue: i64,
    /// Those that are longest overdue, longest first.
    pub overdue_tasks: Vec<OverdueTask>,
    /// How many tasks cannot go on before another one is finished.
    pub blocked: i64,
    /// How many payloads of webhooks were received in the range and never reached an agent.
    pub failed_deliveries: i64,
}

/// The figures of boards at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// How far back they go.
    pub range: Range,
    /// When they were made.
    pub generated_at: DateTime<Utc>,
    /// Figures in one number each.
    pub kpis: Kpis,
    /// Tasks that were finished.
    pub throughput: Series<Point>,
    /// The mean time of work that ended in review or done, in hours.
    pub cycle_time: Series<Point>,
    /// Failures among the events of tasks, in percent.
    pub error_rate: Series<Point>,
    /// Where tasks came to stand.
    pub wip: Series<WipPoint>,
    /// What waits for a decision.
    pub pending_approvals: PendingApprovals,
    /// What somebody should look at.
    pub attention: Attention,
}
