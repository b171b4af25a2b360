//! The macros that declare requests.

use serde_json::Value;
use utoipa::openapi::{
    OneOfBuilder, Ref, RefOr, Required, Schema,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::{ObjectBuilder, SchemaType, Type},
};

/// The same schema, or null; a schema that takes any value takes null already.
#[must_use]
pub fn nullable(schema: RefOr<Schema>) -> RefOr<Schema> {
    if matches!(&schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::AnyValue) {
        return schema;
    }
    let null = Schema::Object(ObjectBuilder::new().schema_type(Type::Null).build());
    RefOr::T(Schema::OneOf(OneOfBuilder::new().item(schema).item(null).build()))
}

/// The schema with a text and a default.
#[must_use]
pub fn described(schema: RefOr<Schema>, text: &str, default: Option<Value>) -> RefOr<Schema> {
    let text = (!text.is_empty()).then(|| text.to_owned());
    match schema {
        RefOr::Ref(reference) => {
            let mut reference: Ref = reference;
            reference.description = text.unwrap_or_default();
            RefOr::Ref(reference)
        }
        RefOr::T(mut schema) => {
            match &mut schema {
                Schema::Object(object) => (object.description, object.default) = (text, default),
                Schema::Array(array) => (array.description, array.default) = (text, default),
                Schema::OneOf(one) => (one.description, one.default) = (text, default),
                _ => {}
            }
            RefOr::T(schema)
        }
    }
}

/// A query parameter.
#[must_use]
pub fn parameter(name: &str, schema: RefOr<Schema>, text: &str, required: bool) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(if required { Required::True } else { Required::False })
        .description((!text.is_empty()).then_some(text))
        .schema(Some(schema))
        .build()
}

/// A documentation text without the spaces that the compiler leaves around its lines.
#[must_use]
pub fn trimmed(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Declares a request body: a struct, its reader and its schema.
///
/// A field is `name: Type` or `name: Type = default`. After the fields, `check function` names a
/// function `fn(&Self, &mut Reader, &Map<String, Value>)` for rules over several fields.
#[macro_export]
macro_rules! body {
    ($(#[doc = $doc:literal])* pub(crate) struct $name:ident {
        $($(#[doc = $text:literal])* $field:ident : $type:ty $(= $default:expr)?),* $(,)?
    } $(check $check:path;)?) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name { $($(#[doc = $text])* pub(crate) $field: $type),* }

        $crate::declare_reader!($name { $($field : $type $(= $default)?),* } $(check $check;)?);

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::Schema> {
                use $crate::fields::{Field, private};
                let text = private::trimmed(&[$($doc),*]);
                let object = ::utoipa::openapi::ObjectBuilder::new().description(Some(text));
                $(
                    let default: Option<::serde_json::Value> = $crate::declare_default!($($default)?);
                    let optional = default.is_some() || <$type as Field>::absent().is_some();
                    let object = object.property(
                        stringify!($field),
                        private::described(<$type as Field>::schema(), &private::trimmed(&[$($text),*]), default),
                    );
                    let object = if optional { object } else { object.required(stringify!($field)) };
                )*
                object.build().into()
            }
        }

        impl ::utoipa::ToSchema for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

/// Declares the query of a request: a struct, its reader and its parameters.
#[macro_export]
macro_rules! query {
    ($(#[doc = $doc:literal])* pub(crate) struct $name:ident {
        $($(#[doc = $text:literal])* $field:ident : $type:ty $(= $default:expr)?),* $(,)?
    } $(check $check:path;)?) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name { $($(#[doc = $text])* pub(crate) $field: $type),* }

        $crate::declare_reader!($name { $($field : $type $(= $default)?),* } $(check $check;)?);

        impl ::utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<::utoipa::openapi::path::ParameterIn>,
            ) -> Vec<::utoipa::openapi::path::Parameter> {
                use $crate::fields::{Field, private};
                vec![$({
                    let default: Option<::serde_json::Value> = $crate::declare_default!($($default)?);
                    let required = default.is_none() && <$type as Field>::absent().is_none();
                    let schema = private::described(<$type as Field>::schema(), "", default);
                    private::parameter(stringify!($field), schema, &private::trimmed(&[$($text),*]), required)
                }),*]
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! declare_reader {
    ($name:ident { $($field:ident : $type:ty $(= $default:expr)?),* } $(check $check:path;)?) => {
        impl $crate::fields::Request for $name {
            fn read(
                object: &::serde_json::Map<String, ::serde_json::Value>,
                reader: &mut $crate::fields::Reader,
            ) -> Option<Self> {
                $(if <$type as $crate::fields::Field>::is_secret() { reader.hide(stringify!($field)); })*
                $(let $field = $crate::declare_field!(object, reader, $field, $type $(, $default)?);)*
                let request = Self { $($field: $field?),* };
                $(if reader.is_clean() { $check(&request, reader, object); })?
                Some(request)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! declare_field {
    ($object:ident, $reader:ident, $field:ident, $type:ty) => {
        $reader.field::<$type>($object, stringify!($field))
    };
    ($object:ident, $reader:ident, $field:ident, $type:ty, $default:expr) => {
        $reader.field_or::<$type>($object, stringify!($field), $default.into())
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! declare_default {
    () => {
        None
    };
    ($default:expr) => {
        Some(::serde_json::json!($default))
    };
}
