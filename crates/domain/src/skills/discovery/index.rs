//! `skills_index.json`: a list of skills at the root of a repository.

use serde_json::{Map, Value};
use url::Url;

use super::{
    DESCRIPTION_MAX, Discovered, LABEL_MAX, NAME_MAX, Origin, Warnings, clean_path, folder_of, label,
    last_part,
};
use crate::skills::address;

/// The entries of an index: a list, or an object with a list named `skills`. None when it is neither, or when an entry is
/// no object; then the file does not count.
pub(super) fn entries(bytes: &[u8]) -> Option<Vec<Map<String, Value>>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let list = match serde_json::from_slice(bytes).ok()? {
        Value::Array(list) => list,
        Value::Object(mut object) => match object.remove("skills")? {
            Value::Array(list) => list,
            _ => return None,
        },
        _ => return None,
    };
    list.into_iter()
        .map(|entry| match entry {
            Value::Object(entry) => Some(entry),
            _ => None,
        })
        .collect()
}

fn text<'a>(entry: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    entry.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The skill of an entry; a warning instead for one that leads out of the pack's repository.
pub(super) fn skill(
    origin: &Origin,
    number: usize,
    entry: &Map<String, Value>,
    warnings: &mut Warnings,
) -> Option<Discovered> {
    let (path, given) = (text(entry, "path"), text(entry, "source_url"));
    let mut metadata = Map::new();
    metadata.insert("discovery_mode".into(), "skills_index".into());
    metadata.insert("pack_branch".into(), origin.branch.as_str().into());
    let outside = |warnings: &mut Warnings| {
        warnings
            .add(|| format!("skills_index.json: entry {number} leads out of the repository of this pack"));
        None
    };
    let (source_url, resolved) = match (given, path) {
        (Some(given), _) if is_web_address(given) => {
            let url = match Url::parse(given) {
                Ok(url) if origin.pack.contains(&url) => url,
                _ => return outside(warnings),
            };
            let resolved = tree_path(&url);
            (String::from(url), resolved)
        }
        (Some(relative), _) | (None, Some(relative)) => {
            let Some(path) = clean_path(relative) else { return outside(warnings) };
            let folder = folder_of(&path).to_owned();
            if given.is_some() && folder.is_empty() {
                return None;
            }
            metadata.insert("resolved_path".into(), folder.as_str().into());
            (origin.pack.tree(&origin.branch, &folder), Some(folder))
        }
        (None, None) => return None,
    };
    if source_url.chars().count() > mc_base::text::URL_MAX {
        warnings.add(|| format!("skills_index.json: entry {number} has an address that is too long"));
        return None;
    }
    if let Some(given) = given {
        metadata.insert("source_url".into(), given.into());
    }
    let name = text(entry, "name").and_then(|name| label(name, NAME_MAX)).or_else(|| {
        let folder = resolved.as_deref().map(last_part).filter(|part| !part.is_empty());
        match folder {
            Some(folder) => address::named(folder).and_then(|name| label(&name, NAME_MAX)),
            None => Url::parse(&source_url).ok().map(|_| origin.pack.repository.replace(['-', '_'], " ")),
        }
    });
    Some(Discovered {
        name: name.unwrap_or_else(|| address::NAMELESS.to_owned()),
        description: text(entry, "description").and_then(|text| label(text, DESCRIPTION_MAX)),
        category: text(entry, "category").and_then(|text| label(text, LABEL_MAX)),
        risk: text(entry, "risk").and_then(|text| label(text, LABEL_MAX)),
        source: resolved.and_then(|path| label(&path, LABEL_MAX)),
        source_url,
        metadata,
    })
}

fn is_web_address(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

/// The folder behind `/tree/<branch>/` of an address.
fn tree_path(url: &Url) -> Option<String> {
    let (_, rest) = url.path().split_once("/tree/")?;
    let (_, path) = rest.split_once('/')?;
    let path = clean_path(path)?;
    let folder = folder_of(&path);
    (!folder.is_empty()).then(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn origin() -> Origin {
        let pack = crate::skills::PackUrl::parse("https://github.com/Own/my-pack").unwrap();
        Origin { pack, branch: "dev".into() }
    }

    fn read(entry: &Value) -> (Option<Discovered>, Vec<String>) {
        let mut warnings = Warnings::default();
        let skill = skill(&origin(), 7, entry.as_object().unwrap(), &mut warnings);
        (skill, warnings.into_texts())
    }

    #[test]
    fn an_index_is_a_list_or_has_one() {
        for (text, expected) in [
            ("[]", Some(0)),
            ("\u{feff}[{}]", Some(1)),
            (r#"{"skills": [{}, {}], "x": 1}"#, Some(2)),
            (r#"{"skills": {}}"#, None),
            (r#"{"other": []}"#, None),
            (r#"[{}, "x"]"#, None),
            ("3", None),
            ("{", None),
            ("", None),
        ] {
            assert_eq!(entries(text.as_bytes()).map(|list| list.len()), expected, "{text}");
        }
    }

    #[test]
    fn entries_become_skills() {
        const BASE: &str = "https://github.com/Own/my-pack/tree/dev";
        for (entry, name, url, source, resolved) in [
            (
                json!({"path": "./skills\\pdf-tools/SKILL.md"}),
                "pdf tools",
                "/skills/pdf-tools",
                Some("skills/pdf-tools"),
                Some("skills/pdf-tools"),
            ),
            (json!({"path": "SKILL.md", "name": " Root "}), "Root", "", None, Some("")),
            (json!({"path": "SKILL.md"}), "my pack", "", None, Some("")),
            (
                json!({"source_url": "skills/a_b/", "path": "ignored"}),
                "a b",
                "/skills/a_b",
                Some("skills/a_b"),
                Some("skills/a_b"),
            ),
        ] {
            let (skill, warnings) = read(&entry);
            let skill = skill.unwrap();
            assert_eq!(
                (skill.name.as_str(), skill.source_url, skill.source.as_deref()),
                (name, format!("{BASE}{url}"), source),
                "{entry}"
            );
            assert_eq!(skill.metadata.get("resolved_path").and_then(Value::as_str), resolved);
            assert_eq!(skill.metadata["discovery_mode"], "skills_index");
            assert_eq!(skill.metadata["pack_branch"], "dev");
            assert_eq!(warnings, [""; 0]);
        }
        let (skill, _) = read(&json!({
            "source_url": "https://github.com/own/My-Pack/tree/main/x/y/SKILL.md", "description": " d\nd ", "category": "C", "risk": "low",
        }));
        let skill = skill.unwrap();
        assert_eq!(skill.source_url, "https://github.com/own/My-Pack/tree/main/x/y/SKILL.md");
        assert_eq!(
            (skill.name.as_str(), skill.source.as_deref(), skill.description.as_deref()),
            ("y", Some("x/y"), Some("d d"))
        );
        assert_eq!((skill.category.as_deref(), skill.risk.as_deref()), (Some("C"), Some("low")));
        assert_eq!(skill.metadata["source_url"], "https://github.com/own/My-Pack/tree/main/x/y/SKILL.md");
    }

    #[test]
    fn entries_that_say_nothing_are_skipped_and_foreign_ones_are_named() {
        for entry in [json!({}), json!({"path": " ", "source_url": 3}), json!({"source_url": "./SKILL.md"})] {
            assert_eq!(read(&entry), (None, Vec::new()), "{entry}");
        }
        for entry in [
            json!({"source_url": "https://github.com/other/repo/tree/main/x"}),
            json!({"source_url": "HTTP://169.254.169.254/latest"}),
            json!({"source_url": "https://github.com/Own/my-pack/../other/tree/main/x"}),
            json!({"source_url": "https://"}),
            json!({"path": "../../etc"}),
            json!({"source_url": "a/../../b"}),
        ] {
            let (skill, warnings) = read(&entry);
            assert_eq!(skill, None, "{entry}");
            assert_eq!(
                warnings,
                ["skills_index.json: entry 7 leads out of the repository of this pack"],
                "{entry}"
            );
        }
    }
}
