//! The work: tasks with their histories, comments and approvals.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use mc_store::Json;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::{
        content::{Approval, Board, Routine, Task},
        timeline::{DAYS, History, endings, hours},
    },
    Event, Fill, row,
};
use crate::tasks::TaskStatus;

/// One in so many finished tasks has an event of a message that could not be delivered.
const UNDELIVERED: u64 = 24;

/// The board whose work is written.
struct Place<'a> {
    id: Uuid,
    lead: Uuid,
    /// Until when its agents have worked.
    until: DateTime<Utc>,
    /// The tasks that others depend on, with the end of those that have ended.
    keys: HashMap<&'a str, (Uuid, Option<DateTime<Utc>>)>,
    /// The tasks by their titles, with their histories.
    titles: HashMap<&'a str, (Uuid, History)>,
}

impl Fill<'_> {
    /// All tasks of a board, and the approvals for them.
    pub(super) fn work(&mut self, board: &Board) {
        let lead = board.agents.iter().find(|agent| agent.lead).map(|agent| self.agent(&agent.name));
        let mut place = Place {
            id: self.boards[&board.name],
            lead: lead.expect("a test of the content looks for boards without a lead"),
            until: board.paused_hours_ago.map_or(self.now, |count| self.ago(count)),
            keys: HashMap::new(),
            titles: HashMap::new(),
        };
        let ends = endings(&self.random, board.tasks.done.len(), place.until);
        for (task, ended) in board.tasks.done.iter().zip(ends) {
            let waited = task.depends_on.iter().filter_map(|key| place.keys.get(key.as_str())?.1).max();
            let work = task.hours.unwrap_or(1.0);
            // Without the rule some work goes without a review.
            let is_reviewed = board.review_before_done || self.random.below(3) > 0;
            let history = History::done(&self.random, work, is_reviewed, (ended, waited));
            self.task(&mut place, task, history);
        }
        for task in &board.tasks.review {
            let handed_in = place.until - hours(0.5 + 14.0 * self.random.unit());
            let history = History::review(&self.random, task.hours.unwrap_or(1.0), handed_in);
            self.task(&mut place, task, history);
        }
        for task in &board.tasks.in_progress {
            let work = task.hours.unwrap_or(1.0);
            // What is late was begun before it was due.
            let late = task.due_in_days.filter(|days| *days < 0.0).map_or(0.0, |days| 24.0 * (1.0 - days));
            let began = place.until - hours(late + work * (0.2 + 0.6 * self.random.unit()));
            let history = History::in_progress(&self.random, began);
            self.task(&mut place, task, history);
        }
        for task in &board.tasks.inbox {
            let history = History::inbox(place.until - hours(2.0 + 210.0 * self.random.unit()));
            self.task(&mut place, task, history);
        }
        for routine in &board.routines {
            self.routine(&mut place, routine);
        }
        for approval in &board.approvals {
            self.approval(&place, approval);
        }
    }

    fn routine(&mut self, place: &mut Place<'_>, routine: &Routine) {
        let today = i64::from(self.now.weekday().num_days_from_monday());
        let last = (today - routine.weekday).rem_euclid(7);
        for week in 0..5 {
            let days = TimeDelta::days(last + 7 * week);
            let ended = self.now - days - hours(1.0 + 3.0 * self.random.unit());
            if ended < self.ago(24.0 * DAYS) {
                continue;
            }
            let task = Task {
                key: None,
                title: routine.title.replace("{week}", &ended.iso_week().week().to_string()),
                description: None,
                priority: Some("low".into()),
                agent: Some(routine.agent.clone()),
                tags: routine.tags.clone(),
                depends_on: Vec::new(),
                hours: Some(routine.hours),
                due_in_days: None,
                fields: std::collections::BTreeMap::new(),
                comments: vec![(routine.agent.clone(), routine.comment.clone())],
            };
            let history = History::done(&self.random, routine.hours, false, (ended, None));
            self.write_task(place, &task, &history);
        }
    }

    fn task<'a>(&mut self, place: &mut Place<'a>, task: &'a Task, history: History) {
        let id = self.write_task(place, task, &history);
        if let Some(key) = task.key.as_deref() {
            let ended = (history.status() == TaskStatus::Done).then(|| history.last());
            place.keys.insert(key, (id, ended));
        }
        place.titles.insert(&task.title, (id, history));
    }

    fn write_task(&mut self, place: &Place<'_>, task: &Task, history: &History) -> Uuid {
        let id = self.id();
        let worker = task.agent.as_deref().map(|name| self.agent(name));
        // What is handed in belongs to the lead until it is decided.
        let assignee = if history.status() == TaskStatus::Review { Some(place.lead) } else { worker };
        // Leads make most tasks, people the others.
        let is_by_lead = self.random.below(5) > 1;
        let people = &self.manifest.people;
        let person = people[self.random.below(people.len() as u64) as usize];
        let (by_user, by_agent) = if is_by_lead { (None, Some(place.lead)) } else { (Some(person), None) };
        let due = task.due_in_days.map(|days| self.now + hours(24.0 * days));
        self.rows.add(
            "tasks",
            row![
                id,
                place.id,
                task.title.as_str(),
                task.description.clone(),
                history.status().as_str(),
                task.priority.as_deref().unwrap_or("medium"),
                due,
                history.in_progress_at(),
                history.previous_in_progress_at(),
                worker.filter(|_| history.was_reviewed()),
                by_user,
                assignee,
                by_agent,
                history.made(),
                history.last(),
            ],
        );
        self.hang_on(place, (id, task), history.made());
        self.tell_history(place, (id, task), history, (worker, by_user, by_agent));
        let mut moments = history.moments(task.comments.len(), place.until);
        for ((by, text), at) in task.comments.iter().zip(moments.drain(..)) {
            self.comment(place, id, (by, text), at);
        }
        id
    }

    /// Dependencies, tags and values of custom fields.
    fn hang_on(&mut self, place: &Place<'_>, (id, task): (Uuid, &Task), made: DateTime<Utc>) {
        for key in &task.depends_on {
            let (row_id, (needed, _)) = (self.id(), place.keys[key.as_str()]);
            self.rows.add("task_dependencies", row![row_id, place.id, id, needed, made]);
        }
        for tag in &task.tags {
            let (row_id, tag) = (self.id(), self.tags[tag]);
            self.rows.add("tag_assignments", row![row_id, id, tag, made]);
        }
        let estimate = task.hours.map(|hours| ("estimate_hours", Value::from(hours.ceil() as i64)));
        let values = task.fields.iter().map(|(key, value)| (key.as_str(), value.clone())).chain(estimate);
        for (key, value) in values {
            let (row_id, field) = (self.id(), self.fields[key]);
            self.rows.add("task_custom_field_values", row![row_id, id, field, Json(value), made, made]);
        }
    }

    /// The record of where the task stood, and the events of it.
    fn tell_history(
        &mut self,
        place: &Place<'_>,
        (id, task): (Uuid, &Task),
        history: &History,
        (worker, by_user, by_agent): (Option<Uuid>, Option<Uuid>, Option<Uuid>),
    ) {
        for step in history.steps() {
            let (row_id, to) = (self.id(), step.to.as_str());
            let from = step.from.map(TaskStatus::as_str);
            self.rows.add(
                "task_status_changes",
                row![row_id, place.id, id, from, to, step.began, step.at, step.left],
            );
            let event = Event { at: step.at, board: Some(place.id), task: Some(id), ..Event::default() };
            let title = &task.title;
            let event = match step.from {
                None => Event {
                    kind: "task.created",
                    agent: by_agent,
                    user: by_user,
                    message: Some(format!("Task created: {title}")),
                    ..event
                },
                Some(before) => Event {
                    kind: "task.status_changed",
                    // The lead takes work over, and returns what is not good enough.
                    agent: if before == TaskStatus::Review { Some(place.lead) } else { worker },
                    message: Some(format!("Task moved to {to}: {title}")),
                    data: Some(json!({ "from_status": before.as_str(), "to_status": to })),
                    ..event
                },
            };
            self.events.push(event);
        }
        if history.status() == TaskStatus::Done && self.random.below(UNDELIVERED) == 0 {
            self.events.push(Event {
                at: history.made() + hours(0.2),
                kind: "task.assignee_notify_failed",
                board: Some(place.id),
                task: Some(id),
                agent: worker,
                message: Some("The runtime of the agent did not answer within 10 seconds".into()),
                ..Event::default()
            });
        }
    }

    fn comment(&mut self, place: &Place<'_>, task: Uuid, (by, text): (&str, &str), at: DateTime<Utc>) {
        let (author, id) = (self.author(by), self.id());
        self.rows
            .add("task_comments", row![id, place.id, task, author.agent, author.user, author.name, text, at]);
        self.events.push(Event {
            at,
            id: Some(id),
            kind: "task.comment",
            board: Some(place.id),
            task: Some(task),
            agent: author.agent,
            user: author.user,
            message: Some(text.to_owned()),
            ..Event::default()
        });
    }

    fn approval(&mut self, place: &Place<'_>, approval: &Approval) {
        let (task, history) = &place.titles[approval.task.as_str()];
        let (id, link, agent) = (self.id(), self.id(), self.agent(&approval.by));
        let status = approval.decision.as_deref().unwrap_or("pending");
        let is_pending = approval.decision.is_none();
        let decided_by = approval.decided_by.as_deref().and_then(|name| self.author(name).user);
        // A decision lies within the history of its task: what was refused while it was worked on, the rest at its end.
        let decided_at = match status {
            "pending" => None,
            "rejected" => {
                let began = history.began().unwrap_or_else(|| history.made());
                Some(began + (history.last() - began) / 2)
            }
            _ => Some(history.last() - TimeDelta::minutes(6)),
        };
        let after = TimeDelta::minutes(approval.decided_after_minutes.unwrap_or_default());
        let made =
            decided_at.map_or_else(|| self.ago(approval.hours_ago.unwrap_or(1.0)), |decided| decided - after);
        let mut payload = approval.evidence.clone();
        payload.insert("reason".into(), approval.reason.as_str().into());
        #[expect(clippy::cast_precision_loss, reason = "points are small")]
        let confidence = approval.scores.values().sum::<i64>() as f64;
        self.rows.add(
            "approvals",
            row![
                id,
                place.id,
                *task,
                agent,
                approval.action.as_str(),
                Json(payload),
                confidence,
                Json(&approval.scores),
                status,
                decided_by,
                approval.note.clone(),
                made,
                decided_at,
            ],
        );
        self.rows.add("approval_task_links", row![link, id, *task, is_pending, made]);
        let mut tell = |at, kind, what: &str, agent, user, status: &str| {
            self.events.push(Event {
                at,
                kind,
                board: Some(place.id),
                task: Some(*task),
                agent,
                user,
                message: Some(format!("{what}: {}", approval.action)),
                data: Some(json!({ "approval_id": id, "status": status, "task_ids": [task] })),
                ..Event::default()
            });
        };
        tell(made, "approval.created", "Approval requested", Some(agent), None, "pending");
        match (decided_at, status) {
            (Some(at), "approved") => {
                tell(at, "approval.approved", "Approved", Some(agent), decided_by, status);
            }
            (Some(at), _) => tell(at, "approval.rejected", "Rejected", Some(agent), decided_by, status),
            (None, _) => {}
        }
    }
}
