//! Decisions on events, without I/O.

use mc_base::Timestamp;
use mc_store::events::Event;

use super::Route;

/// The kinds of events, besides those whose name ends in `failed`, that say that something went wrong.
pub(super) const FAILURES: [&str; 3] = ["agent.offline", "agent.checkin.missed", "agent.gave_up"];

impl Route {
    /// The page on which an event is best seen.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let Some(board) = event.board_id else {
            let mut params = vec![
                ("eventId", event.id.to_string()),
                ("eventType", event.kind.clone()),
                ("createdAt", Timestamp(event.created_at).to_string()),
            ];
            params.extend(event.task_id.map(|task| ("taskId", task.to_string())));
            return Self { name: "activity", params };
        };
        let mut params = vec![("boardId", board.to_string())];
        if let ("task.comment", Some(task)) = (event.kind.as_str(), event.task_id) {
            params.extend([("taskId", task.to_string()), ("commentId", event.id.to_string())]);
            return Self { name: "board", params };
        }
        if event.kind.starts_with("approval.") {
            return Self { name: "board.approvals", params };
        }
        if event.kind.starts_with("board.") {
            params.push(("panel", "chat".into()));
        } else if let Some(task) = event.task_id {
            params.push(("taskId", task.to_string()));
        }
        Self { name: "board", params }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use uuid::Uuid;

    fn event(kind: &str, board: Option<u128>, task: Option<u128>) -> Event {
        Event {
            position: 1,
            id: Uuid::from_u128(1),
            kind: kind.into(),
            organization_id: Uuid::from_u128(9),
            board_id: board.map(Uuid::from_u128),
            board_group_id: None,
            task_id: task.map(Uuid::from_u128),
            agent_id: None,
            user_id: None,
            message: None,
            data: None,
            activity: true,
            created_at: DateTime::from_timestamp_micros(1_500_000).unwrap(),
        }
    }

    #[test]
    fn every_event_leads_to_the_page_that_shows_it() {
        let id = |n: u128| Uuid::from_u128(n).to_string();
        let comment = vec![("boardId", id(2)), ("taskId", id(3)), ("commentId", id(1))];
        let task = vec![("boardId", id(2)), ("taskId", id(3))];
        let board = vec![("boardId", id(2))];
        let chat = vec![("boardId", id(2)), ("panel", "chat".to_owned())];
        let plain = |kind: &str| {
            vec![
                ("eventId", id(1)),
                ("eventType", kind.to_owned()),
                ("createdAt", "1970-01-01T00:00:01.500000".to_owned()),
            ]
        };
        let with_task = [plain("task.comment"), vec![("taskId", id(3))]].concat();
        for (kind, board_id, task_id, name, params) in [
            ("task.comment", Some(2), Some(3), "board", comment),
            ("task.comment", Some(2), None, "board", board.clone()),
            ("approval.lead_notified", Some(2), Some(3), "board.approvals", board.clone()),
            ("board.group.join.notified", Some(2), Some(3), "board", chat),
            ("task.updated", Some(2), Some(3), "board", task),
            ("agent.nudge.sent", Some(2), None, "board", board),
            ("task.comment", None, Some(3), "activity", with_task),
            ("board.lead_notified", None, None, "activity", plain("board.lead_notified")),
        ] {
            assert_eq!(Route::of(&event(kind, board_id, task_id)), Route { name, params }, "{kind}");
        }
    }
}
