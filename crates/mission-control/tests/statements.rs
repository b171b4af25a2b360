//! Every static statement of the workspace is prepared on both engines: a misspelt column or a
//! dialect that only one engine speaks fails here, without a database at build time.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use mc_store::testing::{on_both, prepare};

/// A statement and where it stands.
struct Statement {
    place: String,
    text: String,
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Reads a string literal at the start of `source`; gives its value and what follows it.
fn literal(source: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = source.strip_prefix('"')?;
    loop {
        let end = rest.find(['"', '\\'])?;
        text += &rest[..end];
        let after = &rest[end + 1..];
        if rest[end..].starts_with('"') {
            return Some((text, after));
        }
        rest = match after.chars().next()? {
            // A backslash before a line break swallows the blanks of the next line.
            '\n' => after.trim_start(),
            'n' => {
                text.push('\n');
                &after[1..]
            }
            other => {
                text.push(other);
                &after[other.len_utf8()..]
            }
        };
    }
}

/// The values of macros of the form `macro_rules! name { () => { "…" }; }`.
fn constants(source: &str, found: &mut BTreeMap<String, String>) {
    for part in source.split("macro_rules! ").skip(1) {
        let Some((name, body)) = part.split_once('{') else { continue };
        let Some(body) = body.trim_start().strip_prefix("() => {") else { continue };
        if let Some((text, _)) = literal(body.trim_start()) {
            found.insert(name.trim().to_owned(), text);
        }
    }
}

/// Reads `"…"` or `concat!("…", name!(), …)`.
fn argument(source: &str, constants: &BTreeMap<String, String>) -> Option<String> {
    let source = source.trim_start();
    let Some(mut rest) = source.strip_prefix("concat!(") else {
        return literal(source).map(|(text, _)| text);
    };
    let mut text = String::new();
    loop {
        rest = rest.trim_start().trim_start_matches(',').trim_start();
        if rest.starts_with(')') {
            return Some(text);
        }
        if let Some((part, after)) = literal(rest) {
            text += &part;
            rest = after;
        } else {
            let (name, after) = rest.split_once("!()")?;
            text += constants.get(name.rsplit("::").next()?)?;
            rest = after;
        }
    }
}

fn statements() -> Vec<Statement> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for name in ["store", "domain", "api", "mission-control"] {
        rust_files(&crates.join(name).join("src"), &mut files);
    }
    let sources: Vec<(PathBuf, String)> = files
        .into_iter()
        .map(|path| (path.clone(), std::fs::read_to_string(path).expect("a source file")))
        .collect();
    let mut found = BTreeMap::new();
    for (_, source) in &sources {
        constants(source, &mut found);
    }
    let mut statements = Vec::new();
    for (path, source) in &sources {
        for (start, _) in source.match_indices("sql(") {
            let before = source[..start].chars().next_back();
            if before.is_some_and(|character| character.is_alphanumeric() || character == '_') {
                continue;
            }
            let line = source[..start].lines().count();
            let place = format!("{}:{line}", path.display());
            let after = source[start + "sql(".len()..].trim_start();
            // The definition of `sql` itself, and calls that pass a variable on.
            if !after.starts_with('"') && !after.starts_with("concat!") {
                continue;
            }
            let text =
                argument(after, &found).unwrap_or_else(|| panic!("{place}: not a literal that can be read"));
            statements.push(Statement { place, text });
        }
    }
    statements
}

#[tokio::test]
async fn every_statement_can_be_prepared_on_both_engines() {
    let all = statements();
    assert!(all.len() > 40, "the search finds the statements, not only {}", all.len());
    on_both(|store| {
        let all = statements();
        async move {
            let engine = mc_store::Read::engine(&store);
            let mut faults = Vec::new();
            for Statement { place, text } in all {
                let is_for_other = match engine {
                    mc_store::Engine::Sqlite => {
                        ["pg_", "SKIP LOCKED", "FOR UPDATE", "FOR NO KEY UPDATE", "MATERIALIZED"]
                            .iter()
                            .any(|word| text.contains(word))
                    }
                    mc_store::Engine::Postgres => text.contains("sqlite_master"),
                };
                if !is_for_other && let Err(error) = prepare(&store, &text).await {
                    faults.push(format!("{place}: {error}"));
                }
            }
            assert!(faults.is_empty(), "{engine}:\n{}", faults.join("\n"));
        }
    })
    .await;
}
