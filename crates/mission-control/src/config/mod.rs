//! Configuration: every environment variable stands once in a table that drives reading, errors and documentation.

mod database;
pub mod docs;
mod load;
mod reader;
mod redis;
mod report;
mod settings;
mod sign_in;
mod table;
#[cfg(test)]
mod tests;
mod traces;
mod values;
mod variable;

pub use database::DatabaseUrl;
pub(crate) use database::parse_database_url;
pub use redis::RedisUrl;
pub use report::{ConfigError, Warning};
pub use settings::{
    AgentAuthLimitCounts, Auth, AuthMode, Backup, Database, Http, Jobs, Limits, Log, LogFormat,
    RateLimitBackend, Retention, SecurityHeaders, Settings, Sources,
};
pub use sign_in::{ClerkVariables, OidcVariables};
pub use traces::{Sampler, Traces};
