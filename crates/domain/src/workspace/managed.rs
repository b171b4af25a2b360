//! The section of a file that this server keeps up to date, and what happens to what an agent wrote.

use sha2::{Digest, Sha256};

use super::{File, Policy, VERSION};

/// How the first mark begins.
const BEGIN: &str = "<!-- mission-control:begin ";
/// How a mark ends.
const CLOSE: &str = " -->";
/// The second mark.
const END: &str = "<!-- mission-control:end -->";
/// What stands below the section of a file that was written for the first time.
const FREE: &str = "Below this line the file is yours: what you write here stays.";
/// The line with the token of the agent.
const TOKEN: &str = "AUTH_TOKEN=";

/// What is to be done with a file.
#[derive(Clone, PartialEq, Eq)]
pub enum Merge {
    /// It is as it should be.
    Unchanged,
    /// This is to be written.
    Write(String),
    /// The agent has changed what this server wrote: a conflict that a person sees. Its text stays; when the token in
    /// it is not the present one, `write` is the same text with the present one.
    KeptByAgent {
        /// What is to be written all the same.
        write: Option<String>,
    },
}

impl std::fmt::Debug for Merge {
    // The texts may bear a token.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Unchanged => "Unchanged",
            Self::Write(_) => "Write",
            Self::KeptByAgent { write: None } => "KeptByAgent",
            Self::KeptByAgent { write: Some(_) } => "KeptByAgent with a new token",
        })
    }
}

/// Brings together what lies in the workspace and what should lie there. With `overwrite` the server's text wins, as at
/// the first set-up (a gateway fills new workspaces with texts of its own) or when a person asks for it; also then the
/// agent keeps what stands outside of the marks.
pub fn merge(existing: Option<&str>, file: &File, overwrite: bool) -> Merge {
    match file.policy {
        Policy::Keep => match existing {
            Some(text) if !overwrite || text == file.content => Merge::Unchanged,
            _ => Merge::Write(file.content.clone()),
        },
        Policy::Once if existing.is_none() && !overwrite => Merge::Unchanged,
        Policy::Managed | Policy::Once => merge_section(existing, file, overwrite),
    }
}

fn merge_section(existing: Option<&str>, file: &File, overwrite: bool) -> Merge {
    let section = section(&file.content);
    let Some(existing) = existing.filter(|text| !text.trim().is_empty()) else {
        return Merge::Write(whole("", &section, &format!("\n{FREE}\n")));
    };
    let text = match Parts::of(existing) {
        Some(parts) if overwrite || parts.is_untouched() => whole(parts.before, &section, parts.after),
        None if overwrite => whole("", &section, &format!("\n{FREE}\n")),
        _ => return Merge::KeptByAgent { write: with_token(existing, &file.content) },
    };
    if text == existing { Merge::Unchanged } else { Merge::Write(text) }
}

/// What a file says, without the marks of this server and what the agent wrote around them.
pub(crate) fn body_of(existing: &str) -> &str {
    Parts::of(existing).map_or(existing, |parts| parts.body.trim())
}

/// The marked section of a text.
fn section(body: &str) -> String {
    let body = body.trim();
    let digest = digest(body);
    format!("{BEGIN}version={VERSION} sha256={digest}{CLOSE}\n{body}\n{END}\n")
}

fn whole(before: &str, section: &str, after: &str) -> String {
    format!("{before}{section}{after}")
}

/// The start of the digest of a text. The token does not count, so that the digest says nothing about it.
fn digest(body: &str) -> String {
    let mut hash = Sha256::new();
    for line in body.trim().lines() {
        hash.update(if line.starts_with(TOKEN) { TOKEN } else { line.trim_end() });
        hash.update("\n");
    }
    hex::encode(&hash.finalize()[..8])
}

/// A file with a section of this server.
struct Parts<'a> {
    before: &'a str,
    body: &'a str,
    after: &'a str,
    digest: &'a str,
}

impl<'a> Parts<'a> {
    /// None when there is not exactly one whole section.
    fn of(text: &'a str) -> Option<Self> {
        let begin = text.find(BEGIN)?;
        let (before, rest) = text.split_at(begin);
        let (mark, rest) = rest.split_once('\n')?;
        let (body, after) = rest.split_once(END)?;
        if body.contains(BEGIN) || after.contains(BEGIN) || after.contains(END) {
            return None;
        }
        let mark = mark.trim_end().strip_prefix(BEGIN)?.strip_suffix(CLOSE)?;
        let value = |name: &str| mark.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        Some(Self {
            before,
            body,
            after: after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after),
            digest: value("sha256")?,
        })
    }

    fn is_untouched(&self) -> bool {
        digest(self.body) == self.digest
    }
}

/// The text with the present token in place of the one that it has; none when it has the present one, or none at all.
fn with_token(existing: &str, content: &str) -> Option<String> {
    let token = content.lines().find(|line| line.starts_with(TOKEN))?;
    let old = existing.lines().find(|line| line.starts_with(TOKEN)).filter(|old| *old != token)?;
    Some(existing.replacen(old, token, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str, policy: Policy) -> File {
        File { name: "AGENTS.md", content: content.to_owned(), policy }
    }

    fn written(merge: Merge) -> String {
        match merge {
            Merge::Write(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_is_written_once_and_then_only_when_it_differs() {
        let managed = file("one", Policy::Managed);
        let first = written(merge(None, &managed, false));
        assert!(first.contains(&format!("{BEGIN}version={VERSION} ")), "{first}");
        assert!(first.starts_with(BEGIN) && first.contains("\none\n"), "{first}");
        assert_eq!(merge(Some(&first), &managed, false), Merge::Unchanged);
        assert_eq!(merge(Some(&first), &managed, true), Merge::Unchanged);
        let second = written(merge(Some(&first), &file("two", Policy::Managed), false));
        assert!(second.contains("\ntwo\n") && !second.contains("one"), "{second}");
    }

    #[test]
    fn what_an_agent_adds_stays() {
        let first = written(merge(None, &file("one", Policy::Managed), false));
        let grown = format!("My title\n{first}- learned: ask first\n");
        assert_eq!(merge(Some(&grown), &file("one", Policy::Managed), false), Merge::Unchanged);
        for overwrite in [false, true] {
            let text = written(merge(Some(&grown), &file("two", Policy::Managed), overwrite));
            assert!(text.starts_with("My title\n") && text.ends_with("- learned: ask first\n"), "{text}");
            assert_eq!(merge(Some(&text), &file("two", Policy::Managed), false), Merge::Unchanged);
        }
    }

    #[test]
    fn a_changed_section_is_a_conflict_until_a_person_decides() {
        let first = written(merge(None, &file("one\nAUTH_TOKEN=a", Policy::Managed), false));
        let changed = first.replace("one", "ONE");
        let next = file("one\nAUTH_TOKEN=a", Policy::Managed);
        assert_eq!(merge(Some(&changed), &next, false), Merge::KeptByAgent { write: None });
        assert_eq!(written(merge(Some(&changed), &next, true)), first);
        let rotated = file("one\nAUTH_TOKEN=b", Policy::Managed);
        let write = Some(changed.replace("AUTH_TOKEN=a", "AUTH_TOKEN=b"));
        assert_eq!(
            merge(Some(&changed), &rotated, false),
            Merge::KeptByAgent { write },
            "no agent is locked out"
        );
    }

    #[test]
    fn a_new_token_is_no_conflict_and_the_digest_does_not_tell_it() {
        let first = written(merge(None, &file("x\nAUTH_TOKEN=a", Policy::Managed), false));
        let second = written(merge(Some(&first), &file("x\nAUTH_TOKEN=b", Policy::Managed), false));
        assert_eq!(second, first.replace("AUTH_TOKEN=a", "AUTH_TOKEN=b"));
    }

    #[test]
    fn foreign_files_give_way_only_at_the_first_set_up() {
        let managed = file("one", Policy::Managed);
        for foreign in ["# Default of the gateway", BEGIN, "<!-- mission-control:begin x -->\nno end"] {
            assert_eq!(
                merge(Some(foreign), &managed, false),
                Merge::KeptByAgent { write: None },
                "{foreign}"
            );
            assert!(!written(merge(Some(foreign), &managed, true)).contains("Default"), "{foreign}");
        }
        assert!(matches!(merge(Some(" \n"), &managed, false), Merge::Write(_)));
    }

    #[test]
    fn files_of_the_agent_are_its_own() {
        let keep = file("memory", Policy::Keep);
        assert_eq!(merge(None, &keep, false), Merge::Write("memory".into()));
        assert_eq!(merge(Some(""), &keep, false), Merge::Unchanged, "an empty file is kept too");
        assert_eq!(merge(Some("mine"), &keep, false), Merge::Unchanged);
        assert_eq!(merge(Some("mine"), &keep, true), Merge::Write("memory".into()));
    }

    #[test]
    fn a_file_that_was_done_with_does_not_come_back() {
        let once = file("start", Policy::Once);
        assert_eq!(merge(None, &once, false), Merge::Unchanged);
        let first = written(merge(None, &once, true));
        assert!(matches!(merge(Some(&first), &file("start anew", Policy::Once), false), Merge::Write(_)));
    }
}
