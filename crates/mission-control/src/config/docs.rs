//! Documentation of the configuration, made from the table: `docs/configuration.md` and `.env.example`.

use super::table::{IGNORED, SECTIONS};
use super::variable::{Default, Info};

/// Widest line of `.env.example`, in characters.
const LINE_CHARS: usize = 100;

const INTRODUCTION: &str = "\
# Configuration

Mission Control starts without any configuration. What is set is read once, at start, from environment variables and from
a file `.env` in the working directory; the environment wins over the file. Names count in any case, and unknown names
are ignored. After a mistake the process ends before it opens its port, with one line for each error that names the
variable and the remedy. No value is ever printed.

- Booleans are `true`/`false`, `1`/`0`, `yes`/`no`, `on`/`off`, `t`/`f` or `y`/`n`, in any case.
- An empty value is an error for numbers, booleans, choices and `DATABASE_URL`. Elsewhere it means \"not set\", if the
  table does not say otherwise.
- In `.env`, put values with spaces, `#` or `$` between single quotes.
- Variables without the prefix `MC_` have the names and the meaning that users of the reference server know.

This page is generated from the table in `crates/mission-control/src/config/table.rs`; after a change there, run
`UPDATE_DOCS=1 cargo test -p mission-control config::docs`.
";

/// The manual page of the configuration, as Markdown.
pub fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for section in SECTIONS {
        page.push_str(&format!(
            "\n## {}\n\n| Variable | Type | Default | Meaning |\n|---|---|---|---|\n",
            section.title
        ));
        for info in section.variables {
            let (kind, default) = (info.shape.describe(), default_cell(info));
            page.push_str(&format!("| `{}` | {kind} | {default} | {} |\n", info.name, info.meaning));
        }
    }
    page.push_str(
        "\n## Accepted without effect\n\nVariables of the reference server that have nothing to do here. A start with one \
         of them logs a warning.\n\n| Variable | Reason |\n|---|---|\n",
    );
    for (name, reason) in IGNORED {
        page.push_str(&format!("| `{name}` | {} |\n", capitalised(reason)));
    }
    page
}

/// A sample `.env` file in which everything is commented out, so that using it as it is changes nothing.
pub fn env_example() -> String {
    let mut file =
        "# Copy to .env and remove the # before what you want to change; everything has a good default.\n\
                    # Explanations: docs/configuration.md\n"
            .to_owned();
    for section in SECTIONS {
        file.push_str(&format!("\n# --- {} ---\n", section.title));
        for info in section.variables {
            file.push('\n');
            for line in wrapped(&info.meaning.replace('`', ""), LINE_CHARS - 2) {
                file.push_str(&format!("# {line}\n"));
            }
            match info.default {
                Default::Value(value) => file.push_str(&format!("#{}={value}\n", info.name)),
                Default::Described(sentence) => {
                    file.push_str(&format!("# Default: {}.\n#{}=\n", sentence.replace('`', ""), info.name));
                }
            }
        }
    }
    file
}

fn default_cell(info: &Info) -> String {
    match info.default {
        Default::Value("") => "blank".to_owned(),
        Default::Value(value) => format!("`{value}`"),
        Default::Described(sentence) => sentence.to_owned(),
    }
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::config::Settings;

    /// Compares a generated file with the one in the repository, or writes it when `UPDATE_DOCS` is set.
    #[expect(clippy::disallowed_methods, reason = "a developer asks for new files by the environment")]
    fn assert_current(file: &str, generated: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, generated).unwrap();
        }
        let present = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            present == generated,
            "{file} is out of date: run UPDATE_DOCS=1 cargo test -p mission-control config::docs"
        );
    }

    #[test]
    fn the_manual_page_is_current() {
        assert_current("docs/configuration.md", &markdown());
    }

    #[test]
    fn the_sample_file_is_current() {
        assert_current(".env.example", &env_example());
    }

    #[test]
    fn the_sample_file_changes_nothing() {
        let data_dir = || [("MC_DATA_DIR".to_owned(), "/data".to_owned())];
        let (without, _) = Settings::load(data_dir(), None).unwrap();
        let (with, warnings) = Settings::load(data_dir(), Some(&env_example())).unwrap();
        assert_eq!(format!("{with:?}"), format!("{without:?}"));
        assert_eq!(warnings, []);
    }

    #[test]
    fn tables_keep_their_columns() {
        for line in markdown().lines().filter(|line| line.starts_with("| `")) {
            assert!(matches!(line.matches('|').count(), 3 | 5), "{line}");
        }
    }

    #[test]
    fn lines_of_the_sample_file_are_short() {
        assert!(env_example().lines().all(|line| line.chars().count() <= LINE_CHARS + 1));
    }
}
