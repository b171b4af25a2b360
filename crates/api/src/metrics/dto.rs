use mc_base::Timestamp;
use mc_domain::{
    gateways::GatewayDetail,
    metrics::{
        Attention, Dashboard, DashboardFilter, Fleet, Kpis, OverdueTask, PendingApproval, PendingApprovals,
        Point, Range, Series, WipPoint,
    },
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Reader, names_schema, read_name};

/// The name of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RangeName(pub(crate) Range);

impl From<&str> for RangeName {
    fn from(name: &str) -> Self {
        let found = Range::NAMES.iter().find(|(known, _)| *known == name);
        Self(found.map_or(Range::Hours24, |(_, range)| *range))
    }
}

impl Field for RangeName {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Range::NAMES, reader).map(Self)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Range::NAMES)
    }
}

crate::query! {
    /// Which figures are wanted.
    pub(crate) struct DashboardQuery {
        /// How far back they go: 24 hours in hours; 3, 7, 14 or 30 days in days; 90 or 180 days in weeks from
        /// Monday; 365 days in months.
        range_key: RangeName = "24h",
        /// Only this board.
        board_id: Option<Uuid>,
        /// Only boards of this group.
        group_id: Option<Uuid>,
        /// Whether administrators are also told how agents and gateways are.
        include_fleet: bool = false,
    }
}

impl DashboardQuery {
    pub(crate) fn filter(&self) -> DashboardFilter {
        DashboardFilter { board_id: self.board_id, group_id: self.group_id }
    }
}

/// A figure of a period.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardSeriesPoint {
    /// When the period begins (UTC).
    #[schema(value_type = String, format = DateTime)]
    period: Timestamp,
    /// The figure; 0 when nothing happened.
    value: f64,
}

impl From<Point> for DashboardSeriesPoint {
    fn from(point: Point) -> Self {
        Self { period: point.period.into(), value: point.value }
    }
}

/// How many tasks came to stand where in a period; each counts by its last change of the period.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardWipPoint {
    /// When the period begins (UTC).
    #[schema(value_type = String, format = DateTime)]
    period: Timestamp,
    /// Tasks that were made, or returned.
    inbox: i64,
    /// Tasks that somebody began.
    in_progress: i64,
    /// Tasks that were handed in.
    review: i64,
    /// Tasks that were finished.
    done: i64,
}

impl From<WipPoint> for DashboardWipPoint {
    fn from(point: WipPoint) -> Self {
        Self {
            period: point.period.into(),
            inbox: point.inbox,
            in_progress: point.in_progress,
            review: point.review,
            done: point.done,
        }
    }
}

/// Figures by period, oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardRangeSeries {
    /// The name of the range.
    range: &'static str,
    /// `hour`, `day`, `week` or `month`.
    bucket: &'static str,
    points: Vec<DashboardSeriesPoint>,
}

/// Numbers of tasks by period, oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardWipRangeSeries {
    /// The name of the range.
    range: &'static str,
    /// `hour`, `day`, `week` or `month`.
    bucket: &'static str,
    points: Vec<DashboardWipPoint>,
}

/// Figures of the range, and of the time of the same length before it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardSeriesSet {
    primary: DashboardRangeSeries,
    comparison: DashboardRangeSeries,
}

impl DashboardSeriesSet {
    fn of(range: Range, series: Series<Point>) -> Self {
        let part = |points: Vec<Point>| DashboardRangeSeries {
            range: range.as_str(),
            bucket: range.bucket().as_str(),
            points: points.into_iter().map(DashboardSeriesPoint::from).collect(),
        };
        Self { primary: part(series.primary), comparison: part(series.comparison) }
    }
}

/// Numbers of tasks in the range, and in the time of the same length before it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardWipSeriesSet {
    primary: DashboardWipRangeSeries,
    comparison: DashboardWipRangeSeries,
}

impl DashboardWipSeriesSet {
    fn of(range: Range, series: Series<WipPoint>) -> Self {
        let part = |points: Vec<WipPoint>| DashboardWipRangeSeries {
            range: range.as_str(),
            bucket: range.bucket().as_str(),
            points: points.into_iter().map(DashboardWipPoint::from).collect(),
        };
        Self { primary: part(series.primary), comparison: part(series.comparison) }
    }
}

/// Figures in one number each.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardKpis {
    /// Agents that gave a sign of life in the range.
    active_agents: i64,
    /// The same as `in_progress_tasks`.
    tasks_in_progress: i64,
    /// Tasks in the inbox now.
    inbox_tasks: i64,
    /// Tasks that somebody works on now.
    in_progress_tasks: i64,
    /// Tasks in review now.
    review_tasks: i64,
    /// Tasks that are done now.
    done_tasks: i64,
    /// Failures among the events of tasks in the range, in percent; 0 without events.
    error_rate_pct: f64,
    /// The median time of work that ended in the range, whichever it is, in hours.
    median_cycle_time_hours_7d: Option<f64>,
}

impl From<Kpis> for DashboardKpis {
    fn from(kpis: Kpis) -> Self {
        Self {
            active_agents: kpis.active_agents,
            tasks_in_progress: kpis.in_progress,
            inbox_tasks: kpis.inbox,
            in_progress_tasks: kpis.in_progress,
            review_tasks: kpis.review,
            done_tasks: kpis.done,
            error_rate_pct: kpis.error_rate_pct,
            median_cycle_time_hours_7d: kpis.median_cycle_time_hours,
        }
    }
}

/// An approval that waits for a decision.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardPendingApproval {
    approval_id: Uuid,
    board_id: Uuid,
    board_name: String,
    action_type: String,
    /// How sure its author is, in percent.
    confidence: f64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The title of the first task that it is about.
    task_title: Option<String>,
}

impl From<PendingApproval> for DashboardPendingApproval {
    fn from(approval: PendingApproval) -> Self {
        Self {
            approval_id: approval.id,
            board_id: approval.board_id,
            board_name: approval.board_name,
            action_type: approval.action_type,
            confidence: approval.confidence,
            created_at: approval.created_at.into(),
            task_title: approval.task_title,
        }
    }
}

/// The approvals that wait for a decision.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardPendingApprovals {
    /// How many there are.
    total: i64,
    /// The ten newest, newest first.
    items: Vec<DashboardPendingApproval>,
}

impl From<PendingApprovals> for DashboardPendingApprovals {
    fn from(pending: PendingApprovals) -> Self {
        let items = pending.items.into_iter().map(DashboardPendingApproval::from).collect();
        Self { total: pending.total, items }
    }
}

/// A task that should have been finished by now.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardOverdueTask {
    task_id: Uuid,
    board_id: Uuid,
    board_name: String,
    title: String,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
}

impl From<OverdueTask> for DashboardOverdueTask {
    fn from(task: OverdueTask) -> Self {
        Self {
            task_id: task.id,
            board_id: task.board_id,
            board_name: task.board_name,
            title: task.title,
            due_at: task.due_at.into(),
        }
    }
}

/// What somebody should look at.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardAttention {
    /// Tasks that are not finished though the day on which they were due is over.
    overdue_total: i64,
    /// The ten that are longest overdue, longest first.
    overdue_tasks: Vec<DashboardOverdueTask>,
    /// Tasks that cannot go on before another one is finished.
    blocked_total: i64,
    /// Payloads of webhooks that were received in the range and never reached an agent.
    failed_deliveries: i64,
}

impl From<Attention> for DashboardAttention {
    fn from(attention: Attention) -> Self {
        Self {
            overdue_total: attention.overdue,
            overdue_tasks: attention.overdue_tasks.into_iter().map(DashboardOverdueTask::from).collect(),
            blocked_total: attention.blocked,
            failed_deliveries: attention.failed_deliveries,
        }
    }
}

/// An agent that should answer and does not.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardDownAgent {
    agent_id: Uuid,
    name: String,
}

/// A gateway and its connection.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardGateway {
    gateway_id: Uuid,
    name: String,
    url: String,
    /// `connecting`, `online`, `pairing_required`, `refused`, `protocol_mismatch`, `unreachable` or `closed`; null before
    /// the first attempt.
    state: Option<String>,
    /// Since when it is so.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// What is wrong.
    error: Option<String>,
    /// The version of the gateway's software, when it was last online.
    version: Option<String>,
}

impl From<GatewayDetail> for DashboardGateway {
    fn from(GatewayDetail { gateway, link, .. }: GatewayDetail) -> Self {
        Self {
            gateway_id: gateway.id,
            name: gateway.name,
            url: gateway.url,
            state: link.state,
            since: link.since.map(Timestamp::from),
            error: link.error,
            version: link.version,
        }
    }
}

/// How agents and gateways are.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardFleet {
    /// How many agents there are.
    agents_total: usize,
    /// How many of them are online.
    agents_online: usize,
    /// How many should answer and do not.
    agents_down: usize,
    /// The first ten of those, by name.
    down_agents: Vec<DashboardDownAgent>,
    /// The gateways, newest first.
    gateways: Vec<DashboardGateway>,
}

impl From<Fleet> for DashboardFleet {
    fn from(fleet: Fleet) -> Self {
        let down = fleet.down_agents.into_iter();
        Self {
            agents_total: fleet.agents,
            agents_online: fleet.online,
            agents_down: fleet.down,
            down_agents: down
                .map(|agent| DashboardDownAgent { agent_id: agent.id, name: agent.name })
                .collect(),
            gateways: fleet.gateways.into_iter().map(DashboardGateway::from).collect(),
        }
    }
}

/// The figures of boards.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardMetrics {
    /// The name of the range.
    range: &'static str,
    #[schema(value_type = String, format = DateTime)]
    generated_at: Timestamp,
    kpis: DashboardKpis,
    /// Tasks that were finished.
    throughput: DashboardSeriesSet,
    /// The mean time of work that ended in review or done, in hours.
    cycle_time: DashboardSeriesSet,
    /// Failures among the events of tasks, in percent.
    error_rate: DashboardSeriesSet,
    /// Where tasks came to stand.
    wip: DashboardWipSeriesSet,
    pending_approvals: DashboardPendingApprovals,
    /// What somebody should look at.
    attention: DashboardAttention,
    /// How the agents and gateways of the whole organization are; null where it was not asked for, and for who is no
    /// administrator.
    fleet: Option<DashboardFleet>,
}

impl DashboardMetrics {
    pub(crate) fn new(dashboard: Dashboard, fleet: Option<Fleet>) -> Self {
        let range = dashboard.range;
        Self {
            range: range.as_str(),
            generated_at: dashboard.generated_at.into(),
            kpis: dashboard.kpis.into(),
            throughput: DashboardSeriesSet::of(range, dashboard.throughput),
            cycle_time: DashboardSeriesSet::of(range, dashboard.cycle_time),
            error_rate: DashboardSeriesSet::of(range, dashboard.error_rate),
            wip: DashboardWipSeriesSet::of(range, dashboard.wip),
            pending_approvals: dashboard.pending_approvals.into(),
            attention: dashboard.attention.into(),
            fleet: fleet.map(DashboardFleet::from),
        }
    }
}
