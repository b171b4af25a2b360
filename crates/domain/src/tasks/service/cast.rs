//! The agents that play a part in a change of a task.

use mc_store::Read;
use sea_query::{Alias, Condition, Expr, ExprTrait, Query};
use uuid::Uuid;

use crate::{
    Result,
    agents::{Agent, agent_columns},
    boards::Board,
};

/// The lead of a board, and further agents by id.
#[derive(Debug, Default)]
pub(super) struct Cast(Vec<Agent>);

impl Cast {
    /// Loads the lead of the board and these agents, wherever they belong.
    pub(super) async fn load(
        on: &impl Read,
        board: &Board,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<Self> {
        let column = |name: &'static str| Expr::col(Alias::new(name));
        let lead =
            Condition::all().add(column("board_id").eq(board.id)).add(column("is_board_lead").eq(true));
        let query = Query::select()
            .columns(agent_columns!().split(',').map(|name| Alias::new(name.trim())))
            .from(Alias::new("agents"))
            .cond_where(Condition::any().add(lead).add(column("id").is_in(ids)))
            .take();
        Ok(Self(on.all(on.render(&query)).await?))
    }

    /// The agent of an id.
    pub(super) fn get(&self, id: Uuid) -> Option<&Agent> {
        self.0.iter().find(|agent| agent.id == id)
    }

    /// The lead of the board.
    pub(super) fn lead(&self, board: &Board) -> Option<&Agent> {
        self.0.iter().find(|agent| agent.is_board_lead && agent.board_id == Some(board.id))
    }

    /// An agent that still works on the board and does not lead it.
    pub(super) fn worker(&self, board: &Board, id: Uuid) -> Option<&Agent> {
        self.get(id).filter(|agent| agent.board_id == Some(board.id) && !agent.is_board_lead)
    }
}
