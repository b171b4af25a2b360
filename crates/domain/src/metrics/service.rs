//! Use cases on figures.

use chrono::{DateTime, Utc};
use mc_store::Read;

use super::{
    Dashboard, DashboardFilter, Kpis, Range, attention,
    queries::{self, Boards},
    rules::{Cycles, Errors, Flow, Timeline},
};
use crate::{
    Context, Error, Result,
    access::{BoardRights, OrgMember},
};

/// The figures of the boards that the member may read, made from what happened and not from how things
/// stand now: a task that is edited later does not move.
///
/// # Errors
/// `Forbidden` when the member may not read the board that is named.
pub async fn dashboard(
    context: &Context,
    scope: &OrgMember,
    range: Range,
    filter: DashboardFilter,
) -> Result<Dashboard> {
    let store = context.store();
    read(store, scope.readable_boards(), range, filter, store.clock().now()).await
}

/// Reads all figures in at most eight statements.
pub(super) async fn read(
    on: &impl Read,
    rights: BoardRights,
    range: Range,
    filter: DashboardFilter,
    now: DateTime<Utc>,
) -> Result<Dashboard> {
    if let Some(board) = filter.board_id
        && !queries::is_readable(on, rights, board).await?
    {
        return Err(Error::forbidden());
    }
    let boards = Boards { rights, filter };
    let timeline = Timeline::of(range, now);
    let flow = Flow::of(&timeline, &queries::flow(on, &boards, &timeline).await?);
    let cycles = Cycles::of(&timeline, &queries::work(on, &boards, &timeline).await?);
    let errors = Errors::of(&timeline, &queries::errors(on, &boards, &timeline).await?);
    let present = queries::present(on, &boards, &timeline).await?;
    Ok(Dashboard {
        range,
        generated_at: now,
        kpis: Kpis {
            error_rate_pct: errors.rate(&timeline),
            median_cycle_time_hours: cycles.median(&timeline),
            ..present
        },
        throughput: flow.throughput(&timeline),
        cycle_time: cycles.means(&timeline),
        error_rate: errors.rates(&timeline),
        wip: flow.wip(&timeline),
        pending_approvals: queries::pending_approvals(on, &boards).await?,
        attention: attention::attention(on, &boards, &timeline).await?,
    })
}
