//! The crates depend on each other downwards only. The compiler refuses circles, not a short cut past a layer's place.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

/// Each crate and the crates of ours that it may use, from the bottom up.
const ALLOWED: &[(&str, &[&str])] = &[
    ("mc-base", &[]),
    ("mc-store", &["mc-base"]),
    // A library for gateways that knows nothing of ours.
    ("mc-openclaw", &[]),
    ("mc-domain", &["mc-base", "mc-store", "mc-openclaw"]),
    ("mc-api", &["mc-base", "mc-store", "mc-domain"]),
    ("mc-web", &[]),
    ("mission-control", &["mc-base", "mc-store", "mc-domain", "mc-api", "mc-web"]),
    // These two see the product from outside.
    ("black-box", &[]),
    ("xtask", &[]),
];

/// Reads the manifest of every member of the workspace; an error lists every arrow that points the wrong way.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut manifests = BTreeMap::new();
    let mut folders = vec![root.join("tests"), root.join("xtask")];
    for entry in fs::read_dir(root.join("crates")).context("crates/")? {
        folders.push(entry?.path());
    }
    for folder in folders {
        let path = folder.join("Cargo.toml");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let name = package_name(&text).with_context(|| format!("{} names no package", path.display()))?;
        manifests.insert(name.to_owned(), text);
    }
    let complaints: Vec<String> =
        manifests.iter().flat_map(|(name, text)| wrong_arrows(name, text)).collect();
    if complaints.is_empty() { Ok(()) } else { bail!("{}", complaints.join("\n")) }
}

fn wrong_arrows(name: &str, manifest: &str) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name} has no place among the layers: add it to xtask/src/arrows.rs")];
    };
    dependencies(manifest)
        .into_iter()
        .filter(|used| ALLOWED.iter().any(|(known, _)| known == used) && !allowed.contains(used))
        .map(|used| format!("{name} must not depend on {used}: arrows point down only"))
        .collect()
}

fn package_name(manifest: &str) -> Option<&str> {
    let (key, value) = manifest.lines().find(|line| line.starts_with("name"))?.split_once('=')?;
    (key.trim() == "name").then(|| value.trim().trim_matches('"'))
}

/// The keys of all dependency tables, those of tests, build scripts and single targets included.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header.ends_with("dependencies");
            if let Some((table, name)) = header.rsplit_once('.')
                && table.ends_with("dependencies")
            {
                names.push(name);
            }
        } else if inside && !line.starts_with('#') {
            let key = line.split(['.', '=', ' ']).next().unwrap_or_default();
            names.extend((!key.is_empty()).then_some(key));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_points_down() {
        check(crate::machine::root()).unwrap();
    }

    #[test]
    fn every_way_to_write_a_dependency_is_seen() {
        for manifest in [
            "[dependencies]\nmc-api.workspace = true",
            "[dependencies]\nserde = \"1\"\nmc-api = { path = \"../api\" }",
            "[dev-dependencies]\nmc-api={path=\"../api\"}",
            "[build-dependencies]\n mc-api.workspace = true",
            "[target.'cfg(unix)'.dependencies]\nmc-api.workspace = true",
            "[dependencies.mc-api]\npath = \"../api\"",
        ] {
            let complaints = wrong_arrows("mc-domain", manifest);
            assert_eq!(
                complaints,
                ["mc-domain must not depend on mc-api: arrows point down only"],
                "{manifest}"
            );
        }
    }

    #[test]
    fn what_is_allowed_or_foreign_is_left_alone() {
        let manifest = "[package]\nname = \"mc-api\"\n[dependencies]\n# mc-web\nmc-base.workspace = true\naxum = \"1\"\n\
                        [features]\nmc-web = []";
        assert!(wrong_arrows("mc-api", manifest).is_empty());
        assert_eq!(wrong_arrows("mc-new", "").len(), 1);
    }
}
