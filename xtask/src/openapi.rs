//! The API document: the server writes it, the repository keeps it, the console's types come from it.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    machine::{cargo, install_console, npm, root},
    process::Processes,
};

const LIMIT: Duration = Duration::from_secs(120);
const BUILD_LIMIT: Duration = Duration::from_secs(1800);
/// Where the document stands in the repository.
const DOCUMENTS: &[&str] = &["docs/openapi.json", "web/openapi.json"];
/// The types that `npm run api` writes from it.
const TYPES: &str = "web/src/api/schema.ts";

/// Writes the documents and the types anew.
pub(crate) fn write(processes: &Processes) -> Result<()> {
    let run = ["run", "--quiet", "--package", "mission-control", "--", "openapi"];
    let document = processes.output(cargo().args(run), BUILD_LIMIT)?;
    for path in DOCUMENTS {
        let file = root().join(path);
        // A file that says the same in another order stays, so that a change shows only what changed.
        if !fs::read_to_string(&file).is_ok_and(|kept| says_the_same(&kept, &document)) {
            fs::write(&file, &document).context(*path)?;
        }
    }
    install_console(processes)?;
    processes.run(npm().args(["run", "api"]), LIMIT)
}

/// An error unless the documents and the types are what this executable says.
pub(crate) fn check(processes: &Processes, binary: &Path) -> Result<()> {
    let document = processes.output(Command::new(binary).arg("openapi"), LIMIT)?;
    for path in DOCUMENTS {
        if !says_the_same(&fs::read_to_string(root().join(path)).context(*path)?, &document) {
            bail!("{path} is not what the server says: run `cargo xtask openapi`");
        }
    }
    install_console(processes)?;
    let types = root().join(TYPES);
    let kept = fs::read_to_string(&types).context(TYPES)?;
    let written = processes.run(npm().args(["run", "api"]), LIMIT);
    let fresh = fs::read_to_string(&types).context(TYPES)?;
    // A check changes nothing.
    fs::write(&types, &kept).context(TYPES)?;
    written?;
    if fresh == kept {
        Ok(())
    } else {
        bail!("{TYPES} is older than web/openapi.json: run `cargo xtask openapi`")
    }
}

/// Whether two JSON texts have the same content, in whatever order the fields of an object stand.
fn says_the_same(one: &str, other: &str) -> bool {
    let read = |text| serde_json::from_str::<Value>(text).ok();
    read(one).is_some_and(|one| read(other).is_some_and(|other| one == other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_fields_says_nothing() {
        assert!(says_the_same(r#"{"a": 1, "b": [1, 2]}"#, r#"{"b":[1,2],"a":1}"#));
        assert!(!says_the_same(r#"{"b": [1, 2]}"#, r#"{"b": [2, 1]}"#));
        assert!(!says_the_same("no JSON", "no JSON"));
    }
}
