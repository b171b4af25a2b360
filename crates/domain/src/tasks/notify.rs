//! Messages to agents about tasks: who is told what, and how it is put.
//!
//! A message is a job, written in the transaction of what it tells. It exists only for an agent
//! that has a session on the gateway of the board.

use std::fmt::Write;

use mc_base::text::{self, TASK_SNIPPET_MAX, external, one_line};
use mc_store::Txn;

use super::model::{Task, TaskStatus};
use crate::{
    Result,
    agents::{
        Agent,
        messages::{self, MessageKind, Outgoing},
    },
    boards::Board,
};

/// Why an agent is told about a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A person made a task: for the lead.
    Added,
    /// The agent got the task.
    Assigned,
    /// The lead got a task that was handed in.
    ReadyForReview,
    /// The lead returned the task to the agent, with these words if there are any.
    ChangesRequested(Option<String>),
    /// Nobody has the task any more: for the lead.
    BackInInbox,
    /// The agent lost the task because this dependency was reopened.
    Stopped(String),
    /// The task that the agent had was deleted.
    Deleted,
    /// Somebody commented.
    Commented(Comment),
}

/// A comment to tell about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// Who wrote it.
    pub(super) author: String,
    /// The text.
    pub(super) text: String,
    /// Whether the recipient is addressed in it, not merely on the task.
    pub(super) is_mention: bool,
}

/// One message to one agent.
#[derive(Clone, Debug)]
pub(super) struct Notice<'a> {
    pub(super) recipient: &'a Agent,
    pub(super) occasion: Occasion,
}

/// What the assignee of a task is told when it gets it.
pub(super) fn assignment(assignee: &Agent, status: TaskStatus) -> Occasion {
    if assignee.is_board_lead && status == TaskStatus::Review {
        Occasion::ReadyForReview
    } else {
        Occasion::Assigned
    }
}

/// Whether the lead is told that nobody has the task: it ended in the inbox, and was somewhere else
/// or with somebody before.
pub(super) fn is_back_in_inbox(old: &Task, new: &Task) -> bool {
    new.status == TaskStatus::Inbox
        && new.assigned_agent_id.is_none()
        && (old.status != TaskStatus::Inbox || old.assigned_agent_id.is_some())
}

/// The agents of a board whom a comment concerns, each with whether it is addressed.
///
/// Addressed are those whom the text mentions. When it mentions none of them it is for the
/// assignee. The author is left out.
pub(super) fn comment_recipients<'a>(
    text: &str,
    agents: &'a [Agent],
    assignee: Option<&'a Agent>,
    author: Option<uuid::Uuid>,
) -> Vec<(&'a Agent, bool)> {
    let names = text::mentions(text);
    let is_author = |agent: &&Agent| Some(agent.id) == author;
    let mentioned: Vec<&Agent> = agents
        .iter()
        .filter(|agent| text::mention_matches(&names, &agent.name, agent.is_board_lead))
        .collect();
    if mentioned.is_empty() {
        return assignee.filter(|agent| !is_author(agent)).map(|agent| (agent, false)).into_iter().collect();
    }
    mentioned.into_iter().filter(|agent| !is_author(agent)).map(|agent| (agent, true)).collect()
}

impl Occasion {
    fn header(&self) -> &'static str {
        match self {
            Self::Added => "NEW TASK ADDED",
            Self::Assigned => "TASK ASSIGNED",
            Self::ReadyForReview => "TASK READY FOR LEAD REVIEW",
            Self::ChangesRequested(_) => "CHANGES REQUESTED",
            Self::BackInInbox => "TASK BACK IN INBOX",
            Self::Stopped(_) => "TASK STOPPED",
            Self::Deleted => "TASK DELETED",
            Self::Commented(comment) if comment.is_mention => "TASK MENTION",
            Self::Commented(_) => "NEW TASK COMMENT",
        }
    }

    fn action(&self) -> String {
        match self {
            Self::Added => "A new task has arrived. Decide what happens with it and which agent takes it.".into(),
            Self::Assigned => "This task is yours now. Look at it, begin, and report your progress as comments on it.".into(),
            Self::ReadyForReview => {
                "This task was handed in for review. Check the result: set the status to done to accept it, or to inbox \
                 with a comment that says what is missing."
                    .into()
            }
            Self::ChangesRequested(_) => {
                "Rework this task as requested and hand it in for review again.".into()
            }
            Self::BackInInbox => "Nobody has this task now. Give it to another agent or change the plan.".into(),
            Self::Stopped(title) => format!(
                "Stop working on this task: it depends on \"{}\", which was reopened. It is in the inbox again.",
                one_line(title)
            ),
            Self::Deleted => "This task does not exist any more. Stop working on it.".into(),
            Self::Commented(_) => {
                "Answer in the comments of the task. If you are not its assignee, help there and leave its status alone."
                    .into()
            }
        }
    }

    /// The events that the delivery writes: sent, and given up.
    fn events(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Added => Some(("task.lead_notified", "task.lead_notify_failed")),
            Self::Assigned | Self::ReadyForReview => {
                Some(("task.assignee_notified", "task.assignee_notify_failed"))
            }
            Self::ChangesRequested(_) => Some(("task.rework_notified", "task.rework_notify_failed")),
            Self::BackInInbox => {
                Some(("task.lead_unassigned_notified", "task.lead_unassigned_notify_failed"))
            }
            Self::Stopped(_) | Self::Deleted | Self::Commented(_) => None,
        }
    }

    /// What the message is, among all messages to agents.
    fn kind(&self) -> MessageKind {
        match self {
            Self::Added => MessageKind::TaskAdded,
            Self::Assigned => MessageKind::TaskAssigned,
            Self::ReadyForReview => MessageKind::TaskReview,
            Self::ChangesRequested(_) => MessageKind::TaskRework,
            Self::BackInInbox => MessageKind::TaskUnassigned,
            Self::Stopped(_) | Self::Deleted => MessageKind::TaskStopped,
            Self::Commented(comment) if comment.is_mention => MessageKind::TaskMention,
            Self::Commented(_) => MessageKind::TaskComment,
        }
    }

    /// Whether the recipient has something to do now, and is expected to call.
    fn wakes(&self) -> bool {
        match self {
            Self::Added
            | Self::Assigned
            | Self::ReadyForReview
            | Self::ChangesRequested(_)
            | Self::BackInInbox => true,
            Self::Commented(comment) => comment.is_mention,
            Self::Stopped(_) | Self::Deleted => false,
        }
    }
}

/// The message: a fixed header, lines of facts, an empty line, and what to do.
pub(super) fn message(board: &Board, task: &Task, occasion: &Occasion) -> String {
    // What others wrote cannot look like a line or a mark of ours.
    let snippet = |text: &str| text::fence(&text::snippet(text, TASK_SNIPPET_MAX)).into_owned();
    let mut message =
        format!("{}\nBoard: {}\nTask: {}\nTask ID: {}\n", occasion.header(), board.name, task.title, task.id);
    if let Occasion::Commented(comment) = occasion {
        let why = if comment.is_mention {
            "You were mentioned in this comment."
        } else {
            "A comment was written on a task that you have."
        };
        let said = external(&text::snippet(&comment.text, TASK_SNIPPET_MAX));
        let author = one_line(&comment.author);
        let _ = writeln!(message, "From: {author}\n\n{why}\nComment:\n{said}");
    } else {
        let _ = writeln!(message, "Status: {}", task.status.as_str());
        let description = task.description.as_deref().map(snippet).unwrap_or_default();
        if !description.is_empty() {
            let _ = writeln!(message, "Description: {description}");
        }
        if let Occasion::ChangesRequested(words) = occasion {
            let words = words.as_deref().map(snippet);
            let words =
                words.unwrap_or_else(|| "The lead asked for changes; see the comments of the task.".into());
            let _ = writeln!(message, "Requested changes:\n{words}");
        }
    }
    let _ = write!(message, "\n{}", occasion.action());
    message
}

/// Enqueues the messages, each in the lane of its recipient, so that they arrive in their order.
pub(super) async fn send(txn: &Txn, board: &Board, task: &Task, notices: &[Notice<'_>]) -> Result<()> {
    if board.gateway_id.is_none() {
        return Ok(());
    }
    for Notice { recipient, occasion } in notices {
        if recipient.openclaw_session_id.is_none() {
            continue;
        }
        let events = occasion.events();
        let is_lead_notice = matches!(occasion, Occasion::Added | Occasion::BackInInbox);
        let mut outgoing = Outgoing {
            board_id: Some(board.id),
            task_id: Some(task.id),
            kind: occasion.kind(),
            wake: occasion.wakes(),
            sent_event: events.map(|(sent, _)| sent.to_owned()),
            failed_event: events.map(|(_, failed)| failed.to_owned()),
            ..Outgoing::to(recipient, message(board, task, occasion))
        };
        if is_lead_notice {
            "Lead Agent".clone_into(&mut outgoing.label);
        }
        messages::enqueue(txn, &outgoing).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        tasks::testing::{agent, task},
        testing,
    };

    fn comment(is_mention: bool) -> Occasion {
        Occasion::Commented(Comment { author: "Ada".into(), text: "look @bob".into(), is_mention })
    }

    #[test]
    fn a_message_has_header_facts_and_an_action() {
        let described =
            Task { description: Some(format!(" {} ", "x".repeat(600))), ..task(TaskStatus::Inbox) };
        let text = message(&testing::board(), &described, &Occasion::Added);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            &lines[..5],
            &[
                "NEW TASK ADDED",
                "Board: Board",
                "Task: Write the report",
                "Task ID: 00000000-0000-0000-0000-000000000064",
                "Status: inbox",
            ]
        );
        assert_eq!(lines[5], format!("Description: {}...", "x".repeat(497)));
        assert_eq!(lines[6], "");
        assert!(!lines[7].is_empty() && lines.len() == 8);

        let plain = message(&testing::board(), &task(TaskStatus::Review), &Occasion::ReadyForReview);
        assert!(plain.starts_with("TASK READY FOR LEAD REVIEW\n") && !plain.contains("Description:"));
    }

    #[test]
    fn requested_changes_stand_between_facts_and_action() {
        let task = task(TaskStatus::Inbox);
        let words = Occasion::ChangesRequested(Some("add a table".into()));
        let text = message(&testing::board(), &task, &words);
        assert!(text.contains("Status: inbox\nRequested changes:\nadd a table\n\nRework"), "{text}");
        let silent = message(&testing::board(), &task, &Occasion::ChangesRequested(None));
        assert!(silent.contains("Requested changes:\nThe lead asked"), "{silent}");
    }

    #[test]
    fn a_comment_names_its_author_and_stands_on_lines_of_its_own() {
        let task = task(TaskStatus::InProgress);
        let text = message(&testing::board(), &task, &comment(true));
        assert!(text.starts_with("TASK MENTION\n") && text.contains("\nFrom: Ada\n"), "{text}");
        assert!(
            text.contains("\nComment:\n--- BEGIN EXTERNAL DATA") && text.contains("\nlook @bob\n--- END"),
            "{text}"
        );
        assert!(message(&testing::board(), &task, &comment(false)).starts_with("NEW TASK COMMENT\n"));
    }

    #[test]
    fn comments_go_to_the_mentioned_else_to_the_assignee() {
        let board = testing::board().id;
        let id = Uuid::from_u128;
        let named = |number, name: &str, is_lead| Agent {
            name: name.into(),
            is_board_lead: is_lead,
            ..agent(id(number), board)
        };
        let agents = [named(1, "Bob Builder", false), named(2, "Anna", true), named(3, "Eve", false)];
        let recipients = |text: &str, author| {
            let found = comment_recipients(text, &agents, Some(&agents[2]), author);
            found.into_iter().map(|(agent, is_mention)| (agent.id.as_u128(), is_mention)).collect::<Vec<_>>()
        };
        assert_eq!(recipients("@bob and @lead", None), [(1, true), (2, true)]);
        assert_eq!(recipients("no names", None), [(3, false)]);
        assert_eq!(
            recipients("@nobody", None),
            [(3, false)],
            "an unknown name does not silence the assignee"
        );
        assert_eq!(recipients("mail bob@bob.example", None), [(3, false)]);
        assert_eq!(recipients("@bob", Some(id(1))), []);
        assert_eq!(recipients("no names", Some(id(3))), []);
    }

    #[test]
    fn the_lead_hears_of_tasks_that_lost_their_agent() {
        let idle = task(TaskStatus::Inbox);
        let had = Task { assigned_agent_id: Some(Uuid::from_u128(1)), ..idle.clone() };
        let ran = task(TaskStatus::InProgress);
        assert!(is_back_in_inbox(&had, &idle));
        assert!(is_back_in_inbox(&ran, &idle));
        assert!(!is_back_in_inbox(&idle, &idle));
        assert!(!is_back_in_inbox(&ran, &had));
    }

    #[test]
    fn a_lead_is_assigned_reviews_in_other_words() {
        let worker = agent(Uuid::from_u128(1), testing::board().id);
        let lead = Agent { is_board_lead: true, ..worker.clone() };
        assert_eq!(assignment(&lead, TaskStatus::Review), Occasion::ReadyForReview);
        assert_eq!(assignment(&lead, TaskStatus::Inbox), Occasion::Assigned);
        assert_eq!(assignment(&worker, TaskStatus::Review), Occasion::Assigned);
    }
}
