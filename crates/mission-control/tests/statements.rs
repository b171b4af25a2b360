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

/// Whether a statement is written for the other engine.
fn is_for_other(engine: mc_store::Engine, text: &str) -> bool {
    match engine {
        mc_store::Engine::Sqlite => ["pg_", "SKIP LOCKED", "FOR UPDATE", "FOR NO KEY UPDATE", "MATERIALIZED"]
            .iter()
            .any(|word| text.contains(word)),
        mc_store::Engine::Postgres => text.contains("sqlite_master"),
    }
}

/// The statements of the version before, as they were recorded when its schema was finished.
fn earlier_statements() -> Vec<Statement> {
    let version = mc_store::SCHEMA_VERSION - 1;
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../store/compat/schema-{version:04}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; record the statements of the version before the schema changes: docs/upgrade.md",
            path.display()
        )
    });
    let all: Vec<String> = serde_json::from_str(&text).expect("a list of statements");
    let place = |number| format!("schema-{version:04}.json, statement {number}");
    (1..).zip(all).map(|(number, text)| Statement { place: place(number), text }).collect()
}

#[tokio::test]
async fn every_statement_of_the_version_before_can_be_prepared_on_this_schema() {
    assert!(earlier_statements().len() > 40, "the record is whole");
    on_both(|store| async move {
        let engine = mc_store::Read::engine(&store);
        let mut faults = Vec::new();
        for Statement { place, text } in earlier_statements() {
            if !is_for_other(engine, &text)
                && let Err(error) = prepare(&store, &text).await
            {
                faults.push(format!("{place}: {error}: {text}"));
            }
        }
        assert!(faults.is_empty(), "{engine}:\n{}", faults.join("\n"));
    })
    .await;
}

/// With `RECORD_STATEMENTS` set, what this version asks of its schema is recorded for the next one.
#[test]
#[expect(clippy::disallowed_methods, reason = "a developer asks for the record by the environment")]
fn the_statements_of_this_version_can_be_recorded() {
    let squeezed = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let all: std::collections::BTreeSet<String> =
        statements().into_iter().map(|statement| squeezed(statement.text)).collect();
    let text = serde_json::to_string_pretty(&all).expect("texts are JSON");
    if std::env::var_os("RECORD_STATEMENTS").is_some() {
        let name = format!("../store/compat/schema-{:04}.json", mc_store::SCHEMA_VERSION);
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), format!("{text}\n"))
            .expect("the record can be written");
    }
    let read: Vec<String> = serde_json::from_str(&text).expect("the record can be read again");
    assert_eq!(read.len(), all.len());
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
                if !is_for_other(engine, &text)
                    && let Err(error) = prepare(&store, &text).await
                {
                    faults.push(format!("{place}: {error}"));
                }
            }
            assert!(faults.is_empty(), "{engine}:\n{}", faults.join("\n"));
        }
    })
    .await;
}
