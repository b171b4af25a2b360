//! The words that a lead's style is chosen from.

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

use crate::fields::{Field, Reader, names_schema, private::nullable, read_name};

/// Declares a field that is one of a few words, null, or blank, which counts as null.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident = [$($word:literal),*];)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name(Option<&'static str>);

        impl $name {
            const NAMES: &'static [(&'static str, &'static str)] = &[$(($word, $word)),*];

            /// The word, if one was chosen.
            pub(crate) fn into_text(self) -> Option<String> {
                self.0.map(str::to_owned)
            }
        }

        impl Field for $name {
            fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
                let is_blank = value.as_str().is_some_and(|text| text.trim().is_empty());
                if value.is_null() || is_blank {
                    return Some(Self(None));
                }
                read_name(value, Self::NAMES, reader).map(|word| Self(Some(word)))
            }
            fn absent() -> Option<Self> {
                Some(Self(None))
            }
            fn schema() -> RefOr<Schema> {
                nullable(names_schema(Self::NAMES))
            }
        }
    )*};
}

words! {
    /// How much a lead decides alone.
    AutonomyLevel = ["ask_first", "balanced", "autonomous"];
    /// How long the texts of a lead are.
    Verbosity = ["concise", "balanced", "detailed"];
    /// How the texts of a lead are laid out.
    OutputFormat = ["bullets", "mixed", "narrative"];
    /// How often a lead reports.
    UpdateCadence = ["asap", "hourly", "daily", "weekly"];
}

/// The word that marks a result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompleteStatus;

impl CompleteStatus {
    const NAME: &'static str = "complete";

    /// The word.
    pub(crate) fn into_text(self) -> String {
        Self::NAME.to_owned()
    }
}

impl Field for CompleteStatus {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &[(Self::NAME, Self)], reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&[(Self::NAME, Self)])
    }
}
