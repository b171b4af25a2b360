use mc_base::{
    Timestamp,
    text::{NAME_MAX, SLUG_MAX, TEXT_MAX},
};
use mc_domain::tags::{NewTag, Tag, TagChange};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema, schema::ObjectBuilder, schema::Type},
};
use uuid::Uuid;

use crate::fields::{Field, NonEmpty, Patch, Reader, Sent, Text};

/// A color as six hexadecimal digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Color(String);

impl From<&str> for Color {
    fn from(digits: &str) -> Self {
        Self(digits.to_owned())
    }
}

impl Field for Color {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Text(text) = Text::<NAME_MAX>::read(value, reader)?;
        let text = text.trim().to_lowercase();
        let digits = text.trim_start_matches('#');
        if digits.is_empty() {
            reader.value_error("color is required", Some(value));
            return None;
        }
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            reader.value_error("color must be a 6-digit hex value", Some(value));
            return None;
        }
        Some(Self(digits.to_owned()))
    }

    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new().schema_type(Type::String).max_length(Some(NAME_MAX));
        object.pattern(Some("^#*[0-9A-Fa-f]{6}$")).examples(["9e9e9e"]).build().into()
    }
}

crate::body! {
    /// A tag to make.
    pub(crate) struct TagCreate {
        /// The name; blanks around it are removed. Names may repeat.
        name: NonEmpty<NAME_MAX>,
        /// What the name for addresses is made from; the name itself when blank or left out.
        slug: Option<Text<SLUG_MAX>>,
        /// Six hexadecimal digits; a `#` before them is removed.
        color: Color = "9e9e9e",
        /// What the tag means.
        description: Option<Text<TEXT_MAX>>,
    }
}

impl From<TagCreate> for NewTag {
    fn from(body: TagCreate) -> Self {
        Self {
            name: body.name.into(),
            slug: body.slug.map(String::from),
            color: body.color.0,
            description: body.description.map(String::from),
        }
    }
}

crate::body! {
    /// A change of a tag. What is left out stays; a new name alone leaves the slug.
    pub(crate) struct TagUpdate {
        /// The name; blanks around it are removed.
        name: Sent<NonEmpty<NAME_MAX>>,
        /// What the name for addresses is made from; null or blank makes it from the name.
        slug: Patch<Text<SLUG_MAX>>,
        /// Six hexadecimal digits; a `#` before them is removed.
        color: Sent<Color>,
        /// What the tag means.
        description: Patch<Text<TEXT_MAX>>,
    } check check_change;
}

fn check_change(_: &TagUpdate, reader: &mut Reader, object: &Map<String, Value>) {
    if !["name", "slug", "color", "description"].iter().any(|name| object.contains_key(*name)) {
        reader.value_error("At least one field is required", Some(&Value::Object(object.clone())));
    }
}

impl From<TagUpdate> for TagChange {
    fn from(body: TagUpdate) -> Self {
        Self {
            name: body.name.0.map(String::from),
            slug: body.slug.0.map(|text| text.map(String::from)),
            color: body.color.0.map(|color| color.0),
            description: body.description.0.map(|text| text.map(String::from)),
        }
    }
}

/// A label of an organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct TagRead {
    name: String,
    /// The name for addresses, unique in the organization.
    slug: String,
    /// Six hexadecimal digits.
    color: String,
    description: Option<String>,
    id: Uuid,
    organization_id: Uuid,
    /// How many tasks carry the tag, also on boards that the caller cannot read.
    task_count: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Tag> for TagRead {
    fn from(tag: Tag) -> Self {
        Self {
            name: tag.name,
            slug: tag.slug,
            color: tag.color,
            description: tag.description,
            id: tag.id,
            organization_id: tag.organization_id,
            task_count: tag.task_count,
            created_at: tag.created_at.into(),
            updated_at: tag.updated_at.into(),
        }
    }
}
