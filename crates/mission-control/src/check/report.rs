//! What was found, for people and for programs.

use std::fmt::Write as _;

use serde_json::json;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Ok,
    Warning,
    Error,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    /// What was looked at, in a word or two.
    pub(crate) subject: &'static str,
    /// What is so.
    pub(crate) text: String,
    /// What to do; none when nothing is to be done.
    pub(crate) remedy: Option<String>,
}

impl Finding {
    pub(crate) fn ok(subject: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Ok, subject, text: text.into(), remedy: None }
    }

    pub(crate) fn warning(subject: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Warning, subject, text: text.into(), remedy: Some(remedy.into()) }
    }

    pub(crate) fn error(subject: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Error, subject, text: text.into(), remedy: Some(remedy.into()) }
    }
}

/// Everything that was found, in the order in which it was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report(Vec<Finding>);

impl Report {
    pub(crate) fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.0.extend(findings);
    }

    pub(crate) fn errors(&self) -> usize {
        self.0.iter().filter(|finding| finding.level == Level::Error).count()
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for finding in &self.0 {
            let mark = match finding.level {
                Level::Ok => "ok     ",
                Level::Warning => "warning",
                Level::Error => "error  ",
            };
            // A text cannot fail to be written into a text.
            let _ = writeln!(text, "{mark}  {}: {}", finding.subject, finding.text);
            if let Some(remedy) = &finding.remedy {
                let _ = writeln!(text, "         → {remedy}");
            }
        }
        text
    }

    pub(crate) fn json(&self) -> String {
        let findings: Vec<_> = self
            .0
            .iter()
            .map(|finding| {
                let level = match finding.level {
                    Level::Ok => "ok",
                    Level::Warning => "warning",
                    Level::Error => "error",
                };
                json!({ "level": level, "subject": finding.subject, "text": finding.text, "remedy": finding.remedy })
            })
            .collect();
        format!("{:#}\n", json!({ "ok": self.errors() == 0, "findings": findings }))
    }
}
