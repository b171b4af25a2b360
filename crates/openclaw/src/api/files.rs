//! `agents.files.*`: the workspace files of agents.

use serde_json::Value;

use super::{Api, items, params, required};
use crate::error::Error;
use crate::refusal::Refusal;
use crate::rpc::Rpc;

/// A workspace file as the gateway lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileEntry {
    /// Its name, such as `AGENTS.md`.
    pub name: String,
    /// Whether the gateway knows the name without having the file.
    pub missing: bool,
}

/// The content of a workspace file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AgentFile {
    /// Its text; empty when the file is missing.
    pub content: String,
    /// Whether the file is missing.
    pub missing: bool,
    /// Identifies the content, from gateways that check it on writing.
    pub hash: Option<String>,
}

impl<R: Rpc> Api<'_, R> {
    /// The files of an agent's workspace that the gateway gives access to.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank id, and any [`Error`] of the call.
    pub async fn list_files(&self, agent_id: &str) -> Result<Vec<FileEntry>, Error> {
        let query = params([("agentId", required("agent_id", agent_id)?)]);
        let answer: Value = self.read("agents.files.list", query).await?;
        Ok(items(answer, "files").iter().filter_map(entry).collect())
    }

    /// A workspace file.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for blank arguments; refused as [`Refusal::UnsupportedFile`] for names that the
    /// gateway does not keep; [`Error::Protocol`] for an answer with neither a content nor the word that there is none.
    pub async fn get_file(&self, agent_id: &str, name: &str) -> Result<AgentFile, Error> {
        let query = params([("agentId", required("agent_id", agent_id)?), ("name", required("name", name)?)]);
        file(&self.read("agents.files.get", query).await?).ok_or_else(|| {
            Error::Protocol(format!("the answer to agents.files.get has no content of {name}"))
        })
    }

    /// Writes a workspace file. With `expected_hash` only if the file still has the content of that hash; gateways
    /// before 2026.8 do not take it.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for blank arguments; refused as [`Refusal::UnsupportedFile`] for names that the
    /// gateway does not keep, and as [`Refusal::Conflict`] when the file was changed.
    pub async fn set_file(
        &self,
        agent_id: &str,
        name: &str,
        content: &str,
        expected_hash: Option<&str>,
    ) -> Result<(), Error> {
        let query = params([
            ("agentId", required("agent_id", agent_id)?),
            ("name", required("name", name)?),
            ("content", Some(content.into())),
            ("expectedHash", expected_hash.map(Value::from)),
        ]);
        self.write::<Value>("agents.files.set", query).await.map(drop)
    }

    /// Deletes a workspace file; false when the gateway has no such method or no such file, as all known ones.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for blank arguments, and any other [`Error`] of the call.
    pub async fn delete_file(&self, agent_id: &str, name: &str) -> Result<bool, Error> {
        let query = params([("agentId", required("agent_id", agent_id)?), ("name", required("name", name)?)]);
        match self.write::<Value>("agents.files.delete", query).await {
            Ok(_) => Ok(true),
            Err(error)
                if matches!(error.refusal(), Some(Refusal::UnknownMethod | Refusal::UnsupportedFile)) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

fn entry(fields: &Value) -> Option<FileEntry> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    Some(FileEntry {
        name: text("name").or_else(|| text("path"))?.to_owned(),
        missing: fields.get("missing").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// The file in the three forms that gateways have used: a text, an object with the content, and one inside `file`.
fn file(answer: &Value) -> Option<AgentFile> {
    if let Value::String(content) = answer {
        return Some(AgentFile { content: content.clone(), ..AgentFile::default() });
    }
    let fields = answer.get("file").unwrap_or(answer);
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let missing = fields.get("missing").and_then(Value::as_bool).unwrap_or(false);
    let content = text("content").or_else(|| missing.then(String::new))?;
    Some(AgentFile { content, missing, hash: text("hash") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_forms_of_files_are_read() {
        for answer in [json!("text"), json!({"content": "text"}), json!({"file": {"content": "text"}})] {
            assert_eq!(file(&answer).unwrap().content, "text", "{answer}");
        }
        let new = file(&json!({"file": {"content": "", "missing": true, "hash": "h"}})).unwrap();
        assert!(new.missing && new.content.is_empty() && new.hash.as_deref() == Some("h"));
        assert!(file(&json!({"missing": true})).unwrap().missing);
        assert!(file(&json!({})).is_none() && file(&Value::Null).is_none());
    }

    #[test]
    fn entries_are_named_by_name_or_path() {
        assert_eq!(entry(&json!({"path": "a", "name": "b", "missing": true})).unwrap().name, "b");
        assert_eq!(entry(&json!({"path": "a"})).unwrap(), FileEntry { name: "a".to_owned(), missing: false });
        assert!(entry(&json!({"size": 1})).is_none() && entry(&json!("x")).is_none());
    }
}
