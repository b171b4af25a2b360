//! Decisions on memory entries, without I/O.

use mc_base::text;

use crate::access::Actor;

/// The tag of chat messages. `Chat` or ` chat` is an ordinary tag.
const CHAT_TAG: &str = "chat";
/// The tag of entries for every agent of a group.
const BROADCAST_TAG: &str = "broadcast";
/// The mention that stands for every agent of a group.
const ALL: &str = "all";

/// Whether tags make an entry a chat message.
pub(super) fn is_chat(tags: Option<&[String]>) -> bool {
    tags.unwrap_or_default().iter().any(|tag| tag == CHAT_TAG)
}

/// How an entry is signed: what agents are told of always with the name of its author, a note as its author likes.
pub(super) fn source(author: &Actor, is_told: bool, given: Option<String>) -> Option<String> {
    if is_told { Some(author.display_name().to_owned()) } else { given }
}

/// Which agents of a group are told of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// None: it is a note.
    Nobody,
    /// The leads of the boards, and whom it mentions.
    LeadsAndMentioned,
    /// Every agent.
    Everyone,
}

/// Which agents of a group are told of an entry with these tags and this text.
pub(super) fn audience(tags: Option<&[String]>, content: &str) -> Audience {
    let is_broadcast = tags.unwrap_or_default().iter().any(|tag| tag == BROADCAST_TAG);
    if is_broadcast || text::mentions(content).contains(ALL) {
        Audience::Everyone
    } else if is_chat(tags) {
        Audience::LeadsAndMentioned
    } else {
        Audience::Nobody
    }
}

/// Whether an author may stop and resume the agents of the board: people and its lead may.
pub(super) fn may_command(author: &Actor) -> bool {
    match author {
        Actor::User(_) => true,
        Actor::Agent(agent) => agent.is_board_lead,
    }
}

/// What people and leads can tell all agents of a board at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Stop working.
    Pause,
    /// Go on.
    Resume,
}

impl Command {
    /// The text that agents know it by.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "/pause",
            Self::Resume => "/resume",
        }
    }
}

/// The control command that a text is, if it is nothing else.
pub(super) fn command(content: &str) -> Option<Command> {
    let text = content.trim().to_lowercase();
    [Command::Pause, Command::Resume].into_iter().find(|command| command.as_str() == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn only_the_exact_tag_makes_a_chat_message() {
        for (tags, expected) in [
            (vec!["chat"], true),
            (vec!["note", "chat", "chat"], true),
            (vec!["Chat"], false),
            (vec![" chat"], false),
            (vec!["chats"], false),
            (vec![], false),
        ] {
            assert_eq!(is_chat(Some(&strings(&tags))), expected, "{tags:?}");
        }
        assert!(!is_chat(None));
    }

    #[test]
    fn a_chat_message_is_signed_with_the_true_name() {
        let agent = Actor::Agent(testing::agent("Ada"));
        assert_eq!(source(&agent, true, Some("The Boss".into())).as_deref(), Some("Ada"));
        assert_eq!(source(&agent, true, None).as_deref(), Some("Ada"));
        let person = Actor::User(testing::person("Grace"));
        assert_eq!(source(&person, true, Some("Ada".into())).as_deref(), Some("Grace"));
        assert_eq!(source(&person, false, Some("import".into())).as_deref(), Some("import"));
        assert_eq!(source(&person, false, Some(String::new())).as_deref(), Some(""));
        assert_eq!(source(&person, false, None), None);
    }

    #[test]
    fn a_group_hears_chat_by_its_leads_and_broadcasts_as_a_whole() {
        for (tags, content, expected) in [
            (vec![], "a note for @bob", Audience::Nobody),
            (vec!["note"], "x", Audience::Nobody),
            (vec!["Broadcast"], "x", Audience::Nobody),
            (vec!["chat"], "hello", Audience::LeadsAndMentioned),
            (vec!["chat"], "mail me@all.com", Audience::LeadsAndMentioned),
            (vec!["chat"], "hello @all!", Audience::Everyone),
            (vec![], "hello @ALL", Audience::Everyone),
            (vec!["broadcast"], "x", Audience::Everyone),
            (vec!["chat", "broadcast"], "x", Audience::Everyone),
            (vec!["chat"], "@allan", Audience::LeadsAndMentioned),
        ] {
            assert_eq!(audience(Some(&strings(&tags)), content), expected, "{tags:?} {content}");
        }
        assert_eq!(audience(None, "x"), Audience::Nobody);
    }

    #[test]
    fn commands_are_whole_texts_and_workers_give_none() {
        for (text, expected) in [
            ("/pause", Some(Command::Pause)),
            (" /Pause\n", Some(Command::Pause)),
            ("/RESUME", Some(Command::Resume)),
            ("/pause now", None),
            ("pause", None),
            ("", None),
        ] {
            assert_eq!(command(text), expected, "{text:?}");
        }
        let worker = testing::agent("Ada");
        let lead = crate::agents::Agent { is_board_lead: true, ..worker.clone() };
        assert!(may_command(&Actor::User(testing::person("Grace"))));
        assert!(may_command(&Actor::Agent(lead)));
        assert!(!may_command(&Actor::Agent(worker)));
    }
}
