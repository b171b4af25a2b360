//! Decisions on memory entries, without I/O.

use crate::access::Actor;

/// The tag of chat messages. `Chat` or ` chat` is an ordinary tag.
const CHAT_TAG: &str = "chat";

/// Whether tags make an entry a chat message.
pub(super) fn is_chat(tags: Option<&[String]>) -> bool {
    tags.unwrap_or_default().iter().any(|tag| tag == CHAT_TAG)
}

/// How an entry is signed: a chat message always with the name of its author, a note as its author likes.
pub(super) fn source(author: &Actor, is_chat: bool, given: Option<String>) -> Option<String> {
    if is_chat { Some(author.display_name().to_owned()) } else { given }
}

/// Whether an author may stop and resume the agents of the board: people and its lead may.
pub(super) fn may_command(author: &Actor) -> bool {
    match author {
        Actor::User(_) => true,
        Actor::Agent(agent) => agent.is_board_lead,
    }
}

/// The control command that a text is, if it is nothing else.
pub(super) fn command(content: &str) -> Option<&'static str> {
    let text = content.trim().to_lowercase();
    ["/pause", "/resume"].into_iter().find(|command| *command == text)
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
    fn commands_are_whole_texts_and_workers_give_none() {
        for (text, expected) in [
            ("/pause", Some("/pause")),
            (" /Pause\n", Some("/pause")),
            ("/RESUME", Some("/resume")),
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
