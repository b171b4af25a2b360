//! Links between the pages of the repository lead somewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

/// Folders with pages of ours; their subfolders are read too.
const FOLDERS: &[&str] = &["docs", "deploy"];

/// Reads every page; an error lists each link to a file that does not exist.
pub(crate) fn check(root: &Path) -> Result<()> {
    let mut pages = Vec::new();
    // Only files lie directly in the root; its folders hold what is built and what others wrote.
    collect(root, false, &mut pages)?;
    for folder in FOLDERS.iter().map(|folder| root.join(folder)).filter(|folder| folder.is_dir()) {
        collect(&folder, true, &mut pages)?;
    }
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
        let folder = page.parent().unwrap_or(root);
        let dead = targets(&text).into_iter().filter(|target| !folder.join(target).exists());
        broken.extend(dead.map(|target| format!("{}: {target} does not exist", page.display())));
    }
    if broken.is_empty() { Ok(()) } else { bail!("{}", broken.join("\n")) }
}

fn collect(folder: &Path, deep: bool, pages: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() && deep {
            collect(&path, deep, pages)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    Ok(())
}

/// The files that the inline links of a page name, without the places in them. Code and other hosts are left out.
fn targets(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut targets = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced || line.starts_with("    ") {
            continue;
        }
        // Every other part lies between backticks.
        for prose in line.split('`').step_by(2) {
            for link in prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
                let file = link.0.split('#').next().unwrap_or_default();
                if !file.is_empty() && !file.contains(':') {
                    targets.push(file);
                }
            }
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_files_are_followed() {
        let text = "See [a](docs/a.md) and [b](b.md#part), [c](#here), [d](https://example.com/d.md),\n`[e](e.md)`.\n\n    \
                    [f](f.md)\n```\n[g](g.md)\n```\n[h](../h.md).";
        assert_eq!(targets(text), ["docs/a.md", "b.md", "../h.md"]);
    }

    #[test]
    fn a_dead_link_is_named_with_its_page() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("docs")).unwrap();
        fs::write(folder.path().join("README.md"), "[page](docs/page.md)").unwrap();
        fs::write(folder.path().join("docs/page.md"), "[back](../README.md) [gone](gone.md)").unwrap();
        let error = check(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("docs/page.md: gone.md does not exist"), "{error}");
        fs::write(folder.path().join("docs/gone.md"), "").unwrap();
        check(folder.path()).unwrap();
    }
}
