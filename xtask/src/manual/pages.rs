//! The blocks of a Markdown page.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// The languages of blocks that hold commands.
const SHELL: &str = "sh";
/// Other languages that blocks may have. `text` is for what no program reads.
const OTHERS: &[&str] = &["text", "json", "yaml", "ini", "toml", "markdown", "nginx", "sql", "rust", "http"];

/// Why a block is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason(pub(super) String);

/// A part of what a page has its reader do, in the order of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// What the reader sees, and on which line it begins.
    Block { line: usize, text: String, reason: Option<Reason> },
    /// What is not shown.
    Hidden { line: usize, text: String },
}

/// The pieces of a page, or what is wrong with its blocks, each with the line before it.
pub(super) fn pieces(markdown: &str) -> Result<Vec<Piece>, Vec<String>> {
    let line_of = |offset: usize| markdown[..offset].matches('\n').count() + 1;
    let (mut pieces, mut errors) = (Vec::new(), Vec::new());
    let (mut block, mut comment): (Option<(usize, String, String)>, String) = (None, String::new());
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                let line = line_of(range.start);
                errors.push(format!("{line}: an indented block: give it a fence and a language"));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                block = Some((line_of(range.start), info.into_string(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, _, whole)) = &mut block {
                    whole.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((line, info, text)) = block.take() {
                    match of_block(&info, &text) {
                        Ok(Some(reason)) => pieces.push(Piece::Block { line, text, reason }),
                        Ok(None) => {}
                        Err(error) => errors.push(format!("{line}: {error}")),
                    }
                }
            }
            Event::Start(Tag::HtmlBlock) => comment.clear(),
            // One comment comes line by line.
            Event::Html(text) => comment.push_str(&text),
            Event::End(TagEnd::HtmlBlock) => {
                for part in comment.split("<!--") {
                    let hidden = part.trim().strip_prefix("run:").and_then(|rest| rest.strip_suffix("-->"));
                    if let Some(text) = hidden {
                        let (line, text) = (line_of(range.start), text.trim().to_owned());
                        pieces.push(Piece::Hidden { line, text });
                    }
                }
            }
            _ => {}
        }
    }
    if errors.is_empty() { Ok(pieces) } else { Err(errors) }
}

/// Whether a block holds commands, and why they are not run.
fn of_block(info: &str, text: &str) -> Result<Option<Option<Reason>>, String> {
    let (language, rest) = info.split_once(' ').unwrap_or((info, ""));
    match (language, rest.trim()) {
        (SHELL, "") => Ok(Some(None)),
        (SHELL, rest) => {
            let reason = rest.strip_prefix("not-run=\"").and_then(|rest| rest.strip_suffix('"'));
            match reason.map(str::trim) {
                Some(reason) if !reason.is_empty() => Ok(Some(Some(Reason(reason.to_owned())))),
                _ => Err(format!("`{rest}` is not not-run=\"the reason\"")),
            }
        }
        ("json", "") => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(_) => Ok(None),
            Err(error) => Err(format!("no JSON: {error}")),
        },
        (language, "") if OTHERS.contains(&language) => Ok(None),
        _ => Err(format!("`{info}` is neither {SHELL} nor one of {}", OTHERS.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_run_has_a_reason_or_is_no_command() {
        let page = "# Page\n\n<!-- run: FILE=x -->\n\n```sh\necho FILE\n```\n\n```sh not-run=\"needs Docker\"\ndocker ps\n\
                    ```\n\n```text\na drawing\n```\n";
        let block = |line, text: &str, reason: Option<&str>| Piece::Block {
            line,
            text: text.to_owned(),
            reason: reason.map(|reason| Reason(reason.to_owned())),
        };
        let hidden = Piece::Hidden { line: 3, text: "FILE=x".to_owned() };
        let expected =
            vec![hidden, block(5, "echo FILE\n", None), block(9, "docker ps\n", Some("needs Docker"))];
        assert_eq!(pieces(page), Ok(expected));
    }

    #[test]
    fn a_block_that_says_nothing_of_itself_is_an_error() {
        for (page, error) in [
            ("x\n\n    ls\n", "3: an indented block: give it a fence and a language"),
            ("```\nls\n```\n", "1: `` is neither sh nor one of"),
            ("```sh not-run=\"\"\nls\n```\n", "1: `not-run=\"\"` is not not-run="),
            ("```bash\nls\n```\n", "1: `bash` is neither sh"),
            ("```json\n{,}\n```\n", "1: no JSON"),
        ] {
            let errors = pieces(page).unwrap_err();
            assert!(errors.len() == 1 && errors[0].starts_with(error), "{errors:?}");
        }
    }
}
