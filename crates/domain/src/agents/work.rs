//! What waits for agents: tasks, decisions, words. Counted for many agents at once with a fixed number of statements.

mod reads;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use mc_base::text;
use mc_store::Read;
use uuid::Uuid;

use super::Agent;
use crate::{Context, Result};
pub use reads::{Decision, GivenTask, OpenTask};
pub(super) use reads::{decisions, given_tasks, tasks_of};

/// How far back words and decisions are a reason to wake somebody.
const NEWS_MAX: TimeDelta = TimeDelta::days(1);

/// What waits for one agent. Words and decisions count since a time that the reader chooses, each at most a thousand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Tasks of its own in the inbox or in progress that nothing holds up: no open dependency, no pending approval.
    pub assigned: i64,
    /// Those of them that came back from review.
    pub rework: i64,
    /// For a lead: tasks in the inbox that nobody has and that nothing holds up.
    pub inbox: i64,
    /// For a lead: tasks that wait for review.
    pub review: i64,
    /// For a lead: open tasks of the board whose time is over.
    pub overdue: i64,
    /// For a main agent: questions of leads that no person has answered.
    pub questions: i64,
    /// Chat messages and comments that address it.
    pub mentions: i64,
    /// For a lead: other chat messages of its board.
    pub chat: i64,
    /// Other comments on its tasks.
    pub comments: i64,
    /// Decided approvals: its own, and for a lead those of its board.
    pub approvals: i64,
    /// Webhook payloads that did not reach it.
    pub webhooks: i64,
    /// When what lasts was last changed.
    newest: Option<DateTime<Utc>>,
}

impl Work {
    /// Whether something waits.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.counts().iter().any(|(count, _, _)| *count > 0)
    }

    /// Whether somebody said or decided something since the time.
    #[must_use]
    pub fn is_news(&self) -> bool {
        [self.mentions, self.chat, self.comments, self.approvals, self.webhooks]
            .iter()
            .any(|count| *count > 0)
    }

    /// What lasts until somebody does something about it, as one text: the same text means that nothing has moved.
    pub(super) fn lasting(&self) -> String {
        let newest = self.newest.map(|time| time.timestamp_micros()).unwrap_or_default();
        let Self { assigned, inbox, review, overdue, questions, .. } = self;
        format!("{assigned} {inbox} {review} {overdue} {questions} {newest}")
    }

    /// Each count with what it counts, for one and for several.
    fn counts(&self) -> [(i64, &'static str, &'static str); 10] {
        [
            (self.assigned, "task of yours", "tasks of yours"),
            (self.review, "task to review", "tasks to review"),
            (self.inbox, "task that nobody has", "tasks that nobody has"),
            (self.overdue, "overdue task", "overdue tasks"),
            (self.approvals, "decided approval", "decided approvals"),
            (self.mentions, "message for you", "messages for you"),
            (self.comments, "comment on your tasks", "comments on your tasks"),
            (self.chat, "chat message", "chat messages"),
            (
                self.webhooks,
                "webhook payload that did not reach you",
                "webhook payloads that did not reach you",
            ),
            (self.questions, "question for people", "questions for people"),
        ]
    }

    /// What waits, as short phrases.
    #[must_use]
    pub fn phrases(&self) -> Vec<String> {
        let counts = self.counts();
        let waiting = counts.iter().filter(|(count, _, _)| *count > 0);
        let phrases = waiting.map(|(count, one, several)| {
            let what = if *count == 1 { one } else { several };
            format!("{count} {what}")
        });
        phrases.collect()
    }

    fn note(&mut self, newest: Option<DateTime<Utc>>) {
        self.newest = self.newest.max(newest);
    }
}

/// An agent, and since when words and decisions count as new to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) agent: &'a Agent,
    pub(super) since: DateTime<Utc>,
}

impl<'a> Reader<'a> {
    /// To whom everything is new that has happened since it was last in contact, within a day.
    pub(super) fn of(agent: &'a Agent, now: DateTime<Utc>) -> Self {
        Self { agent, since: agent.last_contact().max(now - NEWS_MAX) }
    }
}

/// What waits for each of these agents of an organization, since they were last in contact.
///
/// # Errors
/// When the database cannot be reached.
pub async fn waiting(
    context: &Context,
    organization_id: Uuid,
    agents: &[Agent],
) -> Result<HashMap<Uuid, Work>> {
    let now = context.store().clock().now();
    let readers: Vec<Reader<'_>> = agents.iter().map(|agent| Reader::of(agent, now)).collect();
    of(context.store(), &readers, Some(organization_id), now).await
}

/// What waits for each of these agents. `organization_id` may be left out when the ids of the agents follow closely upon
/// each other, as in a batch that was read in their order.
pub(super) async fn of(
    on: &impl Read,
    readers: &[Reader<'_>],
    organization_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Work>> {
    let mut found: HashMap<Uuid, Work> =
        readers.iter().map(|reader| (reader.agent.id, Work::default())).collect();
    let ids = || readers.iter().map(|reader| reader.agent.id);
    let (Some(first), Some(last)) = (ids().min(), ids().max()) else { return Ok(found) };
    let since = readers.iter().map(|reader| reader.since).min().unwrap_or(now);
    let span = reads::Span { first, last, organization_id };
    for row in reads::assigned(on, span).await? {
        if let Some(work) = found.get_mut(&row.agent_id) {
            (work.assigned, work.rework) = (row.assigned, row.rework);
            work.note(row.newest);
        }
    }
    if readers.iter().any(|reader| reader.agent.is_board_lead) {
        for row in reads::led(on, span, now).await? {
            if let Some(work) = found.get_mut(&row.agent_id) {
                (work.inbox, work.review, work.overdue) = (row.inbox, row.review, row.overdue);
                work.note(row.newest);
            }
        }
    }
    if readers.iter().any(|reader| reader.agent.board_id.is_none()) {
        for row in reads::questions(on, span).await? {
            if let Some(work) = found.get_mut(&row.agent_id) {
                work.questions = row.questions;
                work.note(row.newest);
            }
        }
    }
    if readers.iter().any(|reader| reader.agent.board_id.is_some()) {
        let news = News {
            chat: reads::chat(on, span, since).await?,
            comments: reads::comments(on, span, since).await?,
            approvals: reads::decided(on, span, since).await?,
            payloads: reads::undelivered(on, span, since).await?,
        };
        for reader in readers {
            let work = found.get_mut(&reader.agent.id).expect("every reader has an entry");
            news.count(*reader, work);
        }
    }
    Ok(found)
}

/// What was said and decided on the boards of some agents.
struct News {
    chat: Vec<reads::Said>,
    comments: Vec<reads::Said>,
    approvals: Vec<reads::Happened>,
    payloads: Vec<reads::Happened>,
}

impl News {
    /// Counts what is new to one agent. What it wrote itself is not.
    fn count(&self, Reader { agent, since }: Reader<'_>, work: &mut Work) {
        let is_new = |board_id: Uuid, at: DateTime<Utc>| agent.board_id == Some(board_id) && at > since;
        let heard = |said: &&reads::Said| {
            is_new(said.board_id, said.created_at) && said.author_agent_id != Some(agent.id)
        };
        let addresses = |said: &reads::Said| {
            text::mention_matches(&text::mentions(&said.content), &agent.name, agent.is_board_lead)
        };
        for said in self.chat.iter().filter(heard) {
            if addresses(said) {
                work.mentions += 1;
            } else if agent.is_board_lead {
                work.chat += 1;
            }
        }
        for said in self.comments.iter().filter(heard) {
            if addresses(said) {
                work.mentions += 1;
            } else if said.assigned_agent_id == Some(agent.id) {
                work.comments += 1;
            }
        }
        let concerns = |happened: &&reads::Happened| {
            is_new(happened.board_id, happened.at)
                && (happened.agent_id == Some(agent.id) || (agent.is_board_lead && happened.is_for_lead))
        };
        let count =
            |all: &[reads::Happened]| i64::try_from(all.iter().filter(concerns).count()).unwrap_or(i64::MAX);
        work.approvals = count(&self.approvals);
        work.webhooks = count(&self.payloads);
    }
}

#[cfg(test)]
mod tests;
