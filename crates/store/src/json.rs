//! JSON in a text column, the same on both engines.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    Postgres, Sqlite,
    error::BoxDynError,
    postgres::{PgTypeInfo, PgValueRef},
    sqlite::{SqliteTypeInfo, SqliteValueRef},
};

/// A value kept as JSON text. Text keeps the order of keys and every escape, which `jsonb` does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> sqlx::Type<Sqlite> for Json<T> {
    fn type_info() -> SqliteTypeInfo {
        <String as sqlx::Type<Sqlite>>::type_info()
    }
    fn compatible(ty: &SqliteTypeInfo) -> bool {
        <String as sqlx::Type<Sqlite>>::compatible(ty)
    }
}

impl<T> sqlx::Type<Postgres> for Json<T> {
    fn type_info() -> PgTypeInfo {
        <String as sqlx::Type<Postgres>>::type_info()
    }
    fn compatible(ty: &PgTypeInfo) -> bool {
        <String as sqlx::Type<Postgres>>::compatible(ty)
    }
}

impl<'r, T: DeserializeOwned> sqlx::Decode<'r, Sqlite> for Json<T> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str as sqlx::Decode<Sqlite>>::decode(value)?)?))
    }
}

impl<'r, T: DeserializeOwned> sqlx::Decode<'r, Postgres> for Json<T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str as sqlx::Decode<Postgres>>::decode(value)?)?))
    }
}

impl<T: Serialize> From<Json<T>> for sea_query::Value {
    fn from(json: Json<T>) -> Self {
        serde_json::to_string(&json.0).expect("our own types serialise to JSON").into()
    }
}

impl<T: Serialize> sea_query::Nullable for Json<T> {
    fn null() -> sea_query::Value {
        sea_query::Value::String(None)
    }
}
