//! Web addresses in requests.

use mc_base::text::URL_MAX;
use serde_json::{Value, json};
use url::Url;
use utoipa::openapi::{
    RefOr, Schema, SchemaFormat,
    schema::{ObjectBuilder, Type},
};

use crate::fields::{Field, Reader};

/// An absolute `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebAddress(pub(crate) Url);

impl Field for WebAddress {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Some(text) = value.as_str() else {
            reader.fault("url_type", "URL input should be a string or URL", Some(value), None);
            return None;
        };
        if text.chars().count() > URL_MAX {
            let msg = format!("URL should have at most {URL_MAX} characters");
            reader.fault("url_too_long", msg, None, Some(json!({ "max_length": URL_MAX })));
            return None;
        }
        let url = match Url::parse(text.trim()) {
            Ok(url) => url,
            Err(error) => {
                let msg = format!("Input should be a valid URL, {error}");
                reader.fault("url_parsing", msg, Some(value), Some(json!({ "error": error.to_string() })));
                return None;
            }
        };
        if !matches!(url.scheme(), "http" | "https") {
            let ctx = json!({ "expected_schemes": "'http' or 'https'" });
            reader.fault("url_scheme", "URL scheme should be 'http' or 'https'", Some(value), Some(ctx));
            return None;
        }
        Some(Self(url))
    }

    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::Custom("uri".into());
        let text = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
        text.min_length(Some(1)).max_length(Some(URL_MAX)).build().into()
    }
}
