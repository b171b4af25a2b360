//! Who may be given a task.

use super::Role;
use crate::{Error, Kind, Result, agents::Agent, boards::Board};

/// Refuses an agent that cannot work on this board.
///
/// Agents of other tenants do not exist for the caller. The main agent of a gateway may be given
/// tasks of the boards of that gateway only.
pub(in super::super) fn check(role: Role, board: &Board, agent: Option<&Agent>) -> Result<()> {
    let known = agent.filter(|agent| agent.organization_id == board.organization_id);
    let Some(agent) = known else {
        return Err(Error::text(Kind::NotFound, "assigned_agent_id names no agent").code("agent_not_found"));
    };
    if matches!(role, Role::Lead(_)) && agent.is_board_lead {
        return Err(Error::text(Kind::Forbidden, "A lead agent may not assign tasks to a lead")
            .code("task_assignee_is_lead"));
    }
    let works_here = match agent.board_id {
        Some(id) => id == board.id,
        None => agent.gateway_id.is_some() && agent.gateway_id == board.gateway_id,
    };
    if works_here {
        Ok(())
    } else {
        Err(Error::conflict("assigned_agent_id names an agent of another board")
            .code("task_assignee_of_other_board"))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{tasks::testing::agent, testing};

    #[test]
    fn only_agents_that_reach_the_board_can_be_assigned() {
        let gateway = Some(Uuid::from_u128(7));
        let board = Board { gateway_id: gateway, ..testing::board() };
        let lead = Role::Lead(Uuid::from_u128(99));
        let of = |change: &dyn Fn(&mut Agent)| {
            let mut agent = agent(Uuid::from_u128(5), board.id);
            change(&mut agent);
            agent
        };
        let elsewhere = Uuid::from_u128(77);
        for (name, role, agent, expected) in [
            ("own worker", Role::User, Some(of(&|_| {})), None),
            ("own worker by the lead", lead, Some(of(&|_| {})), None),
            ("unknown", Role::User, None, Some(Kind::NotFound)),
            (
                "other tenant",
                Role::User,
                Some(of(&|agent| agent.organization_id = elsewhere)),
                Some(Kind::NotFound),
            ),
            (
                "other board",
                Role::User,
                Some(of(&|agent| agent.board_id = Some(elsewhere))),
                Some(Kind::Conflict),
            ),
            ("own lead by a person", Role::User, Some(of(&|agent| agent.is_board_lead = true)), None),
            ("a lead by a lead", lead, Some(of(&|agent| agent.is_board_lead = true)), Some(Kind::Forbidden)),
            (
                "main agent of the board's gateway",
                Role::User,
                Some(of(&|agent| (agent.board_id, agent.gateway_id) = (None, gateway))),
                None,
            ),
            (
                "main agent of another gateway",
                Role::User,
                Some(of(&|agent| (agent.board_id, agent.gateway_id) = (None, Some(elsewhere)))),
                Some(Kind::Conflict),
            ),
        ] {
            assert_eq!(check(role, &board, agent.as_ref()).err().map(|error| error.kind), expected, "{name}");
        }
    }
}
