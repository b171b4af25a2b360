//! What happened, and the comments on tasks, which the source keeps among it.

use super::{ImportError, row::Row, writer::Writer};

/// What the source calls a comment.
const COMMENT: &str = "task.comment";

pub(super) async fn event(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, kind) = (row.own_id()?, row.text("event_type")?);
    let task = row.maybe_id("task_id")?.filter(|task| writer.has("tasks", *task));
    let agent = row.maybe_id("agent_id")?.filter(|agent| writer.has("agents", *agent));
    let of_agent = agent.and_then(|agent| writer.agents.get(&agent)).cloned();
    let board = writer.reference("boards", row.maybe_id("board_id")?);
    let board = board.or_else(|| task.and_then(|task| writer.tasks.get(&task).copied()));
    let board = board.or_else(|| of_agent.as_ref().and_then(|(_, board, _)| *board));
    let of_board = board.and_then(|board| writer.boards.get(&board)).map(|board| board.organization_id);
    let of_agent_only = of_agent.as_ref().map(|(organization, _, _)| *organization);
    let Some(organization) = of_board.or(of_agent_only) else {
        writer.left_out("nothing tells to which organization it belongs");
        return Ok(());
    };
    let message = row.maybe_text("message")?;
    let created_at = row.time("created_at")?;
    if let (COMMENT, Some(task), Some(board)) = (kind.as_str(), task, board) {
        let columns = vec![
            ("board_id", board.into()),
            ("task_id", task.into()),
            ("agent_id", agent.into()),
            ("author_name", of_agent.map(|(_, _, name)| name).into()),
            ("message", message.clone().unwrap_or_default().into()),
            ("created_at", created_at.into()),
        ];
        writer.try_put("task_comments", id, columns).await?;
    }
    let columns = vec![
        ("kind", kind.into()),
        ("organization_id", organization.into()),
        ("board_id", board.into()),
        ("task_id", task.into()),
        ("agent_id", agent.into()),
        ("message", message.into()),
        ("activity", true.into()),
        ("created_at", created_at.into()),
    ];
    writer.put("events", id, columns).await?;
    Ok(())
}
