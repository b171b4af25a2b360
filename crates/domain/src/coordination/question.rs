//! What a question is, and which entry answers it. No I/O.

use chrono::{DateTime, Utc};
use mc_store::Json;
use uuid::Uuid;

/// The shortest correlation id that is looked for in the text of an answer, in characters: shorter ones stand
/// there by chance.
const CORRELATION_MIN: usize = 6;

/// A question to ask.
#[derive(Clone, Debug)]
pub struct NewQuestion {
    /// What is asked; not empty.
    pub content: String,
    /// The asker's own id of the matter.
    pub correlation_id: Option<String>,
    /// Where the person is best reached, in the asker's words.
    pub preferred_channel: Option<String>,
    /// The tags by which the asker finds the answer; not empty.
    pub reply_tags: Vec<String>,
    /// The source that the answer is to carry.
    pub reply_source: String,
}

/// A question that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The board.
    pub board_id: Uuid,
    /// The stored question.
    pub question_id: Uuid,
    /// Id and name of the main agent that passes it on.
    pub main_agent: Option<(Uuid, String)>,
}

/// A question of a lead to the people of its board.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Question {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// The lead that asked; none when it is gone.
    pub asked_by_agent_id: Option<Uuid>,
    /// The present name of that lead.
    pub asked_by_name: Option<String>,
    /// The asker's own id of the matter.
    pub correlation_id: Option<String>,
    /// What is asked.
    pub content: String,
    /// The tags by which the asker finds the answer.
    pub reply_tags: Json<Vec<String>>,
    /// The source that the answer carries.
    pub reply_source: String,
    /// The memory entry that answers it.
    pub answer_memory_id: Option<Uuid>,
    /// The text of that entry.
    pub answer: Option<String>,
    /// When it was answered; none while it is open.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
}

/// What matching an open question needs.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Open {
    pub(super) id: Uuid,
    pub(super) asked_by_agent_id: Option<Uuid>,
    pub(super) correlation_id: Option<String>,
    pub(super) content: String,
    pub(super) reply_tags: Json<Vec<String>>,
}

/// The tag that names a question, so that an answer cannot be taken for that of another one.
pub(super) fn tag(id: Uuid) -> String {
    format!("question:{id}")
}

/// Which of the open questions, oldest first, an entry answers: the one that it names by its tag, else one of
/// those whose tags it carries — the one whose correlation id it carries too, else the oldest.
pub(super) fn answered<'q>(open: &'q [Open], tags: &[String], content: &str) -> Option<&'q Open> {
    let named = open.iter().find(|question| tags.contains(&tag(question.id)));
    if named.is_some() {
        return named;
    }
    let mut fitting = open.iter().filter(|question| {
        let wanted = &question.reply_tags.0;
        !wanted.is_empty() && wanted.iter().all(|tag| tags.contains(tag))
    });
    let correlates = |question: &&Open| {
        question.correlation_id.as_ref().is_some_and(|id| {
            tags.contains(id) || (id.chars().count() >= CORRELATION_MIN && content.contains(id.as_str()))
        })
    };
    fitting.clone().find(correlates).or_else(|| fitting.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn open(id: u128, correlation_id: Option<&str>, reply_tags: &[&str]) -> Open {
        Open {
            id: Uuid::from_u128(id),
            asked_by_agent_id: None,
            correlation_id: correlation_id.map(str::to_owned),
            content: "?".into(),
            reply_tags: Json(strings(reply_tags)),
        }
    }

    #[test]
    fn an_answer_finds_its_question() {
        let usual = ["gateway_main", "user_reply"];
        let questions = [
            open(1, None, &usual),
            open(2, Some("release-42"), &usual),
            open(3, Some("7"), &usual),
            open(4, None, &["own"]),
            open(5, None, &[]),
        ];
        let third = tag(Uuid::from_u128(3));
        for (tags, content, expected) in [
            (vec!["gateway_main", "user_reply"], "yes", Some(1)),
            (vec!["user_reply", "x", "gateway_main"], "yes", Some(1)),
            (vec!["gateway_main", "user_reply", "release-42"], "yes", Some(2)),
            (vec!["gateway_main", "user_reply"], "release-42: yes", Some(2)),
            (vec!["gateway_main", "user_reply", "7"], "yes", Some(3)),
            (vec!["gateway_main", "user_reply"], "at 7 o'clock", Some(1)),
            (vec![third.as_str()], "yes", Some(3)),
            (vec!["own"], "yes", Some(4)),
            (vec!["gateway_main"], "release-42", None),
            (vec![], "release-42", None),
        ] {
            let found = answered(&questions, &strings(&tags), content).map(|question| question.id.as_u128());
            assert_eq!(found, expected, "{tags:?} {content}");
        }
    }
}
