//! Texts for the files of agents, with places for facts.

use mc_base::text::TEXT_MAX;
use mc_domain::workspace::template;
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

use super::{Field, Reader, Text};

/// A text with places such as `{{ agent_name }}`; every other pair of braces is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(String);

impl Template {
    /// The text without blanks around it; a blank one is none.
    pub(crate) fn filled(self) -> Option<String> {
        Some(self.0.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

impl From<Template> for String {
    fn from(text: Template) -> Self {
        text.0
    }
}

impl Field for Template {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let text = Text::<TEXT_MAX>::read(value, reader)?;
        match template::check(&text) {
            Ok(()) => Some(Self(text.into())),
            Err(fault) => {
                reader.value_error(&format!("the text {fault}"), None);
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        Text::<TEXT_MAX>::schema()
    }
}
